/** Shorter ones are words that a log may well have of its own. */
const LEAST_CHARACTERS = 16;
/** Where requests to models, and what providers answer, have texts. */
const FIELDS: ReadonlySet<string> = new Set(['content', 'text', 'prompt', 'input', 'message', 'delta']);

/** The texts of somebody, as far as they are long enough to be told from others: of a JSON value, or of such as text. */
export function textsIn(value: unknown): string[] {
  const parsed = typeof value === 'string' ? parse(value) : value;
  return typeof parsed === 'string' ? long(parsed) : walk(parsed, false);
}

function walk(value: unknown, isText: boolean): string[] {
  if (typeof value === 'string') return isText ? long(value) : [];
  if (Array.isArray(value)) return value.flatMap((each) => walk(each, isText));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => walk(each, FIELDS.has(name)));
}

function long(text: string): string[] {
  const trimmed = text.trim();
  return trimmed.length < LEAST_CHARACTERS ? [] : [trimmed.slice(0, 200)];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
