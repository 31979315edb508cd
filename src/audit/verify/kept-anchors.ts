/** As the sealer logs them, in whatever a log wraps around it. */
const ANCHOR = /Audit anchor (\d{1,19}) ([0-9a-f]{64})\b/g;

/**
 * Anchors out of a text that was kept: a log, or its lines that have them.
 * @returns number to digest in hex
 * @throws Error where the same anchor is there with two digests
 */
export function readKeptAnchors(text: string): Map<string, string> {
  const anchors = new Map<string, string>();
  for (const [, number, digest] of text.matchAll(ANCHOR)) {
    const before = anchors.get(number!);
    if (before !== undefined && before !== digest)
      throw new Error(`anchor ${number} is there with two digests: ${before} and ${digest}`);
    anchors.set(number!, digest!);
  }
  return anchors;
}
