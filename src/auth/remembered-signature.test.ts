import { rememberedSignature } from './remembered-signature.js';

describe('rememberedSignature', () => {
  const asked: string[] = [];
  const check = rememberedSignature((token) => {
    asked.push(token);
    return token.startsWith('bad') ? Promise.reject(new Error(token)) : Promise.resolve({ sub: token });
  });
  beforeEach(() => void asked.splice(0));

  it('asks once for a good token', async () => {
    expect(await check('alice')).toEqual({ sub: 'alice' });
    expect(await check('alice')).toEqual({ sub: 'alice' });
    expect(await check('bob')).toEqual({ sub: 'bob' });
    expect(asked).toEqual(['alice', 'bob']);
  });

  it('asks each time for a bad one', async () => {
    await expect(check('bad')).rejects.toThrow('bad');
    await expect(check('bad')).rejects.toThrow('bad');
    expect(asked).toEqual(['bad', 'bad']);
  });
});
