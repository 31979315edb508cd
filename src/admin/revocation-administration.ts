import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { RevocationStore, type Revocation, type RevocationPlace } from '../auth/revocations/revocation.store.js';
import { validationFailure } from '../common/errors/field-faults.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { ControlBus } from '../queue/control-bus.js';
import { revokedName, type RevocationTarget } from './revoked-name.js';

/** Every node keeps all of them in its memory, some 100 bytes each. */
const MOST_REVOCATIONS = 100_000;

export interface RevocationOrder {
  reason: string;
  /** From then on the token is refused anyhow. */
  expiresAt?: Date;
}

/** Who is shut out, and let in again. What can't be noted is not done; every node is told at once. */
@Injectable()
export class RevocationAdministration {
  constructor(
    @Inject(RevocationStore) private readonly store: RevocationStore,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ControlBus) private readonly bus: ControlBus,
  ) {}

  /** @throws GatewayError VALIDATION_ERROR naming the field; LIMIT_EXCEEDED beyond 100,000; UNAVAILABLE */
  async revoke(adminId: string, target: RevocationTarget, { reason, expiresAt }: RevocationOrder): Promise<Revocation> {
    const name = revokedName(target);
    assertSensible(adminId, target, expiresAt);
    if ((await orUnavailable(this.store.count())) >= MOST_REVOCATIONS) throw tooMany();
    const details = { reason, ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}) };
    const revocation = await this.audit.act(
      { actor: `user:${adminId}`, action: 'admin.revoke', subject: name, details },
      () => orUnavailable(this.store.add(name, reason, expiresAt)),
    );
    this.bus.publish('revocation', { name });
    return revocation;
  }

  /** @throws GatewayError VALIDATION_ERROR; NOT_FOUND where nobody of that name is shut out; UNAVAILABLE */
  async readmit(adminId: string, target: RevocationTarget): Promise<Revocation> {
    const name = revokedName(target);
    if (!(await orUnavailable(this.store.find(name)))) throw notShutOut();
    const revocation = await this.audit.act({ actor: `user:${adminId}`, action: 'admin.readmit', subject: name }, () =>
      orUnavailable(this.store.remove(name)),
    );
    this.bus.publish('revocation', { name });
    if (!revocation) throw notShutOut(); // another administrator was faster
    return revocation;
  }

  /** @throws GatewayError UNAVAILABLE */
  page(limit: number, after?: RevocationPlace): Promise<Revocation[]> {
    return orUnavailable(this.store.page(limit, after));
  }
}

function assertSensible(adminId: string, { userId }: RevocationTarget, expiresAt: Date | undefined): void {
  if (userId === adminId)
    throw validationFailure([{ field: 'userId', message: 'userId must not be your own: you could not take it back' }]);
  if (!expiresAt) return;
  const field = 'expiresAt';
  if (typeof userId === 'string')
    throw validationFailure([{ field, message: 'expiresAt goes with tokenId; a user is shut out until let in again' }]);
  if (expiresAt.getTime() <= Date.now())
    throw validationFailure([
      { field, message: 'expiresAt must lie in the future; an expired token is refused anyhow' },
    ]);
}

function notShutOut(): GatewayError {
  return new GatewayError('NOT_FOUND', 'Nobody of that name is shut out.');
}

function tooMany(): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `At most ${MOST_REVOCATIONS} names can be shut out at once; to end all tokens, change the key that signs them.`,
    { retryAfterMs: 60_000 },
  );
}
