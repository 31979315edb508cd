import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
  ChatCompletionMessageToolCall,
  ChatCompletionToolMessageParam,
} from 'openai/resources/chat/completions';
import type { ContentPart, ImagePart } from '../contract/content-part.js';
import type { Message, TextRequest } from '../contract/text-request.js';
import { imagesOf, textOf } from '../conversation/content.js';
import { conversationOf } from '../conversation/continuation.js';
import { imageUrl } from '../conversation/image-source.js';
import { toolArgumentsText } from '../conversation/tool-arguments.js';
import { JSON_INSTRUCTION } from '../conversation/json-instruction.js';
import { fittingToolCallId } from '../conversation/tool-call-id.js';
import type { OpenAiDialect } from './openai-dialect.js';

/** OpenAI refuses longer ids with a 400. */
const FITTING_ID = /^.{1,40}$/s;
const IMAGES_OF_TOOLS = 'The images of the tool results above:';

export interface MessageOptions {
  /** Cache breakpoints go along (GPT-5.6 and later). */
  takesCacheBreakpoints?: boolean;
  dialect?: OpenAiDialect;
  /** The model goes on with an assistant's message that ends the conversation. */
  takesPrefill?: boolean;
}

/** The conversation of a request, with the fields that ask for an answer begun elsewhere to be gone on with. */
export function toOpenAiConversation(request: TextRequest, options: MessageOptions) {
  const isBegun = Boolean(request.continuation) && options.takesPrefill === true;
  const field = isBegun ? options.dialect?.prefillField : undefined;
  const asked = conversationOf(request, { goesOn: options.takesPrefill === true });
  const messages = toOpenAiMessages(withJsonAsked(asked, request), options);
  const last = messages.at(-1);
  if (field === 'prefix' && last) Object.assign(last, { prefix: true });
  return {
    messages,
    ...(field === 'continue_final_message' ? { add_generation_prompt: false, continue_final_message: true } : {}),
  };
}

/** JSON mode is refused where no message speaks of JSON. */
function withJsonAsked(messages: Message[], { responseFormat }: TextRequest): Message[] {
  if (responseFormat?.type !== 'json_object') return messages;
  if (messages.some(({ content }) => /json/i.test(textOf(content)))) return messages;
  return [{ role: 'system', content: JSON_INSTRUCTION }, ...messages];
}

/**
 * The conversation as chat completions take it. Reasoning stays behind, since it is its own vendor's. Only the user can
 * send images there: those of tool results (and of assistants) follow in a user message of their own.
 */
export function toOpenAiMessages(messages: Message[], options: MessageOptions): ChatCompletionMessageParam[] {
  const result: ChatCompletionMessageParam[] = [];
  let images: ImagePart[] = [];
  messages.forEach((message, index) => {
    result.push(toOpenAiMessage(message, options));
    if (message.role !== 'user') images = images.concat(imagesOf(message.content));
    // The results of one turn have to stand together.
    if (images.length === 0 || messages[index + 1]?.role === 'tool') return;
    result.push({ role: 'user', content: toParts([{ type: 'text', text: IMAGES_OF_TOOLS }, ...images], options) });
    images = [];
  });
  return result;
}

function toOpenAiMessage(message: Message, options: MessageOptions): ChatCompletionMessageParam {
  const { role, content } = message;
  const name = message.name === undefined ? {} : { name: message.name };
  switch (role) {
    case 'assistant':
      return { ...toAssistant(message), ...name };
    case 'tool':
      return toToolResult(message);
    case 'system':
      return { role: options.dialect?.instructionRole ?? role, content: toText(content, options), ...name };
    case 'user':
      return { role, content: typeof content === 'string' ? content : toParts(content, options), ...name };
    default:
      return role satisfies never;
  }
}

function toAssistant({ content, toolCalls = [] }: Message): ChatCompletionAssistantMessageParam {
  const text = textOf(content);
  if (toolCalls.length === 0) return { role: 'assistant', content: text };
  const calls = toolCalls.map((call): ChatCompletionMessageToolCall => ({
    id: fittingToolCallId(call.id, FITTING_ID),
    type: 'function',
    function: { name: call.name, arguments: toolArgumentsText(call.arguments) },
  }));
  return { role: 'assistant', content: text === '' ? null : text, tool_calls: calls };
}

/** There is no field for a failure, so the result says it. */
function toToolResult({ content, toolCallId = '', isToolError }: Message): ChatCompletionToolMessageParam {
  const text = textOf(content);
  const isSaid = !isToolError || /^\W*error/i.test(text);
  return {
    role: 'tool',
    tool_call_id: fittingToolCallId(toolCallId, FITTING_ID),
    content: isSaid ? text : `Error: ${text}`,
  };
}

function toText(content: string | ContentPart[], options: MessageOptions) {
  if (typeof content === 'string') return content;
  return content.flatMap((part) =>
    part.type === 'text' ? [{ ...toTextPart(part.text), ...breakpoint(part, options) }] : [],
  );
}

function toParts(parts: ContentPart[], options: MessageOptions): ChatCompletionContentPart[] {
  return parts.map((part) => ({
    ...(part.type === 'text' ? toTextPart(part.text) : toImagePart(part)),
    ...breakpoint(part, options),
  }));
}

function toTextPart(text: string) {
  return { type: 'text' as const, text };
}

function toImagePart(image: ImagePart) {
  const { detail } = image;
  return {
    type: 'image_url' as const,
    image_url: { url: imageUrl(image), ...(detail === undefined ? {} : { detail }) },
  };
}

function breakpoint({ cacheBreakpoint }: ContentPart, { takesCacheBreakpoints }: MessageOptions) {
  return cacheBreakpoint && takesCacheBreakpoints ? { prompt_cache_breakpoint: { mode: 'explicit' as const } } : {};
}
