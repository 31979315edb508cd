import type { ParsedVariables } from './environment-variables.js';
import type { SamplerName } from './trace-samplers.js';

/** Where traces go, and which of them. */
export interface TracingSettings {
  /** Takes spans by OTLP over HTTP. */
  url: string;
  headers: Readonly<Record<string, string>>;
  serviceName: string;
  /** Further attributes of the resource. */
  attributes: Readonly<Record<string, string>>;
  sampler: SamplerName;
  /** Of the samplers with a ratio: 0 to 1. */
  ratio: number;
}

const SERVICE_NAME = 'mcp-server';

/** Undefined: nobody takes traces, and none are made. */
export function tracingSettings(parsed: ParsedVariables): TracingSettings | undefined {
  const url = tracesUrl(parsed);
  if (url === undefined || parsed.OTEL_SDK_DISABLED) return undefined;
  const { 'service.name': serviceName = SERVICE_NAME, ...attributes } = parsed.OTEL_RESOURCE_ATTRIBUTES ?? {};
  return {
    url,
    headers: parsed.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? parsed.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: parsed.OTEL_SERVICE_NAME ?? serviceName,
    attributes,
    sampler: parsed.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on',
    ratio: parsed.OTEL_TRACES_SAMPLER_ARG ?? 1,
  };
}

/** The address for traces is taken as it is; the one for everything is a base (OpenTelemetry, OTLP exporter). */
function tracesUrl(parsed: ParsedVariables): string | undefined {
  if (parsed.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return parsed.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = parsed.OTEL_EXPORTER_OTLP_ENDPOINT;
  return base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`;
}
