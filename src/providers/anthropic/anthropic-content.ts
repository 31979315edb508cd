import type { CacheBreakpoint, ContentPart } from '../contract/content-part.js';
import type { Message, ReasoningBlock } from '../contract/text-request.js';
import { partsOf } from '../conversation/content.js';
import { imageSource } from '../conversation/image-source.js';
import { toolArguments } from '../conversation/tool-arguments.js';
import { fittingToolCallId } from '../conversation/tool-call-id.js';
import type {
  AnthropicBlock,
  CacheControl,
  ImageBlock,
  TextBlock,
  ThinkingBlock,
  ToolResultBlock,
} from './anthropic-blocks.js';

const FITTING_ID = /^[a-zA-Z0-9_-]+$/;

/** The blocks of one message. Empty texts are left out, since they are refused. */
export function toBlocks(message: Message): AnthropicBlock[] {
  const { role, content, toolCalls = [], reasoning = [] } = message;
  if (role === 'tool') return [toToolResult(message)];
  if (role !== 'assistant') return toContent(content);
  return [
    ...reasoning.flatMap(toThinking),
    ...toContent(content).filter(({ type }) => type === 'text'), // an assistant can send no images
    ...toolCalls.map((call) => ({
      type: 'tool_use' as const,
      id: fittingToolCallId(call.id, FITTING_ID),
      name: call.name,
      input: toolArguments(call.arguments),
    })),
  ];
}

export function toContent(content: string | ContentPart[]): (TextBlock | ImageBlock)[] {
  return partsOf(content).flatMap((part): (TextBlock | ImageBlock)[] => {
    const cached = cacheControl(part.cacheBreakpoint);
    if (part.type === 'image') return [{ type: 'image', source: toImageSource(part), ...cached }];
    return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...cached }];
  });
}

export function cacheControl(breakpoint: CacheBreakpoint | undefined): { cache_control?: CacheControl } {
  if (!breakpoint) return {};
  return { cache_control: breakpoint.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
}

/** The breakpoint of a part is that of the whole result, of which it is the end or nearly so. */
function toToolResult({ content, toolCallId = '', isToolError }: Message): ToolResultBlock {
  const breakpoint = partsOf(content).findLast((part) => part.cacheBreakpoint)?.cacheBreakpoint;
  const blocks = toContent(content).map(({ cache_control: _, ...block }) => block);
  const isPlain = typeof content === 'string' || blocks.length === 0;
  return {
    type: 'tool_result',
    tool_use_id: fittingToolCallId(toolCallId, FITTING_ID),
    content: isPlain
      ? partsOf(content)
          .map((part) => (part.type === 'text' ? part.text : ''))
          .join('')
      : blocks,
    ...(isToolError ? { is_error: true } : {}),
    ...cacheControl(breakpoint),
  };
}

function toImageSource(image: Extract<ContentPart, { type: 'image' }>): ImageBlock['source'] {
  const source = imageSource(image);
  if ('url' in source) return { type: 'url', url: source.url };
  return { type: 'base64', media_type: source.mediaType, data: source.data };
}

/** Only what bears Claude's own signature goes back to it; other models' thoughts are nothing that it would take. */
function toThinking(block: ReasoningBlock): ThinkingBlock[] {
  if ('redacted' in block) return [{ type: 'redacted_thinking', data: block.redacted }];
  return block.signature === undefined ? [] : [{ type: 'thinking', thinking: block.text, signature: block.signature }];
}
