import { SpanKind, type Attributes } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE, ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions';
import {
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_RESPONSE_MODEL,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
} from '@opentelemetry/semantic-conventions/incubating';
import type { AnswerReport, RequestRefusal } from '../completions/answer-report.js';
import { creditsNumber } from '../common/money/micro-credits.js';
import type { CompletionRequest } from '../completions/completion-request.js';
import type { ProviderCall } from '../orchestrator/provider-call.js';
import { innerSpan, type SpanPlan } from './span-plan.js';

/** OpenTelemetry's names of what a request asks for. */
const OPERATIONS: Record<CompletionRequest['type'], string> = {
  chat: 'chat',
  completion: 'text_completion',
  embedding: 'embeddings',
};

/** The spans of an answer: the request, and within it the hold, every call of a provider, and the settling. Pure. */
export function answerSpans(report: AnswerReport, calls: readonly ProviderCall[]): SpanPlan {
  const { job, outcome, delivery, heldAtMs, settlingAtMs, endedAtMs } = report;
  const { firstAtMs } = delivery;
  return {
    ...requestSpan(job.request, job.receivedAtMs, endedAtMs, outcome === 'done' ? undefined : outcome),
    attributes: answerAttributes(report),
    events: firstAtMs === undefined ? [] : [{ name: 'first chunk', atMs: firstAtMs }],
    children: [
      innerSpan('hold', job.receivedAtMs, heldAtMs),
      ...calls.map(callSpan),
      innerSpan('settle', settlingAtMs, endedAtMs),
    ],
  };
}

/** The span of a request that was refused: it came to nothing. Pure. */
export function refusalSpan({ request, code, receivedAtMs, refusedAtMs }: RequestRefusal): SpanPlan {
  return requestSpan(request, receivedAtMs, refusedAtMs, code);
}

function requestSpan(request: CompletionRequest, beganAtMs: number, endedAtMs: number, error?: string): SpanPlan {
  return {
    name: `${OPERATIONS[request.type]} ${request.model}`,
    kind: SpanKind.SERVER,
    beganAtMs,
    endedAtMs,
    attributes: requestAttributes(request),
    ...(error === undefined ? {} : { error }),
    events: [],
    children: [],
  };
}

function requestAttributes({ id, type, model, isStreamed, isBackground }: CompletionRequest): Attributes {
  return {
    [ATTR_GEN_AI_OPERATION_NAME]: OPERATIONS[type],
    [ATTR_GEN_AI_REQUEST_MODEL]: model,
    'mcp.request.id': id,
    'mcp.request.stream': isStreamed,
    'mcp.request.background': isBackground,
  };
}

function answerAttributes({ job, step, settlement, charged = 0n, run, rescues, delivery }: AnswerReport): Attributes {
  return {
    ...requestAttributes(job.request),
    ...(step ? { [ATTR_GEN_AI_PROVIDER_NAME]: step.providerId, [ATTR_GEN_AI_RESPONSE_MODEL]: step.model } : {}),
    ...(settlement
      ? {
          [ATTR_GEN_AI_USAGE_INPUT_TOKENS]: settlement.usage.inputTokens,
          [ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: settlement.usage.outputTokens,
        }
      : {}),
    'mcp.credits': creditsNumber(charged),
    'mcp.attempts': run.log.calls,
    'mcp.chunks': delivery.chunks,
    ...(job.cached ? { 'mcp.cached': true } : {}),
    ...(rescues.length > 0 ? { 'mcp.rescues': [...rescues] } : {}),
  };
}

function callSpan({ operation, providerId, endpointId, model, outcome, status, ...call }: ProviderCall): SpanPlan {
  const { beganAtMs, durationMs, firstContentMs } = call;
  const isFailure = outcome !== 'answered';
  return {
    name: `${OPERATIONS[operation]} ${model}`,
    kind: SpanKind.CLIENT,
    beganAtMs,
    endedAtMs: beganAtMs + durationMs,
    attributes: {
      [ATTR_GEN_AI_OPERATION_NAME]: OPERATIONS[operation],
      [ATTR_GEN_AI_PROVIDER_NAME]: providerId,
      [ATTR_GEN_AI_REQUEST_MODEL]: model,
      'mcp.endpoint': endpointId,
      ...(status === undefined ? {} : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
      ...(isFailure ? { [ATTR_ERROR_TYPE]: outcome } : {}),
    },
    ...(isFailure ? { error: outcome } : {}),
    events: firstContentMs === undefined ? [] : [{ name: 'first content', atMs: beganAtMs + firstContentMs }],
    children: [],
  };
}
