/** How long a slot is, a little more or less. What a node that is killed has counted since the last one is lost. */
export const SLOT_MS = 8_000;
/** What a node said of itself counts so long; a slot may be late. */
export const GAUGE_FRESH_MS = 3 * SLOT_MS;
