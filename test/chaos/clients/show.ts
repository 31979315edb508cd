import { isTerminal, parseFrame } from '../frames.js';
import type { RequestRecord, Showing, ShowingEnd } from '../history.js';
import type { Line } from './line.js';
import type { Scene } from './scene.js';

export interface ShowOptions {
  role: Showing['role'];
  line: Line;
  /** What is sent to ask for it; `id` is added. */
  frame: Record<string, unknown>;
  /** The `lastSeq` in it. */
  afterSeq: number;
  /** After so many milliseconds without a frame the client gives the socket up. */
  patienceMs: number;
  /** Called after each frame; gives how the showing ends here and now, if it does. */
  onFrame?: (count: number) => ShowingEnd | undefined;
}

/** Asks for an id on a socket and watches until the showing ends, one way or another. Never throws. */
export async function show(scene: Scene, record: RequestRecord, options: ShowOptions): Promise<Showing> {
  const { role, line, frame, afterSeq, patienceMs, onFrame } = options;
  const { id } = record.plan;
  const askedAtMs = scene.clock.ms;
  const showing: Showing = { role, node: line.node, afterSeq, askedAtMs, frames: [], end: 'over' };
  record.showings.push(showing);
  await new Promise<void>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let hasEnded = false;
    const end = (how: ShowingEnd) => {
      if (hasEnded) return;
      hasEnded = true;
      clearTimeout(timer);
      showing.end = how;
      line.watch(id, undefined);
      resolve();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => end('silent'), patienceMs);
    };
    line.watch(id, (raw) => {
      const how = take(scene, record, showing, raw) ?? onFrame?.(showing.frames.length);
      if (how) end(how);
      else wait();
    });
    void line.closed.then(() => end('closed'));
    wait();
    line.send({ ...frame, id });
    const how = onFrame?.(0);
    if (how) end(how);
  });
  return showing;
}

/** Keeps a frame. @returns how the showing ends with it, if it does */
function take({ clock, sights }: Scene, record: RequestRecord, showing: Showing, raw: string): ShowingEnd | undefined {
  const frame = parseFrame(raw);
  if (frame.type === 'error' && !isTerminal(frame)) {
    const { code, message, retryAfterMs } = frame.error!;
    showing.refusal = { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    return 'refused';
  }
  if (frame.type === 'event') return undefined; // waiting in the background; no part of the answer
  showing.frames.push({ raw, atMs: clock.ms });
  sights.saw(record.plan, frame, raw);
  return isTerminal(frame) ? 'terminal' : undefined;
}
