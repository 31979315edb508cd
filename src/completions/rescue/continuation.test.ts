import type { StreamPart } from '../../providers/contract/stream-part.js';
import { Continuation } from './continuation.js';

const text = (said: string): StreamPart => ({ type: 'text-delta', text: said });
const thought: StreamPart = { type: 'reasoning-delta', text: 'go on how?' };
const usage: StreamPart = { type: 'usage', usage: { inputTokens: 3, outputTokens: 1 } };
const finish: StreamPart = { type: 'finish', reason: 'stop' };
const call: StreamPart = { type: 'tool-call-delta', index: 0, id: 'c', name: 'f', argumentsText: '' };

function goOn(delivered: string, wasTold: boolean, ...batches: StreamPart[][]) {
  const continuation = new Continuation(delivered, wasTold);
  for (const batch of batches) {
    const taken = continuation.take(batch);
    if (taken !== 'same') return taken;
  }
  return 'same';
}

describe('a continuation', () => {
  it('is shown without what it repeats, and without the thoughts and counts before it', () => {
    expect(
      goOn('A quick brown', true, [usage, thought, text('quick')], [text(' brown'), text(' fox'), finish]),
    ).toEqual([text(' fox'), finish]);
  });

  it('is shown as it is where the model writes on in the same message', () => {
    expect(goOn('0,0\n0,0\n', false, [thought], [text('0,0\n'), text('0,0\n')])).toEqual([
      text('0,0\n'),
      text('0,0\n'),
    ]);
  });

  it('may end, or call a tool, before it is sure what it says', () => {
    expect(goOn('A quick brown', true, [text('quick br')], [finish])).toEqual([text('quick br'), finish]);
    expect(goOn('A quick brown', true, [text('quick brown')], [finish])).toEqual([finish]);
    expect(goOn('A quick brown', true, [text('\n')], [call, finish])).toEqual([text('\n'), call, finish]);
  });

  it('is all of an answer of which only thoughts were delivered', () => {
    expect(goOn('', true, [thought, text('Hello')])).toEqual([text('Hello')]);
  });

  it('shows the log probabilities of what is shown of it', () => {
    const token = (said: string) => ({ token: said, logprob: -1, bytes: null });
    const parts = ['quick', ' brown', ' fox'].map((said): StreamPart => ({
      type: 'text-delta',
      text: said,
      logprobs: [token(said)],
    }));
    expect(goOn('A quick brown', true, parts)).toEqual([parts[2]]);
  });
});
