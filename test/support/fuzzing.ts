import { fuzzedBodies, fuzzedFrames, type FuzzedBody } from './fuzzed.js';
import { leaksIn } from './leaks.js';
import { connect, type Frame } from './socket-client.js';

/** After so many frames it is waited for the answers. */
const FRAMES_AT_ONCE = 250;
const BODIES_AT_ONCE = 10;
const WITHIN_MS = 30_000;
/** A good frame between bad ones: three in a row that are no JSON close a socket. */
const CALM = { id: 'calm', lastSeq: 0 };

/** Whom it is done to. */
export interface FuzzTarget {
  url: string;
  wsUrl: string;
  token(user: string, roles?: readonly string[]): string;
}

/**
 * Sends frames over one socket and looks at every answer.
 * @returns how often each code was answered
 * @throws Error naming what was answered with a fault of ours, or gives something away
 */
export async function fuzzFrames(target: FuzzTarget, seed: number, count: number): Promise<Map<string, number>> {
  const codes = new Map<string, number>();
  const socket = await connect(target.wsUrl, target.token('fuzzer'));
  const frames = fuzzedFrames(seed, count);
  for (let from = 0; from < count; from += FRAMES_AT_ONCE) {
    for (const text of frames.slice(from, from + FRAMES_AT_ONCE)) {
      socket.send(text);
      socket.send(CALM);
    }
    const last = `end-${from}`;
    await socket.ask({ id: last, lastSeq: 0 }, WITHIN_MS);
    for (const frame of socket.received.splice(0)) examine(frame, codes, `seed ${seed}, frames from ${from}`);
  }
  await socket.close();
  return codes;
}

function examine(frame: Frame, codes: Map<string, number>, where: string): void {
  const code = frame.error?.code ?? frame.type;
  codes.set(code, (codes.get(code) ?? 0) + 1);
  const text = JSON.stringify(frame);
  if (code === 'INTERNAL') throw new Error(`${where}: ${text}`);
  const leaks = frame.error ? leaksIn(text) : [];
  if (leaks.length > 0) throw new Error(`${where}: an answer gives away ${leaks.join('; ')}`);
}

/**
 * Sends bodies to the routes that read them, as an administrator.
 * @returns how often each status was answered
 * @throws Error as fuzzFrames
 */
export async function fuzzBodies(target: FuzzTarget, seed: number, count: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const headers = {
    authorization: `Bearer ${target.token('fuzzer', ['admin', 'user'])}`,
    'content-type': 'application/json',
  };
  const bodies = fuzzedBodies(seed, count);
  const send = async ({ path, text }: FuzzedBody) => {
    const method = path.endsWith('/limits') ? 'PATCH' : 'POST';
    const answer = await fetch(target.url + path, { method, headers, body: text });
    const said = await answer.text();
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const leaks = answer.ok ? [] : leaksIn(said);
    if (answer.status === 500 || leaks.length > 0)
      throw new Error(
        `seed ${seed}: ${path} with ${text} was answered with ${answer.status} ${said}; ${leaks.join('; ')}`,
      );
  };
  for (let from = 0; from < count; from += BODIES_AT_ONCE)
    await Promise.all(bodies.slice(from, from + BODIES_AT_ONCE).map(send));
  return statuses;
}
