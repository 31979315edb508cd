import type { LogPage } from '../../billing/ledger/stream-log.js';

/** What a client has been shown of an answer, since the last restart. */
export interface DeliveredAnswer {
  text: string;
  thoughts: string;
  /** Pieces of tool calls, which can't be compared or gone on with. */
  hasToolCalls: boolean;
  /** Thoughts that only their vendor can read. */
  hasRedactedThoughts: boolean;
  /** The last thought was shown with its signature. */
  isThoughtSigned: boolean;
  /** Thoughts were shown after the last text. */
  endsInThoughts: boolean;
}

/** What is looked at of a logged frame. */
interface LoggedFrame {
  type: string;
  seq: number;
  data?: string;
  reasoning?: string;
  reasoningSignature?: string;
  redactedReasoning?: string;
  toolCalls?: unknown;
}

/** Reads a stretch of a stream's log. */
export type ReadPage = (afterSeq: number, bytes: number) => LogPage | Promise<LogPage>;

/** Read at once. */
const PAGE_BYTES = 128 * 1024;

const NOTHING: DeliveredAnswer = {
  text: '',
  thoughts: '',
  hasToolCalls: false,
  hasRedactedThoughts: false,
  isThoughtSigned: false,
  endsInThoughts: false,
};

/**
 * Reads what was delivered back from the log: no running answer keeps its text for this.
 * @param lastSeq of the frames that were logged
 * @returns undefined: the log doesn't hold all of them (any more)
 */
export async function readDelivered(readPage: ReadPage, lastSeq: number): Promise<DeliveredAnswer | undefined> {
  const delivered = { ...NOTHING };
  for (let seq = 0; seq < lastSeq;) {
    const { rows } = await readPage(seq, PAGE_BYTES);
    if (rows.length === 0) return undefined;
    for (const { firstSeq, lastSeq: rowEnd, frames } of rows) {
      if (firstSeq > seq + 1) return undefined;
      for (const line of frames.split('\n')) {
        const frame = JSON.parse(line) as LoggedFrame;
        if (frame.seq > seq) addFrame(delivered, frame);
      }
      seq = rowEnd;
    }
  }
  return delivered;
}

function addFrame(delivered: DeliveredAnswer, frame: LoggedFrame): void {
  if (frame.type === 'restart') Object.assign(delivered, NOTHING);
  if (frame.type !== 'chunk') return;
  if (frame.toolCalls !== undefined) delivered.hasToolCalls = true;
  if (frame.redactedReasoning !== undefined) delivered.hasRedactedThoughts = true;
  if (frame.reasoning !== undefined) {
    delivered.thoughts += frame.reasoning;
    delivered.isThoughtSigned = frame.reasoningSignature !== undefined;
    delivered.endsInThoughts = true;
  }
  if (frame.data) {
    delivered.text += frame.data;
    delivered.endsInThoughts = false;
  }
}
