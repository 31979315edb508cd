import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { ReasoningEffort, TextRequest } from '../contract/text-request.js';
import { effortOf, nearestEffort } from '../conversation/reasoning-effort.js';
import type { OpenAiDialect } from './openai-dialect.js';
import { toOpenAiConversation } from './openai-messages.js';
import { toOpenAiResponseFormat } from './openai-response-format.js';
import { toOpenAiTools } from './openai-tools.js';
import { openAiTraits, type OpenAiTraits } from './openai-traits.js';

/** Only some servers know these. */
interface ServerFields {
  add_generation_prompt?: boolean;
  continue_final_message?: boolean;
}
export type OpenAiRequest = ChatCompletionCreateParamsStreaming & ServerFields;

export interface RequestOptions {
  dialect?: OpenAiDialect | undefined;
  /** The model goes on with an assistant's message that ends the conversation. */
  takesPrefill?: boolean;
}

/**
 * The body of a chat completion. What a model refuses outright is left out (reasoning models: sampling, penalties, stop
 * sequences, log probabilities): an answer with the model's own sampling is worth more to the caller than none.
 */
export function toOpenAiRequest(
  request: TextRequest,
  { dialect = {}, takesPrefill = false }: RequestOptions = {},
): OpenAiRequest {
  const traits = openAiTraits(request.model);
  const effort = reasoningEffort(request, traits);
  return {
    model: request.model,
    ...toOpenAiConversation(request, { dialect, takesPrefill, takesCacheBreakpoints: traits.takesCacheBreakpoints }),
    stream: true,
    ...(dialect.streamOptions === false ? {} : { stream_options: { include_usage: true } }),
    ...outputLimit(request, traits, dialect),
    ...sampling(request, traits, effort),
    ...toOpenAiTools(request),
    ...toOpenAiResponseFormat(request.responseFormat),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
  };
}

function outputLimit({ maxOutputTokens }: TextRequest, traits: OpenAiTraits, { outputLimitField }: OpenAiDialect) {
  const field = outputLimitField ?? (traits.needsCompletionTokensLimit ? 'max_completion_tokens' : 'max_tokens');
  return { [field]: maxOutputTokens };
}

/** What goes upstream, in the words that the model knows; undefined: nothing, so that it does as it does by itself. */
function reasoningEffort({ reasoning, tools = [] }: TextRequest, traits: OpenAiTraits): ReasoningEffort | undefined {
  const { efforts, reasonsWithoutToolsOnly } = traits;
  if (tools.length > 0 && reasonsWithoutToolsOnly) return efforts?.includes('none') ? 'none' : undefined;
  const asked = reasoning && effortOf(reasoning);
  if (asked === undefined) return undefined;
  return efforts ? nearestEffort(asked, efforts) : asked;
}

function sampling(
  request: TextRequest,
  { efforts, samplesWithoutReasoning }: OpenAiTraits,
  effort: ReasoningEffort | undefined,
): Partial<ChatCompletionCreateParamsStreaming> {
  const { temperature, topP, presencePenalty, frequencyPenalty, stop = [], seed, topLogprobs } = request;
  const reasons = efforts !== undefined && efforts.length > 0;
  const isSampled = !reasons || (samplesWithoutReasoning && effort === 'none');
  return {
    ...(isSampled && temperature !== undefined ? { temperature } : {}),
    ...(isSampled && topP !== undefined ? { top_p: topP } : {}),
    ...(!reasons && presencePenalty !== undefined ? { presence_penalty: presencePenalty } : {}),
    ...(!reasons && frequencyPenalty !== undefined ? { frequency_penalty: frequencyPenalty } : {}),
    ...(!reasons && stop.length > 0 ? { stop } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(isSampled && topLogprobs !== undefined ? { logprobs: true } : {}),
    ...(isSampled && topLogprobs ? { top_logprobs: topLogprobs } : {}),
  };
}
