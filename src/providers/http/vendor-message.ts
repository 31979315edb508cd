const LONGEST_MESSAGE_CHARACTERS = 300;

/** Vendor keys by their usual prefixes, bearer tokens, and any long opaque run that has both letters and digits. */
const KEY_LIKE = [
  /\bBearer\s+\S+/gi,
  /\b(?:sk|pk|rk|key|api|gsk|xai|org|proj)[-_][\w*.-]{5,}[\w*]/gi,
  /(?<![\w/-])(?=[\w*-]*[a-z])(?=[\w*-]*\d)[\w*-]{32,}/gi,
];

/**
 * A vendor's own words, fit to be shown to the caller: on one line, without anything that looks like a key, cut to
 * 300 characters. An HTML page is no message.
 */
export function vendorMessage(text: unknown, fallback: string): string {
  if (typeof text !== 'string') return fallback;
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f\s]+/g, ' ').trim();
  if (line === '' || line.startsWith('<')) return fallback;
  const safe = KEY_LIKE.reduce((message, pattern) => message.replace(pattern, '[redacted]'), line);
  return safe.length <= LONGEST_MESSAGE_CHARACTERS ? safe : `${safe.slice(0, LONGEST_MESSAGE_CHARACTERS - 1)}…`;
}
