import type { Readable } from 'node:stream';

/** The whole body as text. @throws where it breaks off, or is longer than `limitBytes` */
export async function wholeText(body: Readable, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > limitBytes) throw new Error(`The answer is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
