import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import {
  CIRCUIT_ACTIONS,
  PROVIDER_KINDS,
  type CircuitAction,
  type ProviderKind,
} from '../orchestrator/orders/circuit-order.js';
import { Reason } from './reason.js';

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;
const TIME = '2026-11-22T10:00:00.000Z';

/** What is to be done to a circuit. */
export class BreakerRequest {
  @ApiProperty({
    enum: CIRCUIT_ACTIONS,
    description:
      'open: nobody asks it until it is closed or reset; close: it is asked again; reset: likewise, and cooldowns and counted failures are forgotten',
  })
  @IsIn(CIRCUIT_ACTIONS, { message: `$property must be one of ${CIRCUIT_ACTIONS.join(', ')}` })
  action!: CircuitAction;

  @ApiProperty({
    required: false,
    enum: PROVIDER_KINDS,
    description: 'Where a text and a video provider have the same id',
  })
  @IsOptional()
  @IsIn(PROVIDER_KINDS, { message: `$property must be one of ${PROVIDER_KINDS.join(', ')}` })
  kind?: ProviderKind;

  @ApiProperty({ required: false })
  @IsOptional()
  @Reason()
  reason?: string;
}

/** What was done; it holds on every node within moments. */
export class BreakerResponse {
  @ApiProperty({ example: 'openai' })
  id!: string;

  @ApiProperty({ enum: PROVIDER_KINDS })
  kind!: ProviderKind;

  @ApiProperty({ enum: CIRCUIT_ACTIONS })
  action!: CircuitAction;

  @ApiProperty({ example: TIME })
  at!: string;
}

/** By whom a circuit is held open. */
export class OpenedResponse {
  @ApiProperty({ example: 'root' })
  admin!: string;

  @ApiProperty({ example: TIME })
  at!: string;

  @ApiProperty({ type: String, nullable: true })
  reason!: string | null;
}

/** A call that failed. */
export class TextFailureResponse {
  @ApiProperty({ example: TIME })
  at!: string;

  @ApiProperty({ example: 'gpt-4' })
  model!: string;

  @ApiProperty({ example: 'server_error' })
  reason!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'HTTP status, where there was one' })
  status!: number | null;
}

/** A key or deployment of a text provider, as this node sees it. */
export class EndpointResponse {
  @ApiProperty({ example: 'azure/eu' })
  id!: string;

  @ApiProperty({ example: 1, description: "Its share among the provider's endpoints" })
  weight!: number;

  @ApiProperty({ enum: BREAKER_STATES })
  breaker!: (typeof BREAKER_STATES)[number];

  @ApiProperty({ type: 'integer', description: 'How long it is still left alone, in milliseconds' })
  cooldownMs!: number;

  @ApiProperty({ type: OpenedResponse, nullable: true, description: 'The order by which nobody asks it' })
  openedBy!: OpenedResponse | null;

  @ApiProperty({ type: [TextFailureResponse], description: 'The last ten on this node, the latest first' })
  recentFailures!: TextFailureResponse[];
}

/** A text provider. */
export class TextProviderResponse {
  @ApiProperty({ example: 'openai' })
  id!: string;

  @ApiProperty({
    type: [String],
    nullable: true,
    description: "Patterns of its models; null: its vendor's families and what is nobody's own",
  })
  models!: string[] | null;

  @ApiProperty({ type: 'integer', description: 'Requests that it works on for this node' })
  running!: number;

  @ApiProperty({ type: 'integer', description: 'Requests of this node that wait for it' })
  waiting!: number;

  @ApiProperty({ type: [EndpointResponse] })
  endpoints!: EndpointResponse[];
}

/** A video that was not delivered. */
export class VideoProviderFailureResponse {
  @ApiProperty({ example: TIME })
  at!: string;

  @ApiProperty({ example: 'sora-2' })
  model!: string;

  @ApiProperty({ example: 'UPSTREAM_LOST', description: 'As its user was told' })
  reason!: string;

  @ApiProperty({ type: String, nullable: true, description: "The provider's own code" })
  providerFault!: string | null;
}

/** A video provider, as all nodes together see it. */
export class VideoProviderResponse {
  @ApiProperty({ example: 'sora' })
  id!: string;

  @ApiProperty({ type: [String] })
  models!: string[];

  @ApiProperty({ type: 'integer', description: 'Videos that it makes, or that are being brought here' })
  running!: number;

  @ApiProperty({ type: 'integer', description: 'Videos that wait to be ordered' })
  waiting!: number;

  @ApiProperty({ type: OpenedResponse, nullable: true, description: 'The order by which nothing new is ordered there' })
  openedBy!: OpenedResponse | null;

  @ApiProperty({ type: [VideoProviderFailureResponse], description: 'At most ten of the last hour, the latest first' })
  recentFailures!: VideoProviderFailureResponse[];
}

/** How the providers stand. */
export class ProvidersResponse {
  @ApiProperty({ description: 'The node that answers: circuits, cooldowns and loads of text providers are its own' })
  node!: string;

  @ApiProperty({ type: [TextProviderResponse], description: "In the order in which 'auto' asks them" })
  text!: TextProviderResponse[];

  @ApiProperty({ type: [VideoProviderResponse], description: 'In the order in which they are chosen' })
  video!: VideoProviderResponse[];
}
