import type { RequestRecord } from '../history.js';
import type { Scene } from './scene.js';
import { show } from './show.js';

const AT_ONCE = 24;
const PATIENCE_MS = 15_000;

/** Asks for every id once more, from the start, somewhere: the whole transcript must come, and nothing else happen. */
export async function rereadAll(scene: Scene): Promise<void> {
  const queue = [...scene.history.requests.values()].filter(({ showings }) => showings.length > 0);
  let turn = 0;
  const reader = async () => {
    for (let record = queue.pop(); record; record = queue.pop()) await reread(scene, record, turn++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
}

async function reread(scene: Scene, record: RequestRecord, turn: number): Promise<void> {
  const { id, userId } = record.plan;
  // one that was refused for want of credits must not begin now: it is asked for by its id alone
  const withBody = record.fate === 'ended' && turn % 2 === 0;
  const node = scene.nodes[turn % scene.nodes.length]!;
  for (let tries = 0; tries < 3; tries++) {
    try {
      const line = await scene.lines.get(userId, node, id, false);
      const frame = withBody ? record.plan.body : { lastSeq: 0 };
      await show(scene, record, { role: 'final', line, frame, afterSeq: 0, patienceMs: PATIENCE_MS });
      return;
    } catch {
      continue; // the handshake failed: once more
    }
  }
}
