/** What an answer to a stranger must never show, by what it looks like. */
const LEAKS: readonly (readonly [what: string, RegExp])[] = [
  ['a stack trace', /\n\s+at |\bat (?:async )?[\w.$<>]+ \((?:file:|node:|\/)/],
  ['a path of the server', /\bfile:\/\/|\/(?:node_modules|dist|src|home|root|usr|proc)\//],
  ['a line of our sources', /\.[cm]?[jt]s:\d+/],
  ['SQL', /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+\w+[\s\S]*\b(?:FROM|VALUES|SET|WHERE)\b/],
  ['words of the database', /syntax error at or near|violates [\w-]+ constraint|invalid input syntax|QueryFailedError/],
  ['an address of the database', /postgres(?:ql)?:\/\//],
  [
    'an error of the runtime',
    /\b(?:Type|Range|Reference|Syntax)Error\b|Cannot read prop|is not a function|ECONN[A-Z]+/,
  ],
  ['a secret', /a secret of more than thirty-two bytes/],
];

/** What a text gives away; empty where nothing. */
export function leaksIn(text: string): string[] {
  return LEAKS.filter(([, pattern]) => pattern.test(text)).map(([what, pattern]) => {
    const { index } = pattern.exec(text)!;
    return `${what}: ${text.slice(Math.max(0, index - 80), index + 160)}`;
  });
}
