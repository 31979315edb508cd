import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a simulated provider and delivers a file of the test's own for every video that it makes. */
export interface DeliveringFront {
  url: string;
  close(): Promise<void>;
}

/** @param simulatorUrl what answers everything else, on the wire of Sora */
export async function startDeliveringFront(simulatorUrl: string, file: () => Buffer): Promise<DeliveringFront> {
  const server = createServer((asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url!, simulatorUrl);
    const isVideo = pathname.endsWith('/content') && (searchParams.get('variant') ?? 'video') === 'video';
    if (!isVideo) return passOn(simulatorUrl, asked, answer);
    const bytes = file();
    answer.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes.length }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(simulatorUrl: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, headers, url } = asked;
  const onward = request(new URL(url!, simulatorUrl), { method, headers }, (answered) => {
    answer.writeHead(answered.statusCode!, answered.headers);
    answered.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}
