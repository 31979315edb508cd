/** What a model repeats before it goes on is looked for in so many characters at the end of what was delivered. */
const LONGEST_REPEAT_CHARACTERS = 4_000;
/** Less than that is no repetition but chance: 'la la', '1, 1, 1'. White space does not count. */
const FEWEST_REPEATED = { words: 2, characters: 8 };
const SURE_REPEAT_CHARACTERS = 64;
/** A last word that is said again without a space before it: nobody writes 'browbrown'. */
const FEWEST_LETTERS_OF_A_WORD = 3;
const LAST_WORD = /(?<![\p{L}\p{M}\p{N}_])[\p{L}\p{M}]+$/u;
const WORD_STARTS = /(?<=\s|^)\S/g;

/**
 * How much of the beginning of a continuation is to be left out, so that it follows seamlessly on what was delivered: a
 * model that is told in words to go on often says the last ones again, or the white space behind them. Pure.
 *
 * @param isComplete nothing comes behind this beginning
 * @returns characters; undefined: more of the continuation is needed to tell
 */
export function overlapOf(delivered: string, beginning: string, isComplete: boolean): number | undefined {
  const words = beginning.trimStart();
  if (words === '' && !isComplete) return undefined;
  const space = beginning.length - words.length;
  for (const repeat of repeatsOf(delivered.slice(-LONGEST_REPEAT_CHARACTERS), space > 0)) {
    if (words.startsWith(repeat)) return space + repeat.length;
    if (!isComplete && repeat.startsWith(words)) return undefined;
  }
  return sharedSpace(delivered, beginning.slice(0, space));
}

/** Ends of a text that a model may say again, the longest first. */
function* repeatsOf(tail: string, isBehindSpace: boolean): Generator<string> {
  for (const { index } of tail.matchAll(WORD_STARTS)) {
    const repeat = tail.slice(index);
    if (repeat.length < SURE_REPEAT_CHARACTERS && isChance(repeat)) break;
    yield repeat;
  }
  const [lastWord = ''] = LAST_WORD.exec(tail) ?? [];
  if (!isBehindSpace && lastWord.length >= FEWEST_LETTERS_OF_A_WORD) yield lastWord;
}

function isChance(repeat: string): boolean {
  const words = repeat.split(/\s+/).filter((word) => word !== '');
  return words.length < FEWEST_REPEATED.words || words.join('').length < FEWEST_REPEATED.characters;
}

/** How much of the white space is at the end of what was delivered already. */
function sharedSpace(delivered: string, space: string): number {
  for (let length = space.length; length > 0; length--) {
    if (delivered.endsWith(space.slice(0, length))) return length;
  }
  return 0;
}
