import { requestOrigin } from './request-origin.js';

it.each([
  ['http', 'hub.example.com:3003', 'http://hub.example.com:3003'],
  ['https', 'hub.example.com', 'https://hub.example.com'],
  ['http', 'hub.example.com/evil?x=', 'http://hub.example.com'],
  ['http', '[::1]:3003', 'http://[::1]:3003'],
])('%s to %s is %s', (protocol, host, origin) => {
  expect(requestOrigin({ protocol, host })).toBe(origin);
});

it.each(['', ' ', 'a b', '://'])('a host that is none (%j) gives none', (host) => {
  expect(requestOrigin({ protocol: 'http', host })).toBeUndefined();
});
