import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionFunctionTool,
  ChatCompletionToolChoiceOption,
} from 'openai/resources/chat/completions';
import type { TextRequest } from '../contract/text-request.js';
import type { Tool, ToolChoice } from '../contract/tool.js';
import { strictSchema } from './openai-schema.js';

type ToolFields = Pick<ChatCompletionCreateParamsStreaming, 'tools' | 'tool_choice' | 'parallel_tool_calls'>;

/** The tools of a request, and how they are to be used. Without tools the other two fields are refused. */
export function toOpenAiTools({ tools = [], toolChoice, parallelToolCalls }: TextRequest): ToolFields {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(toOpenAiTool),
    ...(toolChoice === undefined ? {} : { tool_choice: toOpenAiToolChoice(toolChoice) }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function toOpenAiTool({ name, description, parameters, strict }: Tool): ChatCompletionFunctionTool {
  const narrowed = strict && parameters ? strictSchema(parameters) : undefined;
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters: narrowed ?? parameters }),
      ...(strict === undefined ? {} : { strict: narrowed !== undefined }),
    },
  };
}

function toOpenAiToolChoice(choice: ToolChoice): ChatCompletionToolChoiceOption {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}
