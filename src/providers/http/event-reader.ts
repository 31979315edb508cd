import type { StreamPart } from '../contract/stream-part.js';

/** `more`: the stream goes on; `end`: the vendor's own end of stream; `malformed`: nothing could be made of the event. */
export type EventOutcome = 'more' | 'end' | 'malformed';

/** A vendor's understanding of its own events, one reader per stream. */
export interface EventReader {
  /** A finish reason was read: the answer is whole even if the connection is lost from here on. */
  readonly hasFinished: boolean;

  /**
   * Appends to `parts` what one event's data says.
   * @throws ProviderError where the event is the vendor's error.
   */
  read(data: string, parts: StreamPart[]): EventOutcome;
}
