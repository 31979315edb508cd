import type { TextRequest } from '../contract/text-request.js';
import type { JsonSchema } from '../contract/tool.js';
import { conversationOf } from '../conversation/continuation.js';
import type { AnthropicMessage, TextBlock } from './anthropic-blocks.js';
import { withinCacheLimits } from './anthropic-cache.js';
import { answerFormat, type AnswerFormat } from './anthropic-format.js';
import { toAnthropicMessages } from './anthropic-messages.js';
import { thinkingFields, type Thinking } from './anthropic-thinking.js';
import { toolFields, type AnthropicTool, type AnthropicToolChoice } from './anthropic-tools.js';
import { anthropicTraits } from './anthropic-traits.js';

const WARMEST = 1;

/** The body of a streamed message. The SDK's own type no longer knows `temperature`, which older models still take. */
export interface AnthropicRequest {
  model: string;
  max_tokens: number;
  messages: AnthropicMessage[];
  stream: true;
  system?: string | TextBlock[];
  temperature?: number;
  top_p?: number;
  top_k?: number;
  stop_sequences?: string[];
  tools?: AnthropicTool[];
  tool_choice?: AnthropicToolChoice;
  thinking?: Thinking;
  output_config?: { effort?: string; format?: { type: 'json_schema'; schema: JsonSchema } };
}

export interface BuiltRequest {
  body: AnthropicRequest;
  /** The tool whose arguments are the answer, where a schema had to be asked for in that way. */
  answerTool?: string;
  /** White space that was taken from the end of the begun answer, since it is refused there. */
  trimmedEnd: string;
}

/**
 * The body of a streamed message. What Claude would refuse outright is fitted, so that a failover from another vendor
 * succeeds: a temperature above 1 goes as 1, of temperature and top_p only the temperature, neither to models that
 * take none, and stop sequences of white space are dropped. Seeds, penalties and log probabilities are unknown there.
 */
export function toAnthropicRequest(request: TextRequest, takesPrefill?: boolean): BuiltRequest {
  const traits = anthropicTraits(request.model);
  const format = answerFormat(request, traits);
  const { thinking, effort } = thinkingFields(withoutForcedAnswer(request, format), traits);
  const isThinking = thinking?.type === 'enabled' || thinking?.type === 'adaptive';
  const goesOn = (takesPrefill ?? traits.takesPrefill) && !isThinking && format.manner === 'free';
  const { tools, instruction } = toolFields(request, format, traits);
  const messages = conversationOf(request, { goesOn, isRefused: !goesOn });
  const instructions = [instruction, format.manner === 'words' ? format.instruction : undefined];
  const stop = (request.stop ?? []).filter((sequence) => sequence.trim() !== '');
  const body: AnthropicRequest = {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    ...toAnthropicMessages(
      messages,
      instructions.filter((text) => text !== undefined),
    ),
    ...(traits.takesSampling && !isThinking ? sampling(request) : {}),
    ...(stop.length === 0 ? {} : { stop_sequences: stop }),
    ...tools,
    ...(thinking === undefined ? {} : { thinking }),
    ...outputConfig(effort, format),
  };
  return {
    body: withinCacheLimits(body),
    ...(format.manner === 'tool' ? { answerTool: format.tool.name } : {}),
    trimmedEnd: goesOn ? (/\s*$/.exec(request.continuation ?? '')?.[0] ?? '') : '',
  };
}

/** An answer that has to be a tool's arguments is a forced tool too. */
function withoutForcedAnswer(request: TextRequest, { manner }: AnswerFormat): TextRequest {
  return manner === 'tool' ? { ...request, toolChoice: 'required' } : request;
}

function sampling({ temperature, topP, topK }: TextRequest): Pick<AnthropicRequest, 'temperature' | 'top_p' | 'top_k'> {
  const among = topK === undefined ? {} : { top_k: topK };
  if (temperature !== undefined) return { temperature: Math.min(temperature, WARMEST), ...among };
  return topP === undefined ? among : { top_p: topP, ...among };
}

function outputConfig(effort: string | undefined, format: AnswerFormat): Pick<AnthropicRequest, 'output_config'> {
  if (effort === undefined && format.manner !== 'native') return {};
  return {
    output_config: {
      ...(effort === undefined ? {} : { effort }),
      ...(format.manner === 'native' ? { format: { type: 'json_schema', schema: format.schema } } : {}),
    },
  };
}
