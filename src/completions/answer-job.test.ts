import { mayThinkUnseen, textRequest, type AnswerJob } from './answer-job.js';

const step = (model: string, hiddenReasoning: boolean, maxOutputTokens = 10_000) => ({
  model,
  capabilities: { hiddenReasoning, maxOutputTokens },
});
const SEEN = step('gpt-4o', false);
const UNSEEN = step('claude-sonnet-5', true, 500);
const job = (options: object, ...steps: object[]) =>
  ({ request: { messages: [], options }, outputLimit: 1_000, steps }) as unknown as AnswerJob;
const asked = (options: object, steps: object[], at: object) =>
  textRequest(job(options, ...steps), at as AnswerJob['steps'][number]);
const isUnseen = (options: object, ...steps: object[]) => {
  const each = job(options, ...steps);
  return mayThinkUnseen(each.request, each.steps);
};

describe('the request of a step', () => {
  it('asks a stand-in not to think where nobody asked for it, and for no more than it can write', () => {
    expect(asked({}, [SEEN, UNSEEN], SEEN)).toEqual({ model: 'gpt-4o', messages: [], maxOutputTokens: 1_000 });
    expect(asked({ seed: 1 }, [SEEN, UNSEEN], UNSEEN)).toEqual({
      model: 'claude-sonnet-5',
      messages: [],
      maxOutputTokens: 500,
      reasoning: { effort: 'none' },
      seed: 1,
    });
  });

  it('leaves thinking to whoever was asked for it', () => {
    expect(asked({}, [UNSEEN, SEEN], UNSEEN).reasoning).toBeUndefined();
    const wanted = { reasoning: { effort: 'high' } };
    expect(asked(wanted, [SEEN, UNSEEN], UNSEEN)).toMatchObject(wanted);
  });
});

describe('mayThinkUnseen', () => {
  it('is so where the first choice does, or where thinking was asked for', () => {
    expect(isUnseen({}, UNSEEN, SEEN)).toBe(true);
    expect(isUnseen({}, SEEN, UNSEEN)).toBe(false);
    expect(isUnseen({ reasoning: { effort: 'none' } }, SEEN, UNSEEN)).toBe(false);
    expect(isUnseen({ reasoning: { effort: 'low' } }, SEEN, UNSEEN)).toBe(true);
    expect(isUnseen({ reasoning: { budgetTokens: 1 } }, SEEN)).toBe(true);
  });
});
