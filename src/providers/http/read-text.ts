import type { Readable } from 'node:stream';

/** Reads at most `limitBytes` of a body as text and lets go of the rest. Never rejects: what was read is the answer. */
export function readText(body: Readable, limitBytes: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    const finish = () => resolve(Buffer.concat(chunks).subarray(0, limitBytes).toString('utf8'));
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      byteCount += chunk.length;
      if (byteCount >= limitBytes) body.destroy();
    });
    body.on('error', () => {});
    body.once('close', finish);
  });
}
