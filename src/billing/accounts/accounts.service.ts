import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { parseCredits, type MicroCredits } from '../../common/money/micro-credits.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { LedgerPool } from '../../database/ledger-pool.js';
import { Ledger } from '../ledger/ledger.js';
import { accountIdOf } from './account-id.js';

/** All amounts in micro-credits. */
export interface AccountState {
  /** What is there, holds included. */
  balance: MicroCredits;
  held: MicroCredits;
  /** balance − held: what a new request may hold. */
  available: MicroCredits;
  isFrozen: boolean;
  frozenReason: string | null;
}

export interface Grant {
  userId: string;
  amount: MicroCredits;
  /** The same key grants once. */
  idempotencyKey: string;
  /** Who granted and why; kept with the entry. */
  meta: Record<string, unknown>;
}

export interface GrantResult {
  result: 'granted' | 'duplicate';
  balance: MicroCredits;
  available: MicroCredits;
}

const EMPTY: AccountState = { balance: 0n, held: 0n, available: 0n, isFrozen: false, frozenReason: null };

/** Credit accounts: reading them, granting credits, freezing. An account exists from its first grant on. */
@Injectable()
export class AccountsService {
  private readonly signupCredits: MicroCredits;

  constructor(
    @Inject(LedgerPool) private readonly pool: LedgerPool,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.signupCredits = parseCredits(environment.billing.signupCredits);
  }

  /** What a user has; a user seen for the first time is given the signup credits. */
  async stateOf(userId: string): Promise<AccountState> {
    return (await this.read(userId)) ?? ((await this.welcome(userId)) ? ((await this.read(userId)) ?? EMPTY) : EMPTY);
  }

  /** What `stateOf` would say, without giving anybody anything. */
  async preview(userId: string): Promise<AccountState> {
    const { signupCredits } = this;
    return (await this.read(userId)) ?? { ...EMPTY, balance: signupCredits, available: signupCredits };
  }

  /**
   * Gives a new user the signup credits, once for ever.
   * @returns false where there are none to give.
   */
  async welcome(userId: string): Promise<boolean> {
    if (this.signupCredits === 0n) return false;
    await this.grant({ userId, amount: this.signupCredits, idempotencyKey: 'signup', meta: { reason: 'signup' } });
    return true;
  }

  /**
   * Adds credits, once per idempotency key.
   * @throws GatewayError CONFLICT where the key was used for another amount; VALIDATION_ERROR where the ledger refuses
   *   the amount (the balance would pass its cap of 15 digits).
   */
  async grant({ userId, amount, idempotencyKey, meta }: Grant): Promise<GrantResult> {
    const { result, balance, available } = await this.ledger.grant({
      accountId: accountIdOf(userId),
      idempotencyKey,
      amount,
      meta: JSON.stringify(meta),
    });
    if (result === 'conflict') {
      throw new GatewayError(
        'CONFLICT',
        'idempotencyKey was already used for another amount; a new grant needs a new key.',
      );
    }
    if (result === 'invalid') {
      throw new GatewayError(
        'VALIDATION_ERROR',
        'credits must be above 0, and the balance may not pass 999,999,999 credits.',
      );
    }
    return { result, balance: balance ?? 0n, available: available ?? 0n };
  }

  /** The account as it is; undefined where there is none, and none is made. */
  find(userId: string): Promise<AccountState | undefined> {
    return this.read(userId);
  }

  /**
   * Lets the account hold nothing new, and asks what runs of it to stop: it is charged for what was delivered.
   * @returns false where there is no such account
   */
  async freeze(userId: string, reason: string): Promise<boolean> {
    const [row] = await this.pool.query<{ result: string }>(
      'freeze_account',
      'SELECT ledger.freeze($1, $2) AS result',
      [accountIdOf(userId), reason],
    );
    return row?.result === 'frozen';
  }

  /** @returns false where there is no such account */
  async unfreeze(userId: string): Promise<boolean> {
    const [row] = await this.pool.query<{ result: string }>(
      'unfreeze_account',
      'SELECT ledger.unfreeze($1) AS result',
      [accountIdOf(userId)],
    );
    return row?.result === 'active';
  }

  private async read(userId: string): Promise<AccountState | undefined> {
    const [row] = await this.pool.query<AccountState>(
      'read_account',
      `SELECT posted AS balance, held, posted - held AS available, frozen AS "isFrozen", frozen_why AS "frozenReason"
       FROM ledger.account WHERE id = $1`,
      [accountIdOf(userId)],
    );
    return row;
  }
}
