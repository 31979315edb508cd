import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ALERT_STATES, type AlertStates } from '../alerts/states/alert-pages.js';
import { PageCursor, PageLimit } from '../common/http/page-query.js';
import { readAlertsCursor } from './alerts-cursor.js';

const LARGEST_PAGE = 200;
const USUAL_PAGE = 50;

/** Which alerts. */
export class AlertsQuery {
  @ApiProperty({
    required: false,
    enum: ALERT_STATES,
    default: 'all',
    description: 'open: those that are not resolved',
  })
  @IsIn(ALERT_STATES, { message: `$property must be one of ${ALERT_STATES.join(', ')}` })
  state: AlertStates = 'all';

  @PageCursor(readAlertsCursor, "An earlier page's nextCursor; absent: the newest alerts")
  cursor?: string;

  @PageLimit(LARGEST_PAGE, USUAL_PAGE)
  limit = USUAL_PAGE;
}
