import { parseEncryptionKeys } from '../common/encryption/encryption-keys.js';
import { SAMPLERS } from './trace-samplers.js';

/** The parsers of single variables: text in, value out; they throw an Error that says what is wrong and what is allowed. */
type Parse<T> = (text: string) => T;

/** One line of the table: how to read the variable and what it means (`.env.example` is held against this). */
export interface Variable<T> {
  parse: Parse<T>;
  description: string;
}

const fault = (text: string, allowed: string) => new Error(`is '${text}'; allowed: ${allowed}`);
/** For secrets: the value stays out of the message. */
const secretFault = (allowed: string) => new Error(`has a value that can't be used; allowed: ${allowed}`);

const variable = <T>(parse: Parse<T>, description: string): Variable<T> => ({ parse, description });

const integer =
  (minimum: number, maximum: number): Parse<number> =>
  (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw fault(text, `a whole number from ${minimum} to ${maximum}`);
    }
    return value;
  };

const oneOf =
  <const T extends string>(...values: T[]): Parse<T> =>
  (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw fault(text, values.join(', '));
    return value;
  };

const flag: Parse<boolean> = (text) => {
  if (!['true', 'false', '1', '0', 'on', 'off'].includes(text)) throw fault(text, 'true or false');
  return text === 'true' || text === '1' || text === 'on';
};

const text: Parse<string> = (value) => value;

const modelName: Parse<string> = (value) => {
  if (!/^[\x21-\x29\x2b-\x7e]{1,200}$/.test(value)) throw fault(value, "a model's name, without spaces and '*'");
  return value;
};

const list: Parse<string[]> = (value) => {
  const items = value.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) throw fault(value, 'names separated by commas');
  return items;
};

