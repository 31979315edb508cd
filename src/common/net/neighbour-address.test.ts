import { isNeighbourAddress } from './neighbour-address.js';

describe('isNeighbourAddress', () => {
  it.each(['10.0.0.7', '172.16.0.1', '192.168.1.1', '127.0.0.1', '::1', 'fd12::1', '::ffff:10.0.0.7', '8.8.8.8'])(
    'lets %s through',
    (ip) => expect(isNeighbourAddress(ip)).toBe(true),
  );

  it.each([
    ['link-local (metadata)', '169.254.169.254'],
    ['link-local, mapped', '::ffff:169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['carrier-grade NAT', '100.100.100.200'],
    ['this host', '0.0.0.0'],
    ['unspecified', '::'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['Azure’s host', '168.63.129.16'],
    ['no address', 'localhost'],
  ])('refuses %s: %s', (_what, ip) => expect(isNeighbourAddress(ip)).toBe(false));
});
