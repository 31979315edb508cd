import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Ledger } from '../billing/ledger/ledger.js';
import { validationFailure } from '../common/errors/field-faults.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { FallbackOrchestrator } from '../orchestrator/fallback-orchestrator.js';
import { PROVIDER_KINDS, type CircuitAction, type ProviderKind } from '../orchestrator/orders/circuit-order.js';
import { CircuitOperator } from '../orchestrator/orders/circuit-operator.service.js';
import { CircuitOrders } from '../orchestrator/orders/circuit-orders.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { VideoProviderRegistry } from '../providers/video-provider-registry.js';
import { VideoActivities } from '../video/store/video-activity.store.js';
import type {
  BreakerResponse,
  OpenedResponse,
  ProvidersResponse,
  TextProviderResponse,
  VideoProviderResponse,
} from './providers.dto.js';

const MOST_FAILURES = 10;

/** An act on a circuit. */
export interface CircuitAct {
  adminId: string;
  /** A provider, or one of its deployments. */
  id: string;
  action: CircuitAction;
  /** Which of two of the same name; absent: the one that there is. */
  kind?: ProviderKind | undefined;
  reason?: string | undefined;
}

/** How the providers stand, and what an operator does to their circuits. */
@Injectable()
export class ProviderAdministration {
  constructor(
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(GatewayConfiguration) private readonly configuration: GatewayConfiguration,
    @Inject(FallbackOrchestrator) private readonly orchestrator: FallbackOrchestrator,
    @Inject(CircuitOperator) private readonly operator: CircuitOperator,
    @Inject(CircuitOrders) private readonly orders: CircuitOrders,
    @Inject(ProviderRegistry) private readonly text: ProviderRegistry,
    @Inject(VideoProviderRegistry) private readonly video: VideoProviderRegistry,
    @Inject(VideoActivities) private readonly activities: VideoActivities,
  ) {}

  /** @throws GatewayError UNAVAILABLE */
  async look(): Promise<ProvidersResponse> {
    const video = await this.videoProviders();
    return { node: this.ledger.nodeId, text: this.textProviders(), video };
  }

  /** In force on this node when it resolves, on the others within moments. @throws GatewayError NOT_FOUND, VALIDATION_ERROR, UNAVAILABLE */
  async act({ adminId, id, action, kind: named, reason }: CircuitAct): Promise<BreakerResponse> {
    const kind = this.kindOf(id, named);
    const details = { action, kind, ...(reason === undefined ? {} : { reason }) };
    const { at } = await this.audit.act(
      { actor: `user:${adminId}`, action: 'admin.breaker', subject: `provider:${id}`, details },
      () => this.operator.give({ kind, target: id, action, actor: adminId, reason: reason ?? null }),
    );
    return { id, kind, action, at: at.toISOString() };
  }

  private kindOf(id: string, named: ProviderKind | undefined): ProviderKind {
    const ids = { text: this.textIds(), video: this.video.all().map((provider) => provider.id) };
    const kinds = PROVIDER_KINDS.filter((kind) => ids[kind].includes(id) && (named ?? kind) === kind);
    if (kinds.length === 1) return kinds[0]!;
    if (kinds.length > 1)
      throw validationFailure([
        { field: 'kind', message: `kind must be one of ${kinds.join(', ')}: there is a provider '${id}' of each` },
      ]);
    const known = (named ? ids[named] : [...new Set([...ids.text, ...ids.video])]).sort();
    throw new GatewayError('NOT_FOUND', `There is no such provider; there are: ${known.join(', ')}.`, {
      details: { providers: known },
    });
  }

  /** Providers and their deployments. */
  private textIds(): string[] {
    return [...new Set(this.text.all().flatMap(({ id, endpoints }) => [id, ...endpoints.map((each) => each.id)]))];
  }

  private textProviders(): TextProviderResponse[] {
    const standings = this.orchestrator.health();
    const settings = new Map(this.configuration.inForce.providers.map((each) => [each.id, each]));
    return this.text.all().map(({ id, endpoints }) => {
      const own = standings.filter(({ providerId }) => providerId === id);
      return {
        id,
        models: settings.get(id)?.models?.map(({ text }) => text) ?? null,
        running: own[0]?.running ?? 0,
        waiting: own[0]?.waiting ?? 0,
        endpoints: endpoints.map(({ id: endpointId, weight }) => {
          const { breaker = 'closed', cooldownMs = 0 } = own.find((each) => each.id === endpointId) ?? {};
          return {
            id: endpointId,
            weight,
            breaker,
            cooldownMs,
            openedBy: this.openedBy('text', endpointId),
            recentFailures: this.orchestrator.recentFailures(endpointId).map(({ at, model, kind, status }) => ({
              at: at.toISOString(),
              model,
              reason: kind,
              status: status ?? null,
            })),
          };
        }),
      };
    });
  }

  private async videoProviders(): Promise<VideoProviderResponse[]> {
    const [underWay, failures] = await orUnavailable(
      Promise.all([this.activities.underWay(), this.activities.failures()]),
    );
    return this.video.all().map(({ id, offers }) => {
      const { running = 0, waiting = 0 } = underWay.find(({ provider }) => provider === id) ?? {};
      const own = failures.filter(({ provider }) => provider === id).slice(0, MOST_FAILURES);
      return {
        id,
        models: [...new Set(offers.map(({ model }) => model))],
        running,
        waiting,
        openedBy: this.openedBy('video', id),
        recentFailures: own.map(({ at, model, code, providerFault }) => ({
          at: at.toISOString(),
          model,
          reason: code,
          providerFault,
        })),
      };
    });
  }

  private openedBy(kind: ProviderKind, endpointId: string): OpenedResponse | null {
    const order = this.orders.openedBy(kind, endpointId);
    return order ? { admin: order.actor, at: order.at.toISOString(), reason: order.reason } : null;
  }
}
