import type { Message, TextRequest } from '../contract/text-request.js';
import type { JsonSchema, Tool, ToolChoice } from '../contract/tool.js';
import type { CacheControl } from './anthropic-blocks.js';
import { cacheControl } from './anthropic-content.js';
import type { AnswerFormat } from './anthropic-format.js';
import { claudeSchema } from './anthropic-schema.js';
import type { AnthropicTraits } from './anthropic-traits.js';

export interface AnthropicTool {
  name: string;
  description?: string;
  input_schema: JsonSchema;
  strict?: boolean;
  cache_control?: CacheControl;
}

export type AnthropicToolChoice =
  | { type: 'auto' | 'any'; disable_parallel_tool_use?: boolean }
  | { type: 'tool'; name: string; disable_parallel_tool_use?: boolean }
  | { type: 'none' };

const NO_ARGUMENTS: JsonSchema = { type: 'object', properties: {} };

/** A tool as Anthropic takes it; strict only where its schema can be kept to without taking another meaning. */
export function toAnthropicTool(tool: Tool, knowsSchemas: boolean): AnthropicTool {
  const { name, description, parameters = NO_ARGUMENTS, strict } = tool;
  const narrowed = strict && knowsSchemas ? claudeSchema(parameters) : undefined;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: narrowed ?? { ...parameters, type: 'object' },
    ...(narrowed ? { strict: true } : {}),
    ...cacheControl(tool.cacheBreakpoint),
  };
}

export interface ToolFields {
  tools?: AnthropicTool[];
  tool_choice?: AnthropicToolChoice;
}

/**
 * The tools of a request and how they are to be used. A model that can't be made to call one is told to instead: that is
 * the `instruction`.
 */
export function toolFields(
  request: TextRequest,
  format: AnswerFormat,
  traits: AnthropicTraits,
): { tools: ToolFields; instruction?: string } {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  const offered = tools.map((tool) => toAnthropicTool(tool, traits.knowsSchemas));
  if (format.manner === 'tool') {
    const choice = answerChoice(toolChoice, offered.length > 0, format.tool.name);
    return { tools: { tools: [...offered, format.tool], tool_choice: { ...choice, ...single(parallelToolCalls) } } };
  }
  if (offered.length === 0) return { tools: toolsOfThePast(request.messages) };
  if (toolChoice === undefined && parallelToolCalls !== false) return { tools: { tools: offered } };
  if (toolChoice === 'none') return { tools: { tools: offered, tool_choice: { type: 'none' } } };
  const isForced = toolChoice !== undefined && toolChoice !== 'auto';
  if (!isForced || traits.takesForcedTools) {
    return { tools: { tools: offered, tool_choice: { ...choiceOf(toolChoice), ...single(parallelToolCalls) } } };
  }
  const named = typeof toolChoice === 'object' ? offered.filter(({ name }) => name === toolChoice.name) : offered;
  return {
    tools: { tools: named, tool_choice: { type: 'auto', ...single(parallelToolCalls) } },
    instruction: 'Answer by calling a tool, and write nothing else.',
  };
}

/** A conversation in which tools were called is refused without them, also where none is to be called any more. */
function toolsOfThePast(messages: readonly Message[]): ToolFields {
  const names = new Set(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ name }) => name)));
  if (names.size === 0) return {};
  return {
    tools: [...names].map((name) => ({ name, input_schema: { type: 'object' } })),
    tool_choice: { type: 'none' },
  };
}

/** The answer is a tool's arguments, beside which others may be called for. */
function answerChoice(choice: ToolChoice | undefined, hasTools: boolean, answerTool: string): AnthropicToolChoice {
  if (typeof choice === 'object') return { type: 'tool', name: choice.name };
  return hasTools && choice !== 'none' ? { type: 'any' } : { type: 'tool', name: answerTool };
}

function choiceOf(choice: Exclude<ToolChoice, 'none'> = 'auto') {
  if (choice === 'auto') return { type: 'auto' as const };
  return choice === 'required' ? { type: 'any' as const } : { type: 'tool' as const, name: choice.name };
}

function single(parallelToolCalls: boolean | undefined): { disable_parallel_tool_use?: true } {
  return parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
}
