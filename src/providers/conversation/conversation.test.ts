import { conversationOf } from './continuation.js';
import { imageSource, imageUrl } from './image-source.js';
import { effortOf, nearestEffort } from './reasoning-effort.js';
import { toolArguments, toolArgumentsText } from './tool-arguments.js';
import { fittingToolCallId, newToolCallId } from './tool-call-id.js';
import type { Message } from '../contract/text-request.js';

const user: Message = { role: 'user', content: 'Tell me a story' };
const begun: Message = { role: 'assistant', content: 'Once upon' };
const asked = { role: 'user', content: expect.stringContaining('exactly where it ends') };

describe('conversationOf', () => {
  it('leaves a conversation alone that nothing is to be added to', () => {
    const messages = [user, begun];
    expect(conversationOf({ messages }, { goesOn: false })).toBe(messages);
    expect(conversationOf({ messages, continuation: '' }, { goesOn: true })).toBe(messages);
  });

  it('lets the model go on by itself where it does, else asks it to', () => {
    const request = { messages: [user], continuation: 'Once upon' };
    expect(conversationOf(request, { goesOn: true })).toEqual([user, begun]);
    expect(conversationOf(request, { goesOn: false })).toEqual([user, begun, asked]);
    expect(request.messages).toEqual([user]);
  });

  it('asks in words, too, where the caller began the answer and the model refuses that', () => {
    expect(conversationOf({ messages: [user, begun] }, { goesOn: false, isRefused: true })).toEqual([
      user,
      begun,
      asked,
    ]);
    const called: Message = { ...begun, toolCalls: [{ id: 'a', name: 'f', arguments: '' }] };
    expect(conversationOf({ messages: [user, called] }, { goesOn: false, isRefused: true })).toEqual([user, called]);
  });
});

describe('tool calls of another vendor', () => {
  const PATTERN = /^[a-zA-Z0-9_-]+$/;

  it('keep an id that fits, and get one that is always the same for theirs', () => {
    expect(fittingToolCallId('toolu_01-x', PATTERN)).toBe('toolu_01-x');
    const mapped = fittingToolCallId('call:1', PATTERN);
    expect(mapped).toMatch(PATTERN);
    expect(fittingToolCallId('call:1', PATTERN)).toBe(mapped);
    expect(fittingToolCallId('call:2', PATTERN)).not.toBe(mapped);
    expect(newToolCallId()).not.toBe(newToolCallId());
  });

  it('have arguments that are an object, whatever the model wrote', () => {
    expect(toolArguments('{"a":1}')).toEqual({ a: 1 });
    for (const nothing of ['', ' ']) expect(toolArguments(nothing)).toEqual({});
    for (const text of ['{"a":', '[1]', '"x"', 'null'])
      expect(toolArguments(text)).toEqual({ malformed_arguments: text });
    expect(toolArgumentsText('{ "a": 1 }')).toBe('{ "a": 1 }');
    expect(toolArgumentsText('')).toBe('{}');
  });
});

describe('images', () => {
  it('are addresses or bytes, in either notation', () => {
    const bytes = { type: 'image' as const, data: 'AAAA', mediaType: 'image/png' };
    const address = (url: string) => ({ type: 'image' as const, url });
    expect(imageSource(bytes)).toEqual({ data: 'AAAA', mediaType: 'image/png' });
    expect(imageSource(address('data:image/png;base64,AAAA'))).toEqual({ data: 'AAAA', mediaType: 'image/png' });
    expect(imageSource(address('data:image/svg+xml;charset=utf-8;base64,AA'))).toEqual({
      data: 'AA',
      mediaType: 'image/svg+xml',
    });
    expect(imageSource(address('https://example.com/a'))).toEqual({ url: 'https://example.com/a' });
    expect(imageUrl(bytes)).toBe('data:image/png;base64,AAAA');
  });
});

describe('the effort of reasoning', () => {
  it('may be said as a budget', () => {
    expect(effortOf({ effort: 'low', budgetTokens: 50_000 })).toBe('low');
    expect([0, 4_096, 4_097, 60_000].map((budgetTokens) => effortOf({ budgetTokens }))).toEqual([
      'none',
      'low',
      'medium',
      'high',
    ]);
    expect(effortOf({})).toBeUndefined();
  });

  it('is the nearest that the model knows, of two the lesser', () => {
    expect(nearestEffort('xhigh', ['low', 'medium', 'high'])).toBe('high');
    expect(nearestEffort('minimal', ['none', 'low'])).toBe('none');
    expect(nearestEffort('high', [])).toBeUndefined();
  });
});
