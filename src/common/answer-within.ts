/**
 * What a call of something beyond this process gives. The call itself can't be withdrawn: one that came too late may still have its effect.
 * @throws the call's own error, or one that says that there was no answer in time
 */
export async function answerWithin<T>(call: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const lateness = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
  });
  call.catch(() => undefined); // it may still fail after its caller was told that it is late
  try {
    return await Promise.race([call, lateness]);
  } finally {
    clearTimeout(timer);
  }
}
