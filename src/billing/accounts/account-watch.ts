import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { RareWarning } from '../../common/logging/rare-warning.js';
import { parseCredits, type MicroCredits } from '../../common/money/micro-credits.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { textList, textsOf } from '../../database/array-parameters.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { accountIdOf } from './account-id.js';
import { accountNews, type AccountEvent, type KnownState } from './account-news.js';
import { AccountsService } from './accounts.service.js';

/** How often the watched accounts are looked at, in milliseconds: nobody is told more often than that. */
const LOOK_EVERY_MS = 500;
/** So many accounts are read with one query. */
const MOST_AT_ONCE = 1_000;
/** So many new accounts are made before the others are looked at again. */
const MOST_WELCOMED = 50;

const NO_ACCOUNT: KnownState = { balance: 0n, held: 0n, available: 0n, isFrozen: false };

type Listener = (event: AccountEvent) => void;

interface WatchedAccount {
  known: KnownState | undefined;
  /** Those who were told all there is, and now hear of changes. */
  told: Set<Listener>;
  /** Those who were told nothing yet. */
  fresh: Set<Listener>;
}

/**
 * Tells whoever listens at this node how an account changes, whoever changed it: it looks, at all of them together. Costs
 * nothing while nobody listens. While the database is away there is silence, and then the newest state.
 */
@Injectable()
export class AccountWatch implements OnApplicationShutdown {
  private readonly lowBelow: MicroCredits;
  private readonly accounts = new Map<string, WatchedAccount>();
  /** Users with listeners that were told nothing yet. */
  private readonly fresh = new Set<string>();
  private readonly trouble = new RareWarning(new Logger(AccountWatch.name));
  private looking: Promise<void> | undefined;
  private nextLookMs = 0;
  private wake: () => void = () => undefined;
  private isStopped = false;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(AccountsService) private readonly accountsService: AccountsService,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.lowBelow = parseCredits(environment.billing.creditsLow);
  }

  /**
   * Tells the listener all there is as soon as it is read, and then of every change, twice a second at most.
   * @returns what ends it
   */
  watch(userId: string, listener: Listener): () => void {
    const account = this.accounts.get(userId) ?? { known: undefined, told: new Set(), fresh: new Set() };
    this.accounts.set(userId, account);
    account.fresh.add(listener);
    this.fresh.add(userId);
    this.wake();
    if (!this.isStopped) this.looking ??= this.look().finally(() => (this.looking = undefined));
    return () => {
      account.told.delete(listener);
      account.fresh.delete(listener);
      if (account.told.size + account.fresh.size > 0 || this.accounts.get(userId) !== account) return;
      this.accounts.delete(userId);
      this.fresh.delete(userId);
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.wake();
    await this.looking;
  }

  /** While there are listeners: at every account twice a second, and at those of new listeners at once. */
  private async look(): Promise<void> {
    while (this.accounts.size > 0 && !this.isStopped) {
      const isTime = performance.now() >= this.nextLookMs;
      if (isTime) this.nextLookMs = performance.now() + LOOK_EVERY_MS;
      try {
        if (isTime) await this.lookAt([...this.accounts.keys()]);
        else if (this.fresh.size > 0) await this.lookAt([...this.fresh].slice(0, MOST_AT_ONCE));
        else await this.pause();
      } catch (error) {
        this.trouble.warn(`Accounts can not be read at the moment: ${(error as Error).message}`);
        this.fresh.clear(); // they are looked at with all the others
      }
    }
  }

  private async lookAt(userIds: readonly string[]): Promise<void> {
    for (let start = 0; start < userIds.length && !this.isStopped; start += MOST_AT_ONCE) {
      const some = userIds.slice(start, start + MOST_AT_ONCE);
      const states = await this.read(some);
      const strangers = some.filter((userId) => !states.has(userId) && this.isNew(userId));
      for (const [userId, state] of await this.welcome(strangers.splice(0, MOST_WELCOMED))) states.set(userId, state);
      const laterOnes = new Set(strangers);
      for (const userId of some) {
        if (laterOnes.has(userId)) this.fresh.add(userId);
        else this.tell(userId, states.get(userId) ?? NO_ACCOUNT);
      }
    }
  }

  private tell(userId: string, state: KnownState): void {
    this.fresh.delete(userId);
    const account = this.accounts.get(userId);
    if (!account) return; // nobody listens any more
    if (account.told.size > 0) give(account.told, accountNews(state, account.known, this.lowBelow));
    if (account.fresh.size > 0) give(account.fresh, accountNews(state, undefined, this.lowBelow));
    for (const listener of account.fresh) account.told.add(listener);
    account.fresh.clear();
    account.known = state;
  }

  /** Nobody was told anything of it yet. */
  private isNew(userId: string): boolean {
    const account = this.accounts.get(userId);
    return account !== undefined && account.known === undefined;
  }

  /** Users are given their signup credits when they are first seen, here too. */
  private async welcome(userIds: readonly string[]): Promise<Map<string, KnownState>> {
    const areWelcome = await Promise.all(userIds.map((userId) => this.accountsService.welcome(userId)));
    return areWelcome.includes(true) ? this.read(userIds) : new Map();
  }

  private async read(userIds: readonly string[]): Promise<Map<string, KnownState>> {
    const rows = await this.pool.query<KnownState & { userId: string }>(
      'read_accounts',
      `SELECT substr(id, 6) AS "userId", posted AS balance, held, posted - held AS available, frozen AS "isFrozen"
       FROM ledger.account WHERE id = ANY (${textsOf('$1')})`,
      [textList(userIds.map(accountIdOf))],
    );
    return new Map(rows.map(({ userId, ...state }) => [userId, state]));
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.nextLookMs - performance.now()).unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function give(listeners: ReadonlySet<Listener>, news: readonly AccountEvent[]): void {
  for (const event of news) for (const listener of [...listeners]) listener(event);
}
