import type { AnswerReport } from '../completions/answer-report.js';
import type { ProviderCall } from '../orchestrator/provider-call.js';

/** OpenTelemetry's attributes of generative AI metrics, as Prometheus writes them. */
export const GEN_AI_LABELS = [
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_request_model',
  'error_type',
] as const;
export type GenAiLabel = (typeof GEN_AI_LABELS)[number];

type Operation = AnswerReport['job']['request']['type'] | ProviderCall['operation'];

/** OpenTelemetry's names of what a request asks for. */
const OPERATIONS: Record<Operation, string> = {
  chat: 'chat',
  completion: 'text_completion',
  embedding: 'embeddings',
};

/** @param error why it failed; absent: it did not */
export function genAiLabels(
  operation: Operation,
  provider: string,
  model: string,
  error?: string,
): Record<GenAiLabel, string> {
  return {
    gen_ai_operation_name: OPERATIONS[operation],
    gen_ai_provider_name: provider,
    gen_ai_request_model: model,
    error_type: error ?? '',
  };
}
