import type { RequestPaths } from '../../completions/request-paths.js';
import type { Origin } from './read-conversation.js';

const TOOL_FIELDS = { name: 'name', description: 'description', parameters: 'input_schema' };
const MESSAGE_FIELDS = { role: 'role', content: 'content', toolCalls: 'content', toolCallId: 'tool_use_id' };
const CALL_FIELDS = { id: 'id', name: 'name', arguments: 'input' };

/** The fields of a message's body by Anthropic's names. @param origins where each of our messages stands */
export function messagePaths(origins: readonly Origin[]): RequestPaths {
  return {
    tools: 'tools',
    tool: (index, field) => `tools[${index}].${TOOL_FIELDS[field]}`,
    toolChoice: 'tool_choice',
    responseFormat: (field) => (field === 'schema' ? 'output_config.format.schema' : 'output_config.format'),
    message: (index, field) => `${origins[index]?.message}.${MESSAGE_FIELDS[field]}`,
    toolCall: (message, index, field) => `${origins[message]?.calls[index]}.${CALL_FIELDS[field]}`,
    part: (message, index) => origins[message]?.parts[index] ?? '',
    maxTokens: 'max_tokens',
    reasoningBudget: 'thinking.budget_tokens',
  };
}
