/**
 * Arrays as parameters of the hot path's statements, as cheap as they can be written: the driver escapes every element of
 * a text array on its own, which was the largest part of what a statement cost (docs/performance.md).
 */

/** Between the texts of a list: no text on the hot path holds a raw control character. */
const SEPARATOR = '\u001e';

/**
 * A list of texts as one parameter; the statement takes it apart with `textsOf('$n')`. The texts are ids of printable
 * characters or JSON, which writes control characters as escapes; none is empty.
 * @throws RangeError for a text that could not be told from its neighbours
 */
export function textList(texts: readonly string[]): string {
  for (const text of texts) {
    if (text === '' || text.includes(SEPARATOR)) throw new RangeError('a text of a list is empty or holds U+001E');
  }
  return texts.join(SEPARATOR);
}

/** SQL that makes the text array of a parameter again. */
export function textsOf(parameter: string): string {
  return `string_to_array(${parameter}, E'\\x1e')`;
}

/** Says that a text of a list is absent; no text that may be is this one. */
const ABSENT = '-';

/**
 * As `textList`, of texts that may be absent; taken apart with `optionalTextsOf('$n')`. Mostly none is there: then nothing
 * is sent.
 * @throws RangeError as textList, and for a text that says that it is absent
 */
export function optionalTextList(texts: readonly (string | undefined)[]): string | null {
  if (texts.every((text) => text === undefined)) return null;
  if (texts.includes(ABSENT)) throw new RangeError(`a text of a list is '${ABSENT}'`);
  return textList(texts.map((text) => text ?? ABSENT));
}

/** SQL that makes the text array of such a parameter again; NULL where no text is there. */
export function optionalTextsOf(parameter: string): string {
  return `string_to_array(${parameter}, E'\\x1e', '${ABSENT}')`;
}

/** A list of whole numbers as PostgreSQL's array literal. */
export function numberList(values: readonly (number | bigint)[]): string {
  return `{${values.join(',')}}`;
}
