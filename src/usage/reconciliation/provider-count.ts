/** What can be compared: of a provider's count, and of ours. */
export const METRICS = ['requests', 'promptTokens', 'cachedTokens', 'completionTokens', 'costUsd'] as const;
export type Metric = (typeof METRICS)[number];

/** What was counted of a model on a day, by the provider or by us. What nobody says is absent. */
export interface ProviderCount extends Partial<Record<Metric, number>> {
  /** UTC, 'YYYY-MM-DD'. */
  day: string;
  /** Absent: of all models together. */
  model?: string;
}

/** What is wrong with a provider's file; the message says where. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}
