import { createSecretKey } from 'node:crypto';
import { fingerprintBy, masked, maskedAddress } from './masked.js';

const fingerprint = fingerprintBy(createSecretKey(Buffer.from('a key of more than thirty-two bytes')));
const hidden = { fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) };

describe('a masked value', () => {
  it('is the same for the same secret under the same key alone', () => {
    const other = fingerprintBy(createSecretKey(Buffer.from('another key of more than thirty-two bytes')));
    expect(masked('one', fingerprint)).toEqual(masked('one', fingerprint));
    expect(masked('one', fingerprint)).not.toEqual(masked('two', fingerprint));
    expect(masked('one', fingerprint)).not.toEqual(masked('one', other));
  });

  it('keeps the names of a mapping and the length of a list', () => {
    expect(masked({ authorization: 'Bearer secret', 'x-key': 'secret' }, fingerprint)).toEqual({
      authorization: hidden,
      'x-key': hidden,
    });
    expect(masked(['secret', 'secret too'], fingerprint)).toEqual([hidden, hidden]);
  });
});

describe('a masked address', () => {
  it.each([
    ['https://api.example.com'],
    ['https://api.example.com:8443/v1'],
    ['https://generativelanguage.googleapis.com/v1beta/openai'],
    ['redis://cache:6379/2'],
    ['postgres://db:5432/gateway'],
  ])('is whole where nothing of it is a secret: %s', (address) => {
    expect(maskedAddress(address, fingerprint)).toBe(address);
  });

  it.each([
    ['postgres://user:secret@db:5432/gateway', 'postgres://db:5432/gateway'],
    ['postgresql://secret@db/gateway?password=secret', 'postgresql://db/gateway'],
    ['rediss://:secret@cache:6379', 'rediss://cache:6379'],
    ['https://hooks.example.com/T000/secret', 'https://hooks.example.com/…'],
    ['https://hooks.example.com/v1?token=secret', 'https://hooks.example.com/v1'],
    ['https://user:secret@api.example.com/v1', 'https://api.example.com/v1'],
    ['https://api.example.com/v1#secret', 'https://api.example.com/v1'],
    ['https://api.example.com/v1/secret', 'https://api.example.com/…'],
  ])('keeps of %s no more than %s', (address, shown) => {
    expect(maskedAddress(address, fingerprint)).toEqual({ shown, ...hidden });
  });

  it('shows nothing of what is none', () => {
    expect(maskedAddress('secret', fingerprint)).toEqual(hidden);
  });
});
