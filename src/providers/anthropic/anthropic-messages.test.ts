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
});
