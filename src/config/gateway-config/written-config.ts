import type { SoraDialectName, VideoModelSettings, VideoWire } from '../video-provider-settings.js';
import type { AlertName, AlertRule, Severity } from './alert-rules.js';
import type { RoleCapability, RoleLimits } from './role-settings.js';
import type { CapabilitySettings, DeadlineSettings, PriceSettings, RoutingStrategy, Wire } from './gateway-config.js';

/** The file as the schema has it, references resolved, prices as text. */
export interface WrittenConfig {
  providers?: Record<string, WrittenProvider>;
  aliases?: Record<string, string | string[]>;
  models?: Record<string, WrittenModel>;
  roles?: Record<string, WrittenRole>;
  routing?: { strategy?: RoutingStrategy; weights?: Record<string, number> };
  videos?: { providers?: Record<string, WrittenVideoProvider> };
  alerts?: WrittenAlerts;
}

export interface WrittenEndpoint {
  apiKey?: string;
  baseUrl?: string;
  headers?: Record<string, string>;
}

export interface WrittenProvider extends WrittenEndpoint {
  wire?: Wire;
  deployments?: (WrittenEndpoint & { name: string; weight?: number })[];
  models?: string[];
  capabilities?: CapabilitySettings;
  concurrency?: number;
  priceListId?: string;
}

export interface WrittenModel {
  fallbacks?: string[];
  contextFallbacks?: string[];
  contentFilterFallbacks?: string[];
  deadlines?: DeadlineSettings;
  concurrency?: number;
  price?: PriceSettings;
  capabilities?: CapabilitySettings;
}

export interface WrittenVideoProvider {
  wire?: VideoWire;
  baseUrl?: string;
  apiKey?: string;
  dialect?: SoraDialectName;
  models?: Record<string, Omit<VideoModelSettings, 'name'>>;
}

export interface WrittenRole {
  capabilities?: RoleCapability[];
  models?: string[] | Partial<Record<'chat' | 'embedding' | 'video', string[]>>;
  /** Credits as credits. */
  limits?: RoleLimits;
}

export interface WrittenWebhook {
  url: string;
  secret: string;
  minimumSeverity?: Severity;
}

export interface WrittenAlerts {
  rules?: Partial<Record<AlertName, Partial<Omit<AlertRule, 'summary'>> & { enabled?: boolean }>>;
  objective?: number;
  resolveAfterMs?: number;
  repeatMs?: number;
  runbookUrl?: string;
  webhooks?: Record<string, WrittenWebhook>;
}
