/** As the sealer logs them, in whatever a log wraps around it. */
const ANCHOR = /Audit anchor (\d{1,19}) ([0-9a-f]{64})\b/g;

/** Anchors that were kept outside of the database: number to digests in hex; more than one where the trail was put back between. */
export type KeptAnchors = ReadonlyMap<string, ReadonlySet<string>>;

/** Anchors out of a text that was kept: a log, or its lines that have them. */
export function readKeptAnchors(text: string): KeptAnchors {
  const anchors = new Map<string, Set<string>>();
  for (const [, number, digest] of text.matchAll(ANCHOR)) {
    const digests = anchors.get(number!) ?? new Set();
    anchors.set(number!, digests.add(digest!));
  }
  return anchors;
}