const url =
  (...protocols: string[]): Parse<string> =>
  (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol)) {
      throw secretFault(`a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
    }
    return value;
  };

const origins: Parse<string[]> = (value) =>
  list(value).map((item) => {
    if (item === '*') return item;
    const parsed = URL.canParse(item) ? new URL(item) : undefined;
    if (!parsed || parsed.origin !== item) throw fault(value, "origins such as 'https://app.example.com', or '*'");
    return item;
  });

const hs256Secret: Parse<string> = (value) => {
  if (Buffer.byteLength(value) < 32) throw secretFault(`at least 32 bytes (this one has ${Buffer.byteLength(value)})`);
  return value;
};

const secrets: Parse<string[]> = (value) => value.split(',').map((item) => hs256Secret(item.trim()));

/** What may stand behind 'Bearer' (b64token of RFC 6750, 2.1): any other character is cut off or refused on its way. */
const bearer: Parse<string> = (value) => {
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(value)) throw secretFault("letters, digits and '-._~+/', without a space");
  return value;
};

const pem: Parse<string> = (value) => {
  const withLines = value.replaceAll('\\n', '\n');
  if (!withLines.includes('-----BEGIN ')) throw secretFault('a public key in PEM form (line ends may be written \\n)');
  return withLines;
};

const trustProxy: Parse<boolean | number | string> = (value) => {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d+$/.test(value) ? Number(value) : value;
};

const decimal = /^\d{1,9}(\.\d{1,6})?$/;

const credits: Parse<string> = (value) => {
  if (!decimal.test(value)) throw fault(value, 'a number of credits with at most 6 decimals, such as 10000');
  return value;
};

const positiveDecimal: Parse<string> = (value) => {
  if (!decimal.test(value) || Number(value) === 0)
    throw fault(value, 'a number above 0 with at most 6 decimals, such as 2000');
  return value;
};

const ratio: Parse<number> = (value) => {
  const number = Number(value);
  if (!/^[\d.]+$/.test(value) || !(number <= 1)) throw fault(value, 'a number from 0 to 1');
  return number;
};

/** 'key=value' separated by commas, values percent-encoded (OpenTelemetry takes that from W3C Baggage). */
const pairs: Parse<Record<string, string>> = (value) =>
  Object.fromEntries(
    list(value).map((item) => {
      const [, key, encoded] = /^([^=\s]+)\s*=\s*(.*)$/.exec(item) ?? [];
      if (key === undefined || encoded === undefined) throw secretFault("pairs 'key=value' separated by commas");
      return [key, decoded(encoded)];
    }),
  );

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // as it is: other programs read the same variable
  }
}

const pricePair: Parse<{ input: string; output: string }> = (value) => {
  const [input, output, ...rest] = value.split(',').map((item) => item.trim());
  if (rest.length > 0 || !input || !output || !decimal.test(input) || !decimal.test(output)) {
    throw fault(value, "two prices in USD per million tokens, 'input,output', such as '0.5,1.5'");
  }
  return { input, output };
};

/** Every variable that the gateway reads, in the order of `.env.example`. */
export const VARIABLES = {
  NODE_ENV: variable(
    oneOf('development', 'test', 'staging', 'production'),
    'production, and staging with it, turns every development convenience off',
  ),
  PORT: variable(
    integer(0, 65_535),
    'port to serve on; given and taken: the start stops. Absent: 3003, or a free one when that is taken',
  ),
  HOST: variable(text, 'address to listen on'),
  DATA_DIR: variable(text, 'folder of the embedded database and of generated development secrets'),
  LOG_LEVEL: variable(
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'least severity that is logged',
  ),
  PUBLIC_URL: variable(url('http:', 'https:'), 'where clients reach the gateway'),
  TRUST_PROXY: variable(
    trustProxy,
    "whose X-Forwarded-For is believed: true, false, a number of hops or addresses ('loopback, 10.0.0.0/8')",
  ),
  ALLOWED_ORIGINS: variable(
    origins,
    "origins of browsers that may connect, WebSocket and CORS alike; '*' for all; the own origin always may",
  ),
  OPS_TOKEN: variable(bearer, 'bearer token that health, metrics and docs ask for; absent: they are open'),
  METRICS_PORT: variable(
    integer(0, 65_535),
    'port on which a worker serves /metrics and /health/live; absent: a worker has no door',
  ),
  DRAIN_MS: variable(integer(0, 3_600_000), 'how long running streams may go on after SIGTERM, in milliseconds'),
  MAX_FRAME_BYTES: variable(integer(1_024, 1_073_741_824), 'largest WebSocket frame, in bytes'),
  REST_BODY_BYTES: variable(
    integer(1_024, 17_179_869_184),
    'what bodies of REST requests that are being read may take of the memory of a process, in bytes',
  ),
  REST_BODY_TIMEOUT_MS: variable(
    integer(100, 240_000),
    'how long such a body may take to arrive, beside a second for each 64 KiB of it, in milliseconds',
  ),
  DATABASE_URL: variable(url('postgres:', 'postgresql:'), 'PostgreSQL 18; absent: an embedded one under DATA_DIR'),
  REDIS_URL: variable(url('redis:', 'rediss:'), 'Redis for jobs and control messages; absent: both live in PostgreSQL'),
  JWT_SECRET: variable(hs256Secret, 'HS256 secret, at least 32 bytes; never together with a public key'),
  JWT_PUBLIC_KEY: variable(pem, 'public key (PEM) of RS256, ES256 or EdDSA tokens'),
  JWT_JWKS_URL: variable(url('http:', 'https:'), 'where the public keys of RS256, ES256 or EdDSA tokens are published'),
  JWT_ISSUER: variable(text, "'iss' that a token must have"),
  JWT_AUDIENCE: variable(text, "'aud' that a token must have"),
  OPENAI_API_KEY: variable(text, 'key of the provider openai'),
  OPENAI_BASE_URL: variable(
    url('http:', 'https:'),
    "where it is reached (default: OpenAI's own address, which ends in /v1)",
  ),
  ANTHROPIC_API_KEY: variable(text, 'key of the provider claude'),
  ANTHROPIC_BASE_URL: variable(
    url('http:', 'https:'),
    "where it is reached (default: Anthropic's own address, without /v1)",
  ),
  SIMULATED_PROVIDERS: variable(flag, 'simulated providers where no real one is configured; never in production'),
  PROVIDER_PRIORITY: variable(list, "order in which provider 'auto' tries them"),
  GATEWAY_CONFIG: variable(
    text,
    'YAML file with further providers, keys, models, prices and routing; read again when it changes (docs/configuration.md)',
  ),
  PROVIDER_CONCURRENCY: variable(integer(1, 1_000_000), 'requests that one provider is sent at once by one process'),
  PROVIDER_QUEUE_LENGTH: variable(integer(0, 1_000_000), 'requests that wait for one provider beyond that'),
  PROVIDER_QUEUE_PER_USER: variable(integer(0, 1_000_000), 'how many of them may be of one user'),
  PROVIDER_QUEUE_WAIT_MS: variable(
    integer(0, 3_600_000),
    'how long a request may wait for a provider, in milliseconds',
  ),
  CREDITS_PER_USD: variable(positiveDecimal, 'credits that one US dollar of provider cost is charged as'),
  SIGNUP_CREDITS: variable(credits, 'credits that a new user is given once (10,000 in development)'),
  CREDITS_LOW: variable(
    credits,
    'an account with fewer credits available is low, and whoever subscribed to it is told',
  ),
  BUY_CREDITS_URL: variable(url('http:', 'https:'), 'where a user without credits is sent'),
  FREE_ON_ERROR: variable(flag, 'an answer that breaks off costs nothing'),
  DETACHED_MAX_MS: variable(integer(0, 3_600_000), 'how long a stream that nobody watches goes on, in milliseconds'),
  DEFAULT_PRICE_USD_PER_MTOK: variable(
    pricePair,
    "'input,output': price of models that no price list knows; absent: such a model is refused",
  ),
  AUDIT_SECRET: variable(
    hs256Secret,
    'secret that the audit trail is sealed with, at least 32 bytes; generated without DATABASE_URL',
  ),
  AUDIT_OLD_SECRETS: variable(
    secrets,
    'secrets that AUDIT_SECRET was before, separated by commas: what they sealed can still be verified',
  ),
  AUDIT_KEEP_DAYS: variable(
    integer(1, 36_500),
    'how long events of the audit trail are kept, in days; absent: for ever',
  ),
  ENCRYPTION: variable(
    oneOf('on', 'off'),
    'off keeps texts of users as they are, and uses ENCRYPTION_KEYS only to read what was encrypted before',
  ),
  ENCRYPTION_KEYS: variable(
    parseEncryptionKeys,
    "'id:base64 of 32 bytes', separated by commas: the first encrypts what is kept of users' texts, all of them decrypt",
  ),
  RATE_LIMITS: variable(
    oneOf('on', 'off'),
    'off lifts every rate, concurrency and per-socket limit (benchmarks; refused in production)',
  ),
  RATE_ADDRESS_CONNECTIONS: variable(
    integer(1, 1_000_000_000),
    'WebSocket handshakes that one address may begin in a minute, over all nodes',
  ),
  RATE_USER_CONNECTIONS: variable(
    integer(1, 1_000_000_000),
    'WebSockets that one user may open in a minute, over all nodes',
  ),
  RATE_ADDRESS_BAD_TOKENS: variable(
    integer(1, 1_000_000_000),
    'tokens and tickets that are refused from one address in a minute, over all nodes, before any other is',
  ),
  BACKGROUND_CONCURRENCY: variable(integer(1, 10_000), 'durable requests that one worker answers at once'),
  BACKGROUND_KEEP_MS: variable(
    integer(60_000, 30 * 86_400_000),
    "how long a durable request's answer can be fetched, in milliseconds",
  ),
  RESPONSE_CACHE_TTL_MS: variable(
    integer(0, 30 * 86_400_000),
    'how long an answer is given again to the same request, where the client allows it, in milliseconds; 0: never',
  ),
  RESPONSE_CACHE_BYTES: variable(
    integer(1_048_576, 1_099_511_627_776),
    'how much of such answers is kept in the database, in bytes',
  ),
  RESPONSE_CACHE_SCOPE: variable(
    oneOf('user', 'everyone'),
    "whose answers a user may be given: only the user's own, or everyone's",
  ),
  STREAM_LEASE_MS: variable(integer(1_000, 600_000), "how long a silent node's streams stay its own, in milliseconds"),
  STREAM_REPLAY_MS: variable(integer(1_000, 3_600_000), 'how long an ended answer can be read again, in milliseconds'),
  STREAM_STUCK_MS: variable(
    integer(100, 600_000),
    'how long a socket may take nothing of what waits for it before it is closed, in milliseconds',
  ),
  STREAM_MEMORY_BYTES: variable(
    integer(1_048_576, 17_179_869_184),
    'what all streams of the process may hold in memory, in bytes; at that providers are kept waiting',
  ),
  SORA_BASE_URL: variable(
    url('http:', 'https:'),
    'server that makes videos by the /v1/videos protocol; ends in /v1. There is no default: OpenAI has closed its own',
  ),
  SORA_API_KEY: variable(text, 'key of that server; absent: it asks for none'),
  SORA_DIALECT: variable(oneOf('openai', 'vllm-omni', 'sglang'), 'whose form of the protocol it speaks'),
  SORA_MODEL: variable(
    modelName,
    'model that it is asked for (vllm-omni, sglang); absent: the one that it was started with',
  ),
  RUNWAYML_API_SECRET: variable(text, 'key of the video provider runway'),
  RUNWAYML_BASE_URL: variable(url('http:', 'https:'), "where it is reached (default: Runway's own address)"),
  VIDEO_PRIORITY: variable(list, 'order in which video providers are chosen'),
  VIDEO_DEADLINE_MS: variable(
    integer(10_000, 86_400_000),
    'how long a provider may take to make a video; then it has failed, in milliseconds',
  ),
  VIDEO_LATE_MS: variable(
    integer(1_000, 86_400_000),
    'how long a standard video (720p, 8 s) may take to be playable before it is late and says why, in milliseconds',
  ),
  VIDEO_CONCURRENCY: variable(
    integer(1, 1_000),
    'short steps of videos (orders, questions) that one worker does at once',
  ),
  VIDEO_COPY_CONCURRENCY: variable(integer(1, 100), 'finished videos that one worker copies at once'),
  VIDEO_TEXT_KEEP_MS: variable(
    integer(3_600_000, 10 * 365 * 86_400_000),
    'how long the prompt of a video is kept after its end, in milliseconds; absent: for ever',
  ),
  VIDEO_ENHANCE_MODEL: variable(text, 'model that enhances the prompts of video workflows'),
  VIDEO_ENHANCE_WAIT_MS: variable(
    integer(100, 120_000),
    'how long the answer to a video workflow waits for its enhanced prompt, in milliseconds; then the original one is used',
  ),
  MEDIA_SECRET: variable(
    hs256Secret,
    'secret that links to videos are signed with, at least 32 bytes; generated without DATABASE_URL',
  ),
  MEDIA_S3_BUCKET: variable(text, 'bucket for videos; absent: they are files under DATA_DIR'),
  MEDIA_S3_ENDPOINT: variable(url('http:', 'https:'), "where the bucket is reached (default: Amazon's own address)"),
  MEDIA_S3_REGION: variable(text, 'region of the bucket'),
  MEDIA_S3_ACCESS_KEY_ID: variable(text, 'key of the bucket; absent: as the AWS SDK finds one'),
  MEDIA_S3_SECRET_ACCESS_KEY: variable(text, 'secret of that key'),
  MEDIA_S3_PREFIX: variable(text, "what names in the bucket begin with, such as 'videos/'"),
  MEDIA_MAX_BYTES: variable(integer(1_048_576, 17_179_869_184), 'largest video that is stored, in bytes'),
  MEDIA_INPUT_BYTES: variable(
    integer(1_024, 1_073_741_824),
    'largest image or video that is fetched as the input of a workflow, in bytes',
  ),
  MEDIA_KEEP_MS: variable(
    integer(60_000, 10 * 365 * 86_400_000),
    'how long videos are kept, in milliseconds; what is known of them stays',
  ),
  MEDIA_LINK_MS: variable(integer(1_000, 7 * 86_400_000), 'how long a link to a video lasts, in milliseconds'),
  CDN_BASE_URL: variable(url('http:', 'https:'), 'where a CDN serves what this gateway serves under /media'),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(
    url('http:', 'https:'),
    'collector that takes traces by OTLP over HTTP, such as http://collector:4318; absent: nothing is traced',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: variable(
    url('http:', 'https:'),
    'the same as a whole address, which nothing is put behind',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: variable(pairs, "headers that it asks for, 'key=value' separated by commas"),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: variable(pairs, 'instead of those, for traces'),
  OTEL_SERVICE_NAME: variable(text, 'what traces call this service'),
  OTEL_RESOURCE_ATTRIBUTES: variable(pairs, "what else they say of it, 'key=value' separated by commas"),
  OTEL_TRACES_SAMPLER: variable(oneOf(...SAMPLERS), 'which requests are traced'),
  OTEL_TRACES_SAMPLER_ARG: variable(ratio, 'how many of them, for the samplers with a ratio: 0 to 1'),
  OTEL_SDK_DISABLED: variable(flag, 'nothing is traced, whatever else is set'),
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof VARIABLES;
export type ParsedVariables = { [Name in VariableName]?: ReturnType<(typeof VARIABLES)[Name]['parse']> };

/** A name under one of these that the table lacks is a mistake, not somebody else's variable. */
export const OWN_PREFIXES = [
  'JWT_',
  'RATE_',
  'PROVIDER_',
  'GATEWAY_',
  'CREDITS_',
  'MEDIA_',
  'AUDIT_',
  'ENCRYPTION',
  'SORA_',
  'RUNWAY',
  'STREAM_',
  'BACKGROUND_',
  'REST_BODY_',
  'RESPONSE_CACHE_',
  'VIDEO_',
  'CDN_',
  'METRICS_',
];
