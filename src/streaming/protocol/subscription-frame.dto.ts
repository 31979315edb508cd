import { IsIn, Matches } from 'class-validator';
import { EVENT_CHANNELS, type EventChannel } from '../../events/user-events.js';
import { ID_PATTERN, ID_RULE } from '../../completions/request-id.js';

/** Begins or ends the events of a channel. */
export class SubscriptionFrameDto {
  @Matches(ID_PATTERN, { message: `$property ${ID_RULE}` })
  id!: string;

  @IsIn(['subscribe', 'unsubscribe'])
  type!: 'subscribe' | 'unsubscribe';

  @IsIn(EVENT_CHANNELS, { message: "$property must be 'videos', 'account' or 'requests'" })
  channel!: EventChannel;
}
