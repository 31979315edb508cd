import type { EncryptionSettings } from './encryption-keys.js';
import { UnreadableTextError } from './unreadable-text-error.js';
import { Xaes256Gcm } from './xaes-256-gcm.js';

/** Where a text is kept: table and column, then what names its row. A sealed text can be read in no other place. */
export type TextPlace = readonly [column: string, ...row: string[]];

/** Before whatever isn't the text itself; then the key's id, ':' and base64. */
export const MARKER = 'enc1:';
/** Before a text that is kept as it is and begins with the marker: no user's words are taken for sealed ones. */
const ESCAPE = `${MARKER}:`;

/**
 * How texts of users are kept: sealed by AES-256-GCM under the first key, bound to their place; without keys as they are.
 * What was kept before there were keys is read as it is. An empty text stays empty: there is nothing to hide.
 */
export class TextCipher {
  static readonly OFF = new TextCipher({ keys: [], isOff: true });
  private readonly ciphers: ReadonlyMap<string, Xaes256Gcm>;
  /** What seals: its mark and its cipher. */
  private readonly first: { mark: string; cipher: Xaes256Gcm } | undefined;

  constructor({ keys, isOff }: EncryptionSettings) {
    this.ciphers = new Map(keys.map(({ id, key }) => [id, new Xaes256Gcm(Buffer.from(key, 'base64'))]));
    const [first] = keys;
    if (first && !isOff) this.first = { mark: `${MARKER}${first.id}:`, cipher: this.ciphers.get(first.id)! };
  }

  /** Whether a kept text isn't the text itself: most often it is sealed. */
  static isMarked(kept: string): boolean {
    return kept.startsWith(MARKER);
  }

  /** A text as it is to be kept there. */
  seal(text: string, place: TextPlace): string {
    if (text === '') return text;
    if (this.first) return this.first.mark + this.first.cipher.seal(text, contextOf(place)).toString('base64');
    return text.startsWith(MARKER) ? ESCAPE + text : text;
  }

  /** @throws UnreadableTextError where its key isn't here, or it isn't what was sealed for this place */
  open(kept: string, place: TextPlace): string {
    if (!TextCipher.isMarked(kept)) return kept;
    if (kept.startsWith(ESCAPE)) return kept.slice(ESCAPE.length);
    const end = kept.indexOf(':', MARKER.length);
    const id = kept.slice(MARKER.length, end);
    const cipher = this.ciphers.get(id);
    if (end < 0 || !cipher) throw new UnreadableTextError(place[0], 'no key');
    try {
      return cipher.open(Buffer.from(kept.slice(end + 1), 'base64'), contextOf(place));
    } catch (cause) {
      throw new UnreadableTextError(place[0], 'broken', { cause });
    }
  }

  /**
   * A kept text as it would be kept now; undefined: just so.
   * @throws UnreadableTextError as `open`
   */
  reseal(kept: string, place: TextPlace): string | undefined {
    return this.isCurrent(kept) ? undefined : this.seal(this.open(kept, place), place);
  }

  /** Whether a text is kept as it would be kept now. */
  isCurrent(kept: string): boolean {
    if (kept === '') return true;
    return this.first ? kept.startsWith(this.first.mark) : !TextCipher.isMarked(kept) || kept.startsWith(ESCAPE);
  }
}

function contextOf(place: TextPlace): Buffer {
  return Buffer.from(JSON.stringify(place));
}
