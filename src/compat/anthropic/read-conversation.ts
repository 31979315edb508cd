import type { FieldFault } from '../../common/errors/field-faults.js';
import { readImage } from '../../completions/request-image.js';
import type { CacheBreakpoint, ContentPart, ImagePart, TextPart } from '../../providers/contract/content-part.js';
import type { Message, ReasoningBlock } from '../../providers/contract/text-request.js';
import { defined } from '../http/fields.js';
import type {
  Block,
  CacheControl,
  ImageBlock,
  MessageBody,
  TextBlock,
  ThoughtBlock,
  ToolResultBlock,
  ToolUseParam,
} from './message-body.js';

/** Where something stands in the client's body, for faults that name it. */
export interface Origin {
  message: string;
  /** Of its parts and of its calls, in their order. */
  parts: string[];
  calls: string[];
}

export interface Conversation {
  messages: Message[];
  /** Of each message. */
  origins: Origin[];
  faults: FieldFault[];
}

/** One of our messages while it is put together. */
interface Draft {
  role: Message['role'];
  origin: Origin;
  parts: ContentPart[];
  reasoning: ReasoningBlock[];
  calls: NonNullable<Message['toolCalls']>;
}

/** Anthropic's conversation as the platform has it: `system` is a message, and so is each result of a tool. */
export function readConversation({ system, messages }: Pick<MessageBody, 'system' | 'messages'>): Conversation {
  const reader = new ConversationReader();
  if (system !== undefined) reader.readMessage('system', system, 'system', 'system');
  for (const [index, { role, content }] of messages.entries()) {
    const path = `messages[${index}]`;
    reader.readMessage(role, content, path, `${path}.content`);
  }
  return reader;
}

class ConversationReader implements Conversation {
  readonly messages: Message[] = [];
  readonly origins: Origin[] = [];
  readonly faults: FieldFault[] = [];

  readMessage(role: Draft['role'], content: string | Block[], path: string, contentPath: string): void {
    if (typeof content === 'string') return this.push({ role, content }, { message: path, parts: [], calls: [] });
    let draft = newDraft(role, path);
    for (const [index, block] of content.entries()) {
      const place = `${contentPath}[${index}]`;
      if (mustFollow(block, draft)) {
        this.finish(draft);
        draft = newDraft(role, path);
      }
      if (block.type === 'tool_result') this.readResult(block, place);
      else this.readBlock(block, place, draft);
    }
    if (!isEmpty(draft) || content.every(({ type }) => type !== 'tool_result')) this.finish(draft);
  }

  private readBlock(block: Exclude<Block, ToolResultBlock>, place: string, draft: Draft): void {
    switch (block.type) {
      case 'text':
      case 'image':
        return this.readPart(block, place, draft);
      case 'thinking':
      case 'redacted_thinking':
        draft.reasoning.push(thoughtOf(block));
        return;
      case 'tool_use':
        draft.calls.push(callOf(block));
        draft.origin.calls.push(place);
        return;
      default:
        return block satisfies never;
    }
  }

  private readPart(block: TextBlock | ImageBlock, place: string, { parts, origin }: Draft): void {
    const part = block.type === 'text' ? textOf(block) : this.imageOf(block, `${place}.source`);
    if (!part) return;
    parts.push(part);
    origin.parts.push(place);
  }

  private imageOf({ source, cache_control: control }: ImageBlock, path: string): ImagePart | undefined {
    const image = readImage(
      source.type === 'url' ? { url: source.url } : { data: source.data, mediaType: source.media_type },
    );
    if (typeof image !== 'string') return { ...image, ...breakpointOf(control) };
    this.faults.push({ field: path, message: `${path} ${image}` });
    return undefined;
  }

  /** A result is a message of its own; what is marked in it for the cache is its end. */
  private readResult(block: ToolResultBlock, place: string): void {
    const draft = newDraft('tool', place);
    const { content = '', cache_control: control } = block;
    const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
    for (const [index, part] of blocks.entries()) this.readPart(part, `${place}.content[${index}]`, draft);
    const last = draft.parts.at(-1);
    if (last) Object.assign(last, breakpointOf(control));
    const message: Message = {
      role: 'tool',
      content: plain(draft.parts),
      toolCallId: block.tool_use_id,
      ...defined({ isToolError: block.is_error }),
    };
    this.push(message, draft.origin);
  }

  private finish({ role, origin, parts, reasoning, calls }: Draft): void {
    this.push(
      {
        role,
        content: plain(parts),
        ...(reasoning.length === 0 ? {} : { reasoning }),
        ...(calls.length === 0 ? {} : { toolCalls: calls }),
      },
      origin,
    );
  }

  private push(message: Message, origin: Origin): void {
    this.messages.push(message);
    this.origins.push(origin);
  }
}

function newDraft(role: Draft['role'], path: string): Draft {
  return { role, origin: { message: path, parts: [], calls: [] }, parts: [], reasoning: [], calls: [] };
}

/** Whether a block begins another message: thoughts stand before texts and results by themselves there. */
function mustFollow({ type }: Block, draft: Draft): boolean {
  if (type === 'tool_result') return !isEmpty(draft);
  return (type === 'thinking' || type === 'redacted_thinking') && draft.parts.length > 0 && draft.calls.length === 0;
}

function isEmpty({ parts, reasoning, calls }: Draft): boolean {
  return parts.length + reasoning.length + calls.length === 0;
}

/** A text alone is not put into a list, so that it is the same request either way. */
function plain(parts: ContentPart[]): Message['content'] {
  const [first] = parts;
  if (!first) return '';
  return parts.length === 1 && first.type === 'text' && !first.cacheBreakpoint ? first.text : parts;
}

function textOf({ text, cache_control: control }: TextBlock): TextPart {
  return { type: 'text', text, ...breakpointOf(control) };
}

export function breakpointOf(control: CacheControl | undefined): Pick<TextPart, 'cacheBreakpoint'> {
  return control ? { cacheBreakpoint: toBreakpoint(control) } : {};
}

export function toBreakpoint({ ttl = '5m' }: CacheControl): CacheBreakpoint {
  return { ttl };
}

/** An empty signature is ours, of thoughts that their vendor does not want back. */
function thoughtOf(block: ThoughtBlock): ReasoningBlock {
  if (block.type === 'redacted_thinking') return { redacted: block.data };
  const { thinking: text, signature } = block;
  return signature === '' ? { text } : { text, signature };
}

function callOf({ id, name, input }: ToolUseParam): NonNullable<Message['toolCalls']>[number] {
  return { id, name, arguments: JSON.stringify(input) };
}
