import type { TokenLogprob } from '../../providers/contract/stream-part.js';

/** Of a text whose first characters are left out: the tokens that begin behind those. */
export function logprobsBehind(logprobs: readonly TokenLogprob[], characters: number): TokenLogprob[] {
  let at = 0;
  return logprobs.filter(({ token }) => {
    const begins = at;
    at += token.length;
    return begins >= characters;
  });
}
