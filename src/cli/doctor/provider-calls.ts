import type { EndpointSettings, Wire } from '../../config/gateway-config/gateway-config.js';
import type { VideoProviderSettings } from '../../config/video-provider-settings.js';

/** A request that costs nothing and needs the key. */
export interface FreeCall {
  url: string;
  headers: Record<string, string>;
}

/** As the SDKs have them where nothing else is configured. */
const OPENAI_URL = 'https://api.openai.com/v1';
const ANTHROPIC_URL = 'https://api.anthropic.com';
const RUNWAY_URL = 'https://api.dev.runwayml.com';
/** Of Anthropic's and Runway's documentation: each request names the version that it was written for. */
const ANTHROPIC_VERSION = '2023-06-01';
const RUNWAY_VERSION = '2024-11-06';

/** A text provider's list of models. */
export function modelListCall(wire: Wire, { apiKey, baseUrl, headers }: EndpointSettings): FreeCall {
  if (wire === 'anthropic') {
    const key = apiKey === undefined ? {} : { 'x-api-key': apiKey };
    const url = `${withoutSlash(baseUrl ?? ANTHROPIC_URL)}/v1/models?limit=1000`;
    return { url, headers: { 'anthropic-version': ANTHROPIC_VERSION, ...key, ...headers } };
  }
  return { url: `${withoutSlash(baseUrl ?? OPENAI_URL)}/models`, headers: { ...bearer(apiKey), ...headers } };
}

/** The list of a video provider's last job, or (Runway) the account itself. */
export function videoAccountCall({ wire, baseUrl, apiKey }: VideoProviderSettings): FreeCall {
  if (wire === 'runway') {
    const url = `${withoutSlash(baseUrl ?? RUNWAY_URL)}/v1/organization`;
    return { url, headers: { 'x-runway-version': RUNWAY_VERSION, ...bearer(apiKey) } };
  }
  return { url: `${withoutSlash(baseUrl ?? '')}/videos?limit=1`, headers: bearer(apiKey) };
}

/** The names in a list of models of either wire; undefined where it is none. */
export function modelNames(body: unknown): string[] | undefined {
  const { data } = (body ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) return undefined;
  return data.flatMap((each) => {
    const { id } = (each ?? {}) as { id?: unknown };
    return typeof id === 'string' ? [id] : [];
  });
}

function bearer(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
