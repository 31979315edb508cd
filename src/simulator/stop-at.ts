import { Answer, type AnswerBlock } from './answer.js';
import { TokenRun } from './token-run.js';

/** The answer up to the first of the stop sequences, which is no part of it; all of it where there is none. */
export function stopAt(answer: Answer, sequences: readonly string[]): Answer {
  if (sequences.length === 0) return answer;
  for (const [index, block] of answer.blocks.entries()) {
    if (block.kind !== 'text') continue;
    const text = block.run.text();
    const [stopSequence, place] = firstOf(text, sequences);
    if (stopSequence === undefined) continue;
    const kept: AnswerBlock = { kind: 'text', run: cutAt(block.run, place) };
    return new Answer([...answer.blocks.slice(0, index), kept], { reason: 'stop', stopSequence }, answer.hiddenTokens);
  }
  return answer;
}

function firstOf(text: string, sequences: readonly string[]): [string | undefined, number] {
  let first: [string | undefined, number] = [undefined, text.length];
  for (const sequence of sequences) {
    const place = sequence === '' ? -1 : text.indexOf(sequence);
    if (place >= 0 && place < first[1]) first = [sequence, place];
  }
  return first;
}

/** The run's deltas up to a place in its text; the last one may be cut. */
function cutAt(run: TokenRun, place: number): TokenRun {
  const texts: string[] = [];
  let left = place;
  for (let index = 0; index < run.deltaCount && left > 0; index++) {
    const text = run.delta(index).text.slice(0, left);
    texts.push(text);
    left -= text.length;
  }
  return TokenRun.of(texts);
}
