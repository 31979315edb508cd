/** Where estimates are asked for. */
export const ESTIMATE_PATH = 'api/mcp/estimate';

/** Whether a URL's path, of a request, is that. */
export function isEstimatePath(url: string): boolean {
  return /^\/api\/mcp\/estimate\/?(\?|$)/i.test(url);
}
