const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);

/** Tells whether a JSON object that comes in pieces has come whole. It only counts: whether it is good JSON is not asked. */
export class JsonProgress {
  /** The object's last bracket has come. */
  isWhole = false;
  private depth = 0;
  private isInText = false;
  private isEscaped = false;

  take(piece: string): void {
    for (let place = 0; place < piece.length; place++) this.read(piece.charCodeAt(place));
  }

  private read(code: number): void {
    if (this.isInText) return this.readText(code);
    if (code === QUOTE) this.isInText = true;
    else if (OPENING.has(code)) this.depth++;
    else if (CLOSING.has(code)) this.isWhole ||= --this.depth === 0;
  }

  private readText(code: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (code === BACKSLASH) this.isEscaped = true;
    else this.isInText = code !== QUOTE;
  }
}
