const SAFE_CODE = /^[\w.-]{1,100}$/;

/** A vendor's own code, where it is one that may be shown: letters, digits, '_', '-' and '.', at most 100. Never its text. */
export function jobCode(code: unknown): string | undefined {
  const text = typeof code === 'number' ? String(code) : code;
  return typeof text === 'string' && SAFE_CODE.test(text) ? text : undefined;
}
