import { ApiProperty } from '@nestjs/swagger';
import { ALERT_NAMES, SEVERITIES } from '../config/gateway-config/alert-rules.js';

const time = { type: String, format: 'date-time', nullable: true } as const;

/** What a webhook was told of an alert, or is to be told. */
export class AlertNotificationResponse {
  @ApiProperty({ example: 'pager', description: 'Its name in the configuration' })
  webhook!: string;

  @ApiProperty({ enum: ['fired', 'repeated', 'resolved'] })
  kind!: string;

  @ApiProperty({ type: 'integer', description: 'How often it was tried' })
  attempts!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ ...time, description: 'When the webhook took it' })
  deliveredAt!: string | null;

  @ApiProperty({ ...time, description: 'When it was tried for the last time, in vain' })
  givenUpAt!: string | null;

  @ApiProperty({ ...time, description: 'When it is tried next' })
  dueAt!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'answered 503', description: 'What the last attempt came to' })
  error!: string | null;
}

/** Something that an operator should know of. */
export class AlertResponse {
  @ApiProperty({ example: '17' })
  id!: string;

  @ApiProperty({ example: 'ProviderFailing', description: `Its rule: ${ALERT_NAMES.join(', ')}` })
  alert!: string;

  @ApiProperty({ enum: SEVERITIES })
  severity!: string;

  @ApiProperty({
    enum: ['pending', 'firing', 'resolved'],
    description: 'pending: it is so, though not for long enough yet, and nobody was told',
  })
  state!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { provider: 'openai' },
    description: 'What it is about; there is one open alert for each rule and set of labels',
  })
  labels!: Readonly<Record<string, string>>;

  @ApiProperty({ example: '30 % of 40 calls of the provider openai failed.' })
  summary!: string;

  @ApiProperty({ example: 0.3, description: 'What was measured, when it was so last' })
  value!: number;

  @ApiProperty({ example: 0.1, description: 'What it is not to be above' })
  threshold!: number;

  @ApiProperty({ format: 'date-time', description: 'When it was so first' })
  beganAt!: string;

  @ApiProperty(time)
  firedAt!: string | null;

  @ApiProperty(time)
  resolvedAt!: string | null;

  @ApiProperty({ example: 'docs/runbooks.md#providerfailing' })
  runbook!: string;

  @ApiProperty({ type: [AlertNotificationResponse], description: 'The latest 40, oldest first' })
  notifications!: AlertNotificationResponse[];
}

/** Alerts, newest first. */
export class AlertsResponse {
  @ApiProperty({ type: [AlertResponse] })
  alerts!: AlertResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins; null: there is none' })
  nextCursor!: string | null;
}
