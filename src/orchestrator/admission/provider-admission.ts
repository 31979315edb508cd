import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import type { GatewayConfig } from '../../config/gateway-config/gateway-config.js';
import { GatewayConfiguration } from '../../config/gateway-config/gateway-configuration.js';
import { UserEventHub } from '../../events/user-events.js';
import type { RouteStep } from '../route-plan.js';
import { ModelLane, type Lane } from './model-lane.js';
import { Place } from './place.js';
import { ProviderSlots, type AdmissionBounds } from './provider-slots.js';
import { QueueAnnouncer } from './queue-announcer.js';

/** How many requests each provider is sent at once by this process, in all and of some models, and who waits for that. */
@Injectable()
export class ProviderAdmission implements OnApplicationShutdown {
  private readonly byProvider = new Map<string, ProviderSlots>();
  private readonly lanes = new Map<string, ModelLane>();
  private readonly announcer: QueueAnnouncer;
  private readonly usual: Environment['providers']['admission'];
  private config: GatewayConfig;

  constructor(
    @Inject(UserEventHub) events: UserEventHub,
    @Inject(ENVIRONMENT) { providers }: Environment,
    @Inject(GatewayConfiguration) configuration: GatewayConfiguration,
  ) {
    this.usual = providers.admission;
    this.announcer = new QueueAnnouncer(events, () => this.byProvider.values());
    this.config = configuration.inForce;
    configuration.use({ apply: (config) => this.apply(config) });
  }

  onApplicationShutdown(): void {
    this.announcer.stop();
  }

  /** A request's place: it has nothing yet. @param requestId the client's */
  placeFor(userId: string, requestId: string): Place {
    return new Place(userId, requestId, this.usual.queueWaitMs, this.announcer);
  }

  slotsOf(providerId: string): ProviderSlots {
    let slots = this.byProvider.get(providerId);
    if (!slots) {
      slots = new ProviderSlots(providerId, this.boundsOf(providerId));
      this.byProvider.set(providerId, slots);
    }
    return slots;
  }

  /** The bound of a step's model at its provider; undefined: it has none of its own. */
  laneOf({ providerId, modelBound }: RouteStep): Lane {
    if (!modelBound) return undefined;
    const name = `${providerId} ${modelBound.rule}`;
    let lane = this.lanes.get(name);
    if (!lane) {
      lane = new ModelLane(modelBound.concurrency);
      this.lanes.set(name, lane);
    }
    return lane;
  }

  private apply(config: GatewayConfig): void {
    this.config = config;
    const bounds = new Map(config.models.map(({ name, concurrency = Infinity }) => [name, concurrency]));
    for (const [name, lane] of this.lanes) lane.concurrency = bounds.get(name.slice(name.indexOf(' ') + 1)) ?? Infinity; // nobody new comes for a rule that is gone
    for (const [id, slots] of this.byProvider) slots.setBounds(this.boundsOf(id));
  }

  private boundsOf(providerId: string): AdmissionBounds {
    const configured = this.config.providers.find(({ id }) => id === providerId)?.concurrency;
    return configured === undefined ? this.usual : { ...this.usual, concurrency: configured };
  }
}
