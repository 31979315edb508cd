import { noteTexts } from './logs/suite-log.js';

/** An answer of a REST route, its body parsed where it is JSON. */
export interface RestAnswer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** Asks REST routes as the holder of one token. */
export class RestClient {
  /** @param token undefined: without an Authorization header */
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  get<T = RestBody>(path: string): Promise<RestAnswer<T>> {
    return this.ask('GET', path);
  }

  post<T = RestBody>(path: string, body: unknown = {}): Promise<RestAnswer<T>> {
    return this.ask('POST', path, JSON.stringify(body));
  }

  /** Any request; the body goes out as it is, `headers` beside the token's. */
  async ask<T = RestBody>(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<RestAnswer<T>> {
    if (body !== undefined) noteTexts(body);
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }
}

/** What a test that gives no type looks into: an error, or fields of its own choice. */
export type RestBody = Record<string, unknown> & {
  error?: { code: string; message: string; details?: { fields?: { field: string; message: string }[] } };
};
