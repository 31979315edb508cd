/** Shorter ones are words that a log may well have of its own. */
const LEAST_CHARACTERS = 16;
/** What is larger or deeper is made to be refused. */
const MOST_CHARACTERS = 65_536;
const MOST_LEVELS = 12;
/** Where requests to models, and what providers answer, have texts. */
const FIELDS: ReadonlySet<string> = new Set(['content', 'text', 'prompt', 'input', 'message', 'delta']);

/** The texts of somebody, as far as they are long enough to be told from others: of a JSON value, or of such as text. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string' && value.length > MOST_CHARACTERS) return [];
  const parsed = typeof value === 'string' ? parse(value) : value;
  return typeof parsed === 'string' ? long(parsed) : walk(parsed, false);
}

function walk(value: unknown, isText: boolean, levels = MOST_LEVELS): string[] {
  if (typeof value === 'string') return isText ? long(value) : [];
  if (typeof value !== 'object' || value === null || levels === 0) return [];
  if (Array.isArray(value)) return value.flatMap((each) => walk(each, isText, levels - 1));
  return Object.entries(value).flatMap(([name, each]) => walk(each, FIELDS.has(name), levels - 1));
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
