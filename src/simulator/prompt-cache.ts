import { createHash } from 'node:crypto';
import type { PromptCharge } from './bill.js';
import { tokensOfPieces, type PromptPiece } from './prompt.js';
import type { WireName } from './wires/wire.js';

/** Shorter prefixes are not kept. (Some of Anthropic's models have other limits.) */
const LEAST_TOKENS = 1_024;
/** OpenAI counts what it read in steps of so many. */
const STEP_TOKENS = 128;
const LIFETIME_MS = { '5m': 5 * 60_000, '1h': 60 * 60_000 };
const ENTRIES_LIMIT = 10_000;
/** OpenAI's models with a cache, and of those the ones that charge what is written to it. */
const WITH_CACHE = /^(gpt-4o|gpt-4\.1|o\d|gpt-[5-9])/;
const WITH_PAID_WRITES = /^gpt-(5\.[6-9]|[6-9])/;

type CacheCharge = Omit<PromptCharge, 'promptTokens'>;

/**
 * The vendors' prompt caches. Anthropic keeps a prompt up to each breakpoint that the caller sets and reads the longest
 * prefix that it kept; OpenAI does both by itself, from 1,024 tokens on.
 */
export class PromptCache {
  /** When each prefix is forgotten, by its hash. */
  readonly #entries = new Map<string, number>();

  clear(): void {
    this.#entries.clear();
  }

  /** What of a prompt is read from the cache and what is written to it; the latter is there from now on. */
  look(wire: WireName, model: string, prompt: readonly PromptPiece[]): CacheCharge {
    return wire === 'openai' ? this.#lookByItself(model, prompt) : this.#lookAtBreakpoints(model, prompt);
  }

  #lookByItself(model: string, prompt: readonly PromptPiece[]): CacheCharge {
    const total = WITH_CACHE.test(model) ? tokensOfPieces(prompt) : 0;
    if (total < LEAST_TOKENS) return {};
    const keys = prefixKeys(`openai\n${model}`, prompt);
    const tokens = tokensOfPieces(prompt.slice(0, this.#longest(keys)));
    const cachedTokens = tokens < LEAST_TOKENS ? 0 : tokens - (tokens % STEP_TOKENS);
    for (const key of keys) this.#keep(key, LIFETIME_MS['5m']);
    const cacheWriteTokens = WITH_PAID_WRITES.test(model) ? total - (total % STEP_TOKENS) - cachedTokens : 0;
    return { cachedTokens, cacheWriteTokens };
  }

  #lookAtBreakpoints(model: string, prompt: readonly PromptPiece[]): CacheCharge {
    const last = prompt.findLastIndex(({ breakpoint }) => breakpoint) + 1;
    if (last === 0 || tokensOfPieces(prompt.slice(0, last)) < LEAST_TOKENS) return {};
    const keys = prefixKeys(`anthropic\n${model}`, prompt);
    const read = this.#longest(keys.slice(0, last));
    const cachedTokens = tokensOfPieces(prompt.slice(0, read));
    const lastHour = prompt.findLastIndex(({ breakpoint }) => breakpoint === '1h') + 1;
    const upTo = (end: number) => Math.max(0, tokensOfPieces(prompt.slice(0, end)) - cachedTokens);
    prompt.forEach(({ breakpoint }, index) => breakpoint && this.#keep(keys[index]!, LIFETIME_MS[breakpoint]));
    return { cachedTokens, cacheWriteTokens: upTo(last), cacheWriteHourTokens: upTo(lastHour) };
  }

  /** How many pieces the longest prefix that is kept has. */
  #longest(keys: readonly string[]): number {
    const nowMs = Date.now();
    return keys.findLastIndex((key) => (this.#entries.get(key) ?? 0) > nowMs) + 1;
  }

  #keep(key: string, lifetimeMs: number): void {
    if (this.#entries.size >= ENTRIES_LIMIT) this.#entries.clear();
    this.#entries.set(key, Date.now() + lifetimeMs);
  }
}

/** A key for each prefix of a prompt, the shortest first. */
function prefixKeys(scope: string, prompt: readonly PromptPiece[]): string[] {
  const hash = createHash('sha256').update(scope);
  return prompt.map(({ text }) => hash.update(`\0${text}`).copy().digest('base64'));
}
