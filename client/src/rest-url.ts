/** The REST routes are where the socket is: `wss://host/base/mcp` has them at `https://host/base/api/mcp/…`. */
export function restUrl(socketUrl: string, path: string): string {
  const url = new URL(socketUrl);
  url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
  return new URL(url.pathname.replace(/\/mcp\/?$/, '') + path, url.origin).href;
}
