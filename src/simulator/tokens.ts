/** The simulator's rule for prompts: a token for every four bytes begun. */
export function promptTokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}
