import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { Message, TextRequest } from '../contract/text-request.js';
import { needsCompletionTokensLimit, refusesSampling } from './openai-models.js';

/**
 * The body of a chat completion. `temperature`, `top_p` and `stop` are left out for reasoning models, which refuse a
 * request that has them: an answer with the model's own sampling is worth more to the caller than none.
 */
export function toOpenAiRequest(request: TextRequest): ChatCompletionCreateParamsStreaming {
  const { model, maxOutputTokens } = request;
  return {
    model,
    messages: request.messages.map(toOpenAiMessage),
    stream: true,
    stream_options: { include_usage: true },
    ...(needsCompletionTokensLimit(model)
      ? { max_completion_tokens: maxOutputTokens }
      : { max_tokens: maxOutputTokens }),
    ...(refusesSampling(model) ? {} : sampling(request)),
  };
}

function sampling({ temperature, topP, stop }: TextRequest): Partial<ChatCompletionCreateParamsStreaming> {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
  };
}

function toOpenAiMessage({ role, content, name }: Message): ChatCompletionMessageParam {
  return { role, content, ...(name === undefined ? {} : { name }) } as ChatCompletionMessageParam;
}
