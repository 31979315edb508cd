import { admit, type World } from './admission.js';
import type { Exchange } from './exchange.js';
import { sendJsonAnswer } from './json-answer.js';
import { readScript } from './read-script.js';
import { embeddingBody, embeddingTokensOf, parseEmbeddingRequest } from './wires/openai-embeddings.js';
import type { JsonObject } from './wires/wire.js';

/** Serves OpenAI's embeddings. The directive stands in the last text. @throws Rejection or ScriptError. */
export function serveEmbeddings(exchange: Exchange, body: JsonObject, world: World): void {
  const request = parseEmbeddingRequest(body);
  const { model, inputs } = request;
  const lastText = inputs.findLast((input) => typeof input === 'string') ?? '';
  const script = readScript(model, lastText, world.gapMs);
  admit(exchange, script, model, world, ({ fault, options }) => {
    const promptTokens = script.promptTokens ?? embeddingTokensOf(inputs);
    const shape = fault.shape?.(options) ?? {};
    const reported = shape.usage === 'none' ? undefined : shape.usage === 'zero' ? 0 : promptTokens;
    exchange.account.charge(model, { promptTokens });
    const answer = { body: embeddingBody(request, reported), tokenCount: 0, readyMs: 0 };
    sendJsonAnswer(exchange, { ...answer, shape, strike: fault.strike });
  });
}
