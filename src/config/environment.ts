import { environmentFaults, hasOtherProcesses, isStrict, priorityOf } from './environment-faults.js';
import { OWN_PREFIXES, VARIABLES, type ParsedVariables } from './environment-variables.js';
import type { EncryptionSettings } from '../common/encryption/encryption-keys.js';
import { nearestName } from '../common/nearest-name.js';
import { GivenVariables } from './given-variables.js';
import { GatewayConfigFile } from './gateway-config/gateway-config-file.js';
import type { GatewayConfig } from './gateway-config/gateway-config.js';
import type { EnvironmentProvider } from './gateway-config/provider-settings.js';
import {
  environmentVideoProviders,
  mediaSettings,
  videoSettings,
  type MediaSettings,
  type VideoSettings,
} from './video-settings.js';
import { tracingSettings, type TracingSettings } from './tracing-settings.js';
import { GatewayConfigError } from './gateway-config/read-gateway-config.js';

export const DEFAULT_DATA_DIRECTORY = '.data';

/** How tokens are verified: by a shared secret, by one public key, or by a published key set; never two of them. */
export type TokenKey =
  { kind: 'secret'; secret: string } | { kind: 'public-key'; pem: string } | { kind: 'jwks'; url: string };

/** The whole configuration, parsed once at start and never read from process.env again. */
export interface Environment {
  mode: 'development' | 'test' | 'staging' | 'production';
  /** What of the following was said, and not assumed. */
  given: GivenVariables;
  /** Of staging as well: it is held to every rule of production. */
  isProduction: boolean;
  http: {
    port: number;
    /** The port was asked for: where it is taken the start stops instead of taking another. */
    isPortGiven: boolean;
    host: string;
    publicUrl: string | undefined;
    trustProxy: boolean | number | string;
    allowedOrigins: string[];
    opsToken: string | undefined;
    /** Of a worker's own door; absent: it has none. */
    metricsPort: number | undefined;
    maxFrameBytes: number;
    /** For all bodies that are being read at once; a user may have a fourth of it. */
    bodyBytes: number;
    bodyTimeoutMs: number;
    drainMs: number;
  };
  logLevel: NonNullable<ParsedVariables['LOG_LEVEL']>;
  dataDirectory: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  identity: {
    /** Absent only outside production: a secret is then generated under `dataDirectory`. */
    key: TokenKey | undefined;
    issuer: string | undefined;
    audience: string | undefined;
  };
  providers: {
    priority: string[];
    /** No provider is configured and simulated ones stand in for them. */
    isSimulated: boolean;
    /** For each provider, within one process. */
    admission: {
      /** Requests at the provider at once. */
      concurrency: number;
      /** Requests that wait for that, of all users and of one of them. */
      queueLength: number;
      queuePerUser: number;
      /** How long one waits at most. */
      queueWaitMs: number;
    };
  };
  /** Further providers, models and routing: the file, and what it said at the start. */
  gatewayConfig: { file: GatewayConfigFile; initial: GatewayConfig };
  billing: {
    /** Decimal text; money is never a float. */
    creditsPerUsd: string;
    signupCredits: string;
    /** Whoever has less available is told. */
    creditsLow: string;
    buyCreditsUrl: string | undefined;
    isFreeOnError: boolean;
    detachedMaxMs: number;
    defaultPriceUsdPerMtok: { input: string; output: string } | undefined;
  };
  /** Absent: nothing is traced. */
  tracing: TracingSettings | undefined;
  video: VideoSettings;
  media: MediaSettings;
  audit: {
    /** Absent only without a DATABASE_URL: a secret is then generated under `dataDirectory`. */
    secret: string | undefined;
    oldSecrets: string[];
    /** Absent: events are kept for ever. */
    keepDays: number | undefined;
  };
  /** How texts of users are kept. */
  encryption: EncryptionSettings;
  limits: {
    areOn: boolean;
    /** In a minute, over all nodes. */
    addressConnections: number;
    userConnections: number;
    addressBadTokens: number;
  };
  streams: {
    leaseMs: number;
    replayMs: number;
    stuckMs: number;
    memoryBytes: number;
  };
  background: { concurrency: number; keepMs: number };
  /** Answers that are given again to the same request, where the client allows it. */
  responseCache: {
    /** 0: none are. */
    ttlMs: number;
    bytes: number;
    /** Whoever asks the same question may be given the answer. */
    isShared: boolean;
  };
}

