import type { TextRequest } from '../contract/text-request.js';
import type { JsonSchema } from '../contract/tool.js';
import { JSON_INSTRUCTION, schemaInstruction } from '../conversation/json-instruction.js';
import { claudeSchema } from './anthropic-schema.js';
import type { AnthropicTool } from './anthropic-tools.js';
import type { AnthropicTraits } from './anthropic-traits.js';

const JSON_TOOL = 'json_answer';

/**
 * How the form of an answer is asked for: by the vendor's own structured output, by a tool that the model has to call and
 * whose arguments are the answer, or in words.
 */
export type AnswerFormat =
  | { manner: 'free' }
  | { manner: 'native'; schema: JsonSchema }
  | { manner: 'tool'; tool: AnthropicTool }
  | { manner: 'words'; instruction: string };

export function answerFormat({ responseFormat, tools = [] }: TextRequest, traits: AnthropicTraits): AnswerFormat {
  if (!responseFormat || responseFormat.type === 'text') return { manner: 'free' };
  if (responseFormat.type === 'json_object') return { manner: 'words', instruction: JSON_INSTRUCTION };
  const { schema, description } = responseFormat;
  const narrowed = traits.knowsSchemas ? claudeSchema(schema) : undefined;
  if (narrowed) return { manner: 'native', schema: narrowed };
  if (!traits.takesForcedTools || schema.type !== 'object')
    return { manner: 'words', instruction: schemaInstruction(schema) };
  const name = freeName(tools.map((tool) => tool.name));
  return {
    manner: 'tool',
    tool: {
      name,
      description: description ?? 'Gives the answer in the form that was asked for.',
      input_schema: schema,
    },
  };
}

function freeName(taken: readonly string[]): string {
  let name = JSON_TOOL;
  while (taken.includes(name)) name += '_';
  return name;
}
