import { Answer, type AnswerBlock } from './answer.js';
import { TokenRun } from './token-run.js';

const run = (...tokens: string[]) => TokenRun.of(tokens);
const thought: AnswerBlock = { kind: 'reasoning', run: run('hm', '.') };
const text: AnswerBlock = { kind: 'text', run: run('a', 'b', 'c') };
const call: AnswerBlock = { kind: 'tool_call', index: 0, id: 'call_1', name: 'f', run: run('{', '}') };
const tokensOf = (answer: Answer) => answer.blocks.map((block) => block.run.tokenCount);

describe('Answer', () => {
  const answer = new Answer([thought, text, call], { reason: 'tools' }, 4);

  it('counts the tokens of all blocks, and those that it hides', () => {
    expect(answer).toMatchObject({ tokenCount: 11, deltaCount: 7, reasoningTokens: 6 });
    expect(answer.text()).toBe('abc');
  });

  it('ends at the limit, wherever that is, and says why', () => {
    expect(tokensOf(answer.limitedTo(11))).toEqual([2, 3, 2]);
    expect(answer.limitedTo(11).end.reason).toBe('tools');
    const limited = answer.limitedTo(8);
    expect(tokensOf(limited)).toEqual([2, 2]);
    expect(limited).toMatchObject({ tokenCount: 8, end: { reason: 'length' } });
    expect(answer.limitedTo(3)).toMatchObject({ tokenCount: 3, deltaCount: 0, hiddenTokens: 3 });
  });

  it('can be cut after some of its deltas', () => {
    expect(tokensOf(answer.cutAfter(3, 'filter'))).toEqual([2, 1]);
    expect(answer.cutAfter(0, 'filter')).toMatchObject({ deltaCount: 0, end: { reason: 'filter' } });
  });

  it('can hold one huge token', () => {
    expect(new Answer([text]).withHugeToken(1000).text()).toHaveLength(1002);
  });
});