/** Everything that is wrong with the environment, one line each. */
export class EnvironmentError extends Error {
  constructor(readonly faults: string[]) {
    super(`The configuration can't be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'EnvironmentError';
  }
}

/**
 * Reads the environment. An empty variable counts as absent (as compose files pass them).
 * @throws EnvironmentError naming every variable at fault, what is wrong with it and what is allowed.
 */
export function parseEnvironment(source: Record<string, string | undefined>): Environment {
  const faults: string[] = [];
  const parsed = parseVariables(source, faults);
  faults.push(...unknownNames(source), ...environmentFaults(parsed));
  const gatewayConfig = readConfiguration(parsed, source, faults);
  if (gatewayConfig?.initial.providers.length === 0 && isStrict(parsed)) {
    faults.push(
      `OPENAI_API_KEY, ANTHROPIC_API_KEY or GATEWAY_CONFIG is missing; in ${parsed.NODE_ENV} at least one provider is required`,
    );
  }
  if (faults.length > 0 || !gatewayConfig) throw new EnvironmentError(faults);
  return assemble(parsed, gatewayConfig);
}

/** Undefined where it can't be used. */
function readConfiguration(
  parsed: ParsedVariables,
  source: Record<string, string | undefined>,
  faults: string[],
): Environment['gatewayConfig'] | undefined {
  const file = new GatewayConfigFile(parsed.GATEWAY_CONFIG, source, {
    openai: credentials(parsed.OPENAI_API_KEY, parsed.OPENAI_BASE_URL),
    claude: credentials(parsed.ANTHROPIC_API_KEY, parsed.ANTHROPIC_BASE_URL),
    priority: priorityOf(parsed),
    video: {
      providers: environmentVideoProviders(parsed),
      priority: parsed.VIDEO_PRIORITY ?? [],
      hasMediaSecret: !hasOtherProcesses(parsed) || parsed.MEDIA_SECRET !== undefined,
    },
  });
  try {
    return { file, initial: file.read() };
  } catch (error) {
    if (!(error instanceof GatewayConfigError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

function parseVariables(source: Record<string, string | undefined>, faults: string[]): ParsedVariables {
  const parsed: Record<string, unknown> = {};
  for (const [name, { parse }] of Object.entries(VARIABLES)) {
    const text = source[name]?.trim();
    if (!text) continue;
    try {
      parsed[name] = parse(text);
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`);
    }
  }
  return parsed;
}

function unknownNames(source: Record<string, string | undefined>): string[] {
  const known = Object.keys(VARIABLES);
  return Object.keys(source)
    .filter((name) => OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) && !(name in VARIABLES))
    .map((name) => `${name} is no variable of this gateway; did you mean ${nearestName(name, known)}?`);
}

