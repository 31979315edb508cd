import { composeAnswer } from '../../../src/simulator/compose-answer.js';
import { readScript } from '../../../src/simulator/read-script.js';
import { estimatedPrompt } from '../oracle.js';
import type { Random } from '../random.js';
import { planBehaviour, type Behaviour } from './behaviour.js';

/** A request that somebody will make, with everything that is known of its answer beforehand. */
export interface RequestPlan {
  id: string;
  userId: string;
  /** When, in milliseconds since the run's beginning. */
  atMs: number;
  kind: 'stream' | 'whole' | 'embedding' | 'background';
  /** Unique to this request: the provider's book is kept by model. */
  model: string;
  /** The frame without `id` and `lastSeq`. */
  body: Record<string, unknown>;
  /** All that the provider would write, were it not limited. */
  text: string;
  /** What the provider counts for the prompt, and what we estimate. */
  promptTokens: number;
  estimatedPromptTokens: number;
  maxTokens: number | undefined;
  /** What the provider was told to do wrong. */
  fault: string | undefined;
  behaviour: Behaviour;
}

export type Regime = 'ample' | 'scarce';

export interface WorkloadOptions {
  seconds: number;
  requestsPerSecond: number;
  regimes: readonly Regime[];
}

const USERS_PER_REGIME = 3;
/** A moment at the beginning for the first credits to arrive. */
const FIRST_AT_MS = 500;
const QUESTIONS = [
  'What comes after the storm?',
  'Name three rivers – with "quotes", please.',
  'Ünïcödé: 猫が好きですか?',
  'Line one\nline two\ttabbed.',
];
/** Faults of an answer that the provider may be told to have; each ends honestly. */
const FAULTS = ['cut after=7', 'end after=5', 'err after=9', 'nousage', 'zerousage', 'nodone', 'malformed', '500'];

export function usersOf(regime: Regime): string[] {
  return Array.from({ length: USERS_PER_REGIME }, (_, index) => `${regime}-${index + 1}`);
}

/** All requests of a run, in the order in which they are made. */
export function planRequests(random: Random, { seconds, requestsPerSecond, regimes }: WorkloadOptions): RequestPlan[] {
  const users = regimes.flatMap(usersOf);
  const count = Math.round(seconds * requestsPerSecond);
  const lastAtMs = Math.max(FIRST_AT_MS, seconds * 1_000 - 1_000);
  return Array.from({ length: count }, () => random.between(FIRST_AT_MS, lastAtMs))
    .sort((a, b) => a - b)
    .map((atMs, index) => planRequest(random, index, atMs, random.pick(users)));
}

function planRequest(random: Random, index: number, atMs: number, userId: string): RequestPlan {
  const id = `${index}-${random.hex(12)}`;
  const sort = random.weighted({ stream: 73, whole: 9, embedding: 5, long: 5, quick: 5, background: 3 });
  switch (sort) {
    case 'stream':
      return textPlan(random, { id, userId, atMs }, { chunks: random.between(5, 60), gapMs: random.between(0, 40) });
    case 'quick':
      return textPlan(random, { id, userId, atMs }, { chunks: random.between(1, 3), gapMs: 0 });
    case 'whole':
      return textPlan(random, { id, userId, atMs }, { chunks: random.between(5, 30), gapMs: 10 }, 'whole');
    case 'background':
      return textPlan(random, { id, userId, atMs }, { chunks: random.between(5, 30), gapMs: 10 }, 'background');
    case 'long':
      return longPlan(random, { id, userId, atMs });
    case 'embedding':
      return embeddingPlan(random, { id, userId, atMs });
    default:
      return sort satisfies never;
  }
}

type Who = Pick<RequestPlan, 'id' | 'userId' | 'atMs'>;
type TextKind = 'stream' | 'whole' | 'background';
interface Shape {
  chunks: number;
  gapMs: number;
  /** Absent: one a chunk. */
  tokens?: number;
}

function textPlan(random: Random, who: Who, shape: Shape, kind: TextKind = 'stream'): RequestPlan {
  const fault = kind !== 'background' && random.chance(0.06) ? random.pick(FAULTS) : undefined;
  const maxTokens = random.chance(0.4) ? random.between(8, 200) : undefined;
  const style = random.pick(['numbered', 'answer']);
  return chat(random, who, {
    kind,
    model: `chaos-${who.id}`,
    provider: random.pick(['auto', 'openai', 'claude']),
    directive: `[[sim ${sizeOf(shape)} text=${style}${fault ? ` fault=${fault}` : ''}]]`,
    maxTokens,
    fault: fault?.split(' ')[0],
  });
}

/** Longer than what is held at first, so that the hold has to grow. Only Claude's models may write as much. */
function longPlan(random: Random, who: Who): RequestPlan {
  const shape = { chunks: random.between(40, 80), gapMs: random.between(5, 30), tokens: random.between(5_000, 7_000) };
  const directive = `[[sim ${sizeOf(shape)} text=numbered]]`;
  const model = `claude-chaos-${who.id}`;
  return chat(random, who, { kind: 'stream', model, provider: 'claude', directive, fallback: false });
}

function sizeOf({ chunks, gapMs, tokens = chunks }: Shape): string {
  return `chunks=${chunks} completion=${tokens} gap=${gapMs}`;
}

interface ChatTerms {
  kind: TextKind;
  model: string;
  provider: string;
  directive: string;
  fallback?: boolean;
  maxTokens?: number | undefined;
  fault?: string | undefined;
}

function chat(random: Random, who: Who, terms: ChatTerms): RequestPlan {
  const { kind, model, provider, directive, fallback, maxTokens, fault } = terms;
  const content = `${random.pick(QUESTIONS)} ${directive}`;
  const body = {
    type: 'chat',
    provider,
    model,
    messages: [{ role: 'user', content }],
    stream: kind === 'stream',
    ...(kind === 'background' ? { background: true } : {}),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(fallback === undefined ? {} : { fallback }),
  };
  return {
    ...who,
    kind,
    model,
    body,
    text: composeAnswer(readScript(model, content, 0), model, content).text(),
    promptTokens: providersCount(content),
    estimatedPromptTokens: estimatedPrompt(content, true),
    maxTokens,
    fault,
    behaviour: planBehaviour(random, kind),
  };
}

function embeddingPlan(random: Random, who: Who): RequestPlan {
  const prompt = `${random.pick(QUESTIONS)} ${random.hex(20)}`;
  const model = `text-embedding-chaos-${who.id}`;
  return {
    ...who,
    kind: 'embedding',
    model,
    body: { type: 'embedding', provider: 'openai', model, prompt, stream: false },
    text: '',
    promptTokens: providersCount(prompt),
    estimatedPromptTokens: estimatedPrompt(prompt, false),
    maxTokens: undefined,
    fault: undefined,
    behaviour: planBehaviour(random, 'embedding'),
  };
}

/** The simulated provider's rule: a token for every four bytes begun. */
function providersCount(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}
