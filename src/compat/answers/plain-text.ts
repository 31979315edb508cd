const BACKSLASH = 0x5c;
const HEAD = '"chunk","data":"';
const NOTHING_ELSE = ',"seq":';

/**
 * Cuts the JSON text of `data` out of a chunk's frame that has nothing else, without parsing it: chunks come by the
 * hundred thousand.
 * @param start where the text of `data` begins in such a frame
 * @returns undefined where the frame holds more, or is no chunk
 */
export function plainText(frame: string, start: number): string | undefined {
  if (!frame.startsWith(HEAD, start - HEAD.length + 1)) return undefined;
  let end = frame.indexOf('"', start + 1);
  while (end > 0 && isEscaped(frame, end)) end = frame.indexOf('"', end + 1);
  return end > 0 && frame.startsWith(NOTHING_ELSE, end + 1) ? frame.slice(start, end + 1) : undefined;
}

function isEscaped(frame: string, quote: number): boolean {
  let backslashes = 0;
  while (frame.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
