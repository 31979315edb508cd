import { parseJsonObject, type JsonObject } from '../http/json.js';

/**
 * The arguments of a tool call as an object. A model may have written nothing, where the tool takes none, or something
 * that is no JSON object; then the text itself becomes an argument, so that the conversation goes on and the model can
 * see what it wrote.
 */
export function toolArguments(text: string): JsonObject {
  if (text.trim() === '') return {};
  return parseJsonObject(text) ?? { malformed_arguments: text };
}

/** The same as JSON text: exactly what the model wrote wherever that is an object. */
export function toolArgumentsText(text: string): string {
  return parseJsonObject(text) ? text : JSON.stringify(toolArguments(text));
}
