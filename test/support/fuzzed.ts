import fc from 'fast-check';

const MESSAGES = [{ role: 'user', content: 'hi [[sim completion=3 gap=0]]' }];
const FRAMES: readonly object[] = [
  { type: 'chat', provider: 'auto', model: 'gpt-4o', stream: true, maxTokens: 5, messages: MESSAGES },
  { type: 'completion', provider: 'openai', model: 'gpt-4o', stream: false, maxTokens: 5, prompt: 'hi' },
  { type: 'embedding', provider: 'auto', model: 'text-embedding-3-small', stream: false, prompt: ['a', 'b'] },
  { cancel: true },
  { lastSeq: 0 },
  { type: 'subscribe', channel: 'videos' },
  { type: 'unsubscribe', channel: 'account' },
];
const BODIES: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', { model: 'gpt-4o', messages: MESSAGES, max_tokens: 5 }],
  ['/v1/messages', { model: 'claude-sonnet-4-5', messages: MESSAGES, max_tokens: 5 }],
  ['/v1/messages/count_tokens', { model: 'claude-sonnet-4-5', messages: MESSAGES }],
  ['/v1/embeddings', { model: 'text-embedding-3-small', input: ['a', 'b'] }],
  ['/api/mcp/estimate', FRAMES[0]!],
  ['/api/mcp/estimate/video', { workflow: 'text-to-video', input: { text: 'hi' }, parameters: { duration: 4 } }],
  ['/api/mcp/sora2/generate', { prompt: 'hi', duration: 4, resolution: '720p' }],
  ['/api/mcp/admin/accounts/victim/grants', { credits: 1, reason: 'test', idempotencyKey: 'k' }],
  ['/api/mcp/admin/accounts/victim/limits', { requestsPerMinute: 1 }],
  ['/api/mcp/ws-ticket', {}],
];
const FIELDS = [
  ...['id', 'type', 'provider', 'model', 'messages', 'prompt', 'stream', 'maxTokens', 'lastSeq', 'cancel', 'channel'],
  ...[
    'tools',
    'toolChoice',
    'responseFormat',
    'stop',
    'temperature',
    'background',
    'cache',
    'input',
    'system',
    'content',
  ],
  ...['parameters', 'workflow', 'duration', 'resolution', 'credits', 'reason', 'requestsPerMinute', 'thinking'],
];

const text = fc.string({ unit: 'binary', maxLength: 60 });
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  text,
  fc.constantFrom<unknown>(
    -1,
    -0,
    1e308,
    0.1,
    2 ** 53,
    '',
    '\0',
    '\ud800',
    '__proto__',
    'x'.repeat(5_000),
    [],
    {},
    null,
  ),
  fc.record(
    { role: fc.constantFrom('user', 'tool', 'system', 'x'), content: fc.jsonValue({ maxDepth: 3 }) },
    { requiredKeys: [] },
  ),
  fc.array(fc.record({ role: fc.constantFrom('user', 'assistant', 'tool'), content: fc.jsonValue({ maxDepth: 3 }) })),
);
const field = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...FIELDS) }, text);
const changes = fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 3 });
const changed = (base: object, pairs: [string, unknown][]) => JSON.stringify({ ...base, ...Object.fromEntries(pairs) });

/** Cut off, with bytes of something else within, or nothing that was ever JSON. */
const spoilt = (good: string) =>
  fc.oneof(
    fc.nat(good.length).map((end) => good.slice(0, end)),
    fc.tuple(fc.nat(good.length), text).map(([at, inserted]) => good.slice(0, at) + inserted + good.slice(at)),
    text,
  );

const frame = fc
  .tuple(fc.constantFrom(...FRAMES), fc.oneof(fc.uuid(), text), changes)
  .map(([base, id, pairs]) => changed({ id, ...base }, pairs));
const body = fc
  .tuple(fc.constantFrom(...BODIES), changes)
  .map(([[path, base], pairs]) => ({ path, text: changed(base, pairs) }));

/** Frames that are nearly good, and some that are no JSON; the same for the same seed. */
export function fuzzedFrames(seed: number, count: number): string[] {
  const any = fc.oneof({ weight: 9, arbitrary: frame }, { weight: 1, arbitrary: frame.chain(spoilt) });
  return fc.sample(any, { seed, numRuns: count });
}

export interface FuzzedBody {
  path: string;
  text: string;
}

/**
 * Bodies of that kind, each with the route that it is for. Workflows have none: a good one waits for a worker, and what
 * they are made of is that of an estimate of a video.
 */
export function fuzzedBodies(seed: number, count: number): FuzzedBody[] {
  const any = fc.oneof(
    { weight: 9, arbitrary: body },
    {
      weight: 1,
      arbitrary: body.chain(({ path, text: good }) => spoilt(good).map((spoiled) => ({ path, text: spoiled }))),
    },
  );
  return fc.sample(any, { seed, numRuns: count });
}
