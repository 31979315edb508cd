import { endAnswer, newAnswer, takeFrame, type AnswerState, type Step } from './answer-state.js';
import { McpError } from './mcp-error.js';
import type { AnswerFrame, ChunkFrame } from './protocol.js';

const id = 'a';
const usage = { promptTokens: 1, completionTokens: 2, totalTokens: 3, credits: 4, usageSource: 'provider' };
const metadata = { model: 'm', provider: 'p', latency: 5, finishReason: 'stop', attempts: 1 };
const end = { usage, metadata, balance: 6 };
const chunk = (seq: number, data: string, reasoning?: string): AnswerFrame => ({
  id,
  type: 'chunk',
  seq,
  data,
  ...(reasoning === undefined ? {} : { reasoning }),
});
const chunkWith = (seq: number, more: Partial<ChunkFrame>): AnswerFrame => ({
  id,
  type: 'chunk',
  seq,
  data: '',
  ...more,
});
const done = (seq: number): AnswerFrame => ({ id, type: 'done', seq, ...end });
const restart = (seq: number): AnswerFrame => ({ id, type: 'restart', seq });
const error = (code: string, retryable: boolean, seq?: number): AnswerFrame => ({
  id,
  type: 'error',
  error: { code, message: 'm', retryable, retryAfterMs: 7 },
  ...(seq === undefined ? {} : { seq, ...end }),
});

function play(...frames: AnswerFrame[]): { state: AnswerState; steps: Step['kind'][] } {
  let state = newAnswer(id);
  const steps = frames.map((frame) => {
    const taken = takeFrame(state, frame);
    ({ state } = taken);
    return taken.step.kind;
  });
  return { state, steps };
}

