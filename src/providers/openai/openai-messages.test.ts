import type { Message } from '../contract/text-request.js';
import { toOpenAiMessages } from './openai-messages.js';

const CALLS = [
  { id: 'toolu_1', name: 'f', arguments: '{"a": 1}' },
  { id: 'toolu_2', name: 'g', arguments: '' },
];
const result = (toolCallId: string, content: Message['content'], more: Partial<Message> = {}): Message => ({
  role: 'tool',
  toolCallId,
  content,
  ...more,
});

describe('toOpenAiMessages', () => {
  it('passes calls and results on, arguments exactly as the model wrote them', () => {
    expect(
      toOpenAiMessages([{ role: 'assistant', content: '', toolCalls: CALLS }, result('toolu_1', 'ok')], {}),
    ).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } },
          { id: 'toolu_2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'ok' },
    ]);
  });

  it('keeps what an assistant said beside its calls, and drops what it thought', () => {
    const reasoning = [{ text: 'hm', signature: 's' }];
    const [message] = toOpenAiMessages([{ role: 'assistant', content: 'Wait.', toolCalls: CALLS, reasoning }], {});
    expect(message).toMatchObject({ content: 'Wait.' });
    expect(JSON.stringify(message)).not.toContain('hm');
  });

  it('makes arguments that are no JSON an argument, so that any server can read them', () => {
    const toolCalls = [{ id: 'a', name: 'f', arguments: '{"a":' }];
    expect(toOpenAiMessages([{ role: 'assistant', content: '', toolCalls }], {})).toMatchObject([
      { tool_calls: [{ function: { arguments: '{"malformed_arguments":"{\\"a\\":"}' } }] },
    ]);
  });

  it('gives a call and its result the same id where theirs is too long', () => {
    const id = 'x'.repeat(41);
    const toolCalls = [{ id, name: 'f', arguments: '{}' }];
    const messages = toOpenAiMessages([{ role: 'assistant', content: '', toolCalls }, result(id, 'ok')], {});
    const [call, answer] = messages as unknown as [{ tool_calls: { id: string }[] }, { tool_call_id: string }];
    expect(answer.tool_call_id).toBe(call.tool_calls[0]!.id);
    expect(answer.tool_call_id).toMatch(/^call_[0-9a-f]{24}$/);
  });

  it('says that a tool failed, once', () => {
    const messages = [
      result('a', 'no such city', { isToolError: true }),
      result('b', 'ERROR 7', { isToolError: true }),
    ];
    expect(toOpenAiMessages(messages, {}).map(({ content }) => content)).toEqual(['Error: no such city', 'ERROR 7']);
  });

  it('sends images by address or as data, with their detail', () => {
    const content: Message['content'] = [
      { type: 'text', text: 'what?' },
      { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
      { type: 'image', data: 'AAAA', mediaType: 'image/png' },
    ];
    expect(toOpenAiMessages([{ role: 'user', content }], {})).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what?' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it('moves the images of tool results behind the last of them', () => {
    const image = { type: 'image' as const, url: 'https://example.com/a.png' };
    const messages = [
      result('a', [{ type: 'text', text: 'see' }, image]),
      result('b', 'ok'),
      { role: 'user' as const, content: 'go' },
    ];
    const sent = toOpenAiMessages(messages, {});
    expect(sent.map(({ role }) => role)).toEqual(['tool', 'tool', 'user', 'user']);
    expect(sent[0]).toMatchObject({ content: 'see' });
    expect(sent[2]?.content).toContainEqual({ type: 'image_url', image_url: { url: image.url } });
  });

  it('marks cache breakpoints only for models that know them', () => {
    const content: Message['content'] = [{ type: 'text', text: 'long', cacheBreakpoint: { ttl: '1h' } }];
    const part = (takesCacheBreakpoints: boolean) =>
      toOpenAiMessages([{ role: 'user', content }], { takesCacheBreakpoints })[0]?.content;
    expect(part(true)).toEqual([{ type: 'text', text: 'long', prompt_cache_breakpoint: { mode: 'explicit' } }]);
    expect(part(false)).toEqual([{ type: 'text', text: 'long' }]);
  });

  it('calls instructions what the server calls them', () => {
    const messages: Message[] = [{ role: 'system', content: 'be brief' }];
    expect(toOpenAiMessages(messages, { dialect: { instructionRole: 'developer' } })[0]?.role).toBe('developer');
  });
});
