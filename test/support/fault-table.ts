import type { ForcedFault } from '../../src/simulator/faults/forced-faults.js';

export const TOKENS = 30;
/** ' 1', ' 2', ' 3' …: the same from every model. */
export const numbers = (count: number) => Array.from({ length: count }, (_, index) => ` ${index + 1}`).join('');
export const SAME_EVERYWHERE = `go [[sim completion=${TOKENS} text=numbered gap=0]]`;
/** What differs from model to model: nobody repeats what another one said. */
const DIFFERENT = 'What do you think of it?';

/** What one provider saw: how often it was asked, and, in milliseconds, what lay between. */
export interface Asked {
  calls: number | readonly [least: number, most: number];
  /** Between the first two calls. */
  gapMs?: readonly [least: number, most: number];
  /** Calls whose answer did not go out whole: the caller, or the fault, hung up. */
  broken?: number;
}

export interface FaultRow {
  fault: string;
  /** Of the first provider, unless they say otherwise. */
  faults: readonly ForcedFault[];
  /** What the caller sees. `text`: all of the numbers unless given; `withinMs`: to the first of it. */
  caller: { provider?: 'openai' | 'claude'; model?: RegExp; code?: string; text?: RegExp | string; withinMs?: number };
  /** What the first provider sees, and the second one. */
  first: Asked;
  second?: Asked;
  charged: 'one answer' | 'what was delivered' | 'nothing';
  prompt?: string;
  /** Instead of gpt-4; CONFIGURATION has more of some. */
  model?: string;
  /** There is only the first provider. */
  isAlone?: true;
  /** A connection is there that was used before. */
  isReused?: true;
  /** Another request right behind it sees this. */
  next?: { first: number; second: number };
  /** How long after the first provider has failed the second one may be asked, in milliseconds. */
  movesOnWithinMs?: number;
}

/** Deadlines that a test can wait for; others have their own tests with those of everyday. */
export const CONFIGURATION = `
providers:
  gone: { wire: openai, baseUrl: 'http://127.0.0.1:1/v1', models: [gone-1] }
models:
  gone-1: { fallbacks: ['openai:gpt-4'] }
  text-embedding-3-small: { deadlines: { headersMs: 500 } }
  quick-1: { deadlines: { firstContentMs: 700, stallMs: 700 } }
  short-1: { contextFallbacks: ['openai:long-1'] }
  prim-1: { contentFilterFallbacks: ['openai:frank-1'] }
`;
/** Another of the family, not the one that is gone. */
const SIMILAR = /^gpt-4.+/;

const by = (provider: 'openai' | 'claude') => ({ provider });
const MOVES_ON = { caller: by('claude'), second: { calls: 1 }, charged: 'one answer' } as const;
const SAVED = { caller: by('openai'), second: { calls: 0 }, charged: 'one answer' } as const;
const REFUSED = { second: { calls: 0 }, charged: 'nothing' } as const;
const LEFT_ALONE = { first: 0, second: 1 };
const ASKED_AGAIN = { first: 1, second: 0 };

