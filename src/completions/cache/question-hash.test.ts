import type { AnswerJob } from '../answer-job.js';
import { questionHash } from './question-hash.js';

const job = (request: object = {}, accountId = 'user:alice', model = 'gpt-4') =>
  ({
    key: { accountId, requestId: `ws:${Math.random()}` },
    request: {
      provider: 'auto',
      model: 'gpt-4',
      messages: [{ role: 'user', content: 'hello' }],
      inputs: [],
      options: { temperature: 0, seed: 1 },
      isStreamed: true,
      ...request,
    },
    steps: [{ providerId: 'openai', model }],
  }) as unknown as AnswerJob;
const hash = (...parameters: Parameters<typeof job>) => questionHash(job(...parameters), false).toString('hex');

describe('questionHash', () => {
  it('is the same for the same question, however its keys are ordered, streamed or not', () => {
    expect(hash()).toBe(hash());
    expect(hash({ options: { seed: 1, temperature: 0 }, isStreamed: false })).toBe(hash());
  });

  it.each([
    [{ messages: [{ role: 'user', content: 'hello ' }] }],
    [{ options: { temperature: 0, seed: 2 } }],
    [{ options: { temperature: 0, seed: 1, tools: [{ name: 'f' }] } }],
    [{ maxTokens: 5 }],
    [{ model: 'gpt-4o' }],
    [{ provider: 'openai' }],
    [{ inputs: ['hello'] }],
    [{ vectors: { encoding: 'float', dimensions: 2 } }],
  ])('is another with %j', (difference) => {
    expect(hash(difference)).not.toBe(hash());
  });

  it('is another where the name stands for another model now', () => {
    expect(hash({}, 'user:alice', 'gpt-4-turbo')).not.toBe(hash());
  });

  it("is each user's own, unless answers are shared", () => {
    expect(hash({}, 'user:bob')).not.toBe(hash());
    expect(questionHash(job({}, 'user:bob'), true)).toEqual(questionHash(job(), true));
  });
});
