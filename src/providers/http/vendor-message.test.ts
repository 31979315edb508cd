import { vendorMessage } from './vendor-message.js';

describe('vendorMessage', () => {
  it('leaves the vendor’s words as they are', () => {
    const words = "This model's maximum context length is 8192 tokens; gpt-4o-mini-2024-07-18 has 128,000.";
    expect(vendorMessage(words, 'fallback')).toBe(words);
  });

  it.each([
    ['Incorrect API key provided: sk-proj-abc***********wxyz.', 'Incorrect API key provided: [redacted].'],
    ['invalid x-api-key sk-ant-api03-AAAA_bbbb-CCCC', 'invalid x-api-key [redacted]'],
    ['Authorization: Bearer eyJhbGciOi.x.y was refused', 'Authorization: [redacted] was refused'],
    ['token 0123456789abcdef0123456789abcdef is unknown', 'token [redacted] is unknown'],
  ])('strikes out what looks like a key: %s', (words, safe) => {
    expect(vendorMessage(words, '')).toBe(safe);
  });

  it('puts everything on one line', () => {
    expect(vendorMessage(' one\r\n\ttwo\u0000three ', '')).toBe('one two three');
  });

  it('cuts at 300 characters', () => {
    const message = vendorMessage('no '.repeat(500), '');
    expect(message).toHaveLength(300);
    expect(message.endsWith('…')).toBe(true);
  });

  it.each([undefined, null, 7, {}, '', ' \n', '<html><body>502</body></html>'])('has no words in %j', (text) => {
    expect(vendorMessage(text, 'fallback')).toBe('fallback');
  });
});
