/** Sends the handle that it is sent back, as often as it is asked to, and ends (accept-lanes.ts). */
process.once('message', ({ copies }: { copies: number }, handle) => {
  let sent = 0;
  for (let copy = 0; copy < copies; copy++) {
    process.send?.('copy', handle as never, { keepOpen: true }, () => {
      if (++sent === copies) process.disconnect();
    });
  }
});
