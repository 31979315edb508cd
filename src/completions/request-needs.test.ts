import type { AnswerOptions, Message } from '../providers/contract/text-request.js';
import { requestNeeds } from './request-needs.js';

const user: Message = { role: 'user', content: [{ type: 'text', text: 'hello' }] };
const picture: Message = { role: 'user', content: [{ type: 'image', url: 'https://example.com/a.png' }] };
const calling: Message = { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'a', arguments: '' }] };
const answering: Message = { role: 'tool', content: '', toolCallId: '1' };

it.each<[Message[], AnswerOptions, object]>([
  [[user], {}, {}],
  [[user], { responseFormat: { type: 'text' }, seed: 1, reasoning: { effort: 'low' } }, {}],
  [[user], { tools: [{ name: 'a' }] }, { tools: 'tools' }],
  [[user, calling, answering], {}, { tools: 'messages[1].toolCalls' }],
  [[calling, answering], { tools: [{ name: 'a' }] }, { tools: 'tools' }],
  [[user, picture], {}, { images: 'messages[1].content' }],
  [[user], { responseFormat: { type: 'json_object' } }, { structuredOutput: 'responseFormat' }],
  [[user], { topLogprobs: 0 }, { logprobs: 'topLogprobs' }],
])('the needs of %#', (messages, options, needs) => expect(requestNeeds({ messages, options })).toEqual(needs));
