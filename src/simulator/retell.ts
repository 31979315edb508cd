import { withoutDirective } from './script-directive.js';
import { seedOf } from './seed.js';

/** What is longer is left as it is: whoever asks may have no room for more. */
const LONGEST_CHARACTERS = 500;
const ADDITIONS = [
  'It is seen from low down in one slow, steady shot; the light is soft, the colours are muted, every surface shows its grain.',
  'The camera comes closer without haste; behind it the distance lies in haze, and the light falls in from one side.',
  'A wide shot first, then nearer and nearer: calm movement, deep shadows, a little warm light, nothing that distracts.',
];

/**
 * Tells the text that a question marks by a name, `<name>…</name>`, at more length, as a model would that was asked to; the
 * last one where there are several.
 * @returns undefined where nothing is marked so
 */
export function retell(question: string, name: string): string | undefined {
  const end = question.lastIndexOf(`</${name}>`);
  const begin = question.lastIndexOf(`<${name}>`, end);
  if (begin < 0 || end < 0) return undefined;
  const text = withoutDirective(question.slice(begin + name.length + 2, end));
  if (text === '' || text.length > LONGEST_CHARACTERS) return text === '' ? undefined : text;
  return `${text}${/[.!?…]$/.test(text) ? '' : '.'} ${ADDITIONS[seedOf(text) % ADDITIONS.length]}`;
}
