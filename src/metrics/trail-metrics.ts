import { Inject, Injectable } from '@nestjs/common';
import { TrailMeasures } from '../alerts/measures/trail-measures.js';
import { AuditService } from '../audit/audit.service.js';
import { Gathering } from './gathering.js';
import { MetricsRegistry } from './metrics-registry.js';
import { alone, counter, gauge, known } from './samples.js';

/** The audit trail: whether it is written, sealed and verified. */
@Injectable()
export class TrailMetrics {
  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(Gathering) gathering: Gathering,
    @Inject(TrailMeasures) trail: TrailMeasures,
    @Inject(AuditService) audit: AuditService,
  ) {
    counter(registry, {
      name: 'mcp_audit_events_dropped_total',
      help: 'Events of the audit trail that this process lost, as the database was away for too long.',
      read: () => alone(audit.dropped),
    });
    const unsealed = gathering.add('unsealed', () => trail.unsealed());
    gauge(registry, {
      name: 'mcp_audit_unsealed_events',
      help: 'Events of the audit trail of all processes that no seal covers yet; more than 10,000 are not counted.',
      read: () => known(unsealed.latest?.events),
    });
    gauge(registry, {
      name: 'mcp_audit_unsealed_oldest_seconds',
      help: 'Age of the oldest of them; 0: there are none.',
      read: () => known(unsealed.latest?.oldestSeconds),
    });
    const verification = gathering.add('verification', () => trail.verification());
    gauge(registry, {
      name: 'mcp_audit_trail_faults',
      help: 'What did not fit when the audit trail was verified last (nightly), by whichever process.',
      read: () => known(verification.latest?.faults),
    });
    gauge(registry, {
      name: 'mcp_audit_trail_verified_age_seconds',
      help: 'When that was; where it never was, since the first seal.',
      read: () => known(secondsOf(verification.latest?.ageMs)),
    });
  }
}

function secondsOf(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1_000;
}
