/** What the client sends (docs/protocol.md). */
export interface ChatRequest {
  id: string;
  type: 'chat';
  provider: string;
  model: string;
  messages: { role: 'system' | 'user'; content: string }[];
  stream: boolean;
}

/** What the server says, as far as a chat is concerned. */
export interface ServerFrame {
  id: string;
  type: string;
  seq?: number;
  data?: string;
  error?: { code: string; message: string; retryAfterMs?: number };
  usage?: { promptTokens: number; completionTokens: number; credits: number; usageSource: string };
  metadata?: { model: string; provider: string; latency: number; finishReason: string; attempts: number };
  balance?: number;
}

const TERMINAL_TYPES = new Set(['done', 'completion', 'error']);

export function isTerminal({ type }: ServerFrame): boolean {
  return TERMINAL_TYPES.has(type);
}

/** An error of the server, by its code. */
export class ChatError extends Error {
  override readonly name = 'ChatError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
