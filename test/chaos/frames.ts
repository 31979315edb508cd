/** The fields of a frame that the checks look at. */
export interface Frame {
  id: string;
  type: string;
  seq?: number;
  data?: string;
  embeddings?: number[][];
  error?: { code: string; message: string; retryAfterMs?: number };
  usage?: { promptTokens: number; completionTokens: number; totalTokens: number; credits: number; usageSource: string };
  metadata?: { model: string; provider: string; finishReason: string; attempts: number };
  balance?: number;
}

export function parseFrame(raw: string): Frame {
  return JSON.parse(raw) as Frame;
}

/** `done`, `completion`, or an error that belongs to the stream: nothing follows it. */
export function isTerminal(frame: Frame): boolean {
  return frame.type === 'done' || frame.type === 'completion' || (frame.type === 'error' && frame.usage !== undefined);
}
