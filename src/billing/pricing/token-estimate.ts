/**
 * Our own count of tokens, for receipts with `usageSource: 'estimated'` and for what the reaper charges. Counts follow
 * OpenAI's o200k encoding; other vendors' differ by some percent, which is why a provider's own count always wins.
 */

/** Tokenizers take superlinear time on runs without white space: longer runs are cut (measured: 20 s for 200 kB of one letter). */
const LONGEST_RUN_CHARACTERS = 64;
/** Above this a text is sampled: an estimate needs no more, and the event loop keeps turning. */
const LONGEST_COUNTED_CHARACTERS = 16_384;
const SAMPLES = 8;

/** Deltas are words, and words come again: what they count is remembered. */
const LONGEST_REMEMBERED_CHARACTERS = 16;
const MOST_REMEMBERED = 20_000;
const remembered = new Map<string, number>();

type CountTokens = (text: string) => number;

let encoderCount: CountTokens | undefined;

/** Loads the encoder (0.2 s, some 10 MB); called once at start. Until then a token is taken for 4 characters. */
export async function loadTokenEncoder(): Promise<void> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  const asPlainText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
  remembered.clear();
  encoderCount = (text) => countTokens(text, asPlainText);
}

/** Tokens of a text; linear in its length, and bounded for long ones. */
export function estimateTokens(text: string): number {
  if (text.length <= LONGEST_RUN_CHARACTERS) return countShort(text);
  if (text.length <= LONGEST_COUNTED_CHARACTERS) return countPieces(text);
  return sampled(text);
}

function countShort(text: string): number {
  if (!encoderCount) return Math.ceil(text.length / 4);
  if (text.length > LONGEST_REMEMBERED_CHARACTERS) return encoderCount(text);
  let tokens = remembered.get(text);
  if (tokens === undefined) {
    tokens = encoderCount(text);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(text, tokens);
  }
  return tokens;
}

function countPieces(text: string): number {
  let tokens = 0;
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start);
    tokens += countShort(text.slice(start, end));
    start = end;
  }
  return tokens;
}

/** The last white space within reach, so that words stay whole; a run without any is cut where it is. */
function pieceEnd(text: string, start: number): number {
  const limit = start + LONGEST_RUN_CHARACTERS;
  if (limit >= text.length) return text.length;
  for (let end = limit; end > start + 1; end--) {
    const code = text.charCodeAt(end);
    if (code === 32 || code === 10) return end;
  }
  return limit;
}

function sampled(text: string): number {
  const size = LONGEST_COUNTED_CHARACTERS / SAMPLES;
  let tokens = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = Math.floor((sample * (text.length - size)) / (SAMPLES - 1));
    tokens += countPieces(text.slice(start, start + size));
  }
  return Math.ceil((tokens * text.length) / LONGEST_COUNTED_CHARACTERS);
}
