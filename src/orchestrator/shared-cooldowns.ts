import { Inject, Injectable } from '@nestjs/common';
import type { ProviderError } from '../providers/contract/provider-error.js';
import { ControlBus } from '../queue/control-bus.js';
import { Cooldowns, type CooldownNotice, type CooldownReason } from './cooldowns.js';

/**
 * The cooldowns of this process, known to the others: what a provider says of our key holds for all who use it. That it
 * fails is told to nobody, as the fault may be on our own way to it. What was heard is not told on.
 */
@Injectable()
export class SharedCooldowns extends Cooldowns {
  constructor(@Inject(ControlBus) private readonly bus: ControlBus) {
    super();
    bus.on('endpoint-cooldown', ({ endpointId, reason, durationMs }) =>
      this.heard({ endpointId, reason: reason as CooldownReason, durationMs }),
    );
  }

  override failed(endpointId: string, by: object, error: ProviderError): CooldownNotice | undefined {
    const notice = super.failed(endpointId, by, error);
    if (notice && notice.reason !== 'failing') this.bus.publish('endpoint-cooldown', notice);
    return notice;
  }
}
