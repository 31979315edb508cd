import { ForbiddenLinkError, reachOf } from './link-reach.js';

const reach = (link: string, base: string) => reachOf(new URL(link), new URL(base));

describe('reachOf', () => {
  it('knows the provider’s own host, on any port', async () => {
    expect(await reach('https://8.8.8.8:9000/a', 'https://8.8.8.8/v1')).toBe('own');
    expect(await reach('http://127.0.0.1:9000/a', 'http://127.0.0.1:80/v1')).toBe('own');
  });

  it('leads a public provider to public hosts alone', async () => {
    expect(await reach('https://store.example/a', 'https://8.8.8.8/v1')).toBe('public');
    expect(await reach('https://1.1.1.1/a', 'https://8.8.8.8/v1')).toBe('public');
    for (const link of ['https://127.0.0.1/a', 'https://10.0.0.1/a', 'https://[::1]/a', 'https://169.254.169.254/a'])
      await expect(reach(link, 'https://8.8.8.8/v1')).rejects.toThrow(ForbiddenLinkError);
  });

  it('counts a provider that nobody knows as a public one', async () => {
    expect(await reach('https://store.example/a', 'https://no-such-host.invalid/v1')).toBe('public');
  });

  it('leads a private provider to its neighbours too', async () => {
    for (const base of ['http://127.0.0.1/v1', 'http://[::1]/v1', 'http://localhost/v1']) {
      expect(await reach('http://10.0.0.1/a', base)).toBe('neighbours');
      expect(await reach('https://store.example/a', base)).toBe('neighbours');
      await expect(reach('http://169.254.169.254/a', base)).rejects.toThrow(ForbiddenLinkError);
    }
  });

  it('never leads from https to http, nor to anything else', async () => {
    await expect(reach('http://8.8.8.8/a', 'https://8.8.8.8/v1')).rejects.toThrow(ForbiddenLinkError);
    await expect(reach('file:///etc/passwd', 'http://127.0.0.1/v1')).rejects.toThrow(ForbiddenLinkError);
    expect(await reach('https://127.0.0.1/a', 'http://127.0.0.1/v1')).toBe('own');
  });
});
