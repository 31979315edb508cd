/** Log probabilities of a text's tokens as OpenAI words them: always the same for the same token. */
export function logprobsOf(text: string, alternatives: number): object[] {
  return (text.match(/\s*\S+/g) ?? [text]).map((token) => ({
    ...entryOf(token, 0),
    top_logprobs: Array.from({ length: alternatives }, (_, rank) =>
      entryOf(rank === 0 ? token : `${token}${rank}`, rank),
    ),
  }));
}

function entryOf(token: string, rank: number) {
  return { token, logprob: -(token.length / 100) - rank, bytes: [...Buffer.from(token)] };
}
