import { remoteUrl } from './remote-url.js';

const fault = (text: string, base?: string) => {
  try {
    remoteUrl(text, base === undefined ? undefined : new URL(base));
    return undefined;
  } catch (error) {
    return (error as { demand: string }).demand;
  }
};

test.each([
  'https://files.example/a.png',
  'https://files.example:443/a.png?x=1',
  'https://8.8.8.8/a',
  'HTTPS://FILES.EXAMPLE/',
])('%s may be asked for', (text) => expect(fault(text)).toBeUndefined());

test('what stands behind # stays here', () => {
  expect(remoteUrl('https://files.example/a#secret').href).toBe('https://files.example/a');
});

test.each([
  ['', 'whole https URL'],
  ['files.example/a.png', 'whole https URL'],
  ['/a.png', 'whole https URL'],
  ['https://', 'whole https URL'],
  ['https://[::1', 'whole https URL'],
  ['https://[fe80::1%25eth0]/', 'whole https URL'],
  [`https://files.example/${'a'.repeat(2_100)}`, 'whole https URL'],
  ['http://files.example/', 'an https URL'],
  ['file:///etc/passwd', 'an https URL'],
  ['ftp://files.example/', 'an https URL'],
  ['data:image/png;base64,AA', 'an https URL'],
  ['javascript:alert(1)', 'an https URL'],
  ['gopher://files.example', 'an https URL'],
  ['https://user@files.example/', 'name and password'],
  ['https://:word@files.example/', 'name and password'],
  ['https://files.example:8443/', 'port'],
  ['https://files.example:80/', 'port'],
])('%.60s may not', (text, demand) => expect(fault(text)).toContain(demand));

test.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '127.0.0.1.',
  '１２７.0.0.1',
  '127。0。0。1',
  '10.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '0',
  '224.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:7f00:1::]',
  '[fd00:ec2::254]',
  '[fe80::1]',
])('no host that is not public, however it is written: %s', (host) => {
  expect(fault(`https://${host}/latest/meta-data`)).toContain('public internet');
});

test('a redirect may be relative, and is checked like any', () => {
  const base = 'https://files.example/a/b';
  expect(remoteUrl('../c', new URL(base)).href).toBe('https://files.example/c');
  expect(remoteUrl('//other.example/c', new URL(base)).href).toBe('https://other.example/c');
  for (const text of ['http://files.example/', 'file:///etc/passwd', '//127.0.0.1/', '//user@other.example/', ':1/'])
    if (text !== ':1/') expect(fault(text, base)).toBeDefined();
});
