import type { TextRequest } from '../contract/text-request.js';
import { toAnthropicRequest as build } from './anthropic-request.js';

const toAnthropicRequest = (request: TextRequest) => build(request).body;

const REQUEST: TextRequest = {
  model: 'claude-haiku-4-5',
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hi' },
  ],
  maxOutputTokens: 100,
};

describe('toAnthropicRequest', () => {
  it('always has a limit and asks for a stream', () => {
    expect(toAnthropicRequest(REQUEST)).toEqual({
      model: 'claude-haiku-4-5',
      max_tokens: 100,
      stream: true,
      system: 'be brief',
      messages: [{ role: 'user', content: 'hi' }],
    });
  });

  it('passes a temperature on, zero included, and sends none above 1', () => {
    expect(toAnthropicRequest({ ...REQUEST, temperature: 0 })).toHaveProperty('temperature', 0);
    expect(toAnthropicRequest({ ...REQUEST, temperature: 1.7 })).toHaveProperty('temperature', 1);
  });

  it('passes top_k on to models that take it', () => {
    expect(toAnthropicRequest({ ...REQUEST, topK: 40, topP: 0.9 })).toMatchObject({ top_k: 40, top_p: 0.9 });
    expect(toAnthropicRequest({ ...REQUEST, topK: 40, temperature: 0 })).toMatchObject({ top_k: 40, temperature: 0 });
    expect(toAnthropicRequest({ ...REQUEST, model: 'claude-opus-4-8', topK: 40 })).not.toHaveProperty('top_k');
  });

  it('sends top_p only where there is no temperature', () => {
    expect(toAnthropicRequest({ ...REQUEST, topP: 0.9 })).toHaveProperty('top_p', 0.9);
    expect(toAnthropicRequest({ ...REQUEST, topP: 0.9, temperature: 0.5 })).not.toHaveProperty('top_p');
  });

  it('sends neither to models that take none', () => {
    const body = toAnthropicRequest({ ...REQUEST, model: 'claude-opus-5', topP: 0.9, temperature: 0.5 });
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('top_p');
  });

  it('drops stop sequences of white space', () => {
    expect(toAnthropicRequest({ ...REQUEST, stop: ['\n', 'END', ' '] })).toHaveProperty('stop_sequences', ['END']);
    expect(toAnthropicRequest({ ...REQUEST, stop: ['\n\n'] })).not.toHaveProperty('stop_sequences');
  });
});

const TOOL = { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } };
const ask = (model: string, more: Partial<TextRequest>) =>
  toAnthropicRequest({ ...REQUEST, maxOutputTokens: 8_000, model, ...more });

describe('the tools of a message', () => {
  const choice = (more: Partial<TextRequest>, model = 'claude-haiku-4-5') =>
    ask(model, { tools: [TOOL], ...more }).tool_choice;

  it('are described, and chosen as the caller says', () => {
    expect(ask('claude-haiku-4-5', { tools: [TOOL, { name: 'now', description: 'the time' }] }).tools).toEqual([
      { name: 'f', input_schema: TOOL.parameters },
      { name: 'now', description: 'the time', input_schema: { type: 'object', properties: {} } },
    ]);
    expect(choice({})).toBeUndefined();
    expect(choice({ toolChoice: 'auto' })).toEqual({ type: 'auto' });
    expect(choice({ toolChoice: 'none' })).toEqual({ type: 'none' });
    expect(choice({ toolChoice: 'required', parallelToolCalls: false })).toEqual({
      type: 'any',
      disable_parallel_tool_use: true,
    });
    expect(choice({ toolChoice: { name: 'f' } })).toEqual({ type: 'tool', name: 'f' });
    expect(choice({ parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(choice({ parallelToolCalls: true })).toBeUndefined();
  });

  it('are strict where the model can keep to the schema', () => {
    const tools = [{ ...TOOL, strict: true }];
    expect(ask('claude-haiku-4-5', { tools }).tools).toMatchObject([
      { strict: true, input_schema: { additionalProperties: false } },
    ]);
    expect(ask('claude-sonnet-4-0', { tools }).tools?.[0]).not.toHaveProperty('strict');
  });

  it('are asked for in words where the model refuses to be made to call one', () => {
    const body = ask('claude-opus-5-5', { tools: [TOOL, { name: 'g' }], toolChoice: { name: 'g' } });
    expect(body).toMatchObject({ tools: [{ name: 'g' }], tool_choice: { type: 'auto' } });
    expect(body.system).toMatch(/^be brief\n\nAnswer by calling a tool/);
  });

  it('are named again for a conversation in which they were called', () => {
    const messages: TextRequest['messages'] = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'f', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'a', content: 'ok' },
    ];
    expect(ask('claude-haiku-4-5', { messages })).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'none' },
    });
  });
});

