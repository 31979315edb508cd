/** A `[[sim …]]` or `[[video …]]` as it stands in a text. */
export interface DirectiveText {
  begin: number;
  end: number;
  /** `key=value` each; a value may be JSON, with spaces and brackets in it. */
  pairs: string[];
}

const BEGINNINGS = { sim: /\[\[sim(?=[\s\]]|$)/g, video: /\[\[video(?=[\s\]]|$)/g };
const JSON_BEGINNING = /[{["]/;

/** All directives of a kind in a text; undefined: one of them has no end. */
export function directivesOf(text: string, kind: keyof typeof BEGINNINGS = 'sim'): DirectiveText[] | undefined {
  const directives: DirectiveText[] = [];
  for (const { index, 0: opening } of text.matchAll(BEGINNINGS[kind])) {
    const directive = scan(text, index, index + opening.length);
    if (!directive) return undefined;
    directives.push(directive);
  }
  return directives;
}

function scan(text: string, begin: number, from: number): DirectiveText | undefined {
  const pairs: string[] = [];
  let pair = '';
  let at = from;
  while (at < text.length) {
    const isEnd = text.startsWith(']]', at);
    const character = text[at]!;
    if (isEnd || /\s/.test(character)) {
      if (pair !== '') pairs.push(pair);
      if (isEnd) return { begin, end: at + 2, pairs };
      pair = '';
      at += 1;
      continue;
    }
    const valueEnd = pair.endsWith('=') && JSON_BEGINNING.test(character) ? endOfJson(text, at) : at + 1;
    pair += text.slice(at, valueEnd);
    at = valueEnd;
  }
  return undefined;
}

/** Where the JSON value that begins at a place ends; where it has no end, that is the end of the text. */
function endOfJson(text: string, begin: number): number {
  let depth = 0;
  let isText = false;
  for (let at = begin; at < text.length; at++) {
    const character = text[at]!;
    if (isText && character === '\\') at += 1;
    else if (character === '"') isText = !isText;
    else if (!isText && /[{[]/.test(character)) depth += 1;
    else if (!isText && /[}\]]/.test(character)) depth -= 1;
    if (!isText && depth === 0) return at + 1;
  }
  return text.length;
}
