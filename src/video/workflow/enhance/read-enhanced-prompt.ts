/** Control characters but line feeds and tabs, halves of characters, and what turns the direction of text. */
const UNWANTED = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

/**
 * The prompt that a model answered with. Pure.
 * @returns undefined where the answer is not what was asked for: no JSON with a prompt, an empty one, one that is too long,
 *   or one with control characters
 */
export function readEnhancedPrompt(answer: string, mostCharacters: number): string | undefined {
  const prompt = promptIn(answer);
  if (typeof prompt !== 'string') return undefined;
  const text = prompt.replace(/\r\n?/g, '\n').trim();
  const isUsable = text !== '' && text.length <= mostCharacters && !UNWANTED.test(text);
  return isUsable ? text : undefined;
}

function promptIn(answer: string): unknown {
  try {
    return (JSON.parse(answer) as { prompt?: unknown } | null)?.prompt;
  } catch {
    return undefined;
  }
}
