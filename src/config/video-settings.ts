import { VARIABLES, type ParsedVariables, type VariableName } from './environment-variables.js';
import type { VideoProviderSettings } from './video-provider-settings.js';

/** Where videos are kept where it is not the local disk. */
export interface S3Settings {
  bucket: string;
  endpoint: string | undefined;
  region: string;
  /** Absent: as the AWS SDK finds them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  prefix: string;
}

export interface VideoSettings {
  /** Ids in the order of preference; whoever is not among them comes after them. */
  priority: string[];
  /** No video provider is configured and simulated ones stand in for them. */
  isSimulated: boolean;
  /** How long a provider may take for one. */
  deadlineMs: number;
  /** A standard video that can't be played after so long is late. */
  lateMs: number;
  /** Of one worker. */
  concurrency: number;
  copyConcurrency: number;
  /** After its end; undefined: for ever. */
  textKeepMs: number | undefined;
  enhanceModel: string;
  /** How long a workflow's answer waits for its prompt. */
  enhanceWaitMs: number;
  /** How long a text model may take for it: a little less, so that its answer is still told. */
  enhanceMs: number;
}

export interface MediaSettings {
  /** Absent where no video is made, or without a DATABASE_URL: a secret is then generated under `dataDirectory`. */
  secret: string | undefined;
  s3: S3Settings | undefined;
  maxBytes: number;
  maxInputBytes: number;
  keepMs: number;
  linkMs: number;
  cdnBaseUrl: string | undefined;
}

/** What contradicts itself. */
export function videoFaults(parsed: ParsedVariables): string[] {
  const faults: string[] = [];
  for (const name of ['SORA_API_KEY', 'SORA_DIALECT', 'SORA_MODEL'] as const) {
    if (parsed[name] && !parsed.SORA_BASE_URL) faults.push(`SORA_BASE_URL is missing; ${name} needs it`);
  }
  if (parsed.RUNWAYML_BASE_URL && !parsed.RUNWAYML_API_SECRET)
    faults.push('RUNWAYML_API_SECRET is missing; RUNWAYML_BASE_URL needs it');
  if (parsed.SORA_MODEL && (parsed.SORA_DIALECT ?? 'openai') === 'openai')
    faults.push('SORA_MODEL is for the dialects vllm-omni and sglang; those of openai are chosen in a GATEWAY_CONFIG');
  const ids = ['sora', 'runway'];
  const unknown = (parsed.VIDEO_PRIORITY ?? []).filter((id) => !ids.includes(id));
  if (unknown.length > 0 && !parsed.GATEWAY_CONFIG) {
    const allowed = `allowed: ${ids.join(', ')}, and the video providers of a GATEWAY_CONFIG`;
    faults.push(`VIDEO_PRIORITY names '${unknown.join("', '")}'; ${allowed}`);
  }
  for (const name of Object.keys(VARIABLES) as VariableName[]) {
    if (!name.startsWith('MEDIA_S3_') || name === 'MEDIA_S3_BUCKET' || parsed[name] === undefined) continue;
    if (!parsed.MEDIA_S3_BUCKET) faults.push(`MEDIA_S3_BUCKET is missing; ${name} needs it`);
  }
  if ((parsed.MEDIA_S3_ACCESS_KEY_ID === undefined) !== (parsed.MEDIA_S3_SECRET_ACCESS_KEY === undefined))
    faults.push('MEDIA_S3_ACCESS_KEY_ID and MEDIA_S3_SECRET_ACCESS_KEY belong together; one of them is missing');
  return faults;
}

/** @param isConfigured there is a video provider, of the environment or of the file */
export function videoSettings(parsed: ParsedVariables, isProduction: boolean, isConfigured: boolean): VideoSettings {
  const enhanceWaitMs = parsed.VIDEO_ENHANCE_WAIT_MS ?? 30_000;
  return {
    priority: parsed.VIDEO_PRIORITY ?? [],
    isSimulated: !isProduction && !isConfigured && (parsed.SIMULATED_PROVIDERS ?? true),
    deadlineMs: parsed.VIDEO_DEADLINE_MS ?? 1_800_000,
    lateMs: parsed.VIDEO_LATE_MS ?? 300_000,
    concurrency: parsed.VIDEO_CONCURRENCY ?? 50,
    copyConcurrency: parsed.VIDEO_COPY_CONCURRENCY ?? 8,
    textKeepMs: parsed.VIDEO_TEXT_KEEP_MS,
    enhanceModel: parsed.VIDEO_ENHANCE_MODEL ?? 'gpt-4o-mini',
    enhanceWaitMs,
    enhanceMs: Math.round((enhanceWaitMs * 5) / 6),
  };
}

export function mediaSettings(parsed: ParsedVariables): MediaSettings {
  return {
    secret: parsed.MEDIA_SECRET,
    s3: s3Settings(parsed),
    maxBytes: parsed.MEDIA_MAX_BYTES ?? 1024 * 1024 * 1024,
    maxInputBytes: parsed.MEDIA_INPUT_BYTES ?? 64 * 1024 * 1024,
    keepMs: parsed.MEDIA_KEEP_MS ?? 30 * 86_400_000,
    linkMs: parsed.MEDIA_LINK_MS ?? 3_600_000,
    cdnBaseUrl: parsed.CDN_BASE_URL?.replace(/\/+$/, ''),
  };
}

/** Those that the environment says everything of. */
export function environmentVideoProviders(parsed: ParsedVariables): VideoProviderSettings[] {
  const {
    SORA_BASE_URL: soraUrl,
    SORA_API_KEY: soraKey,
    SORA_MODEL: soraModel,
    RUNWAYML_API_SECRET: runwayKey,
    RUNWAYML_BASE_URL: runwayUrl,
  } = parsed;
  const providers: VideoProviderSettings[] = [];
  if (soraUrl !== undefined) {
    const key = soraKey === undefined ? {} : { apiKey: soraKey };
    const models = soraModel === undefined ? {} : { models: [{ name: soraModel }] };
    const dialect = parsed.SORA_DIALECT ?? 'openai';
    providers.push({ id: 'sora', wire: 'sora', baseUrl: soraUrl, dialect, ...key, ...models });
  }
  if (runwayKey !== undefined) {
    const at = runwayUrl === undefined ? {} : { baseUrl: runwayUrl };
    providers.push({ id: 'runway', wire: 'runway', apiKey: runwayKey, ...at });
  }
  return providers;
}

function s3Settings(parsed: ParsedVariables): S3Settings | undefined {
  if (!parsed.MEDIA_S3_BUCKET) return undefined;
  const { MEDIA_S3_ACCESS_KEY_ID: accessKeyId, MEDIA_S3_SECRET_ACCESS_KEY: secretAccessKey } = parsed;
  return {
    bucket: parsed.MEDIA_S3_BUCKET,
    endpoint: parsed.MEDIA_S3_ENDPOINT,
    region: parsed.MEDIA_S3_REGION ?? 'us-east-1',
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    prefix: parsed.MEDIA_S3_PREFIX ?? '',
  };
}
