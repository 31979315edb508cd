import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { choosePort } from './free-port.js';

describe('choosePort', () => {
  it('takes the port asked for where it is free', async () => {
    const port = await choosePort(undefined);
    expect(await choosePort(port)).toBe(port);
  });

  it('takes another where it is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await choosePort(port)).not.toBe(port);
    server.close();
  });
});
