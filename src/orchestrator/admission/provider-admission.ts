import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import type { Environment } from '../../config/environment.js';
import { UserEventHub } from '../../events/user-events.js';
import { Place } from './place.js';
import { ProviderSlots } from './provider-slots.js';
import { QueueAnnouncer } from './queue-announcer.js';

/** How many requests each provider is sent at once by this process, and who waits for that. */
@Injectable()
export class ProviderAdmission implements OnApplicationShutdown {
  private readonly byProvider = new Map<string, ProviderSlots>();
  private readonly announcer: QueueAnnouncer;
  private readonly bounds: Environment['providers']['admission'];

  constructor(@Inject(UserEventHub) events: UserEventHub, @Inject(ENVIRONMENT) { providers }: Environment) {
    this.bounds = providers.admission;
    this.announcer = new QueueAnnouncer(events, () => this.byProvider.values());
  }

  onApplicationShutdown(): void {
    this.announcer.stop();
  }

  /** A request's place: it has nothing yet. @param requestId the client's */
  placeFor(userId: string, requestId: string): Place {
    return new Place(userId, requestId, this.bounds.queueWaitMs, this.announcer);
  }

  slotsOf(providerId: string): ProviderSlots {
    let slots = this.byProvider.get(providerId);
    if (!slots) {
      slots = new ProviderSlots(providerId, this.bounds);
      this.byProvider.set(providerId, slots);
    }
    return slots;
  }
}
