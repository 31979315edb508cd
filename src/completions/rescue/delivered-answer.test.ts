import type { LoggedFrames } from '../../billing/ledger/stream-log.js';
import { chunkFrame } from '../answer-frames.js';
import { readDelivered } from './delivered-answer.js';

const id = '"r"';
const frames = (...contents: Parameters<typeof chunkFrame>[2][]) =>
  contents.map((content, index) => chunkFrame(id, index + 1, content));

/** A log with so many frames in a row, and so many rows in a page. */
function log(lines: readonly string[], framesPerRow: number, rowsPerPage: number) {
  const rows: LoggedFrames[] = [];
  for (let at = 0; at < lines.length; at += framesPerRow) {
    const part = lines.slice(at, at + framesPerRow);
    rows.push({ firstSeq: at + 1, lastSeq: at + part.length, frames: part.join('\n'), isTerminal: false });
  }
  return (afterSeq: number) => ({
    rows: rows.filter(({ lastSeq }) => lastSeq > afterSeq).slice(0, rowsPerPage),
    isCut: true,
    isEnded: false,
  });
}

describe('what was delivered of an answer', () => {
  const spoken = frames(
    { text: '', reasoning: 'hm, ' },
    { text: '', reasoning: 'so' },
    { text: '', reasoning: '', reasoningSignature: 's' },
    { text: 'Hel' },
    { text: 'lo\n\ud800 "x"' },
  );

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [9, 9],
  ])('is read from the log whole, %i frames to a row and %i rows to a page', async (framesPerRow, rowsPerPage) => {
    expect(await readDelivered(log(spoken, framesPerRow, rowsPerPage), spoken.length)).toEqual({
      text: 'Hello\n\ud800 "x"',
      thoughts: 'hm, so',
      hasToolCalls: false,
      hasRedactedThoughts: false,
      isThoughtSigned: true,
      endsInThoughts: false,
    });
  });

  it('begins anew at a restart', async () => {
    const lines = [...spoken, `{"id":${id},"type":"restart","seq":6}`, chunkFrame(id, 7, { text: 'again' })];
    expect(await readDelivered(log(lines, 2, 2), 7)).toMatchObject({ text: 'again', thoughts: '' });
  });

  it('says what can be neither compared nor gone on with', async () => {
    const lines = frames(
      { text: 'a' },
      { text: '', toolCalls: [{ index: 0, arguments: '' }] },
      { text: '', reasoning: '', redactedReasoning: 'x' },
    );
    expect(await readDelivered(log(lines, 1, 9), 3)).toMatchObject({
      hasToolCalls: true,
      hasRedactedThoughts: true,
      endsInThoughts: true,
    });
  });

  it('is not known where the log has lost some of it', async () => {
    expect(await readDelivered(log(spoken, 1, 1), 6)).toBeUndefined();
    const holed = (afterSeq: number) => log(spoken, 1, 9)(Math.max(afterSeq, 2));
    expect(await readDelivered(holed, 5)).toBeUndefined();
  });
});
