/** Whether a path belongs to the vendors' routes. */
export function isCompatPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/');
}
