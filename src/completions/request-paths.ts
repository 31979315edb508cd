/**
 * How an entrance calls the fields of its requests, for faults that name them. Messages, parts and calls are counted as in
 * the CompletionRequest.
 */
export interface RequestPaths {
  tools: string;
  /** 'tools[2].name' */
  tool(index: number, field: 'name' | 'description' | 'parameters'): string;
  toolChoice: string;
  responseFormat(field: 'name' | 'schema'): string;
  /** 'messages[3].toolCallId' */
  message(index: number, field: 'role' | 'content' | 'toolCalls' | 'toolCallId'): string;
  /** 'messages[3].toolCalls[0].id' */
  toolCall(message: number, index: number, field: 'id' | 'name' | 'arguments'): string;
  /** 'messages[3].content[1]' */
  part(message: number, index: number): string;
  maxTokens: string;
  reasoningBudget: string;
}