describe('an answer', () => {
  test('grows by every chunk in order, and ends with its usage', () => {
    const { state, steps } = play(chunk(1, 'a'), chunk(2, '', 'why'), chunk(3, 'b'), done(4));
    expect(steps).toEqual(['progress', 'progress', 'progress', 'ended']);
    const message = { role: 'assistant', content: 'ab' };
    const content = { text: 'ab', reasoning: 'why', toolCalls: [], reasoningBlocks: [{ text: 'why' }], logprobs: [] };
    expect(state.outcome).toEqual({ kind: 'done', result: { ...content, message, ...end } });
  });

  test('puts calls of tools together from their pieces', () => {
    const { state, steps } = play(
      chunkWith(1, { toolCalls: [{ index: 0, id: 'c0', name: 'look', arguments: '' }] }),
      chunkWith(2, { toolCalls: [{ index: 0, arguments: '{"at":' }] }),
      chunkWith(3, {
        toolCalls: [
          { index: 0, arguments: '1}' },
          { index: 1, id: 'c1', name: 'go', arguments: '{}' },
        ],
      }),
      chunkWith(3, { toolCalls: [{ index: 0, arguments: 'twice' }] }),
      done(4),
    );
    expect(steps).toEqual(['progress', 'progress', 'progress', 'ignored', 'ended']);
    const toolCalls = [
      { id: 'c0', name: 'look', arguments: '{"at":1}' },
      { id: 'c1', name: 'go', arguments: '{}' },
    ];
    expect(state.outcome).toMatchObject({
      result: { toolCalls, message: { role: 'assistant', content: '', toolCalls } },
    });
  });

  test('gives thoughts back where their vendor signed them, and only there', () => {
    const { state } = play(
      chunkWith(1, { reasoning: 'First' }),
      chunkWith(2, { reasoning: ' this.' }),
      chunkWith(3, { reasoning: '', reasoningSignature: 's1' }),
      chunkWith(4, { reasoning: '', redactedReasoning: 'xyz' }),
      chunkWith(5, { reasoning: 'Then that.', reasoningSignature: 's2' }),
      chunk(6, 'So.'),
      done(7),
    );
    const reasoning = [
      { text: 'First this.', signature: 's1' },
      { redacted: 'xyz' },
      { text: 'Then that.', signature: 's2' },
    ];
    expect(state.outcome).toMatchObject({
      result: { reasoning: 'First this.Then that.', message: { role: 'assistant', content: 'So.', reasoning } },
    });
    expect(play(chunk(1, '', 'hm'), done(2)).state.outcome).not.toHaveProperty('result.message.reasoning');
  });

  test('keeps log probabilities in order', () => {
    const of = (token: string) => ({ token, logprob: -1, bytes: null });
    const { state } = play(
      chunkWith(1, { logprobs: [of('a')] }),
      chunkWith(2, { logprobs: [of('b'), of('c')] }),
      done(3),
    );
    expect(state.logprobs.map(({ token }) => token).join('')).toBe('abc');
  });

  test('takes each seq once, however often it comes', () => {
    const { state, steps } = play(chunk(1, 'a'), chunk(2, 'b'), chunk(1, 'a'), chunk(2, 'b'), chunk(3, 'c'), done(4));
    expect(steps.slice(2, 4)).toEqual(['ignored', 'ignored']);
    expect(state.text).toBe('abc');
  });

  test.each([
    ['chunk', chunk(3, 'c')],
    ['end', done(3)],
    ['restart', restart(3)],
    ['error that is the end', error('UPSTREAM_LOST', true, 3)],
  ])('does not take a %s where something before it is missing', (_name, frame) => {
    const { state, steps } = play(chunk(1, 'a'), frame, chunk(2, 'b'), chunk(3, 'c'), done(4));
    expect(steps).toEqual(['progress', 'gap', 'progress', 'progress', 'ended']);
    expect(state.text).toBe('abc');
  });

  test('that began anew has only its new text', () => {
    const wrong = chunkWith(1, {
      data: 'wrong',
      reasoning: 'w',
      toolCalls: [{ index: 0, id: 'c', name: 'n', arguments: '' }],
    });
    const { state, steps } = play(wrong, restart(2), chunk(3, 'right'), restart(2), done(4));
    expect(steps).toEqual(['progress', 'progress', 'progress', 'ignored', 'ended']);
    expect(state).toMatchObject({ text: 'right', reasoning: '', toolCalls: [], reasoningBlocks: [], restarts: 1 });
  });

  test('ends on a last frame that is older than what was read: a killed database knows less than its readers', () => {
    const { state } = play(chunk(1, 'a'), chunk(2, 'b'), error('UPSTREAM_LOST', true, 2));
    expect(state).toMatchObject({ text: 'ab', outcome: { error: { code: 'UPSTREAM_LOST', usage, balance: 6 } } });
  });

  test('in one piece has its text, or its vectors, from the last frame', () => {
    const { state } = play({ id, type: 'completion', data: '[1]', embeddings: [[1]], ...end });
    expect(state.outcome).toMatchObject({ kind: 'done', result: { text: '[1]', embeddings: [[1]] } });
  });

  test('in one piece has calls and thoughts too', () => {
    const toolCalls = [{ id: 'c', name: 'look', arguments: '{}' }];
    const reasoningBlocks = [{ text: 'hm', signature: 's' }];
    const { state } = play({ id, type: 'completion', data: '', reasoning: 'hm', reasoningBlocks, toolCalls, ...end });
    const message = { role: 'assistant', content: '', toolCalls, reasoning: reasoningBlocks };
    expect(state.outcome).toMatchObject({ result: { reasoning: 'hm', toolCalls, message } });
  });

  test('that is refused for now has not ended; one that is refused for good has', () => {
    expect(play(error('UNAVAILABLE', true)).steps).toEqual(['refused']);
    const { state, steps } = play(error('CONFLICT', false));
    expect(steps).toEqual(['ended']);
    expect(state.outcome).toMatchObject({ error: { code: 'CONFLICT', requestId: id, retryAfterMs: 7 } });
  });

  test('that was read too late says what it cost', () => {
    const details = { usage, model: 'm' };
    const { state } = play({
      id,
      type: 'error',
      error: { code: 'RESUME_EXPIRED', message: 'm', retryable: false, details },
    });
    expect(state.outcome).toMatchObject({ error: { code: 'RESUME_EXPIRED', usage } });
  });

  test('knows its place in the queue until it begins', () => {
    const queued: AnswerFrame = {
      id,
      type: 'event',
      channel: 'requests',
      event: 'request.queued',
      data: { requestId: id, position: 3, retryAfterMs: 9 },
    };
    expect(play(queued).state).toMatchObject({ isAccepted: true, queue: { position: 3, retryAfterMs: 9 } });
    expect(play(queued, { ...queued, event: 'request.waiting' }).state.queue).toBeUndefined();
    expect(play(queued, chunk(1, 'a')).state.queue).toBeUndefined();
  });

  test('that has ended changes no more', () => {
    const { state } = play(chunk(1, 'a'), done(2));
    expect(takeFrame(state, chunk(3, 'b'))).toEqual({ state, step: { kind: 'ignored' } });
    expect(endAnswer(state, 'left', new McpError('CLOSED', 'm'))).toBe(state);
  });

  test('ignores what a later server may say', () => {
    const frame = { id, type: 'novelty', seq: 1 } as unknown as AnswerFrame;
    expect(play(frame).steps).toEqual(['ignored']);
  });

  test('is no success without its bill', () => {
    const { state } = play({ id, type: 'done', seq: 1 });
    expect(state.outcome).toMatchObject({ kind: 'failed', error: { code: 'PROTOCOL' } });
  });
});
