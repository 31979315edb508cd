import { isOriginAllowed, type OriginRule } from './origin-rule.js';

const rule = (changes: Partial<OriginRule> = {}): OriginRule => ({
  host: 'hub.example',
  publicUrl: undefined,
  allowedOrigins: [],
  ...changes,
});

describe('origin', () => {
  test.each<[string, string | undefined, OriginRule]>([
    ['no browser', undefined, rule()],
    ['the own host', 'https://hub.example', rule()],
    ['the own host without TLS', 'http://hub.example', rule()],
    ['the own host, default port written out', 'https://hub.example', rule({ host: 'hub.example:443' })],
    ['the own host in capitals', 'https://hub.example', rule({ host: 'HUB.example' })],
    ['the own host and port', 'http://localhost:3003', rule({ host: 'localhost:3003' })],
    ['the own IPv6 address', 'http://[::1]:3003', rule({ host: '[::1]:3003' })],
    ['PUBLIC_URL', 'https://ai.example', rule({ publicUrl: 'https://ai.example/gateway/' })],
    ['a listed one', 'https://app.example', rule({ allowedOrigins: ['https://x.example', 'https://app.example'] })],
    ['any with *', 'https://evil.example', rule({ allowedOrigins: ['*'] })],
    ['null with *', 'null', rule({ allowedOrigins: ['*'] })],
  ])('is allowed: %s', (_name, origin, against) => {
    expect(isOriginAllowed(origin, against)).toBe(true);
  });

  test.each<[string, string, OriginRule]>([
    ['a stranger', 'https://evil.example', rule()],
    ['a stranger whose name begins like ours', 'https://hub.example.evil.example', rule()],
    ['a subdomain', 'https://a.hub.example', rule()],
    ['a listed name with another scheme', 'http://app.example', rule({ allowedOrigins: ['https://app.example'] })],
    ['a listed name with another port', 'https://app.example:8443', rule({ allowedOrigins: ['https://app.example'] })],
    ['another port of the own host', 'http://hub.example:8080', rule()],
    ['null', 'null', rule({ host: 'null' })],
    ['an empty one', '', rule()],
    ['another scheme', 'file://hub.example', rule()],
    ['a path', 'https://hub.example/', rule()],
    ['a user in it', 'https://hub.example@evil.example', rule()],
    ['no Host header', 'https://hub.example', rule({ host: undefined })],
    ['a Host header that is none', 'https://hub.example', rule({ host: 'evil@hub.example:x' })],
    ['PUBLIC_URL with another scheme', 'http://ai.example', rule({ publicUrl: 'https://ai.example' })],
  ])('is refused: %s', (_name, origin, against) => {
    expect(isOriginAllowed(origin, against)).toBe(false);
  });
});
