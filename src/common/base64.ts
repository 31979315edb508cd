const PADDING = /={1,2}$/;
/** Looked for, rather than what is allowed: to match millions of characters takes the engine's whole stack. */
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

/** Whether a text is base64 (RFC 4648 section 4) of at least one byte, with or without its padding, without line breaks. */
export function isBase64(text: string): boolean {
  const padding = PADDING.exec(text.slice(-2))?.[0].length ?? 0;
  const digits = text.slice(0, text.length - padding);
  return digits !== '' && digits.length % 4 !== 1 && !NOT_BASE64.test(digits);
}
