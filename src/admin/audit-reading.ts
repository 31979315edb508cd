import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { AuditTrail } from '../audit/trail/audit-trail.js';
import type { TrailEvent, TrailFilter } from '../audit/trail/trail-page.js';
import { readInstant } from '../common/instant.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { readAuditCursor } from './audit-cursor.js';
import type { AuditQuery } from './audit-query.dto.js';

/** Administrators read the trail. That is an act: it is noted before they see it. */
@Injectable()
export class AuditReading {
  constructor(
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
  ) {}

  /** @throws GatewayError UNAVAILABLE where the database is away, or so much has to be looked through that it takes too long */
  async page(adminId: string, query: AuditQuery): Promise<TrailEvent[]> {
    const { actor, action, subject, from, to, cursor, limit, format } = query;
    const facts = { actor, action, subject, from, to, format, limit };
    const details = Object.fromEntries(
      Object.entries(facts).filter((fact): fact is [string, string | number] => fact[1] !== undefined),
    );
    const after = cursor === undefined ? undefined : readAuditCursor(cursor);
    return this.audit.act({ actor: `user:${adminId}`, action: 'admin.audit.read', details }, () =>
      orUnavailable(this.trail.page({ filter: filterOf(query), order: 'newest first', after, limit })),
    );
  }
}

function filterOf({ actor, action, subject, from, to }: AuditQuery): TrailFilter {
  const [begin, end] = [from, to].map((text) => (text === undefined ? undefined : readInstant(text)));
  return {
    ...(begin && { from: begin }),
    ...(end && { to: end }),
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
  };
}
