import { isObject } from './message-text.js';
import type { OpenAiFacts } from './openai-facts.js';
import { bad } from './openai-rejection.js';
import { checkStrictSchema } from './openai-schema-rules.js';
import type { JsonObject, OfferedTool, TextRequest } from './wire.js';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MOST_TOOLS = 128;
const CHOICES = ['none', 'auto', 'required'] as const;

/** @throws Rejection where OpenAI would refuse the tools or how they are to be used. */
export function checkOpenAiTools(body: JsonObject, { takesTools }: OpenAiFacts): void {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body;
  if (tools == null) {
    for (const [field, value] of Object.entries({ tool_choice: choice, parallel_tool_calls: parallel })) {
      if (value == null) continue;
      throw bad(`Invalid value for '${field}': '${field}' is only allowed when 'tools' are specified.`, field);
    }
    return;
  }
  if (!takesTools) throw bad('Function tools are not supported for this model in /v1/chat/completions.', 'tools');
  if (!Array.isArray(tools) || tools.length === 0 || tools.length > MOST_TOOLS) {
    throw bad(`Invalid 'tools': expected an array of 1 to ${MOST_TOOLS} tools.`, 'tools');
  }
  tools.forEach(checkTool);
  checkChoice(choice, tools as JsonObject[]);
}

function checkTool(tool: unknown, index: number): void {
  const param = `tools[${index}]`;
  const called = isObject(tool) && tool.type === 'function' ? tool.function : undefined;
  if (!isObject(called)) throw bad(`Missing required parameter: '${param}.function'.`, `${param}.function`);
  if (typeof called.name !== 'string' || !NAME.test(called.name)) {
    throw bad(
      `Invalid '${param}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${param}.function.name`,
      'invalid_value',
    );
  }
  const { parameters, strict } = called;
  if (parameters !== undefined && (!isObject(parameters) || parameters.type !== 'object')) {
    const message = `Invalid schema for function '${called.name}': schema must be a JSON Schema of 'type: "object"'.`;
    throw bad(message, `${param}.function.parameters`, 'invalid_function_parameters');
  }
  if (strict === true) checkStrictSchema(parameters, `function '${called.name}'`, `${param}.function.parameters`);
}

function checkChoice(choice: unknown, tools: JsonObject[]): void {
  if (choice == null || CHOICES.some((each) => each === choice)) return;
  const name = namedTool(choice);
  if (name === undefined) throw bad("Invalid value for 'tool_choice'.", 'tool_choice', 'invalid_value');
  if (tools.some((tool) => (tool.function as JsonObject).name === name)) return;
  throw bad("Invalid value: 'tool_choice' names a function that is not in 'tools'.", 'tool_choice', 'invalid_value');
}

function namedTool(choice: unknown): string | undefined {
  const called = isObject(choice) && choice.type === 'function' ? choice.function : undefined;
  return isObject(called) && typeof called.name === 'string' ? called.name : undefined;
}

/** The tools of a request that has been checked. */
export function toolsOf({ tools }: JsonObject): OfferedTool[] {
  if (!Array.isArray(tools)) return [];
  return tools.map((tool: JsonObject) => {
    const { name, parameters } = tool.function as JsonObject;
    return { name: name as string, schema: isObject(parameters) ? parameters : { type: 'object', properties: {} } };
  });
}

export function toolChoiceOf({ tool_choice: choice }: JsonObject): TextRequest['toolChoice'] {
  const name = namedTool(choice);
  return name === undefined ? (CHOICES.find((each) => each === choice) ?? 'auto') : { name };
}
