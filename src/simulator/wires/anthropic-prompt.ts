import type { PromptPiece } from '../prompt.js';
import { isObject, partsOf, textOf } from './message-text.js';
import type { JsonObject } from './wire.js';

/** The prompt that a request makes, in the order in which it is put together: tools, instructions, messages. */
export function anthropicPrompt({ tools, system, output_config: output, messages }: JsonObject): PromptPiece[] {
  const format = isObject(output) ? output.format : undefined;
  return [
    ...(Array.isArray(tools)
      ? tools.map((tool: JsonObject) => ({ text: `${JSON.stringify(plain(tool))}\n`, ...kept(tool) }))
      : []),
    ...(format == null ? [] : [{ text: `${JSON.stringify(format)}\n` }]),
    ...(system === undefined ? [] : [...partsOf(system).flatMap(piecesOf), { text: '\n' }]),
    ...(messages as JsonObject[]).flatMap(({ content }, index) => {
      const pieces = partsOf(content).flatMap(piecesOf);
      // Messages stand apart from each other.
      return index === 0 ? pieces : [{ text: '\n' }, ...pieces];
    }),
  ];
}

function piecesOf(block: JsonObject): PromptPiece[] {
  const { type, text, source, content } = block;
  switch (type) {
    case 'text':
      return [{ text: String(text), ...kept(block) }];
    case 'image':
      return [{ text: JSON.stringify(source), isImage: true, ...kept(block) }];
    case 'tool_result': {
      const images = partsOf(content).filter((part) => part.type === 'image');
      return [...images.flatMap(piecesOf), { text: textOf(content), ...kept(block) }];
    }
    default:
      return [{ text: JSON.stringify(plain(block)), ...kept(block) }];
  }
}

/** Without the mark for the cache, which is no part of the prompt. */
function plain({ cache_control: _, ...block }: JsonObject): JsonObject {
  return block;
}

function kept({ cache_control: control }: JsonObject): Pick<PromptPiece, 'breakpoint'> {
  if (!isObject(control)) return {};
  return { breakpoint: control.ttl === '1h' ? '1h' : '5m' };
}
