/** A prompt with the style that was asked for beside it: no provider has a field for that. Pure. */
export function styledPrompt(prompt: string, style: string | undefined): string {
  if (style === undefined) return prompt;
  return prompt === '' ? `Style: ${style}` : `${prompt}\n\nStyle: ${style}`;
}
