import { createServer, type AddressInfo } from 'node:net';

/** The port asked for where it is free on the loopback interface, else one that is free now. */
export async function choosePort(wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    const port = await bind(wanted).catch(() => undefined);
    if (port !== undefined) return port;
  }
  return bind(0);
}

/** Binds a port for a moment to learn that it is free. @throws the system's error where it is taken. */
function bind(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
