import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Struck } from './blow.js';
import type { Round, Scene } from './round.js';
import { readVideos } from './video-rows.js';

/** Longer than a job's lock of 10 s and the check of it every 5 s: another worker takes the steps. */
const FROZEN_MS = 30_000;
const PROVIDER_AWAY_MS = 20_000;
const DYING_MS = 1_000;
const DATABASE_BACK_WITHIN_MS = 30_000;

export interface Trouble {
  name: string;
  /** Resolves when it is over; no worker that anybody counts with runs then. */
  play: (scene: Scene, round: Round) => Promise<Struck>;
}

/** The workers stop amid everything, others take their place, and then they go on beside them; at last they are asked to go. */
async function freeze({ stage, blows }: Scene, round: Round): Promise<Struck> {
  const frozen = stage.takeWorkers();
  const struck = await blows.deal(() => {
    for (const worker of frozen) worker.signal('SIGSTOP');
    return Promise.resolve();
  });
  await round.release();
  await stage.startWorkers(1);
  await delay(FROZEN_MS);
  await blows.lookAgain();
  for (const worker of frozen) worker.signal('SIGCONT');
  await delay(2_000); // beside each other
  for (const worker of frozen) worker.signal('SIGTERM');
  await Promise.all(frozen.map((worker) => worker.ended()));
  return struck;
}

/** The workers are asked to go, as by a rollout. */
async function terminate({ stage, blows }: Scene, round: Round): Promise<Struck> {
  const going = stage.takeWorkers();
  const struck = await blows.deal(() => {
    for (const worker of going) worker.signal('SIGTERM');
    return Promise.resolve();
  });
  await round.release();
  await Promise.all(going.map((worker) => worker.ended()));
  return struck;
}

/** The queue loses every job that it had. */
async function loseTheQueue({ stage, blows }: Scene, round: Round): Promise<Struck> {
  const struck = await blows.deal(() => stage.killWorkers());
  await round.release();
  await stage.emptyQueues();
  await blows.lookAgain();
  return struck;
}

/** The postmaster is killed under everybody. */
async function killTheDatabase({ stage, blows }: Scene, round: Round): Promise<Struck> {
  const struck = await blows.deal(async () => {
    await stage.database.killPostmaster!();
    await delay(DYING_MS); // its children notice and end
    await eventually(() => readVideos(stage.pool), DATABASE_BACK_WITHIN_MS);
  });
  await round.release();
  await delay(1_000);
  await blows.lookAgain();
  return struck;
}

/** Nobody reaches the provider for a while. */
async function cutTheProvider({ stage, blows }: Scene, round: Round): Promise<Struck> {
  const fromMs = Date.now();
  const struck = await blows.deal(() => {
    stage.link.set({ kind: 'cut' });
    return Promise.resolve();
  });
  await delay(PROVIDER_AWAY_MS);
  stage.cuts.push({ fromMs, toMs: Date.now() });
  await round.release();
  return struck;
}

const TROUBLES: readonly Trouble[] = [
  { name: 'the workers stop for 30 s and go on beside their successors', play: freeze },
  { name: 'the queue loses its jobs', play: loseTheQueue },
  { name: 'the workers are asked to go', play: terminate },
  { name: 'the postmaster is killed', play: killTheDatabase },
  { name: 'the provider is away for 20 s', play: cutTheProvider },
];

/** Whether something else than a kill happens in this round. */
export function isTroubled(round: number, every: number): boolean {
  return round % every === 0;
}

/** Every one in turn; the seed says which is the first. */
export function troubleOf(round: number, every: number, seed: number): Trouble {
  return TROUBLES[(round / every - 1 + seed) % TROUBLES.length]!;
}
