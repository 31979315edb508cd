import type { TextRequest } from '../contract/text-request.js';
import { toAnthropicMessages, type AnthropicMessage } from './anthropic-messages.js';
import { refusesSampling } from './anthropic-models.js';

const WARMEST = 1;

/** The body of a streamed message. The SDK's own type no longer knows `temperature`, which older models still take. */
export interface AnthropicRequest {
  model: string;
  max_tokens: number;
  messages: AnthropicMessage[];
  stream: true;
  system?: string;
  temperature?: number;
  top_p?: number;
  stop_sequences?: string[];
}

/**
 * The body of a streamed message. What Claude would refuse outright is fitted, so that a failover from another vendor
 * succeeds: a temperature above 1 goes as 1, of temperature and top_p only the temperature, neither to models that
 * take none, and stop sequences of white space are dropped.
 */
export function toAnthropicRequest(request: TextRequest): AnthropicRequest {
  const stop = (request.stop ?? []).filter((sequence) => sequence.trim() !== '');
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    ...toAnthropicMessages(request.messages),
    ...(refusesSampling(request.model) ? {} : sampling(request)),
    ...(stop.length === 0 ? {} : { stop_sequences: stop }),
  };
}

function sampling({ temperature, topP }: TextRequest): Pick<AnthropicRequest, 'temperature' | 'top_p'> {
  if (temperature !== undefined) return { temperature: Math.min(temperature, WARMEST) };
  return topP === undefined ? {} : { top_p: topP };
}
