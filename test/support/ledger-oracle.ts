import { inCredits, LARGEST_AMOUNT, reapedFrame, reaperPrice } from './ledger-oracle-reaper.js';
import { tailOf, type Account, type Hold, type Terms } from './ledger-oracle-state.js';

/**
 * What the ledger's SQL functions must do, said again without SQL: one operation after the other, whole numbers, no
 * batches, no locks. Where the two differ, one of them is wrong.
 */

export type Key = { account: string; request: string };
export type GrantItem = { account: string; key: string; amount: bigint };
export type HoldItem = Key & { fingerprint: string; amount: bigint; terms: Terms };
export type GrowItem = Key & { total: bigint };
export type AppendItem = Key & { first: number; last: number; frames: string; tokens: number };
export type FinishItem = Key & { seq: number | null; frame: string | null; tokens: number; cost: bigint };
export type TakeOverItem = Key & { fingerprint: string };

export class LedgerOracle {
  readonly accounts = new Map(['house:issued', 'house:revenue'].map((id) => [id, newAccount()]));
  readonly holds = new Map<string, Hold>();
  /** How a node's lease stands; one that never beat has none. */
  readonly leases = new Map<string, 'alive' | 'lapsed' | 'forgotten soon'>([['queue', 'alive']]);
  /** Terminal frames of what waits for workers, by account and request. */
  readonly durableAnswers = new Map<Hold, string>();

  hold(account: string, request: string): Hold | undefined {
    return this.holds.get(`${account} ${request}`);
  }

  available(account: string): bigint | null {
    const found = this.accounts.get(account);
    return found ? found.posted - found.held : null;
  }

  grant(kind: 'grant' | 'refund', items: GrantItem[]) {
    for (const { account } of items)
      if (isUser(account) && !this.accounts.has(account)) this.accounts.set(account, newAccount());
    return items.map(({ account: id, key, amount }) => {
      if (!isUser(id) || !isPrintable(key, 144) || amount < 1n || amount > LARGEST_AMOUNT)
        return { result: 'invalid', balance: null, available: null };
      const account = this.accounts.get(id)!;
      const earlier = account.entries.find((entry) => entry.key === `${kind}:${key}`);
      let result = 'invalid';
      if (earlier) result = earlier.amount === amount ? 'duplicate' : 'conflict';
      else if (account.posted + amount <= LARGEST_AMOUNT) {
        account.posted += amount;
        account.entries.push({ kind, key: `${kind}:${key}`, amount, balanceAfter: account.posted });
        result = 'granted';
      }
      return { result, balance: account.posted, available: account.posted - account.held };
    });
  }

  holdBatch(node: string, items: HoldItem[]) {
    return items.map(({ account: id, request, fingerprint, amount, terms }) => {
      const nothing = { status: null, amount: null, charged: null, owner: null, available: this.available(id) };
      const isValid = isPrintable(request, 144) && fingerprint.length >= 1 && fingerprint.length <= 64;
      if (!id.startsWith('user:') || !isValid || amount < 0n || amount > LARGEST_AMOUNT)
        return { ...nothing, result: 'invalid', available: null };
      const account = this.accounts.get(id);
      if (!account) return { ...nothing, result: 'no_account' };
      const known = this.hold(id, request);
      if (known) {
        const { status, charged, owner } = known;
        const result = known.fingerprint === fingerprint ? 'duplicate' : 'conflict';
        return { result, status, amount: known.amount, charged, available: this.available(id), owner };
      }
      if (account.isFrozen) return { ...nothing, result: 'frozen' };
      if (account.posted - account.held < amount) return { ...nothing, result: 'insufficient' };
      account.held += amount;
      const closed = { charged: null, shortfall: 0n, finalSeq: null, stopWhy: null, log: [], isExpired: false };
      const fresh = { account: id, request, fingerprint, status: 'pending' as const, amount, owner: node, terms };
      this.holds.set(`${id} ${request}`, { ...fresh, ...closed });
      return { result: 'held', status: 'pending', amount, charged: null, available: this.available(id), owner: node };
    });
  }

