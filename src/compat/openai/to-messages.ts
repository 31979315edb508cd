import { validationFailure } from '../../common/errors/field-faults.js';
import { readImage } from '../../completions/request-image.js';
import type { ContentPart, ImagePart } from '../../providers/contract/content-part.js';
import type { Message } from '../../providers/contract/text-request.js';
import { defined } from '../http/fields.js';
import type { ChatBreakpoint, ChatMessage, ChatPart } from './chat-body.js';

type ChatImage = Extract<ChatPart, { type: 'image_url' }>['image_url'];

/**
 * OpenAI's messages as the platform has them.
 * @throws GatewayError VALIDATION_ERROR for an image that is none
 */
export function toMessages(messages: readonly ChatMessage[]): Message[] {
  return messages.map((message, index) => {
    const { role, name, tool_calls: calls, tool_call_id: toolCallId } = message;
    return {
      role: role === 'developer' ? 'system' : role,
      content: contentOf(message, `messages[${index}]`),
      ...defined({
        name: role === 'tool' ? undefined : name,
        toolCalls: calls?.map(({ id, function: { name: tool, arguments: text } }) => ({
          id,
          name: tool,
          arguments: text,
        })),
        toolCallId,
      }),
    };
  });
}

function contentOf({ role, content, refusal, tool_calls: calls }: ChatMessage, path: string): Message['content'] {
  if (content === undefined) {
    if (refusal === undefined && role === 'assistant' && !calls) throw missing(`${path}.content`);
    return refusal ?? '';
  }
  if (typeof content === 'string') return content;
  return content.map((part, index) => toPart(part, `${path}.content[${index}]`));
}

function toPart(part: ChatPart, path: string): ContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...breakpointOf(part) };
    case 'refusal':
      return { type: 'text', text: part.refusal };
    case 'image_url':
      return { ...toImage(part.image_url, `${path}.image_url`), ...breakpointOf(part) };
    default:
      return part satisfies never;
  }
}

function toImage({ url, detail }: ChatImage, path: string): ImagePart {
  const image = readImage({ url });
  if (typeof image !== 'string') return { ...image, ...defined({ detail }) };
  throw validationFailure([{ field: path, message: `${path} ${image}` }]);
}

/** Half an hour there, five minutes or an hour here: the nearest. */
function breakpointOf({ prompt_cache_breakpoint: given }: { prompt_cache_breakpoint?: ChatBreakpoint }) {
  return given ? { cacheBreakpoint: { ttl: given.ttl === '12h' ? ('1h' as const) : ('5m' as const) } } : {};
}

function missing(field: string) {
  return validationFailure([{ field, message: `${field} must be given, or tool_calls` }]);
}
