import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A web server with a page that uses the client library as a browser loads it: built, as ES modules. */
export interface PageServer {
  /** `http://127.0.0.1:PORT` */
  origin: string;
  close(): Promise<void>;
}

export async function startPageServer(): Promise<PageServer> {
  const folder = await mkdtemp(join(tmpdir(), 'client-page-'));
  const compiler = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'client/tsconfig.build.json')];
  await promisify(execFile)(process.execPath, [...compiler, '--outDir', folder, '--declaration', 'false']);
  const server = createServer((request, response) => {
    const path = request.url === '/' ? join(ROOT, 'test/client/page.html') : join(folder, basename(request.url ?? ''));
    readFile(path).then(
      (content) => response.setHeader('content-type', typeOf(path)).end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

function typeOf(path: string): string {
  return path.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8';
}
