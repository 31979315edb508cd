import type { AnthropicFacts } from './anthropic-facts.js';
import { bad } from './anthropic-rejection.js';
import { checkConstrainedSchema } from './anthropic-schema-rules.js';
import { isObject } from './message-text.js';
import type { JsonObject, OfferedTool, TextRequest } from './wire.js';

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const TOOL_FIELDS: ReadonlySet<string> = new Set([
  ...['name', 'description', 'input_schema', 'strict', 'type', 'cache_control', 'input_examples', 'defer_loading'],
  ...['allowed_callers', 'eager_input_streaming'],
]);
const CHOICES = { auto: 'auto', any: 'required', none: 'none' } as const;

/** @throws Rejection where Anthropic would refuse the tools or how they are to be used. */
export function checkAnthropicTools(body: JsonObject, facts: AnthropicFacts): void {
  const { tools, tool_choice: choice } = body;
  if (tools !== undefined && !Array.isArray(tools)) throw bad('tools: Input should be a valid list');
  const offered = (tools ?? []) as unknown[];
  offered.forEach((tool, index) => checkTool(tool, index, facts));
  const names = (offered as JsonObject[]).map(({ name }) => name);
  if (new Set(names).size < names.length) throw bad('tools: Tool names must be unique.');
  if (choice !== undefined) checkChoice(choice, names, facts);
}

function checkTool(tool: unknown, index: number, { takesSchemas }: AnthropicFacts): void {
  const param = `tools.${index}.custom`;
  if (!isObject(tool)) throw bad(`${param}: Input should be an object`);
  const { name, input_schema: schema, strict } = tool;
  const unknown = Object.keys(tool).find((field) => !TOOL_FIELDS.has(field));
  if (unknown !== undefined) throw bad(`${param}.${unknown}: Extra inputs are not permitted`);
  if (typeof name !== 'string' || !NAME.test(name))
    throw bad(`${param}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
  if (!isObject(schema)) throw bad(`${param}.input_schema: Field required`);
  if (schema.type !== 'object') throw bad(`${param}.input_schema.type: Input should be 'object'`);
  if (strict !== true) return;
  if (!takesSchemas) throw bad(`${param}.strict: This model does not support strict tools.`);
  checkConstrainedSchema(schema, `${param}.input_schema`);
}

function checkChoice(choice: unknown, names: unknown[], { takesForcedTools }: AnthropicFacts): void {
  const type = isObject(choice) ? choice.type : undefined;
  if (type !== 'auto' && type !== 'any' && type !== 'none' && type !== 'tool') {
    throw bad(
      "tool_choice: Input tag found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
    );
  }
  if (names.length === 0) throw bad('tool_choice: tool_choice may only be specified while providing tools.');
  const isForced = type === 'any' || type === 'tool';
  if (isForced && !takesForcedTools) throw bad('tool_choice: forced tool use is not supported for this model.');
  const { name } = choice as JsonObject;
  if (type === 'tool' && !names.includes(name)) throw bad(`Tool '${String(name)}' not found in provided tools`);
}

/** The tools of a request that has been checked. */
export function toolsOf({ tools }: JsonObject): OfferedTool[] {
  if (!Array.isArray(tools)) return [];
  return tools.map((tool: JsonObject) => ({ name: tool.name as string, schema: tool.input_schema as JsonObject }));
}

export function toolChoiceOf({ tool_choice: choice }: JsonObject): TextRequest['toolChoice'] {
  if (!isObject(choice)) return 'auto';
  return choice.type === 'tool' ? { name: choice.name as string } : CHOICES[choice.type as keyof typeof CHOICES];
}
