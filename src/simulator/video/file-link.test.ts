import { randomBytes } from 'node:crypto';
import { readLink, signLink, type FileLink } from './file-link.js';

const secret = randomBytes(32);
const link: FileLink = { jobId: 'job', kind: 'video', expiresAtMs: 1_795_365_532_247, isLast: false };
const signed = (changes: Partial<FileLink> = {}) => new URL(signLink(secret, 'http://host:1', { ...link, ...changes }));

describe('a link to a file', () => {
  it('says what it was signed for', () => {
    expect(readLink(secret, signed())).toEqual(link);
    expect(readLink(secret, signed({ isLast: true }))).toEqual({ ...link, isLast: true });
  });

  it.each(['expires', 'last', 'signature'])('is good no more once its %s is changed', (name) => {
    const url = signed();
    url.searchParams.set(name, '1');
    expect(readLink(secret, url)).toBeUndefined();
  });

  it('is good for one job, one file and one secret', () => {
    for (const part of ['job', 'video']) {
      const url = signed();
      url.pathname = url.pathname.replace(new RegExp(`/${part}(?=/|$)`), '/other');
      expect(readLink(secret, url)).toBeUndefined();
    }
    expect(readLink(randomBytes(32), signed())).toBeUndefined();
  });
});
