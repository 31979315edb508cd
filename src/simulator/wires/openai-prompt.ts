import type { PromptPiece } from '../prompt.js';
import { partsOf } from './message-text.js';
import type { JsonObject } from './wire.js';

/** The prompt that a request makes, in the order in which it is put together. */
export function openAiPrompt({ tools, response_format: format }: JsonObject, messages: JsonObject[]): PromptPiece[] {
  const schema = (format as JsonObject | undefined)?.json_schema;
  return [
    ...(Array.isArray(tools) ? tools.map((tool) => ({ text: `${JSON.stringify(tool)}\n` })) : []),
    ...(schema === undefined ? [] : [{ text: `${JSON.stringify(schema)}\n` }]),
    ...messages.flatMap((message, index) => {
      const pieces = partsOf(message.content).map(pieceOf);
      if (message.tool_calls !== undefined) pieces.push({ text: JSON.stringify(message.tool_calls) });
      // Messages stand apart from each other.
      return index === 0 ? pieces : [{ text: '\n' }, ...pieces];
    }),
  ];
}

function pieceOf({ type, text, image_url: image }: JsonObject): PromptPiece {
  if (type === 'image_url') return { text: JSON.stringify(image), isImage: true };
  return { text: typeof text === 'string' ? text : '' };
}