describe('the form of a message', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, required: ['a'] };
  const responseFormat = { type: 'json_schema' as const, name: 'x', schema };

  it('is asked for natively where the model knows schemas', () => {
    expect(ask('claude-opus-5-5', { responseFormat }).output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          required: ['a'],
          properties: { a: { type: 'integer', description: '{minimum: 1}' } },
          additionalProperties: false,
        },
      },
    });
  });

  it('is a forced tool elsewhere, whose schema is the caller’s own', () => {
    const built = build({ ...REQUEST, model: 'claude-sonnet-4-0', responseFormat, tools: [{ name: 'json_answer' }] });
    expect(built).toMatchObject({
      answerTool: 'json_answer_',
      body: {
        tools: [{ name: 'json_answer' }, { name: 'json_answer_', input_schema: schema }],
        tool_choice: { type: 'any' },
      },
    });
    expect(ask('claude-sonnet-4-0', { responseFormat }).tool_choice).toEqual({ type: 'tool', name: 'json_answer' });
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    expect(ask('claude-haiku-4-5', { responseFormat: { ...responseFormat, schema: map } }).tools).toHaveLength(1);
  });

  it('is asked for in words where neither will do', () => {
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    const body = ask('claude-opus-5-5', { responseFormat: { ...responseFormat, schema: map } });
    expect(body).not.toHaveProperty('tools');
    expect(body.system).toContain(JSON.stringify(map));
    expect(ask('claude-opus-5-5', { responseFormat: { type: 'json_object' } }).system).toContain('JSON object');
    expect(ask('claude-opus-5-5', { responseFormat: { type: 'text' } }).system).toBe('be brief');
  });
});

describe('the thinking before a message', () => {
  it.each([
    ['claude-haiku-4-5', { budgetTokens: 2_000 }, { type: 'enabled', budget_tokens: 2_000 }, undefined],
    ['claude-haiku-4-5', { budgetTokens: 10 }, { type: 'enabled', budget_tokens: 1_024 }, undefined],
    ['claude-haiku-4-5', { budgetTokens: 90_000 }, { type: 'enabled', budget_tokens: 7_999 }, undefined],
    ['claude-haiku-4-5', { effort: 'medium' }, { type: 'enabled', budget_tokens: 4_000 }, undefined],
    ['claude-haiku-4-5', { effort: 'none' }, { type: 'disabled' }, undefined],
    ['claude-opus-4-6', { effort: 'xhigh' }, { type: 'adaptive', display: 'summarized' }, 'high'],
    ['claude-opus-4-6', { budgetTokens: 2_000 }, { type: 'enabled', budget_tokens: 2_000 }, undefined],
    ['claude-opus-4-7', { effort: 'xhigh' }, { type: 'adaptive', display: 'summarized' }, 'xhigh'],
    ['claude-opus-4-7', { budgetTokens: 10_000 }, { type: 'adaptive', display: 'summarized' }, 'medium'],
    ['claude-opus-5', { effort: 'none' }, { type: 'disabled' }, undefined],
    ['claude-opus-5-5', { effort: 'none' }, undefined, 'low'],
    ['claude-sonnet-5-5', { effort: 'none' }, { type: 'between_tools' }, undefined],
    ['claude-haiku-5-5', { effort: 'none' }, { type: 'disabled' }, undefined],
    ['claude-fable-5', { effort: 'none' }, undefined, 'low'],
    ['claude-3-5-haiku-latest', { effort: 'high' }, undefined, undefined],
    ['claude-opus-5-5', {}, undefined, undefined],
    ['my-model', { effort: 'high' }, undefined, undefined],
  ] as const)('%s, asked for %j', (model, reasoning, thinking, effort) => {
    const body = ask(model, { reasoning });
    expect([body.thinking, body.output_config?.effort]).toEqual([thinking, effort]);
  });

  it('is left out where it would cost the answer: no room, a forced tool, a turn that was begun without', () => {
    const reasoning = { budgetTokens: 2_000 };
    const thinks = (more: Partial<TextRequest>) =>
      ask('claude-haiku-4-5', { reasoning, tools: [TOOL], ...more }).thinking !== undefined;
    const loop = (thought: TextRequest['messages'][number]['reasoning']): TextRequest['messages'] => [
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: 'a', name: 'f', arguments: '{}' }],
        ...(thought ? { reasoning: thought } : {}),
      },
      { role: 'tool', toolCallId: 'a', content: 'ok' },
    ];
    expect(thinks({})).toBe(true);
    expect(thinks({ messages: loop([{ text: 'hm', signature: 's' }]) })).toBe(true);
    expect(thinks({ messages: loop(undefined) })).toBe(false);
    expect(thinks({ toolChoice: 'required' })).toBe(false);
    expect(thinks({ maxOutputTokens: 1_024 })).toBe(false);
  });

  it('takes no sampling beside it', () => {
    const body = ask('claude-haiku-4-5', { reasoning: { effort: 'low' }, temperature: 0.5 });
    expect(body).not.toHaveProperty('temperature');
  });
});

describe('an answer that was begun elsewhere', () => {
  const continuation = 'Once upon ';

  it('is the beginning of the message where the model goes on with it', () => {
    const { body, trimmedEnd } = build({ ...REQUEST, continuation });
    expect(body.messages.at(-1)).toEqual({ role: 'assistant', content: 'Once upon' });
    expect(trimmedEnd).toBe(' ');
  });

  it.each([
    ['the model refuses that', { model: 'claude-opus-5-5' }],
    ['it is to think first', { maxOutputTokens: 8_000, reasoning: { effort: 'low' as const } }],
    ['it is to have a form', { responseFormat: { type: 'json_object' as const } }],
  ])('is asked for in words where %s', (_why, more) => {
    const { body, trimmedEnd } = build({ ...REQUEST, continuation, ...more });
    expect(body.messages.slice(-2)).toEqual([
      { role: 'assistant', content: continuation },
      { role: 'user', content: expect.stringContaining('Go on') },
    ]);
    expect(trimmedEnd).toBe('');
  });

  it('is asked for in words, too, where the caller began it', () => {
    const messages: TextRequest['messages'] = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Well' },
    ];
    expect(ask('claude-opus-5-5', { messages }).messages.at(-1)?.role).toBe('user');
    expect(ask('claude-haiku-4-5', { messages }).messages.at(-1)?.role).toBe('assistant');
  });
});
