import { readDirective } from './script-directive.js';
import { readFaultName, ScriptError } from './faults/fault-order.js';
import type { Script } from './script.js';

/**
 * Reads the script of a request: the model name `sim-N-Mms[-fault]`, then the `[[sim …]]` directive of the last
 * user message, which overrides it.
 * @throws ScriptError saying what is wrong and what is allowed.
 */
export function readScript(model: string, question: string, defaultGapMs: number): Script {
  const directive = readDirective(question);
  const { deltaCount: modelDeltaCount, ...named } = readModelName(model);
  const script: Script = { style: 'answer', gapMs: defaultGapMs, ...named, ...directive };
  const isSizedAnew = directive.deltaCount !== undefined || directive.completionTokens !== undefined;
  if (modelDeltaCount !== undefined && !isSizedAnew) script.deltaCount = modelDeltaCount;
  const { deltaCount, completionTokens } = script;
  if (deltaCount !== undefined && completionTokens !== undefined && deltaCount > completionTokens) {
    throw new ScriptError(`${completionTokens} tokens can't fill ${deltaCount} chunks; a chunk has at least one token`);
  }
  return script;
}

function readModelName(model: string): Partial<Script> {
  if (!model.startsWith('sim-')) return {};
  const [, deltaCount, gapMs, fault] = /^sim-(\d{1,6})-(\d{1,6})ms(?:-(.+))?$/.exec(model) ?? [];
  if (deltaCount === undefined) throw new ScriptError(`model '${model}' is no script; expected sim-N-Mms[-fault]`);
  return {
    style: 'lorem',
    deltaCount: Number(deltaCount),
    gapMs: Number(gapMs),
    ...(fault === undefined ? {} : { fault: { fault: readFaultName(fault) } }),
  };
}