function assemble(parsed: ParsedVariables, gatewayConfig: Environment['gatewayConfig']): Environment {
  const mode = parsed.NODE_ENV ?? 'development';
  const isProduction = isStrict(parsed);
  return {
    mode,
    given: new GivenVariables(parsed),
    isProduction,
    http: {
      port: parsed.PORT ?? 3003,
      isPortGiven: parsed.PORT !== undefined,
      host: parsed.HOST ?? '0.0.0.0',
      publicUrl: parsed.PUBLIC_URL,
      trustProxy: parsed.TRUST_PROXY ?? false,
      allowedOrigins: parsed.ALLOWED_ORIGINS ?? [],
      opsToken: parsed.OPS_TOKEN,
      metricsPort: parsed.METRICS_PORT,
      maxFrameBytes: parsed.MAX_FRAME_BYTES ?? 16 * 1024 * 1024,
      bodyBytes: parsed.REST_BODY_BYTES ?? 256 * 1024 * 1024,
      bodyTimeoutMs: parsed.REST_BODY_TIMEOUT_MS ?? 30_000,
      drainMs: parsed.DRAIN_MS ?? 30_000,
    },
    logLevel: parsed.LOG_LEVEL ?? 'info',
    dataDirectory: parsed.DATA_DIR ?? DEFAULT_DATA_DIRECTORY,
    databaseUrl: parsed.DATABASE_URL,
    redisUrl: parsed.REDIS_URL,
    identity: { key: tokenKey(parsed), issuer: parsed.JWT_ISSUER, audience: parsed.JWT_AUDIENCE },
    providers: {
      priority: priorityOf(parsed),
      isSimulated:
        !isProduction && gatewayConfig.initial.providers.length === 0 && (parsed.SIMULATED_PROVIDERS ?? true),
      admission: {
        concurrency: parsed.PROVIDER_CONCURRENCY ?? (parsed.RATE_LIMITS === 'off' ? Infinity : 1_000),
        queueLength: parsed.PROVIDER_QUEUE_LENGTH ?? 2_000,
        queuePerUser: parsed.PROVIDER_QUEUE_PER_USER ?? 500,
        queueWaitMs: parsed.PROVIDER_QUEUE_WAIT_MS ?? 60_000,
      },
    },
    gatewayConfig,
    billing: {
      creditsPerUsd: parsed.CREDITS_PER_USD ?? '2000',
      signupCredits: parsed.SIGNUP_CREDITS ?? (mode === 'development' ? '10000' : '0'),
      creditsLow: parsed.CREDITS_LOW ?? '100',
      buyCreditsUrl: parsed.BUY_CREDITS_URL,
      isFreeOnError: parsed.FREE_ON_ERROR ?? false,
      detachedMaxMs: parsed.DETACHED_MAX_MS ?? 120_000,
      defaultPriceUsdPerMtok: parsed.DEFAULT_PRICE_USD_PER_MTOK,
    },
    tracing: tracingSettings(parsed),
    video: videoSettings(parsed, isProduction, gatewayConfig.initial.videoProviders.length > 0),
    media: mediaSettings(parsed),
    audit: {
      secret: parsed.AUDIT_SECRET,
      oldSecrets: parsed.AUDIT_OLD_SECRETS ?? [],
      keepDays: parsed.AUDIT_KEEP_DAYS,
    },
    encryption: { keys: parsed.ENCRYPTION_KEYS ?? [], isOff: parsed.ENCRYPTION === 'off' },
    limits: {
      areOn: parsed.RATE_LIMITS !== 'off',
      addressConnections: parsed.RATE_ADDRESS_CONNECTIONS ?? 10_000,
      userConnections: parsed.RATE_USER_CONNECTIONS ?? 6_000,
      addressBadTokens: parsed.RATE_ADDRESS_BAD_TOKENS ?? 600,
    },
    background: { concurrency: parsed.BACKGROUND_CONCURRENCY ?? 50, keepMs: parsed.BACKGROUND_KEEP_MS ?? 86_400_000 },
    responseCache: {
      ttlMs: parsed.RESPONSE_CACHE_TTL_MS ?? 3_600_000,
      bytes: parsed.RESPONSE_CACHE_BYTES ?? 256 * 1024 * 1024,
      isShared: parsed.RESPONSE_CACHE_SCOPE === 'everyone',
    },
    streams: {
      leaseMs: parsed.STREAM_LEASE_MS ?? 10_000,
      replayMs: parsed.STREAM_REPLAY_MS ?? 900_000,
      stuckMs: parsed.STREAM_STUCK_MS ?? 15_000,
      memoryBytes: parsed.STREAM_MEMORY_BYTES ?? 64 * 1024 * 1024,
    },
  };
}

function credentials(apiKey: string | undefined, baseUrl: string | undefined): EnvironmentProvider | undefined {
  if (!apiKey) return undefined;
  return baseUrl === undefined ? { apiKey } : { apiKey, baseUrl };
}

function tokenKey(parsed: ParsedVariables): TokenKey | undefined {
  if (parsed.JWT_SECRET) return { kind: 'secret', secret: parsed.JWT_SECRET };
  if (parsed.JWT_PUBLIC_KEY) return { kind: 'public-key', pem: parsed.JWT_PUBLIC_KEY };
  if (parsed.JWT_JWKS_URL) return { kind: 'jwks', url: parsed.JWT_JWKS_URL };
  return undefined;
}
