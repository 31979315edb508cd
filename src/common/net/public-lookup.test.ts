import type { LookupAddress, LookupAllOptions, LookupOneOptions } from 'node:dns';
import { isPublicHost } from './public-host.js';
import { PrivateAddressError, publicLookup, publicLookupBy } from './public-lookup.js';

interface Outcome {
  error: Error | null;
  address: string | LookupAddress[] | undefined;
}

function resolve(hostname: string, options: LookupOneOptions | LookupAllOptions = {}): Promise<Outcome> {
  return new Promise((done) => publicLookup(hostname, options, (error, address) => done({ error, address })));
}

describe('publicLookup', () => {
  it('refuses a name that leads to this machine', async () => {
    expect((await resolve('localhost')).error).toBeInstanceOf(PrivateAddressError);
    expect((await resolve('localhost', { all: true })).error).toBeInstanceOf(PrivateAddressError);
  });

  it('refuses addresses that are not public, should it be asked for them', async () => {
    for (const address of ['127.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1'])
      expect((await resolve(address)).error).toBeInstanceOf(PrivateAddressError);
  });

  it('gives a public address as it was asked for', async () => {
    expect(await resolve('8.8.8.8')).toEqual({ error: null, address: '8.8.8.8' });
    expect(await resolve('8.8.8.8', { all: true })).toEqual({
      error: null,
      address: [{ address: '8.8.8.8', family: 4 }],
    });
  });

  it('passes on that there is no such name', async () => {
    expect((await resolve('no-such-host.invalid')).error).toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
    });
  });
});

describe('publicLookupBy', () => {
  const answers = [['8.8.8.8', '1.1.1.1'], ['127.0.0.1']];
  const toAddress = (address: string) => ({ address, family: 4 });

  it('gives the addresses that it checked, and asks nobody again', async () => {
    let asked = 0;
    const lookup = publicLookupBy((_name, _options, callback) => callback(null, answers[asked++]!.map(toAddress)));
    const addresses = await new Promise((done) => lookup('a.example', { all: true }, (_error, all) => done(all)));
    expect(addresses).toEqual(answers[0]!.map(toAddress));
    expect(asked).toBe(1);
    expect(await new Promise((done) => lookup('a.example', {}, done))).toBeInstanceOf(PrivateAddressError);
  });

  it('refuses a name that has no address', async () => {
    const lookup = publicLookupBy((_name, _options, callback) => callback(null, []));
    expect(await new Promise((done) => lookup('a.example', {}, done))).toBeInstanceOf(PrivateAddressError);
  });
});

describe('isPublicHost', () => {
  it.each(['http://127.0.0.1/', 'http://127.1/', 'http://0x7f000001/', 'http://2130706433/', 'http://[::1]:8080/'])(
    'refuses %s however it is written',
    (url) => expect(isPublicHost(new URL(url))).toBe(false),
  );

  it.each(['https://8.8.8.8/', 'https://[2606:4700:4700::1111]/', 'https://localhost/'])('leaves %s', (url) =>
    expect(isPublicHost(new URL(url))).toBe(true),
  );
});
