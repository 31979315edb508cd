/** What the origin of a browser's request is held against. */
export interface OriginRule {
  /** The request's Host header. */
  host: string | undefined;
  /** PUBLIC_URL, where it is configured. */
  publicUrl: string | undefined;
  /** ALLOWED_ORIGINS; '*' allows every origin. */
  allowedOrigins: readonly string[];
}

/**
 * Whether a page of this origin may talk to the gateway; WebSocket and CORS ask alike. No Origin header: not a browser,
 * nothing to protect. The own origin is the host that was asked, whatever the scheme: behind a proxy that ends TLS
 * the gateway can't know it.
 */
export function isOriginAllowed(origin: string | undefined, rule: OriginRule): boolean {
  if (origin === undefined || rule.allowedOrigins.includes('*') || rule.allowedOrigins.includes(origin)) return true;
  const parsed = parseHttpUrl(origin);
  if (parsed?.origin !== origin) return false; // 'null', other schemes, anything a browser doesn't write.
  if (rule.publicUrl !== undefined && parseHttpUrl(rule.publicUrl)?.origin === origin) return true;
  return rule.host !== undefined && parseHttpUrl(`${parsed.protocol}//${rule.host}`)?.origin === origin;
}

function parseHttpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}
