import type { Message } from '../contract/text-request.js';
import { toAnthropicMessages } from './anthropic-messages.js';

const message = (role: Message['role'], content: Message['content']): Message => ({ role, content });

describe('toAnthropicMessages', () => {
  it('keeps a conversation that is fine as it is', () => {
    const messages = [message('user', 'hi'), message('assistant', 'hello'), message('user', 'more')];
    expect(toAnthropicMessages(messages)).toEqual({ messages });
  });

  it('joins the system messages, wherever they stand', () => {
    const messages = [
      message('system', 'be brief'),
      message('user', 'hi'),
      message('system', [{ type: 'text', text: 'be kind' }]),
    ];
    expect(toAnthropicMessages(messages)).toEqual({ system: 'be brief\n\nbe kind', messages: [message('user', 'hi')] });
  });

  it('merges neighbours of one role, also across a system message', () => {
    const messages = [message('user', 'one'), message('system', 'x'), message('user', [{ type: 'text', text: 'two' }])];
    expect(toAnthropicMessages(messages).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
    ]);
  });

  it('lets the user begin where the assistant did', () => {
    const { messages } = toAnthropicMessages([message('assistant', 'How can I help?'), message('user', 'hi')]);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[0]?.content).not.toBe('');
  });

  it('asks instructions alone as the user', () => {
    expect(toAnthropicMessages([message('system', 'Say hi.')])).toEqual({ messages: [message('user', 'Say hi.')] });
  });

  it('leaves out empty texts and messages', () => {
    const messages = [
      message('user', 'hi'),
      message('assistant', ''),
      message('user', [
        { type: 'text', text: ' ' },
        { type: 'text', text: 'x' },
      ]),
    ];
    expect(toAnthropicMessages(messages).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'hi' },
          { type: 'text', text: 'x' },
        ],
      },
    ]);
  });

  it('takes the white space from the end of an answer begun for the model, and from nowhere else', () => {
    expect(toAnthropicMessages([message('user', 'hi \n'), message('assistant', 'Well, ')]).messages).toEqual([
      message('user', 'hi \n'),
      message('assistant', 'Well,'),
    ]);
  });

  it('changes nothing of what it was given', () => {
    const messages = [message('user', 'a'), message('user', 'b'), message('assistant', 'c ')];
    const copy = structuredClone(messages);
    toAnthropicMessages(messages);
    expect(messages).toEqual(copy);
  });

  const CALLS = [
    { id: 'call_1', name: 'f', arguments: '{"a":1}' },
    { id: 'call:2', name: 'g', arguments: '{"a":' },
  ];
  const result = (toolCallId: string, content: Message['content'], more: Partial<Message> = {}): Message => ({
    ...message('tool', content),
    toolCallId,
    ...more,
  });

  it('sends calls and their results, all of a turn in one message and before anything else', () => {
    const conversation = [
      message('user', 'go'),
      { ...message('assistant', 'Wait.'), toolCalls: CALLS },
      result('call_1', 'sunny'),
      result('call:2', 'no such city', { isToolError: true }),
      message('user', 'thanks'),
    ];
    const { messages } = toAnthropicMessages(conversation);
    const mapped = expect.stringMatching(/^call_[0-9a-f]{24}$/);
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Wait.' },
          { type: 'tool_use', id: 'call_1', name: 'f', input: { a: 1 } },
          { type: 'tool_use', id: mapped, name: 'g', input: { malformed_arguments: '{"a":' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' },
          { type: 'tool_result', tool_use_id: mapped, content: 'no such city', is_error: true },
          { type: 'text', text: 'thanks' },
        ],
      },
    ]);
  });

  it('puts results first also where somebody spoke before them', () => {
    const { messages } = toAnthropicMessages([
      message('user', 'go'),
      { ...message('assistant', ''), toolCalls: [CALLS[0]!] },
      message('user', 'hurry'),
      result('call_1', 'sunny'),
    ]);
    expect(messages.at(-1)?.content).toMatchObject([{ type: 'tool_result' }, { type: 'text' }]);
  });

  it('sends images, in results too, and data URLs as bytes', () => {
    const images: Message['content'] = [
      { type: 'image', url: 'https://example.com/a.png' },
      { type: 'image', url: 'data:image/png;base64,AAAA' },
    ];
    const blocks = [
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
    ];
    expect(toAnthropicMessages([message('user', images)]).messages).toEqual([{ role: 'user', content: blocks }]);
    const { messages } = toAnthropicMessages([
      message('user', 'go'),
      { ...message('assistant', ''), toolCalls: [CALLS[0]!] },
      result('call_1', images),
    ]);
    expect(messages.at(-1)?.content).toEqual([{ type: 'tool_result', tool_use_id: 'call_1', content: blocks }]);
  });

  it('gives thoughts back, first and unchanged, where they bear a signature', () => {
    const reasoning = [{ text: 'hm', signature: 's' }, { redacted: 'r' }, { text: 'unsigned' }];
    const { messages } = toAnthropicMessages([
      message('user', 'go'),
      { ...message('assistant', 'So'), reasoning },
      message('user', 'on'),
    ]);
    expect(messages[1]?.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'redacted_thinking', data: 'r' },
      { type: 'text', text: 'So' },
    ]);
  });

  it('marks what the cache is to keep, instructions in blocks then', () => {
    const marked = (text: string, ttl: '5m' | '1h') => [{ type: 'text' as const, text, cacheBreakpoint: { ttl } }];
    expect(
      toAnthropicMessages([message('system', marked('be brief', '1h')), message('user', marked('hi', '5m'))]),
    ).toEqual({
      system: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] }],
    });
  });

  it('marks a whole result where a part of it is marked', () => {
    const content: Message['content'] = [{ type: 'text', text: 'sunny', cacheBreakpoint: { ttl: '5m' } }];
    const { messages } = toAnthropicMessages([
      message('user', 'go'),
      { ...message('assistant', ''), toolCalls: [CALLS[0]!] },
      result('call_1', content),
    ]);
    expect(messages.at(-1)?.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'call_1',
        content: [{ type: 'text', text: 'sunny' }],
        cache_control: { type: 'ephemeral' },
      },
    ]);
  });
});
