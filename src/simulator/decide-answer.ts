import { Answer, type AnswerBlock } from './answer.js';
import { composeAnswer, wordsOf } from './compose-answer.js';
import { uniqueId } from './exchange.js';
import { ScriptError } from './faults/fault-order.js';
import { sampleOf } from './schema-sample.js';
import type { Script, ScriptedCall } from './script.js';
import { stopAt } from './stop-at.js';
import { TokenRun } from './token-run.js';
import type { TextRequest } from './wires/wire.js';

/** JSON goes out in pieces of so many characters. */
const PIECE_CHARACTERS = 4;
const THOUGHT = 'Let me think about this first.';

/**
 * Decides what a model would answer: what its script says, else what the request demands (a call for the tool that it
 * forces, JSON that fits its schema), else a text; thoughts come first where either asks for them.
 * @throws ScriptError where the script calls a tool that nobody offers.
 */
export function decideAnswer(script: Script, request: TextRequest): Answer {
  const { run, isHidden } = thoughtsOf(script, request);
  const thoughts: AnswerBlock[] = run && !isHidden ? [{ kind: 'reasoning', run }] : [];
  const calls = callsOf(script, request);
  const texts: AnswerBlock[] =
    calls.length === 0 || script.say !== undefined ? [{ kind: 'text', run: textOf(script, request) }] : [];
  const end = { reason: calls.length > 0 ? ('tools' as const) : ('stop' as const) };
  const answer = new Answer([...thoughts, ...texts, ...calls], end, isHidden ? run?.tokenCount : 0);
  return stopAt(answer, request.stop).limitedTo(request.maxTokens ?? Infinity);
}

function thoughtsOf({ think }: Script, request: TextRequest): { run?: TokenRun; isHidden?: boolean } {
  if (think === undefined && !request.isToThink) return {};
  const run = typeof think === 'number' ? new TokenRun(() => ' think', think) : TokenRun.of(wordsOf(think ?? THOUGHT));
  return { run, isHidden: !request.showsThoughts };
}

/** Results that the conversation ends with are answered in words, or the calling would never end. */
function callsOf(script: Script, request: TextRequest): AnswerBlock[] {
  const { tools, toolChoice, hasToolResults } = request;
  if (toolChoice === 'none' || tools.length === 0) return [];
  const forced = typeof toolChoice === 'object' ? toolChoice.name : tools[0]!.name;
  const demanded: ScriptedCall[] = toolChoice === 'auto' ? [] : [{ name: forced }];
  const calls = script.tools && !hasToolResults ? script.tools : demanded;
  return calls.map((call, index) => callOf(call, index, request));
}

function callOf({ name, args }: ScriptedCall, index: number, { tools }: TextRequest): AnswerBlock {
  const tool = tools.find((offered) => offered.name === name);
  if (!tool)
    throw new ScriptError(`nobody offers the tool '${name}'; offered: ${tools.map((each) => each.name).join(', ')}`);
  const run = jsonRun(args ?? JSON.stringify(sampleOf(tool.schema)));
  return { kind: 'tool_call', index, id: uniqueId('').slice(0, 24), name, run };
}

function textOf(script: Script, { model, question, schema }: TextRequest): TokenRun {
  const isJson = schema !== undefined && script.say === undefined;
  if (!isJson) return composeAnswer(script, model, question);
  return jsonRun(
    JSON.stringify(Object.keys(schema).length === 0 ? { answer: question.length } : sampleOf(schema, question)),
  );
}

function jsonRun(json: string): TokenRun {
  return TokenRun.of(json.match(new RegExp(`[^]{1,${PIECE_CHARACTERS}}`, 'gu')) ?? []);
}
