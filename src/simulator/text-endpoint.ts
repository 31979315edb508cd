import { admit, type AnswerTrouble, type World } from './admission.js';
import type { Answer } from './answer.js';
import { AnswerStream } from './answer-stream.js';
import { composeAnswer } from './compose-answer.js';
import { uniqueId, type Exchange } from './exchange.js';
import type { AnswerShape } from './faults/answer-faults.js';
import { sendJsonAnswer } from './json-answer.js';
import { readScript } from './read-script.js';
import type { Script } from './script.js';
import { promptTokensOf } from './tokens.js';
import type { JsonObject, ReplyHead, ReportedUsage, TextRequest, TextWire } from './wires/wire.js';

/** Serves a request for text on either wire. @throws Rejection or ScriptError before anything was sent. */
export function serveText(wire: TextWire, exchange: Exchange, body: JsonObject, world: World): void {
  const request = wire.parse(body, exchange.request.headers);
  const script = readScript(request.model, request.question, world.gapMs);
  admit(exchange, script, request.model, world, (trouble) => answer(wire, exchange, request, script, trouble));
}

function answer(
  wire: TextWire,
  exchange: Exchange,
  request: TextRequest,
  script: Script,
  trouble: AnswerTrouble,
): void {
  const { gapMs, promptTokens = promptTokensOf(request.prompt) } = script;
  const shape = trouble.fault.shape?.(trouble.options) ?? {};
  const head = headOf(request, promptTokens, shape);
  const reply = replyTo(request, script, shape);
  exchange.account.charge(request.model, promptTokens);
  if (request.isStreamed) {
    return new AnswerStream({ exchange, wire, head, answer: reply, gapMs, shape, trouble }).start();
  }
  const { tokenCount, deltaCount, endReason } = reply;
  const body = wire.whole(head, reply.text(), endReason, tokenCount);
  const { strike } = trouble.fault;
  sendJsonAnswer(exchange, { body, tokenCount, readyMs: gapMs * deltaCount, shape, strike });
}

function replyTo(request: TextRequest, script: Script, shape: AnswerShape): Answer {
  const whole = composeAnswer(script, request.model, request.question);
  const limited = whole.limitedTo(request.maxTokens ?? Infinity, 'length');
  return shape.change?.(limited) ?? limited;
}

function headOf(request: TextRequest, promptTokens: number, { usage }: AnswerShape): ReplyHead {
  const report: (completionTokens: number) => ReportedUsage | undefined =
    usage === 'none'
      ? () => undefined
      : usage === 'zero'
        ? () => ({ promptTokens: 0, completionTokens: 0 })
        : (completionTokens) => ({ promptTokens, completionTokens });
  return {
    id: uniqueId(''),
    model: request.model,
    createdSeconds: Math.floor(Date.now() / 1000),
    wantsUsage: request.wantsUsage,
    usageAfter: report,
  };
}
