import type { RequestPaths } from '../../completions/request-paths.js';

/** The fields of a frame by the names that docs/protocol.md gives them. */
export const FRAME_PATHS: RequestPaths = {
  tools: 'tools',
  tool: (index, field) => `tools[${index}].${field}`,
  toolChoice: 'toolChoice',
  responseFormat: (field) => `responseFormat.${field}`,
  message: (index, field) => `messages[${index}].${field}`,
  toolCall: (message, index, field) => `messages[${message}].toolCalls[${index}].${field}`,
  part: (message, index) => `messages[${message}].content[${index}]`,
  maxTokens: 'maxTokens',
  reasoningBudget: 'reasoningBudgetTokens',
};
