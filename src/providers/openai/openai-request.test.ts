import type { TextRequest } from '../contract/text-request.js';
import { toOpenAiRequest } from './openai-request.js';

const REQUEST: TextRequest = {
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: [{ type: 'text', text: 'hi' }], name: 'ann' },
  ],
  maxOutputTokens: 100,
};

describe('toOpenAiRequest', () => {
  it('asks for a stream with usage and passes the messages on', () => {
    expect(toOpenAiRequest(REQUEST)).toEqual({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: [{ type: 'text', text: 'hi' }], name: 'ann' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 100,
    });
  });

  it('passes sampling on, zeros included, and leaves an empty stop list out', () => {
    const body = toOpenAiRequest({ ...REQUEST, temperature: 0, topP: 0, stop: [] });
    expect(body).toMatchObject({ temperature: 0, top_p: 0 });
    expect(body).not.toHaveProperty('stop');
    expect(toOpenAiRequest({ ...REQUEST, stop: ['\n', 'END'] })).toHaveProperty('stop', ['\n', 'END']);
  });

  it('gives reasoning models their own limit and none of the parameters that they refuse', () => {
    const body = toOpenAiRequest({ ...REQUEST, model: 'o3-mini', temperature: 0.5, topP: 0.5, stop: ['x'] });
    expect(body).toMatchObject({ max_completion_tokens: 100 });
    for (const name of ['max_tokens', 'temperature', 'top_p', 'stop']) expect(body).not.toHaveProperty(name);
  });

  it('gives gpt-5’s chat variant the new limit and the sampling', () => {
    const body = toOpenAiRequest({ ...REQUEST, model: 'gpt-5-chat-latest', temperature: 0.5 });
    expect(body).toMatchObject({ max_completion_tokens: 100, temperature: 0.5 });
  });

  const TOOL = { name: 'f', parameters: { type: 'object', properties: {} } };
  const withTools = (model: string, more: Partial<TextRequest> = {}) =>
    toOpenAiRequest({ ...REQUEST, model, tools: [TOOL], ...more });

  it('passes tools on, and how they are to be used', () => {
    const strict = { name: 'g', description: 'd', parameters: { type: 'object', properties: {} }, strict: true };
    expect(
      withTools('gpt-4o', { tools: [TOOL, strict], toolChoice: { name: 'g' }, parallelToolCalls: false }),
    ).toMatchObject({
      tools: [
        { type: 'function', function: { name: 'f', parameters: TOOL.parameters } },
        {
          type: 'function',
          function: {
            name: 'g',
            description: 'd',
            strict: true,
            parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
          },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'g' } },
      parallel_tool_calls: false,
    });
    expect(withTools('gpt-4o', { toolChoice: 'required' })).toHaveProperty('tool_choice', 'required');
  });

  it('says nothing of tools where there are none', () => {
    const body = toOpenAiRequest({ ...REQUEST, tools: [], toolChoice: 'auto', parallelToolCalls: true });
    for (const name of ['tools', 'tool_choice', 'parallel_tool_calls']) expect(body).not.toHaveProperty(name);
  });

  it('gives up strictness, not the tool, where a schema can’t be strict', () => {
    const parameters = { type: 'object', properties: { a: { type: 'string' } } };
    expect(withTools('gpt-4o', { tools: [{ name: 'f', parameters, strict: true }] })).toMatchObject({
      tools: [{ function: { parameters, strict: false } }],
    });
  });

  it('turns reasoning off for tools where the model refuses the two together', () => {
    const asked = { reasoning: { effort: 'high' as const } };
    for (const model of ['gpt-5.4', 'gpt-5.6-sol', 'gpt-6-sol'])
      expect(withTools(model, asked)).toHaveProperty('reasoning_effort', 'none');
    expect(withTools('gpt-5', asked)).toHaveProperty('reasoning_effort', 'high');
    expect(withTools('gpt-4o', asked)).not.toHaveProperty('reasoning_effort');
  });

  it.each([
    ['o3', { effort: 'minimal' }, 'low'],
    ['o3', { effort: 'none' }, 'low'],
    ['gpt-5', { effort: 'xhigh' }, 'high'],
    ['gpt-5', { effort: 'minimal' }, 'minimal'],
    ['gpt-5.1', { effort: 'minimal' }, 'none'],
    ['gpt-5.6-sol', { effort: 'xhigh' }, 'xhigh'],
    ['gpt-6-astra', { effort: 'none' }, 'low'],
    ['o3', { budgetTokens: 1_000 }, 'low'],
    ['o3', { budgetTokens: 10_000 }, 'medium'],
    ['o3', { budgetTokens: 50_000 }, 'high'],
    ['llama-3', { effort: 'xhigh' }, 'xhigh'],
    ['gpt-oss-120b', { effort: 'low' }, 'low'],
    ['gpt-4o', { effort: 'high' }, undefined],
    ['gpt-5-chat-latest', { effort: 'high' }, undefined],
    ['o3', {}, undefined],
  ] as const)('asks %s for %j as %s', (model, reasoning, effort) => {
    expect(toOpenAiRequest({ ...REQUEST, model, reasoning }).reasoning_effort).toBe(effort);
  });

  it('passes seed, penalties and log probabilities on, except to models that refuse them', () => {
    const wishes = { seed: 0, presencePenalty: -1, frequencyPenalty: 1, topLogprobs: 2, temperature: 0.5 };
    expect(toOpenAiRequest({ ...REQUEST, ...wishes })).toMatchObject({
      seed: 0,
      presence_penalty: -1,
      frequency_penalty: 1,
      logprobs: true,
      top_logprobs: 2,
    });
    const reasoning = toOpenAiRequest({ ...REQUEST, ...wishes, model: 'gpt-5.4' });
    expect(reasoning).toHaveProperty('seed', 0);
    for (const name of ['presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs', 'temperature']) {
      expect(reasoning).not.toHaveProperty(name);
    }
    const unthinking = toOpenAiRequest({ ...REQUEST, ...wishes, model: 'gpt-5.4', reasoning: { effort: 'none' } });
    expect(unthinking).toMatchObject({ temperature: 0.5, logprobs: true, reasoning_effort: 'none' });
    expect(toOpenAiRequest({ ...REQUEST, topLogprobs: 0 })).not.toHaveProperty('top_logprobs');
  });

  it('asks for the form of the answer', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const format = { type: 'json_schema' as const, name: 'answer', schema };
    expect(toOpenAiRequest({ ...REQUEST, responseFormat: format }).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema },
    });
    expect(toOpenAiRequest({ ...REQUEST, responseFormat: { ...format, strict: true } }).response_format).toMatchObject({
      json_schema: { strict: true, schema: { additionalProperties: false } },
    });
    expect(toOpenAiRequest({ ...REQUEST, responseFormat: { type: 'text' } })).not.toHaveProperty('response_format');
  });

  it('speaks of JSON where nobody did, since JSON mode is refused otherwise', () => {
    const asked = (content: string) =>
      toOpenAiRequest({ ...REQUEST, messages: [{ role: 'user', content }], responseFormat: { type: 'json_object' } });
    expect(asked('hi')).toMatchObject({
      response_format: { type: 'json_object' },
      messages: [{ role: 'system', content: expect.stringContaining('JSON') }, { content: 'hi' }],
    });
    expect(asked('as json').messages).toHaveLength(1);
  });

  it('asks in words to go on, or by the server’s own way where the model goes on by itself', () => {
    const begun = { ...REQUEST, continuation: 'Once upon' };
    expect(toOpenAiRequest(begun).messages.slice(-2)).toEqual([
      { role: 'assistant', content: 'Once upon' },
      { role: 'user', content: expect.stringContaining('Go on') },
    ]);
    const prefill = (prefillField?: 'continue_final_message' | 'prefix') =>
      toOpenAiRequest(begun, { takesPrefill: true, dialect: prefillField ? { prefillField } : {} });
    expect(prefill().messages.at(-1)).toEqual({ role: 'assistant', content: 'Once upon' });
    expect(prefill('prefix').messages.at(-1)).toEqual({ role: 'assistant', content: 'Once upon', prefix: true });
    expect(prefill('continue_final_message')).toMatchObject({
      continue_final_message: true,
      add_generation_prompt: false,
    });
    const whole = toOpenAiRequest(REQUEST, { takesPrefill: true, dialect: { prefillField: 'continue_final_message' } });
    expect(whole).not.toHaveProperty('continue_final_message');
  });

  it('speaks the dialect of the server', () => {
    const body = toOpenAiRequest(REQUEST, {
      dialect: { streamOptions: false, outputLimitField: 'max_completion_tokens' },
    });
    expect(body).toMatchObject({ max_completion_tokens: 100 });
    expect(body).not.toHaveProperty('stream_options');
    expect(body).not.toHaveProperty('max_tokens');
  });
});
