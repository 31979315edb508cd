import type { AnswerOptions } from '../../providers/contract/text-request.js';
import type { Tool, ToolChoice } from '../../providers/contract/tool.js';
import { defined } from '../http/fields.js';
import type { MessageBody, ToolChoiceParam, ToolParam } from './message-body.js';
import { breakpointOf } from './read-conversation.js';

/** Formats have names elsewhere. */
const FORMAT_NAME = 'answer';
/** What Anthropic's documentation says of an effort that is not given. */
const USUAL_EFFORT = 'high';

/** How an answer is wanted. */
export function messageOptions(body: MessageBody): AnswerOptions {
  const { stop_sequences: stop, tools, tool_choice: choice, output_config: output } = body;
  return defined({
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    stop: stop && stop.length > 0 ? stop : undefined,
    tools: tools && tools.length > 0 ? tools.map(toTool) : undefined,
    toolChoice: choice && toToolChoice(choice),
    parallelToolCalls: choice?.disable_parallel_tool_use === true ? false : undefined,
    responseFormat: output?.format && {
      type: 'json_schema',
      name: FORMAT_NAME,
      schema: output.format.schema,
      strict: true,
    },
    reasoning: reasoningOf(body),
  });
}

function toTool(tool: ToolParam): Tool {
  return {
    name: tool.name,
    parameters: tool.input_schema,
    ...defined({ description: tool.description, strict: tool.strict }),
    ...breakpointOf(tool.cache_control),
  };
}

function toToolChoice(choice: ToolChoiceParam): ToolChoice {
  switch (choice.type) {
    case 'any':
      return 'required';
    case 'tool':
      return { name: choice.name };
    default:
      return choice.type;
  }
}

function reasoningOf({ thinking, output_config: output }: MessageBody): AnswerOptions['reasoning'] {
  const effort = output?.effort === 'max' ? 'xhigh' : output?.effort; // nobody else has more
  switch (thinking?.type) {
    case undefined:
      return effort && { effort };
    case 'enabled':
      return { budgetTokens: thinking.budget_tokens, ...defined({ effort }) };
    case 'adaptive':
      return { effort: effort ?? USUAL_EFFORT };
    case 'between_tools': // the least that the models do that know it
    case 'disabled':
      return { effort: 'none' };
    default:
      return thinking satisfies never;
  }
}
