import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { leaksIn } from './leaks.js';

const WITHIN_MS = 15_000;

/** A request that no well-behaved client would send. */
export interface Attack {
  method: string;
  /** Goes out as it is: nothing is normalized. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

export interface Outcome {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Somebody who sends what should not be sent, and looks closely at what comes back. */
export class Attacker {
  /** @param token undefined: a stranger */
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  /**
   * Sends a request on a connection of its own; a body without Content-Type is JSON.
   * @throws Error where the answer is a 5xx, gives something away, has no request id, or doesn't come
   */
  async send(attack: Attack): Promise<Outcome> {
    const outcome = await this.exchange(attack);
    const what = `${attack.method} ${attack.path} was answered with ${outcome.status}: ${outcome.text.slice(0, 500)}`;
    if (outcome.status >= 500) throw new Error(what);
    const leaks = leaksIn(`${JSON.stringify(outcome.headers)}\n${outcome.text}`);
    if (leaks.length > 0) throw new Error(`${what}\nwhich gives away ${leaks.join('; ')}`);
    if (outcome.headers['x-request-id'] === undefined) throw new Error(`${what}, without a request id`);
    return outcome;
  }

  private exchange({ method, path, headers = {}, body }: Attack): Promise<Outcome> {
    const { hostname, port } = new URL(this.url);
    const all: OutgoingHttpHeaders = {
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const asked = request({ hostname, port, method, path, headers: all, agent: false, timeout: WITHIN_MS });
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path} was not answered in time`)));
      asked.on('error', reject);
      asked.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text: Buffer.concat(pieces).toString(),
          }),
        );
      });
      asked.end(body);
    });
  }
}

/** The code of an error, in any of the forms in which the routes answer. */
export function errorCode({ text }: Outcome): string | undefined {
  const { error } = JSON.parse(text) as { error?: { code?: string; type?: string } };
  return error?.code ?? error?.type;
}
