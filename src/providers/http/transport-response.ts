import type { Dispatcher } from 'undici';
import { readText } from './read-text.js';

/** An error body longer than this is cut: it is read for its first words only. */
const ERROR_BODY_LIMIT_BYTES = 64 * 1024;

/** The response's headers, as much of them as the SDKs ask for: `get` by lower-case name and `entries`. */
export class ResponseHeaders {
  constructor(private readonly raw: Dispatcher.ResponseData['headers']) {}

  get(name: string): string | null {
    const value = this.raw[name.toLowerCase()];
    if (value === undefined) return null;
    return Array.isArray(value) ? value.join(', ') : value;
  }

  *entries(): IterableIterator<[string, string]> {
    for (const name of Object.keys(this.raw)) yield [name, this.get(name) ?? ''];
  }
}

/**
 * What our `fetch` hands to the SDKs in place of a web Response: the few members they touch, and undici's raw body.
 * No web stream is made; `body` is undefined for the SDKs and `rawBody` is ours.
 */
export class TransportResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: ResponseHeaders;
  readonly rawBody: Dispatcher.ResponseData['body'];
  readonly body = undefined;

  constructor(
    readonly url: string,
    data: Dispatcher.ResponseData,
  ) {
    this.status = data.statusCode;
    this.ok = data.statusCode >= 200 && data.statusCode < 300;
    this.headers = new ResponseHeaders(data.headers);
    this.rawBody = data.body;
  }

  /** The whole body of an answer; of an error only as much as anyone would read. */
  text(): Promise<string> {
    return this.ok ? this.rawBody.text() : readText(this.rawBody, ERROR_BODY_LIMIT_BYTES);
  }

  json(): Promise<unknown> {
    return this.rawBody.json();
  }
}