  grow(node: string, items: GrowItem[]) {
    return items.map(({ account: id, request, total }) => {
      const account = this.accounts.get(id);
      const hold = this.hold(id, request);
      const result = ((): string => {
        if (total < 0n || total > LARGEST_AMOUNT) return 'invalid';
        if (!account || !hold) return 'unknown';
        if (hold.status !== 'pending') return 'closed';
        if (hold.owner !== node) return 'fenced';
        if (total <= hold.amount) return 'same';
        if (account.isFrozen) return 'frozen';
        if (account.posted - account.held < total - hold.amount) return 'insufficient';
        account.held += total - hold.amount;
        hold.amount = total;
        return 'grown';
      })();
      return { result, amount: hold?.amount ?? null, available: this.available(id) };
    });
  }

  append(node: string, items: AppendItem[]) {
    const seen = new Set<string>();
    const tails = items.map(({ account, request }) => tailOf(this.hold(account, request)));
    return items.map(({ account, request, first, last, frames, tokens }, index) => {
      const hold = this.hold(account, request);
      const isAgain = seen.has(`${account} ${request}`);
      seen.add(`${account} ${request}`);
      const tail = tails[index]!; // as the batch found it
      const newest = hold?.log.at(-1);
      const result = ((): string => {
        if (first < 1 || last < first || tokens < 0) return 'invalid';
        if (!hold) return 'unknown';
        if (hold.status !== 'pending' || hold.owner !== node) return 'fenced';
        if (isAgain) return 'busy';
        if (first > tail + 1) return 'gap';
        if (first === tail + 1) return 'appended';
        const isSame = newest?.first === first && newest.last === last && newest.frames === frames;
        return isSame ? 'duplicate' : 'conflict';
      })();
      if (result === 'appended') hold!.log.push({ first, last, frames, tokens, isTerminal: false });
      return { result, tail: result === 'appended' ? last : tail };
    });
  }

  finish(node: string, items: FinishItem[]) {
    return items.map(({ account: id, request, seq, frame, tokens, cost }) => {
      const hold = this.hold(id, request);
      const tail = tailOf(hold);
      const refusal = ((): string | undefined => {
        if (cost < 0n || cost > LARGEST_AMOUNT || (frame !== null && (seq === null || seq < 1))) return 'invalid';
        if (!hold) return 'unknown';
        if (hold.status !== 'pending') return 'duplicate';
        if (hold.owner !== node) return 'fenced';
        if (frame === null) return tail > 0 ? 'logged' : undefined;
        if (seq! > tail + 1) return 'gap';
        return seq! < tail + 1 ? 'conflict' : undefined;
      })();
      if (!refusal) return this.close(hold!, seq, frame, tokens, cost);
      const balances = { balance: this.accounts.get(id)?.posted ?? null, available: this.available(id), tail };
      if (refusal !== 'duplicate') return { result: refusal, charged: null, shortfall: null, frame: null, ...balances };
      const stored = hold!.log.at(-1);
      const { charged, shortfall } = hold!;
      return { result: refusal, charged, shortfall, frame: stored?.isTerminal ? stored.frames : null, ...balances };
    });
  }

  release(node: string, keys: Key[]) {
    const items = keys.map((key) => ({ ...key, seq: null, frame: null, tokens: 0, cost: 0n }));
    return this.finish(node, items).map(({ result, available }) => ({ result, available }));
  }

  takeOver(node: string, items: TakeOverItem[]) {
    return items.map(({ account, request, fingerprint }) => {
      const hold = this.hold(account, request);
      const result = ((): string => {
        if (!hold) return 'unknown';
        if (hold.fingerprint !== fingerprint) return 'conflict';
        if (hold.status !== 'pending') return 'closed';
        if (hold.log.length > 0) return 'logged';
        if (hold.owner !== node && this.leases.get(hold.owner) === 'alive') return 'alive';
        if (this.accounts.get(account)!.isFrozen) return 'frozen';
        if (hold.isExpired) return 'expired';
        hold.owner = node;
        return 'taken';
      })();
      return { result, amount: hold?.amount ?? null };
    });
  }

  /** Ends what nobody is left to end, in order of account and request. */
  reap(isFree: boolean) {
    const isOverdue = (hold: Hold) =>
      hold.status === 'pending' && (hold.isExpired || this.leases.get(hold.owner) !== 'alive');
    const overdue = this.sortedHolds().filter(isOverdue);
    if (overdue.length > 0)
      for (const [node, lease] of this.leases) if (lease === 'forgotten soon') this.leases.delete(node);
    return overdue.map((hold) => {
      const seq = tailOf(hold) + 1;
      const tokens = hold.log.at(-1)?.tokens ?? 0;
      const cost = isFree || hold.log.length === 0 ? 0n : reaperPrice(hold.terms, tokens);
      const { result, charged, shortfall, balance, frame } = this.close(hold, seq, reapedFrame(hold), tokens, cost);
      return { account: hold.account, request: hold.request, result, charged, shortfall, balance, seq, frame };
    });
  }

