import { seedOf } from './seed.js';
import { withoutDirective } from './script-directive.js';
import type { Script, TextStyle } from './script.js';
import { TokenRun } from './token-run.js';

const QUOTED_WORDS = 8;
const MIDDLES = [
  'A real model would now look at the question from several sides before it settles on one of them.',
  'The short answer is that it depends; the long answer is that it depends on more than one would like.',
  'Three things matter here: what is asked, what is already known, and how much time there is to find out the rest.',
  'It helps to begin with the simplest case, check that it holds, and only then go on to the exceptions.',
];
const ENDS = [
  'Ask the same again and you will read the same words, for nothing here is left to chance.',
  'Every word of this arrives on its own, just as it would from a provider far away.',
  'Configure a provider and the next answer will be a real one.',
  'That is all a simulator can say about it, and it has cost nobody anything.',
];

/** Makes the text that a script asks for; the same script, model and question give the same text. */
export function composeAnswer(script: Script, model: string, question: string): TokenRun {
  if (script.say !== undefined) return TokenRun.of(wordsOf(script.say));
  const words = script.style === 'answer' ? wordsOf(sentences(model, withoutDirective(question))) : [];
  const tokenCount = script.completionTokens ?? script.deltaCount ?? words.length;
  return new TokenRun(tokenSource(script.style, words), tokenCount, script.deltaCount ?? tokenCount);
}

function tokenSource(style: TextStyle, words: string[]): (index: number) => string {
  switch (style) {
    case 'lorem':
      return () => ' lorem';
    case 'numbered':
      return (index) => ` ${index + 1}`;
    case 'answer':
      return (index) => words[index % words.length] ?? '';
    default:
      return style satisfies never;
  }
}

function sentences(model: string, question: string): string {
  const seed = seedOf(`${model}\n${question}`);
  const opening = question === '' ? 'You asked nothing in particular.' : `You asked: "${quote(question)}".`;
  return [
    opening,
    `This is ${model}, played by the simulated provider; no real model was called.`,
    MIDDLES[seed % MIDDLES.length],
    ENDS[(seed >>> 8) % ENDS.length],
  ].join(' ');
}

function quote(question: string): string {
  const words = question.split(/\s+/);
  return words.length <= QUOTED_WORDS ? words.join(' ') : `${words.slice(0, QUOTED_WORDS).join(' ')} …`;
}

/** Each word with the space before it. */
export function wordsOf(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}
