import fc from 'fast-check';
import type { StreamPart } from '../../providers/contract/stream-part.js';
import type { DeliveredAnswer } from './delivered-answer.js';
import { canBeSpliced, Splice } from './splice.js';

const delivered = (fields: Partial<DeliveredAnswer>): DeliveredAnswer => ({
  text: '',
  thoughts: '',
  hasToolCalls: false,
  hasRedactedThoughts: false,
  isThoughtSigned: false,
  endsInThoughts: false,
  ...fields,
});
const text = (said: string): StreamPart => ({ type: 'text-delta', text: said });
const thought = (said: string, signature?: string): StreamPart => ({
  type: 'reasoning-delta',
  text: said,
  ...(signature === undefined ? {} : { signature }),
});
const usage: StreamPart = { type: 'usage', usage: { inputTokens: 3, outputTokens: 1 } };
const finish: StreamPart = { type: 'finish', reason: 'stop' };
const call: StreamPart = { type: 'tool-call-delta', index: 0, id: 'c', name: 'f', argumentsText: '' };

/** What a splice makes of the batches, until it is decided. */
function decide(shown: Partial<DeliveredAnswer>, ...batches: StreamPart[][]) {
  const splice = new Splice(delivered(shown));
  for (const batch of batches) {
    const taken = splice.take(batch);
    if (taken !== 'same') return taken;
  }
  return 'same';
}

describe('a splice', () => {
  it('is seamless wherever the first answer was cut and however the second one comes', () => {
    const pieces = fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.nat(), fc.nat({ max: 4 }), (deltas, cut, batchSize) => {
        const whole = deltas.join('');
        const shown = whole.slice(0, whole.length === 0 ? 0 : cut % (whole.length + 1));
        const parts = [...deltas.map(text), finish];
        const splice = new Splice(delivered({ text: shown, thoughts: 'hm' }));
        const rest: StreamPart[] = [];
        let isThrough = shown === '';
        if (isThrough) return; // nothing to compare: not a splice
        for (let at = 0; at < parts.length; at += batchSize + 1) {
          const batch = parts.slice(at, at + batchSize + 1);
          const taken = isThrough ? batch : splice.take(batch);
          expect(taken).not.toBe('differs');
          if (taken === 'same') continue;
          isThrough = true;
          rest.push(...(taken as StreamPart[]));
        }
        expect(rest.at(-1)).toEqual(finish);
        expect(shown + rest.map((part) => ('text' in part ? part.text : '')).join('')).toBe(whole);
      }),
    );
  });

  it('ends at the first character that differs, wherever that is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.string(), (shown, at, rest) => {
        const other = `${shown.slice(0, at % shown.length)}\u0007${rest}`;
        fc.pre(!other.startsWith(shown) && !shown.includes('\u0007'));
        expect(decide({ text: shown }, [...other].map(text))).toBe('differs');
      }),
    );
  });

  it('keeps the count of tokens that came with what was held back', () => {
    expect(decide({ text: 'ab' }, [usage, text('a')], [text('bc'), finish])).toEqual([usage, text('c'), finish]);
  });

  it('is an answer that is shorter only where it is not', () => {
    expect(decide({ text: 'ab' }, [text('ab'), finish])).toEqual([finish]);
    expect(decide({ text: 'ab' }, [text('a'), finish])).toBe('differs');
  });

  it('swallows the thoughts before and amid text that was delivered, and shows those behind it', () => {
    const parts = [thought('other'), text('a'), thought('than'), text('b')];
    expect(decide({ text: 'ab', thoughts: 'mine' }, parts, [thought('new')])).toEqual([thought('new')]);
    const isBehind = { text: 'ab', thoughts: 'mine', endsInThoughts: true };
    expect(decide(isBehind, parts, [thought('mine', 's')], [text('c')])).toEqual([text('c')]);
  });

  it('compares thoughts where only thoughts were delivered', () => {
    expect(decide({ thoughts: 'hm' }, [thought('h'), thought('m, so')])).toEqual([thought(', so')]);
    expect(decide({ thoughts: 'hm' }, [thought('ha')])).toBe('differs');
    expect(decide({ thoughts: 'hm' }, [thought('h'), text('a')])).toBe('differs');
    expect(decide({ thoughts: 'hm' }, [thought('hm'), text('a')])).toEqual([text('a')]);
  });

  it('shows the signature of thoughts once', () => {
    const again = [thought('hm'), thought('', 'other')];
    expect(decide({ thoughts: 'hm' }, again)).toEqual([thought('', 'other')]);
    expect(decide({ thoughts: 'hm', isThoughtSigned: true }, again, [text('a')])).toEqual([text('a')]);
  });

  it('never takes a tool call for a repetition', () => {
    expect(decide({ text: 'ab' }, [text('a'), call])).toBe('differs');
    expect(decide({ text: 'ab' }, [text('ab'), call])).toEqual([call]);
    expect(canBeSpliced(delivered({ text: 'ab', hasToolCalls: true }))).toBe(false);
    expect(canBeSpliced(delivered({ hasRedactedThoughts: true }))).toBe(false);
    expect(canBeSpliced(delivered({ text: 'ab', hasRedactedThoughts: true }))).toBe(true);
  });

  it('leaves out the log probabilities of what was held back', () => {
    const token = (said: string) => ({ token: said, logprob: -1, bytes: null });
    const parts: StreamPart[] = [{ ...text('abcd'), logprobs: ['a', 'b', 'c', 'd'].map(token) } as StreamPart];
    expect(decide({ text: 'ab' }, parts)).toEqual([{ ...text('cd'), logprobs: ['c', 'd'].map(token) }]);
  });
});
