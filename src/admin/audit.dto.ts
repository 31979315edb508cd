import { ApiProperty } from '@nestjs/swagger';

/** One event of the audit trail. */
export class AuditEventResponse {
  @ApiProperty({ example: '4711' })
  id!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.123456Z' })
  at!: string;

  @ApiProperty({ example: 'user:root', description: 'Who did it' })
  actor!: string;

  @ApiProperty({ example: 'admin.grant' })
  action!: string;

  @ApiProperty({ example: 'alice', description: 'Whom or what it was done to; a request id for what models answered' })
  subject!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { credits: 1000, reason: 'refund of ticket 4711' },
  })
  details!: Record<string, unknown>;
}

/** A page of the audit trail, newest first. */
export class AuditResponse {
  @ApiProperty({ type: [AuditEventResponse] })
  events!: AuditEventResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null: there is none' })
  nextCursor!: string | null;
}
