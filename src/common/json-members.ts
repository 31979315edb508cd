/**
 * The members of all lists and objects of one request, as far as it is large: ten thousand messages of two parts have half
 * of it. A million of them take JSON.parse a second, in which nobody else is served.
 */
export const MOST_MEMBERS = 250_000;
const LARGE = 1024 * 1024;
const [QUOTE, BACKSLASH, COMMA, BRACE, BRACKET] = [0x22, 0x5c, 0x2c, 0x7b, 0x5b];

/** Counts the members of JSON text without parsing, many times faster: by what stands before each, outside of strings. */
export function hasTooManyMembers(text: string): boolean {
  if (text.length < LARGE) return false;
  let count = 0;
  let isText = false;
  for (let index = 0; index < text.length && count <= MOST_MEMBERS; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) isText = !isText;
    else if (isText) index += code === BACKSLASH ? 1 : 0;
    else if (code === COMMA || code === BRACE || code === BRACKET) count++;
  }
  return count > MOST_MEMBERS;
}
