import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { RareWarning } from '../../common/logging/rare-warning.js';
import { ControlBus } from '../../queue/control-bus.js';
import type { Identity } from '../identity.js';
import { tokenNameOf } from '../role-table.js';
import { RevocationStore } from './revocation.store.js';
import { RevokedNames, type RevokedName } from './revoked-names.js';

/** A message that is lost costs no more than this. */
const LOOK_EVERY_MS = 1_000;
/** A revocation is stamped before it is committed, which takes no longer than a statement may. */
const RECENT_MS = 15_000;
/** Who was let in again is not among the recent ones: a lost message of that is made good by then. */
const READ_ALL_EVERY_MS = 30_000;

/** What of an identity was revoked. */
export type Revoked = 'user' | 'token';
type Who = Pick<Identity, 'userId' | 'tokenId'>;
type Listener = (revoked: Revoked) => void;

/**
 * Who is shut out, as this node knows it: told by the control bus within milliseconds, and read each second. Holds don't
 * depend on it, they look for themselves. While the database is away nothing new is known, and nothing can be held.
 */
@Injectable()
export class Revocations implements OnModuleInit, OnApplicationShutdown {
  private readonly trouble = new RareWarning(new Logger(Revocations.name));
  private readonly names = new RevokedNames();
  private readonly listeners = new Map<string, Set<Listener>>();
  /** Accounts whose answers are asked to stop with each look until then: what was about to be held is held by then. */
  private readonly stopping = new Map<string, number>();
  private reading: Promise<void> = Promise.resolve();
  private readAllAtMs = -Infinity;
  private readAtMs = -Infinity;
  private isReadDue = false;
  private timer: NodeJS.Timeout | undefined;
  private stopHearing: (() => void) | undefined;

  constructor(
    @Inject(RevocationStore) private readonly store: RevocationStore,
    @Inject(ControlBus) private readonly bus: ControlBus,
  ) {}

  /** Before anybody is let in. */
  async onModuleInit(): Promise<void> {
    this.stopHearing = this.bus.on('revocation', ({ name }) => void this.inTurn(() => this.readOne(name)));
    await this.inTurn(() => this.read(true));
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopHearing?.();
  }

  /** @throws GatewayError FORBIDDEN where the user is shut out, UNAUTHORIZED where the token is */
  assertAdmitted(who: Who): void {
    const revoked = this.revokedOf(who);
    if (revoked) throw refusalOf(revoked);
  }

  /**
   * Tells once when an identity is shut out; at once where it is already.
   * @returns ends the watching
   */
  watch(who: Who, listener: Listener): () => void {
    const already = this.revokedOf(who);
    if (already) {
      listener(already);
      return () => undefined;
    }
    const names = namesOf(who);
    for (const name of names) this.listeners.set(name, (this.listeners.get(name) ?? new Set()).add(listener));
    return () => {
      for (const name of names) {
        const listening = this.listeners.get(name);
        if (listening?.delete(listener) && listening.size === 0) this.listeners.delete(name);
      }
    };
  }

  private revokedOf(who: Who): Revoked | undefined {
    const name = namesOf(who).find((each) => this.names.has(each, Date.now()));
    return name === undefined ? undefined : kindOf(name);
  }

  private look(): void {
    if (this.isReadDue) return; // the database takes its time
    this.isReadDue = true;
    void this.inTurn(() => this.read(false)).finally(() => (this.isReadDue = false));
  }

  /** One after another: what was read earlier never overrules what was read later. Never fails. */
  private inTurn(read: () => Promise<void>): Promise<void> {
    this.reading = this.reading
      .then(read)
      .catch((error: unknown) =>
        this.trouble.warn(`Revocations can not be read at the moment: ${(error as Error).message}`),
      );
    return this.reading;
  }

  private async read(isFirst: boolean): Promise<void> {
    const nowMs = performance.now();
    const isAllDue = nowMs - this.readAllAtMs > READ_ALL_EVERY_MS || nowMs - this.readAtMs > RECENT_MS / 2;
    const fresh = isAllDue
      ? this.names.replace(await this.store.all())
      : this.names.add(await this.store.recent(RECENT_MS));
    if (isAllDue) this.readAllAtMs = nowMs;
    this.readAtMs = nowMs;
    if (!isFirst) this.shutOut(fresh);
    await this.stopAnswers();
  }

  private async readOne(name: string): Promise<void> {
    const revoked: RevokedName | undefined = await this.store.find(name);
    if (revoked) this.shutOut(this.names.add([revoked]));
    else this.names.remove(name);
    await this.stopAnswers();
  }

  private shutOut(names: readonly string[]): void {
    const untilMs = performance.now() + RECENT_MS;
    for (const name of names) if (kindOf(name) === 'user') this.stopping.set(name, untilMs);
    for (const name of names) {
      const listening = [...(this.listeners.get(name) ?? [])];
      this.listeners.delete(name);
      for (const listener of listening) listener(kindOf(name));
    }
  }

  /** Where this fails nothing is forgotten: the next look asks again. */
  private async stopAnswers(): Promise<void> {
    if (this.stopping.size === 0) return;
    const nowMs = performance.now();
    await this.store.stopAnswers([...this.stopping.keys()]);
    for (const [name, untilMs] of this.stopping) if (untilMs <= nowMs) this.stopping.delete(name);
  }
}

function namesOf({ userId, tokenId }: Who): string[] {
  return [`user:${userId}`, ...(tokenId === undefined ? [] : [tokenNameOf(tokenId)])];
}

function kindOf(name: string): Revoked {
  return name.startsWith('user:') ? 'user' : 'token';
}

function refusalOf(revoked: Revoked): GatewayError {
  return revoked === 'user'
    ? new GatewayError('FORBIDDEN', 'This user is shut out; an administrator can say why.')
    : new GatewayError('UNAUTHORIZED', 'This token was revoked; use a new one.');
}
