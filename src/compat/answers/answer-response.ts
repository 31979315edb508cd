import type { ServerResponse } from 'node:http';
import { GatewayError, type ErrorBody } from '../../common/errors/gateway-error.js';
import { rateLimitHeaders, type MinuteLimits } from '../../common/http/rate-limit-headers.js';
import type { RequestWatcher } from '../../completions/completion-request.js';
import type { Lane } from '../../completions/delivery/outbox.js';
import type { AnswerWire } from '../wire.js';
import { ResponseOutbox } from './response-outbox.js';

/** After so many silent beats there is an answer, be it of nothing but heartbeats: proxies give up after a minute. */
const BEATS_BEFORE_HEADERS = 3;
/** Events are up to three times as long as their frames. */
const PAGE_BYTES = 64 * 1024;

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache',
  'X-Accel-Buffering': 'no',
};

/** Shows one answer as one HTTP response. */
export class AnswerResponse implements RequestWatcher {
  private readonly lane: Lane;
  private readonly headLength: number;
  private silentBeats = 0;
  private isOver = false;

  /**
   * @param id of the request: its frames begin with it
   * @param refuse answers with an error, as nothing was sent yet
   */
  constructor(
    private readonly response: ServerResponse,
    readonly outbox: ResponseOutbox,
    private readonly wire: AnswerWire,
    id: string,
    private readonly refuse: (error: GatewayError) => void,
  ) {
    this.lane = outbox.openLane();
    this.headLength = `{"id":${JSON.stringify(id)},"type":"`.length;
  }

  get isFull(): boolean {
    return this.lane.isFull;
  }

  room(bytes: number): Promise<number> {
    return this.lane.room(Math.min(bytes, PAGE_BYTES));
  }

  admitted(limits: MinuteLimits): void {
    if (this.response.headersSent) return; // it had to wait: heartbeats went out
    for (const [name, value] of Object.entries(rateLimitHeaders(limits))) this.response.setHeader(name, value);
  }

  deliver(frames: readonly string[]): void {
    if (this.isOver) return;
    const last = frames.at(-1);
    if (last === undefined) return this.lane.send([]); // gives back the room that was kept for it
    switch (this.typeOf(last)) {
      case 'error':
        return this.deliverWithError(frames.slice(0, -1), terminalError(last));
      case 'completion':
        return this.deliverWhole(last);
      default:
        this.write(this.wire.events(frames));
    }
  }

  /** Of a request, not of its stream: HTTP clients have no place for it. */
  announce(): void {}

  end(): void {
    if (this.isOver) return;
    this.close();
    this.outbox.end();
  }

  fail(error: GatewayError): void {
    if (this.isOver) return;
    this.deliverWithError([], error);
    this.end();
  }

  /** The connection is gone, or nothing more is to be shown on it. */
  close(): void {
    this.isOver = true;
    this.lane.close();
  }

  /** Called now and then: what is silent for long looks dead to whoever is between us and the client. */
  beat(isStreamed: boolean): void {
    if (this.isOver || !isStreamed || this.isFull) return;
    this.silentBeats++;
    const isDue = this.response.headersSent ? this.silentBeats > 1 : this.silentBeats >= BEATS_BEFORE_HEADERS;
    if (isDue) this.write(this.wire.heartbeat);
  }

  /** Errors and whole answers alone are told from the rest: 'e' and 'co' begin their types, 'ch' and 'd' the others'. */
  private typeOf(frame: string): 'error' | 'completion' | 'event' {
    const first = frame[this.headLength];
    if (first === 'e') return 'error';
    return first === 'c' && frame[this.headLength + 1] === 'o' ? 'completion' : 'event';
  }

  private deliverWhole(frame: string): void {
    this.response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
    this.lane.send([this.wire.wholeAnswer(frame)]);
  }

  private deliverWithError(frames: readonly string[], error: GatewayError): void {
    const events = frames.length === 0 ? '' : this.wire.events(frames);
    if (events === '' && !this.response.headersSent) {
      this.close();
      return this.refuse(error);
    }
    this.write(events + this.wire.errorEvent(error));
  }

  private write(text: string): void {
    this.silentBeats = 0;
    if (text !== '' && !this.response.headersSent) {
      this.response.writeHead(200, STREAM_HEADERS);
      this.outbox.beginEvents();
    }
    this.lane.send(text === '' ? [] : [text]);
  }
}

function terminalError(frame: string): GatewayError {
  const { code, message, details, retryAfterMs } = (JSON.parse(frame) as { error: ErrorBody }).error;
  return new GatewayError(code, message, {
    ...(details === undefined ? {} : { details }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
