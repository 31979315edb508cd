/** The receipt of a step that came to nothing: its result, if there is one, is not used and not charged. */
export function unusedOutcome(): string {
  return JSON.stringify({
    model: '',
    provider: '',
    latency: 0,
    finishReason: 'cancelled',
    usage: { inputTokens: 0, outputTokens: 0 },
    usageSource: 'estimated',
    attempts: [],
    error: 'CANCELLED',
  });
}
