import { promptTokensOf } from './tokens.js';

/** What an image counts. */
export const IMAGE_TOKENS = 85;

/** A piece of a prompt, in the order in which the vendor puts it together: tools, instructions, messages. */
export interface PromptPiece {
  text: string;
  isImage?: boolean;
  /** The vendor's cache is to keep everything up to the end of this piece for so long. */
  breakpoint?: '5m' | '1h';
}

/** Tokens of a prompt, or of the beginning of one. */
export function tokensOfPieces(pieces: readonly PromptPiece[]): number {
  const images = pieces.filter(({ isImage }) => isImage).length;
  return promptTokensOf(pieces.map(({ text, isImage }) => (isImage ? '' : text)).join('')) + images * IMAGE_TOKENS;
}
