import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { SETTING_SOURCES } from '../config/effective/effective-settings.js';
import { VARIABLE_SOURCES } from '../config/effective/effective-variables.js';
import type { Shown } from '../config/effective/masked.js';

/** What stands in the place of a secret. */
export class MaskedValueResponse {
  @ApiProperty({
    example: '1f2e3d4c',
    description: 'The same here and on another node: the same secret (by their AUDIT_SECRET, if that is the same)',
  })
  fingerprint!: string;

  @ApiProperty({
    required: false,
    example: 'https://gpu.internal:8000/v1',
    description: 'Of an address: what is no secret',
  })
  shown?: string;
}

const VALUE = {
  anyOf: [
    { $ref: getSchemaPath(MaskedValueResponse) },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
  ],
};

/** A variable of the environment. */
export class VariableResponse {
  @ApiProperty({ example: 'CREDITS_PER_USD' })
  name!: string;

  @ApiProperty({ ...VALUE, nullable: true, example: '2000', description: 'null: there is none, or it is generated' })
  value!: Shown;

  @ApiProperty({
    enum: VARIABLE_SOURCES,
    description:
      'default: what holds where nothing is set; derived: something else, by other variables; generated: a secret made for development',
  })
  source!: string;
}

/** A setting, as GATEWAY_CONFIG could have it. */
export class SettingResponse {
  @ApiProperty({ example: 'models."gpt-*".fallbacks' })
  name!: string;

  @ApiProperty({ ...VALUE, example: ['claude-sonnet-5'] })
  value!: Shown;

  @ApiProperty({ enum: SETTING_SOURCES })
  source!: string;

  @ApiProperty({ required: false, example: '12:5', description: 'Of the file: line and column' })
  at?: string;

  @ApiProperty({ type: [String], required: false, example: ['GROQ_API_KEY'], description: 'That the value comes from' })
  variables?: readonly string[];
}

/** The file behind the settings. */
export class ConfigFileResponse {
  @ApiProperty({ type: String, nullable: true, example: '/etc/gateway.yaml', description: 'null: there is none' })
  path!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '1f2e3d4c5b6a',
    description: 'Of its text that is in force, as `npm run config:history` names it',
  })
  version!: string | null;

  @ApiProperty({ format: 'date-time', description: 'Since when it is in force on this node' })
  loadedAt!: string;

  @ApiProperty({
    type: [String],
    description: 'What is wrong with the file as it is now; an older text is in force then',
  })
  faults!: readonly string[];
}

/** Which providers are simulated, as none is configured. */
export class SimulatedResponse {
  @ApiProperty()
  text!: boolean;

  @ApiProperty()
  video!: boolean;
}

/** The configuration in force on the node that answers. */
@ApiExtraModels(MaskedValueResponse)
export class ConfigResponse {
  @ApiProperty({ description: 'The node that answers: each reads its own environment and file' })
  node!: string;

  @ApiProperty()
  file!: ConfigFileResponse;

  @ApiProperty()
  simulated!: SimulatedResponse;

  @ApiProperty({ type: [VariableResponse] })
  variables!: VariableResponse[];

  @ApiProperty({ type: [SettingResponse] })
  settings!: SettingResponse[];
}
