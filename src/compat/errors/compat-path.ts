/** Whether a path belongs to the vendors' routes, which are found in any case of letters. */
export function isCompatPath(path: string): boolean {
  return /^\/v1(\/|$)/i.test(path);
}
