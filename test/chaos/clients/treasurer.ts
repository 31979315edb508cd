import { setTimeout as delay } from 'node:timers/promises';
import { creditsNumber, parseCredits } from '../../../src/common/money/micro-credits.js';
import { signToken } from '../../support/tokens.js';
import type { Clock } from '../clock.js';
import type { GrantRecord, History } from '../history.js';
import type { Random } from '../random.js';
import type { StageNode } from '../stage/stage-node.js';
import { usersOf, type Regime } from './request-plan.js';

/** Ample: far beyond what a run can use. Scarce: a few requests' worth, again and again. */
const AMPLE = parseCredits('1000000.000001');
const SCARCE = { least: parseCredits('0.3'), most: parseCredits('3') };
const SCARCE_EVERY_MS = 2_500;
const ANSWER_WITHIN_MS = 4_000;
const PAUSE_MS = 300;

interface PlannedGrant extends GrantRecord {
  atMs: number;
  /** Given again, on another node, though it was acknowledged. */
  isRepeated: boolean;
}

/** All credits that are given in a run, in their order. */
export function planGrants(random: Random, seconds: number, regimes: readonly Regime[]): PlannedGrant[] {
  const grants: PlannedGrant[] = [];
  const plan = (userId: string, atMs: number, amount: bigint) => {
    const key = `${userId}-${grants.length}-${random.hex(6)}`;
    grants.push({ userId, key, amount, atMs, isAcknowledged: false, isRepeated: random.chance(0.4) });
  };
  for (const regime of regimes)
    for (const userId of usersOf(regime)) {
      if (regime === 'ample') plan(userId, 0, AMPLE);
      else
        for (let atMs = 0; atMs < seconds * 1_000; atMs += SCARCE_EVERY_MS)
          plan(userId, atMs, BigInt(random.between(Number(SCARCE.least), Number(SCARCE.most))));
    }
  return grants.sort((a, b) => a.atMs - b.atMs);
}

/** Gives credits through the administrators' route, and repeats itself until it is heard. */
export class Treasurer {
  constructor(
    private readonly clock: Clock,
    private readonly nodes: readonly StageNode[],
    private readonly history: History,
    private readonly random: Random,
  ) {}

  /** Resolves when every grant was acknowledged. @throws Error where one is refused for good */
  async give(grants: readonly PlannedGrant[]): Promise<void> {
    this.history.grants.push(...grants);
    await Promise.all(
      grants.map(async (grant) => {
        await this.clock.until(grant.atMs);
        for (let left = grant.isRepeated ? 2 : 1; left > 0; left--) await this.insist(grant);
      }),
    );
  }

  private async insist(grant: PlannedGrant): Promise<void> {
    while (!(await this.ask(grant))) await delay(PAUSE_MS);
    grant.isAcknowledged = true;
  }

  /** @returns whether it was acknowledged */
  private async ask({ userId, key, amount }: PlannedGrant): Promise<boolean> {
    const { address } = this.random.pick(this.nodes);
    const response = await fetch(`http://${address}/api/mcp/admin/accounts/${userId}/grants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signToken('treasurer', ['admin'])}`, 'content-type': 'application/json' },
      body: JSON.stringify({ credits: creditsNumber(amount), reason: 'chaos', idempotencyKey: key }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch(() => undefined);
    await response?.text().catch(() => undefined);
    if (response && response.status >= 400 && response.status < 500)
      throw new Error(`A grant was refused with ${response.status}`);
    return response?.ok ?? false;
  }
}
