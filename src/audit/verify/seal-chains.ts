import type { AuditKeys } from '../audit-keys.js';
import { FORMAT } from '../seal/keyed-digest.js';
import { NOTHING_BEFORE, sealDigest, type SealRecord } from '../seal/seal-records.js';
import type { TrailFault } from './trail-fault.js';

/** Walks seals in the order of their events, and holds each to the one before it: of its chain, and in the trail. */
export class SealChains {
  private readonly heads = new Map<string, { number: bigint; digest: Buffer }>();
  private lastEvent: string | undefined;

  /** @param isWhole the walk begins with the first seal; else what came before the first one of each chain is not known */
  constructor(
    private readonly keys: AuditKeys,
    private readonly isWhole: boolean,
  ) {
    if (isWhole) this.lastEvent = '0';
  }

  get count(): number {
    return this.heads.size;
  }

  follow(seal: SealRecord): TrailFault[] {
    const fault = (kind: TrailFault['kind'], detail: string): TrailFault => ({
      ...{ subject: 'seal', id: `${seal.chain} ${seal.number}`, kind, detail },
    });
    const faults: TrailFault[] = [];
    const key = this.keys.find(seal.keyId);
    if (!key) faults.push(fault('forged', `made with the unknown secret ${seal.keyId}`));
    else if (seal.format !== FORMAT || !sealDigest(key, seal).equals(seal.digest))
      faults.push(fault('forged', 'its digest does not fit'));
    if (this.lastEvent !== undefined && seal.afterEvent !== this.lastEvent)
      faults.push(
        fault('out of order', `seals between the events ${this.lastEvent} and ${seal.afterEvent} are missing`),
      );
    if (!this.followsHead(seal)) faults.push(fault('out of order', 'the seal before it in its chain is another one'));
    this.heads.set(seal.chain, { number: BigInt(seal.number), digest: seal.digest });
    this.lastEvent = seal.lastEvent;
    return faults;
  }

  private followsHead({ chain, number, previous }: SealRecord): boolean {
    const head = this.heads.get(chain);
    if (!head && !this.isWhole) return true;
    return BigInt(number) === (head?.number ?? 0n) + 1n && previous.equals(head?.digest ?? NOTHING_BEFORE);
  }
}