  beat(node: string) {
    const before = this.leases.get(node);
    this.leases.set(node, 'alive');
    return [{ lapsed: before !== undefined && before !== 'alive' }];
  }

  lapse(node: string, isLongAgo: boolean): void {
    if (this.leases.has(node)) this.leases.set(node, isLongAgo ? 'forgotten soon' : 'lapsed');
  }

  expire(account: string, request: string): void {
    const hold = this.hold(account, request);
    if (hold) hold.isExpired = true;
  }

  requestStop({ account, request }: Key, why: 'cancelled' | 'frozen') {
    const hold = this.hold(account, request);
    if (hold?.status !== 'pending') return [{ result: hold ? 'closed' : 'unknown' }];
    hold.stopWhy ??= why;
    return [{ result: 'asked' }];
  }

  abandon(node: string, { account, request }: Key) {
    const hold = this.hold(account, request);
    if (hold?.status !== 'pending') return [{ result: hold ? 'closed' : 'unknown' }];
    if (hold.owner !== node) return [{ result: 'fenced' }];
    hold.owner = 'nobody';
    return [{ result: 'abandoned' }];
  }

  /** A house account is never frozen, though it may be thawed. */
  freeze(id: string, isFrozen: boolean) {
    const account = this.accounts.get(id);
    if (!account || (isFrozen && !id.startsWith('user:'))) return [{ result: 'no_account' }];
    account.isFrozen = isFrozen;
    for (const hold of this.holds.values()) {
      if (hold.account !== id || hold.status !== 'pending') continue;
      if (isFrozen) hold.stopWhy ??= 'frozen';
      else if (hold.stopWhy === 'frozen') hold.stopWhy = null;
    }
    return [{ result: isFrozen ? 'frozen' : 'active' }];
  }

  read({ account, request }: Key, after: number) {
    const log = this.hold(account, request)?.log ?? [];
    return log
      .filter(({ last, isTerminal }) => last > after || isTerminal)
      .map(({ first, last, frames, isTerminal }) => ({ first, last, frames, terminal: isTerminal }));
  }

  /** By account and request, as the ledger sorts them. */
  sortedHolds(): Hold[] {
    return [...this.holds.values()].sort(byKey);
  }

  private close(hold: Hold, seq: number | null, template: string | null, tokens: number, cost: bigint) {
    const account = this.accounts.get(hold.account)!;
    const tail = tailOf(hold);
    const most = hold.amount + account.posted - account.held;
    const charged = cost < most ? cost : most;
    account.held -= hold.amount;
    account.posted -= charged;
    const { posted: balanceAfter } = account;
    if (charged > 0n)
      account.entries.push({ kind: 'charge', key: `charge:${hold.request}`, amount: charged, balanceAfter });
    const result = cost === 0n ? ('released' as const) : ('settled' as const);
    Object.assign(hold, {
      status: result,
      charged,
      shortfall: cost - charged,
      finalSeq: template === null ? null : seq,
    });
    const frame = template?.replaceAll('\x01', inCredits(charged)).replaceAll('\x02', inCredits(balanceAfter)) ?? null;
    if (frame !== null) hold.log.push({ first: seq!, last: seq!, frames: frame, tokens, isTerminal: true });
    if (frame !== null && hold.owner === 'queue') this.durableAnswers.set(hold, frame);
    const available = this.available(hold.account);
    return { result, charged, shortfall: cost - charged, balance: balanceAfter, available, frame, tail };
  }
}

function newAccount(): Account {
  return { posted: 0n, held: 0n, isFrozen: false, entries: [] };
}

const isPrintable = (id: string, longest: number) => id.length >= 1 && id.length <= longest && !/[^ -~]/.test(id);
const isUser = (id: string) => id.startsWith('user:') && id.length > 5 && isPrintable(id, 133);

function byKey(a: Hold, b: Hold): number {
  if (a.account !== b.account) return a.account < b.account ? -1 : 1;
  return a.request < b.request ? -1 : 1;
}