/** What may go wrong with a provider, and what is to come of it. */
export const FAULT_TABLE: readonly FaultRow[] = [
  {
    fault: '429 with Retry-After in seconds',
    faults: [{ fault: '429', retryAfterSeconds: 2 }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 with Retry-After as a date',
    faults: [{ fault: '429', retryAfterDateSeconds: 3 }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 with retry-after-ms',
    faults: [{ fault: '429', retryAfterMs: 1_500 }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 for ever, without a header',
    faults: [{ fault: '429' }],
    first: { calls: 1 },
    ...MOVES_ON,
    next: LEFT_ALONE,
  },
  {
    fault: '429 once, and nobody else to ask: waited out',
    faults: [{ fault: '429', retryAfterMs: 600, count: 1 }],
    caller: by('openai'),
    first: { calls: 2, gapMs: [600, 1_500] },
    charged: 'one answer',
    isAlone: true,
  },
  {
    fault: '429 for ever, and nobody else to ask',
    faults: [{ fault: '429', retryAfterMs: 300 }],
    caller: { code: 'RATE_LIMIT_EXCEEDED' },
    first: { calls: 2, gapMs: [300, 1_000] },
    charged: 'nothing',
    isAlone: true,
  },
  {
    fault: '500 once',
    faults: [{ fault: '500', count: 1 }],
    first: { calls: 2, gapMs: [100, 600] },
    ...SAVED,
    next: ASKED_AGAIN,
  },
  { fault: '500 for ever', faults: [{ fault: '500' }], first: { calls: 2, gapMs: [100, 600] }, ...MOVES_ON },
  { fault: '503 for ever', faults: [{ fault: '503' }], first: { calls: 1 }, ...MOVES_ON, movesOnWithinMs: 50 },
  {
    fault: 'overloaded (529)',
    faults: [{ fault: 'overloaded' }],
    first: { calls: 1 },
    ...MOVES_ON,
    movesOnWithinMs: 50,
  },
  {
    fault: 'a reset before headers', // on a connection that was used before it is tried once more on a new one
    faults: [{ fault: 'reset' }],
    first: { calls: [1, 2], broken: 1 },
    ...MOVES_ON,
    movesOnWithinMs: 50,
  },
  {
    fault: 'a reset of a connection that was used before',
    faults: [{ fault: 'keepalive-reset', count: 1 }],
    isReused: true,
    first: { calls: 2, gapMs: [0, 100], broken: 1 },
    ...SAVED,
  },
  {
    fault: 'a refused connection', // nobody listens there: the first provider that sees anything is the next one
    faults: [],
    model: 'gone-1',
    ...SAVED,
    caller: { provider: 'openai', model: /^gpt-4$/, withinMs: 500 },
    first: { calls: 1 },
  },
  {
    fault: 'accepts and never answers',
    faults: [{ fault: 'hang' }],
    first: { calls: 1, broken: 1 },
    ...MOVES_ON,
    caller: { provider: 'claude', withinMs: 2_000 },
  },
  {
    fault: 'headers at once, the first content much later',
    faults: [{ fault: 'late' }],
    model: 'quick-1',
    first: { calls: 1, broken: 1 },
    ...MOVES_ON,
    caller: { provider: 'claude', withinMs: 1_500 },
  },
  {
    fault: 'a stall amid the answer',
    faults: [{ fault: 'stall', afterChunks: 20, count: 1 }],
    model: 'quick-1',
    first: { calls: 2, gapMs: [700, 2_500], broken: 1 },
    ...SAVED,
  },
  {
    fault: 'a cut after two thirds',
    faults: [{ fault: 'cut', afterChunks: 20, count: 1 }],
    first: { calls: 2, broken: 1 },
    ...SAVED,
  },
  {
    fault: 'a cut for ever, at the same place: the other provider repeats it',
    faults: [{ fault: 'cut', afterChunks: 20 }],
    first: { calls: 2, broken: 2 },
    ...MOVES_ON,
  },
  {
    fault: 'a clean end without a finish reason',
    faults: [{ fault: 'end', afterChunks: 20, count: 1 }],
    first: { calls: 2 },
    ...SAVED,
  },
  {
    fault: 'a break that nobody can mend',
    faults: [{ fault: 'end', afterChunks: 12 }],
    prompt: DIFFERENT,
    caller: { code: 'UPSTREAM_LOST', text: /^You asked: "What do you think of it\?"\. This is gpt-4, played$/ },
    first: { calls: 2 },
    second: { calls: 1 },
    charged: 'what was delivered',
  },
  {
    fault: 'an error event in the stream',
    faults: [{ fault: 'err', afterChunks: 20, count: 1 }],
    first: { calls: 2 },
    ...SAVED,
  },
  {
    fault: 'an error event before any content',
    faults: [{ fault: 'err', afterChunks: 0 }],
    first: { calls: 1 },
    ...MOVES_ON,
  },
  { fault: 'a malformed event amid good ones', faults: [{ fault: 'malformed' }], first: { calls: 1 }, ...SAVED },
  {
    fault: 'a malformed event, and then the end',
    faults: [{ fault: 'garbled', afterChunks: 20, count: 1 }],
    first: { calls: 2 },
    ...SAVED,
  },
  { fault: 'no [DONE]', faults: [{ fault: 'nodone' }], first: { calls: 1 }, ...SAVED, next: ASKED_AGAIN },
  {
    fault: '400: the context is too long',
    faults: [{ fault: 'context' }],
    caller: { code: 'CONTEXT_LENGTH_EXCEEDED', text: '' },
    first: { calls: 1 },
    ...REFUSED,
  },
  {
    fault: '400: the context is too long, and a larger model is configured',
    faults: [{ fault: 'context', model: 'short-1' }],
    model: 'short-1',
    ...SAVED,
    caller: { provider: 'openai', model: /^long-1$/ },
    first: { calls: 2 },
  },
  {
    fault: '400: content filter',
    faults: [{ fault: 'filter-400' }],
    caller: { code: 'CONTENT_FILTERED', text: '' },
    first: { calls: 1 },
    ...REFUSED,
  },
  {
    fault: '400: content filter, and another model is configured for that',
    faults: [{ fault: 'filter-400', model: 'prim-1' }],
    model: 'prim-1',
    ...SAVED,
    caller: { provider: 'openai', model: /^frank-1$/ },
    first: { calls: 2 },
  },
  {
    fault: 'another 400',
    faults: [{ fault: '400', count: 1 }],
    caller: { code: 'VALIDATION_ERROR', text: '' },
    first: { calls: 1 },
    ...REFUSED,
    next: ASKED_AGAIN,
  },
  { fault: '401', faults: [{ fault: '401' }], first: { calls: 1 }, ...MOVES_ON, next: LEFT_ALONE },
  { fault: '403', faults: [{ fault: '403' }], first: { calls: 1 }, ...MOVES_ON, next: LEFT_ALONE },
  { fault: 'quota exhausted', faults: [{ fault: 'quota' }], first: { calls: 1 }, ...MOVES_ON, next: LEFT_ALONE },
  {
    fault: 'a model that is unknown (404): the similar one, there',
    faults: [{ fault: '404', model: 'gpt-4' }],
    ...SAVED,
    caller: { provider: 'openai', model: SIMILAR },
    first: { calls: 2 },
  },
  {
    fault: 'a model that is retired (410): the similar one, there',
    faults: [{ fault: '410', model: 'gpt-4' }],
    ...SAVED,
    caller: { provider: 'openai', model: SIMILAR },
    first: { calls: 2 },
  },
  {
    fault: 'a model that is retired, and so is the similar one: the equivalent one elsewhere',
    faults: [{ fault: '404' }],
    ...MOVES_ON,
    caller: { provider: 'claude', model: /^claude-/ },
    first: { calls: 2 },
  },
  {
    fault: 'everything down',
    faults: [{ fault: '503' }, { fault: '503', wire: 'anthropic' }],
    caller: { code: 'ALL_PROVIDERS_FAILED', text: '' },
    first: { calls: 1 },
    second: { calls: 1 },
    charged: 'nothing',
  },
];
