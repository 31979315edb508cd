import type { VariableName } from '../environment-variables.js';
import type { Environment } from '../environment.js';

/** What an administrator may see of a variable: all of it, an address without its secrets, or that it is set. */
export interface VariableDisclosure {
  as: 'plain' | 'address' | 'secret';
  /** What holds where it is not set; absent: nothing does. */
  otherwise?: (environment: Environment) => unknown;
  /** Whether a secret is made where it is not set. */
  isGenerated?: (environment: Environment) => boolean;
}

type Otherwise = NonNullable<VariableDisclosure['otherwise']>;
const plain = (otherwise?: Otherwise): VariableDisclosure => ({ as: 'plain', ...(otherwise ? { otherwise } : {}) });
const address: VariableDisclosure = { as: 'address' };
const secret: VariableDisclosure = { as: 'secret' };
const generated = (isGenerated: (environment: Environment) => boolean = () => true): VariableDisclosure => ({
  as: 'secret',
  isGenerated,
});

/** Every variable: a new one has to be decided on. In doubt it is `secret`. */
export const VARIABLE_DISCLOSURES: Readonly<Record<VariableName, VariableDisclosure>> = {
  NODE_ENV: plain(({ mode }) => mode),
  PORT: plain(({ http }) => http.port),
  HOST: plain(({ http }) => http.host),
  DATA_DIR: plain(({ dataDirectory }) => dataDirectory),
  LOG_LEVEL: plain(({ logLevel }) => logLevel),
  PUBLIC_URL: address,
  TRUST_PROXY: plain(({ http }) => http.trustProxy),
  ALLOWED_ORIGINS: plain(({ http }) => http.allowedOrigins),
  OPS_TOKEN: secret,
  METRICS_PORT: plain(),
  DRAIN_MS: plain(({ http }) => http.drainMs),
  MAX_FRAME_BYTES: plain(({ http }) => http.maxFrameBytes),
  REST_BODY_BYTES: plain(({ http }) => http.bodyBytes),
  REST_BODY_TIMEOUT_MS: plain(({ http }) => http.bodyTimeoutMs),
  DATABASE_URL: address,
  REDIS_URL: address,
  JWT_SECRET: generated(({ identity }) => identity.key === undefined),
  JWT_PUBLIC_KEY: secret, // somebody may have pasted the private one
  JWT_JWKS_URL: address,
  JWT_ISSUER: plain(),
  JWT_AUDIENCE: plain(),
  OPENAI_API_KEY: secret,
  OPENAI_BASE_URL: address,
  ANTHROPIC_API_KEY: secret,
  ANTHROPIC_BASE_URL: address,
  SIMULATED_PROVIDERS: plain(({ providers, video }) => providers.isSimulated || video.isSimulated),
  PROVIDER_PRIORITY: plain(({ providers }) => providers.priority),
  GATEWAY_CONFIG: plain(),
  PROVIDER_CONCURRENCY: plain(({ providers }) => providers.admission.concurrency),
  PROVIDER_QUEUE_LENGTH: plain(({ providers }) => providers.admission.queueLength),
  PROVIDER_QUEUE_PER_USER: plain(({ providers }) => providers.admission.queuePerUser),
  PROVIDER_QUEUE_WAIT_MS: plain(({ providers }) => providers.admission.queueWaitMs),
  CREDITS_PER_USD: plain(({ billing }) => billing.creditsPerUsd),
  SIGNUP_CREDITS: plain(({ billing }) => billing.signupCredits),
  CREDITS_LOW: plain(({ billing }) => billing.creditsLow),
  BUY_CREDITS_URL: address,
  FREE_ON_ERROR: plain(({ billing }) => billing.isFreeOnError),
  DETACHED_MAX_MS: plain(({ billing }) => billing.detachedMaxMs),
  DEFAULT_PRICE_USD_PER_MTOK: plain(),
  AUDIT_SECRET: generated(),
  AUDIT_OLD_SECRETS: secret,
  AUDIT_KEEP_DAYS: plain(),
  ENCRYPTION: plain(({ encryption: { keys, isOff } }) => (keys.length > 0 && !isOff ? 'on' : 'off')),
  ENCRYPTION_KEYS: secret,
  RATE_LIMITS: plain(({ limits }) => (limits.areOn ? 'on' : 'off')),
  RATE_ADDRESS_CONNECTIONS: plain(({ limits }) => limits.addressConnections),
  RATE_USER_CONNECTIONS: plain(({ limits }) => limits.userConnections),
  RATE_ADDRESS_BAD_TOKENS: plain(({ limits }) => limits.addressBadTokens),
  BACKGROUND_CONCURRENCY: plain(({ background }) => background.concurrency),
  BACKGROUND_KEEP_MS: plain(({ background }) => background.keepMs),
  RESPONSE_CACHE_TTL_MS: plain(({ responseCache }) => responseCache.ttlMs),
  RESPONSE_CACHE_BYTES: plain(({ responseCache }) => responseCache.bytes),
  RESPONSE_CACHE_SCOPE: plain(({ responseCache }) => (responseCache.isShared ? 'everyone' : 'user')),
  STREAM_LEASE_MS: plain(({ streams }) => streams.leaseMs),
  STREAM_REPLAY_MS: plain(({ streams }) => streams.replayMs),
  STREAM_STUCK_MS: plain(({ streams }) => streams.stuckMs),
  STREAM_MEMORY_BYTES: plain(({ streams }) => streams.memoryBytes),
  SORA_BASE_URL: address,
  SORA_API_KEY: secret,
  SORA_DIALECT: plain(),
  SORA_MODEL: plain(),
  RUNWAYML_API_SECRET: secret,
  RUNWAYML_BASE_URL: address,
  VIDEO_PRIORITY: plain(({ video }) => video.priority),
  VIDEO_DEADLINE_MS: plain(({ video }) => video.deadlineMs),
  VIDEO_LATE_MS: plain(({ video }) => video.lateMs),
  VIDEO_CONCURRENCY: plain(({ video }) => video.concurrency),
  VIDEO_COPY_CONCURRENCY: plain(({ video }) => video.copyConcurrency),
  VIDEO_TEXT_KEEP_MS: plain(({ video }) => video.textKeepMs),
  VIDEO_ENHANCE_MODEL: plain(({ video }) => video.enhanceModel),
  VIDEO_ENHANCE_WAIT_MS: plain(({ video }) => video.enhanceWaitMs),
  MEDIA_SECRET: generated(),
  MEDIA_S3_BUCKET: plain(),
  MEDIA_S3_ENDPOINT: address,
  MEDIA_S3_REGION: plain(({ media }) => media.s3?.region),
  MEDIA_S3_ACCESS_KEY_ID: secret,
  MEDIA_S3_SECRET_ACCESS_KEY: secret,
  MEDIA_S3_PREFIX: plain(({ media }) => media.s3?.prefix),
  MEDIA_MAX_BYTES: plain(({ media }) => media.maxBytes),
  MEDIA_INPUT_BYTES: plain(({ media }) => media.maxInputBytes),
  MEDIA_KEEP_MS: plain(({ media }) => media.keepMs),
  MEDIA_LINK_MS: plain(({ media }) => media.linkMs),
  CDN_BASE_URL: address,
  OTEL_EXPORTER_OTLP_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_HEADERS: secret,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: secret,
  OTEL_SERVICE_NAME: plain(({ tracing }) => tracing?.serviceName),
  OTEL_RESOURCE_ATTRIBUTES: secret, // whatever an operator has put there
  OTEL_TRACES_SAMPLER: plain(({ tracing }) => tracing?.sampler),
  OTEL_TRACES_SAMPLER_ARG: plain(({ tracing }) => tracing?.ratio),
  OTEL_SDK_DISABLED: plain(() => false),
};
