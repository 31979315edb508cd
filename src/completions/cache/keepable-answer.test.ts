import { GatewayError } from '../../common/errors/gateway-error.js';
import type { Answer } from '../answer-end.js';
import { keepableAnswer } from './keepable-answer.js';

const content = {
  text: 'Hello',
  reasoning: [],
  toolCalls: [],
  logprobs: [],
  usage: { inputTokens: 1, outputTokens: 1 },
  finishReason: 'stop',
  stopSequence: undefined,
};
const answer = (more: object = {}) =>
  ({
    job: { request: { mayUseCache: true } },
    step: { providerId: 'openai', model: 'gpt-4' },
    ending: { kind: 'done', finishReason: 'stop' },
    attempts: [{ outcome: 'answered' }],
    content,
    vectors: undefined,
    ...more,
  }) as unknown as Answer;
const done = (finishReason: string) => ({
  ending: { kind: 'done', finishReason },
  content: { ...content, finishReason },
});

describe('keepableAnswer', () => {
  it('keeps a whole answer, with who gave it', () => {
    expect(keepableAnswer(answer())).toEqual({
      providerId: 'openai',
      model: 'gpt-4',
      content: { text: 'Hello', reasoning: [], toolCalls: [], logprobs: [] },
      usage: content.usage,
      finishReason: 'stop',
    });
    expect(keepableAnswer(answer(done('tool_calls')))).toMatchObject({ finishReason: 'tool_calls' });
  });

  it.each([
    ['that nobody wants kept', { job: { request: { mayUseCache: false } } }],
    ['that was kept already', { job: { request: { mayUseCache: true }, cached: {} } }],
    ['that was cut', done('length')],
    ['that was filtered', done('content_filter')],
    ['that ran out of credits', { ending: { kind: 'done', finishReason: 'credits_exhausted' } }],
    ['that failed', { ending: { kind: 'error', error: new GatewayError('UPSTREAM_LOST', 'x') } }],
    ['that nobody counted', { content: { ...content, usage: undefined } }],
  ])('keeps none %s', (_name, more) => {
    expect(keepableAnswer(answer(more))).toBeUndefined();
  });
});
