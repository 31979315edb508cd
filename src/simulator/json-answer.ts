import type { Exchange } from './exchange.js';
import type { AnswerShape, Strike } from './faults/answer-faults.js';

/** An answer in one JSON body. */
export interface JsonAnswer {
  body: object;
  /** Tokens of text in it, and of those the ones spent on reasoning; none where the answer is no text. */
  tokenCount: number;
  reasoningTokens?: number;
  readyMs: number;
  shape: AnswerShape;
  strike: Strike | undefined;
}

/** Sends the answer when it is ready, or as much of it as the strike lets through. */
export function sendJsonAnswer(exchange: Exchange, answer: JsonAnswer): void {
  const { firstContentMs } = answer.shape;
  if (firstContentMs !== undefined) exchange.openBody(200, { 'content-type': 'application/json' });
  exchange.later(() => send(exchange, answer), firstContentMs ?? answer.readyMs);
}

function send(exchange: Exchange, { body, tokenCount, reasoningTokens = 0, strike }: JsonAnswer): void {
  const share = strike?.share ?? 1;
  if (reasoningTokens > 0) exchange.account.thought(Math.floor(reasoningTokens * share));
  if (tokenCount > 0) exchange.account.sent(Math.floor((tokenCount - reasoningTokens) * share));
  exchange.account.close(strike ? 'faulted' : 'completed');
  if (!strike) return exchange.json(200, body);
  const text = JSON.stringify(body);
  const kept = Math.floor(text.length * share);
  exchange.openBody(200, { 'content-type': 'application/json' });
  exchange.write(text.slice(0, kept));
  strike.body(exchange, text.slice(kept));
}
