import { runCommand } from '../chaos/run-command.js';
import { fuzzBodies, fuzzFrames } from '../support/fuzzing.js';
import { startGateway, type GatewayProcess } from '../support/gateway-process.js';
import { heapAfterCollection, REPORTS_HEAP } from '../support/heap-report.js';
import { makeDataFolder } from '../support/test-folders.js';
import { signToken, TEST_SECRET } from '../support/tokens.js';
import { readOptions, USAGE, type FuzzOptions } from './options.js';
import { FRAMES_A_ROUND, roundsOf, type Round } from './rounds.js';

const MIB = 1024 * 1024;
/** Beside so many frames a body. */
const FRAMES_A_BODY = 10;
/** Caches have their own bounds; this much more than after the first round is none of them. */
const MOST_GROWTH_BYTES = 64 * MIB;

const say = (line: string) => process.stdout.write(`${line}\n`);

interface FuzzStage {
  gateway: GatewayProcess;
  close: () => Promise<void>;
}

/** A gateway with all it needs, in a folder that goes with it. */
async function openStage(): Promise<FuzzStage> {
  const folder = await makeDataFolder();
  const gateway = await startGateway({
    ...{ DATA_DIR: folder.path, PORT: '0', NODE_ENV: 'test', JWT_SECRET: TEST_SECRET, AUDIT_SECRET: TEST_SECRET },
    ...{ SIMULATED_PROVIDERS: 'on', SIGNUP_CREDITS: '100000000', RATE_LIMITS: 'off', LOG_LEVEL: 'error' },
    NODE_OPTIONS: REPORTS_HEAP,
  }).catch(async (error: unknown) => {
    await folder.remove();
    throw error;
  });
  return {
    gateway,
    close: async () => {
      await gateway.end('SIGTERM');
      await folder.remove();
    },
  };
}

/** @throws Error naming the seed, and what came of it */
async function play(gateway: GatewayProcess, { seed, frames }: Round): Promise<void> {
  const target = { url: gateway.url, wsUrl: gateway.wsUrl, token: signToken };
  await fuzzFrames(target, seed, frames);
  await fuzzBodies(target, seed, Math.ceil(frames / FRAMES_A_BODY));
  const [fault] = /^\{"level":[56]0,.*$/m.exec(gateway.output()) ?? [];
  if (fault !== undefined) throw new Error(`seed ${seed}: the gateway logged ${fault}`);
}

/** @returns how many rounds found something */
async function main({ seed, frames }: FuzzOptions, opens: (stage: Promise<FuzzStage>) => void): Promise<number> {
  const opening = openStage();
  opens(opening);
  const { gateway, close } = await opening;
  const rounds = roundsOf(seed, frames);
  let done = 0;
  let heap: number | undefined;
  try {
    for (const round of rounds) {
      try {
        await play(gateway, round);
        const now = await heapAfterCollection(gateway);
        heap ??= now;
        if (now - heap > MOST_GROWTH_BYTES)
          throw new Error(`seed ${round.seed}: the memory grew by ${now - heap} bytes`);
        say(
          `${(done += round.frames)} of ${frames} frames (seed ${round.seed}), ${Math.round(now / MIB)} MiB in memory`,
        );
      } catch (error) {
        say(`${(error as Error).message}\nAgain: npm run fuzz -- --frames ${round.frames} --seed ${round.seed}`);
        return 1;
      }
    }
    say(
      `Nothing was found in ${frames} frames and their bodies (${rounds.length} rounds of ${FRAMES_A_ROUND} at most).`,
    );
    return 0;
  } finally {
    await close();
  }
}

await runCommand({ readOptions, usage: USAGE }, main);
