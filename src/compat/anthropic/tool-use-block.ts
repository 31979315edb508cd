import type { ToolCall } from '../../providers/contract/tool.js';

/** A call as a block of the answer. */
export interface ToolUseBlock {
  type: 'tool_use';
  id: string;
  name: string;
  input: object;
}

/**
 * A call, its arguments parsed. Arguments that are no JSON object stand as text under `INVALID_JSON`, the name that
 * Anthropic's documentation gives such input: the model's mistake is neither hidden nor guessed at.
 */
export function toolUseBlock({ id, name, arguments: text }: ToolCall, index: number): ToolUseBlock {
  return { type: 'tool_use', id: toolUseId(id, index), name, input: parseInput(text) };
}

/** A few OpenAI-compatible servers give their calls no ids, and a result has to name the call that it belongs to. */
export function toolUseId(id: string | undefined, index: number): string {
  return id || `toolu_${index}`;
}

function parseInput(text: string): object {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // as below
  }
  return { INVALID_JSON: text };
}
