import { TextCipher, type TextPlace } from '../../common/encryption/text-cipher.js';
import { BALANCE_PLACEHOLDER, CREDITS_PLACEHOLDER, type StreamKey } from './ledger-operations.js';

/** Between what is sealed of a terminal frame and what the ledger fills in: base64 has none. */
const GAP = ' ';

/**
 * Frames as the log keeps them. The ledger writes the credits and the balance into a terminal frame, which it can't if
 * that is sealed: so what is sealed is the frame with its placeholders, and what goes into them stands behind it.
 */
export class FrameCipher {
  constructor(private readonly cipher: TextCipher) {}

  /** Frames of a row, joined. Never the same twice: what is tried again is sealed once. */
  seal(key: StreamKey, firstSeq: number, frames: string): string {
    return this.cipher.seal(frames, placeOf(key, firstSeq));
  }

  /** A terminal frame with its placeholders. */
  sealEnd(key: StreamKey, frame: string): string {
    const sealed = this.cipher.seal(frame, placeOf(key, 'end'));
    return sealed === frame ? frame : [sealed, CREDITS_PLACEHOLDER, BALANCE_PLACEHOLDER].join(GAP);
  }

  /** A row as it was given. @throws UnreadableTextError */
  open<Row extends { firstSeq: number; frames: string; isTerminal: boolean }>(key: StreamKey, row: Row): Row {
    if (!TextCipher.isMarked(row.frames)) return row;
    const { firstSeq, frames, isTerminal } = row;
    return {
      ...row,
      frames: isTerminal ? this.openEnd(key, frames) : this.cipher.open(frames, placeOf(key, firstSeq)),
    };
  }

  /** A terminal frame as it is sent. @throws UnreadableTextError */
  openEnd(key: StreamKey, kept: string): string {
    if (!TextCipher.isMarked(kept)) return kept;
    const [sealed = '', credits = '', balance = ''] = kept.split(GAP);
    return this.cipher
      .open(sealed, placeOf(key, 'end'))
      .replaceAll(CREDITS_PLACEHOLDER, credits)
      .replaceAll(BALANCE_PLACEHOLDER, balance);
  }

  /**
   * A terminal frame as it would be kept now; undefined: just so.
   * @throws UnreadableTextError
   */
  resealEnd(key: StreamKey, kept: string): string | undefined {
    return this.cipher.isCurrent(kept) ? undefined : this.cipher.seal(this.openEnd(key, kept), placeOf(key, 'end'));
  }
}

function placeOf({ accountId, requestId }: StreamKey, seq: number | 'end'): TextPlace {
  return ['ledger.stream_chunk.frames', accountId, requestId, String(seq)];
}
