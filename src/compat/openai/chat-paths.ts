import type { RequestPaths } from '../../completions/request-paths.js';

const NAMES = { role: 'role', content: 'content', toolCalls: 'tool_calls', toolCallId: 'tool_call_id' } as const;

/** The fields of a chat by the names that OpenAI gives them. */
export const CHAT_PATHS: RequestPaths = {
  tools: 'tools',
  tool: (index, field) => `tools[${index}].function.${field}`,
  toolChoice: 'tool_choice',
  responseFormat: (field) => `response_format.json_schema.${field}`,
  message: (index, field) => `messages[${index}].${NAMES[field]}`,
  toolCall: (message, index, field) =>
    `messages[${message}].tool_calls[${index}].${field === 'id' ? 'id' : `function.${field}`}`,
  part: (message, index) => `messages[${message}].content[${index}]`,
  maxTokens: 'max_completion_tokens',
  reasoningBudget: 'reasoning_effort',
};
