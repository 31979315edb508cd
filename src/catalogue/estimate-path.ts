/** Where estimates are asked for. */
export const ESTIMATE_PATH = 'api/mcp/estimate';

/** Whether a request's path is that. */
export function isEstimatePath(path: string): boolean {
  return /^\/api\/mcp\/estimate\/?$/i.test(path);
}
