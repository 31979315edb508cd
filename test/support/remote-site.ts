import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { buildConnector } from 'undici';

/** Made for tests alone, and trusted by nobody else: files.example, other.example; until 2126. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiqvMCfamyJANsFnv
VQndDobhvsvdfhxI5FH+kptiS6GhRANCAATERwrNZTIa9HyLCL08Ax6kFEvk2sG/
XAtqxYACwrXXtZKl/Ee3u2AIllwA2etlW9g/j4IO9T4jCha7PItR8QzA
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBwTCCAWegAwIBAgIUBESfXo4wtdbu/szAhxPdC5xHmTQwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNZmlsZXMuZXhhbXBsZTAgFw0yNjExMjIxNjM4NTFaGA8yMTI2
MTAyOTE2Mzg1MVowGDEWMBQGA1UEAwwNZmlsZXMuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABMRHCs1lMhr0fIsIvTwDHqQUS+Tawb9cC2rFgALCtde1
kqX8R7e7YAiWXADZ62Vb2D+Pgg71PiMKFrs8i1HxDMCjgYwwgYkwHQYDVR0OBBYE
FCfdtOcKCA2MiEoEARfbwOVHUjrzMB8GA1UdIwQYMBaAFCfdtOcKCA2MiEoEARfb
wOVHUjrzMA8GA1UdEwEB/wQFMAMBAf8wNgYDVR0RBC8wLYINZmlsZXMuZXhhbXBs
ZYINb3RoZXIuZXhhbXBsZYINbWl4ZWQuZXhhbXBsZTAKBggqhkjOPQQDAgNIADBF
AiAUN6yczjssYqAJc0ukVUsibhNnd9frGlAIhCmZrIa71wIhAN4Ye1Y8iRS5ZFCR
9OQBGyA2JrvlikcAjg6dkTHuYPJM
-----END CERTIFICATE-----`;

export type SiteAnswer = (response: ServerResponse, request: IncomingMessage) => void;

/**
 * A real https site that stands where the internet would: `connect` leads to it whatever host and port is asked for,
 * and who asks still checks that it proves to be that host ('files.example' and 'other.example' it can).
 */
export interface RemoteSite {
  connect: buildConnector.connector;
  /** How each path is answered; others get 404. */
  paths: Map<string, SiteAnswer>;
  requests: IncomingMessage[];
  sockets: Duplex[];
  close(): Promise<void>;
}

export async function startRemoteSite(): Promise<RemoteSite> {
  const paths = new Map<string, SiteAnswer>();
  const requests: IncomingMessage[] = [];
  const sockets: Duplex[] = [];
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
    requests.push(request);
    const answer = paths.get(request.url!) ?? ((missing) => void missing.writeHead(404).end('not here'));
    answer(response, request);
  });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = String((server.address() as AddressInfo).port);
  const dial = buildConnector({ ca: CERTIFICATE, timeout: 20_000, maxCachedSessions: 0 });
  return {
    connect: ({ hostname }, callback) => {
      dial({ protocol: 'https:', servername: hostname, hostname: '127.0.0.1', port }, callback);
    },
    paths,
    requests,
    sockets,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A whole file. */
export function file(bytes: Buffer | string, headers: Record<string, string> = {}): SiteAnswer {
  return (response) => void response.writeHead(200, headers).end(bytes);
}

export function redirect(location: string, status = 302): SiteAnswer {
  return (response) => void response.writeHead(status, { location }).end('elsewhere');
}
