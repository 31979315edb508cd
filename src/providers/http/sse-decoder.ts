import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';

/** A single event longer than this is no answer of a language model. */
const EVENT_LIMIT_CHARACTERS = 8 * 1024 * 1024;
const BYTE_ORDER_MARK = 0xfeff;

export interface SseListener {
  onEvent(data: string): void;
  /** An event outgrew the limit; nothing more will be decoded. */
  onOverflow(): void;
}

/** Turns the bytes of a server-sent event stream into events, however the network cut them. */
export class SseDecoder {
  private readonly text = new StringDecoder('utf8');
  private readonly parser;
  private isFirst = true;
  private isOverflown = false;

  constructor(listener: SseListener) {
    this.parser = createParser({
      maxBufferSize: EVENT_LIMIT_CHARACTERS,
      onEvent: (event) => listener.onEvent(event.data),
      onError: (error) => {
        if (error.type !== 'max-buffer-size-exceeded') return;
        this.isOverflown = true;
        listener.onOverflow();
      },
    });
  }

  write(bytes: Buffer): void {
    this.feed(this.text.write(bytes));
  }

  /** The stream ended cleanly: an event whose closing blank line was left out still counts. */
  end(): void {
    this.feed(`${this.text.end()}\n\n`);
  }

  private feed(text: string): void {
    if (text === '' || this.isOverflown) return;
    if (this.isFirst) {
      this.isFirst = false;
      if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
    }
    this.parser.feed(text);
  }
}
