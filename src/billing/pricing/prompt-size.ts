import { readImageHeader } from '../../common/images/image-header.js';
import type { ContentPart, ImagePart } from '../../providers/contract/content-part.js';
import type {
  AnswerOptions,
  EmbeddingRequest,
  Message,
  ReasoningBlock,
} from '../../providers/contract/text-request.js';
import { imageTokens, imageTokensBound, type SentImage } from './image-tokens.js';
import { estimateTokens } from './token-estimate.js';

/** How large a prompt is, before any provider has counted it. */
export interface PromptSize {
  /** Our estimate of everything but the images. */
  textTokens: number;
  /** Its bytes, with what templates add: no tokenizer makes more tokens than bytes. */
  textBytes: number;
  images: readonly SentImage[];
  /** What goes to the provider, about, in bytes: it takes time to read. */
  wireBytes: number;
}

export interface Prompt {
  messages: readonly Message[];
  inputs: EmbeddingRequest['inputs'];
  options: Pick<AnswerOptions, 'tools' | 'responseFormat'>;
}

/** What a vendor's chat template adds to a message (role, separators): about, and at most. */
const MESSAGE = { tokens: 4, bytes: 16 };
const CALL = { tokens: 8, bytes: 64 };
const TOOL = { tokens: 8, bytes: 64 };
/** What it adds once. */
const REQUEST = { tokens: 0, bytes: 16 };
/** Models are told how to call tools, or how to keep to a schema. */
const INSTRUCTIONS = { tokens: 50, bytes: 1_024 };
/** A provider that fetches an image by its address takes as long as for so much of a prompt. */
const WIRE_BYTES_PER_ADDRESS = 100_000;

/** Measures everything of a request that a provider may count. One pass; images are not decoded, but for their headers. */
export function measurePrompt({ messages, inputs, options: { tools, responseFormat } }: Prompt): PromptSize {
  const size = new Measured();
  if (inputs.length === 0) size.add(REQUEST);
  for (const message of messages) measureMessage(message, size);
  for (const input of inputs) {
    size.add({ tokens: 0, bytes: MESSAGE.bytes });
    if (typeof input === 'string') size.text(input);
    else size.add({ tokens: input.length, bytes: input.length });
  }
  for (const tool of tools ?? []) {
    size.add(TOOL);
    size.text(JSON.stringify(tool));
  }
  if (tools) size.add(INSTRUCTIONS);
  if (responseFormat && responseFormat.type !== 'text') {
    size.add(INSTRUCTIONS);
    size.text(JSON.stringify(responseFormat));
  }
  return size;
}

/** About how many tokens a model will count. */
export function promptTokensAt(model: string, { textTokens, images }: PromptSize): number {
  return images.reduce((tokens, image) => tokens + imageTokens(model, image), textTokens);
}

/** The most that it may count. */
export function promptTokensBoundAt(model: string, { textBytes, images }: PromptSize): number {
  return images.reduce((tokens, image) => tokens + imageTokensBound(model, image), textBytes);
}

class Measured implements PromptSize {
  textTokens = 0;
  textBytes = 0;
  wireBytes = 0;
  readonly images: SentImage[] = [];

  text(text: string): void {
    this.add({ tokens: estimateTokens(text), bytes: Buffer.byteLength(text) });
  }

  add({ tokens, bytes }: { tokens: number; bytes: number }): void {
    this.textTokens += tokens;
    this.textBytes += bytes;
    this.wireBytes += bytes;
  }

  image(image: ImagePart): void {
    const isSent = 'data' in image;
    this.images.push({ size: isSent ? readImageHeader(image.data)?.size : undefined, detail: image.detail });
    this.wireBytes += isSent ? image.data.length : WIRE_BYTES_PER_ADDRESS;
  }
}

function measureMessage(message: Message, size: Measured): void {
  const { content, name, toolCalls, toolCallId, reasoning } = message;
  size.add(MESSAGE);
  if (name !== undefined) size.text(name);
  if (typeof content === 'string') size.text(content);
  else for (const part of content) measurePart(part, size);
  if (toolCallId !== undefined) size.text(toolCallId);
  for (const call of toolCalls ?? []) {
    size.add(CALL);
    size.text(`${call.id}${call.name}${call.arguments}`);
  }
  for (const block of reasoning ?? []) measureReasoning(block, size);
}

function measurePart(part: ContentPart, size: Measured): void {
  if (part.type === 'text') size.text(part.text);
  else size.image(part);
}

/** A signature, and thought that only the vendor can read, are longer than what they stand for. */
function measureReasoning(block: ReasoningBlock, size: Measured): void {
  if ('text' in block) size.text(block.text);
  const sealed = 'text' in block ? (block.signature ?? '') : block.redacted;
  size.add({ tokens: Math.ceil(sealed.length / 8), bytes: sealed.length });
}
