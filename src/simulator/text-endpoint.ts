import { admit, type World } from './admission.js';
import { AnswerStream } from './answer-stream.js';
import type { PromptCharge } from './bill.js';
import { decideAnswer } from './decide-answer.js';
import { uniqueId, type Exchange } from './exchange.js';
import type { AnswerShape } from './faults/answer-faults.js';
import { sendJsonAnswer } from './json-answer.js';
import { tokensOfPieces } from './prompt.js';
import { readScript } from './read-script.js';
import type { Script } from './script.js';
import type { JsonObject, ReplyHead, TextRequest, TextWire } from './wires/wire.js';

/** Serves a request for text on either wire. @throws Rejection or ScriptError before anything was sent. */
export function serveText(wire: TextWire, exchange: Exchange, body: JsonObject, world: World): void {
  const request = wire.parse(body, exchange.request.headers);
  const script = readScript(request.model, request.question, world.gapMs);
  const answer = decideAnswer(script, request);
  admit(exchange, script, request.model, world, (trouble) => {
    const prompt = chargeOf(wire, request, script, world);
    const shape = trouble.fault.shape?.(trouble.options) ?? {};
    const head = headOf(request, prompt, shape);
    const changed = shape.change?.(answer) ?? answer;
    exchange.account.charge(request.model, prompt);
    send({ exchange, wire, head, answer: changed, gapMs: script.gapMs, shape, trouble }, request.isStreamed);
  });
}

function send(plan: ConstructorParameters<typeof AnswerStream>[0], isStreamed: boolean): void {
  if (isStreamed) return new AnswerStream(plan).start();
  const { exchange, wire, head, answer, gapMs, shape, trouble } = plan;
  const { tokenCount, reasoningTokens, deltaCount } = answer;
  const { strike } = trouble.fault;
  const body = wire.whole(head, answer);
  sendJsonAnswer(exchange, { body, tokenCount, reasoningTokens, readyMs: gapMs * deltaCount, shape, strike });
}

/** What a script says of the prompt's tokens is said; the rest is counted, and looked up in the vendor's cache. */
function chargeOf(wire: TextWire, { model, prompt }: TextRequest, script: Script, world: World): PromptCharge {
  const { promptTokens = tokensOfPieces(prompt), cachedTokens } = script;
  if (cachedTokens !== undefined) return { promptTokens, cachedTokens: Math.min(cachedTokens, promptTokens) };
  if (script.promptTokens !== undefined) return { promptTokens };
  return { promptTokens, ...world.promptCache.look(wire.vendor.wire, model, prompt) };
}

function headOf(request: TextRequest, prompt: PromptCharge, { usage }: AnswerShape): ReplyHead {
  const { model, wantsUsage, topLogprobs, toolChoice } = request;
  const counts = { cachedTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, ...prompt };
  const nothing = { promptTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0 };
  return {
    id: uniqueId(''),
    model,
    createdSeconds: Math.floor(Date.now() / 1000),
    wantsUsage,
    ...(topLogprobs === undefined ? {} : { topLogprobs }),
    ...(typeof toolChoice === 'object' ? { forcedTool: toolChoice.name } : {}),
    usageAfter: (completionTokens, reasoningTokens) => {
      if (usage === 'none') return undefined;
      return usage === 'zero'
        ? { ...nothing, completionTokens: 0, reasoningTokens: 0 }
        : { ...counts, completionTokens, reasoningTokens };
    },
  };
}
