/** Tells whoever started this process where it serves (bench/stage.mjs waits for this line). */
export function announcePort(server) {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
}
