import type { Needs } from '../orchestrator/route-plan.js';
import type { Message } from '../providers/contract/text-request.js';
import type { CompletionRequest } from './completion-request.js';

/** What a request asks of its model beyond text, each with the field that it comes from. */
export function requestNeeds({
  messages,
  options: { tools, responseFormat, topLogprobs },
}: Pick<CompletionRequest, 'messages' | 'options'>): Needs {
  const image = messages.findIndex(hasImage);
  const isStructured = responseFormat !== undefined && responseFormat.type !== 'text';
  const call = tools ? -1 : messages.findIndex(({ toolCalls }) => toolCalls !== undefined);
  return {
    ...(tools ? { tools: 'tools' } : {}),
    ...(call === -1 ? {} : { tools: `messages[${call}].toolCalls` }),
    ...(image === -1 ? {} : { images: `messages[${image}].content` }),
    ...(isStructured ? { structuredOutput: 'responseFormat' } : {}),
    ...(topLogprobs === undefined ? {} : { logprobs: 'topLogprobs' }),
  };
}

function hasImage({ content }: Message): boolean {
  return typeof content !== 'string' && content.some(({ type }) => type === 'image');
}
