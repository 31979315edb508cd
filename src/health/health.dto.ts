import { ApiProperty } from '@nestjs/swagger';

/** One thing that was looked at. */
export class HealthDetail {
  @ApiProperty({ enum: ['up', 'degraded', 'down'] })
  status!: 'up' | 'degraded' | 'down';
}

/** The process runs. */
export class LiveResponse {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

const details = (description: string) =>
  ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/HealthDetail' }, description });

/** Whether this node is to be sent requests, and what that follows from. */
export class ReadyResponse {
  @ApiProperty({
    enum: ['ok', 'degraded', 'error', 'shutting_down'],
    description: 'degraded: it serves, though a provider fails; error and shutting_down come with 503',
  })
  status!: 'ok' | 'degraded' | 'error' | 'shutting_down';

  @details('What is well or degraded')
  info!: Record<string, HealthDetail>;

  @details('What is down')
  error!: Record<string, HealthDetail>;

  @details('Both: database, intake, providers, configuration, videos')
  details!: Record<string, HealthDetail>;
}
