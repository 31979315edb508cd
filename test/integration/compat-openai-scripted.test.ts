import type OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { ask, OPENAI_CLIENTS } from '../support/openai-clients.js';
import { openStream } from '../support/provider-server.js';
import {
  callsTools,
  refuses,
  saysText,
  saysTokens,
  startScriptedGateway,
  type ScriptedGateway,
} from '../support/scripted-openai.js';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const MODEL = 'gpt-4.1';
const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const CALL = { id: 'call_1', name: 'weather', pieces: ['{"ci', 'ty":"Bang', 'kok"}'] };

describe.each(OPENAI_CLIENTS)('%s at a gateway whose provider says what the test wants', (_, Client) => {
  let scripted: ScriptedGateway;
  let client: OpenAI;
  beforeEach(async () => {
    scripted = await startScriptedGateway();
    const { gateway } = scripted;
    client = new Client({ apiKey: gateway.token('alice'), baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterEach(() => scripted.close());

  it('calls tools and gives their results back', async () => {
    const { provider } = scripted;
    provider.willAnswer(callsTools(CALL), saysText(['It is ', '33 °C.']));
    const messages: OpenAI.ChatCompletionMessageParam[] = ask('How warm is it in Bangkok?');
    const first = await client.chat.completions.create({ model: MODEL, messages, tools: [WEATHER] });
    const [choice] = first.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect(choice!.message.tool_calls).toEqual([
      { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bangkok"}' } },
    ]);
    messages.push(choice!.message, { role: 'tool', tool_call_id: 'call_1', content: '{"celsius":33}' });
    const second = await client.chat.completions.create({ model: MODEL, messages, tools: [WEATHER] });
    expect(second.choices[0]!.message.content).toBe('It is 33 °C.');
    expect(provider.requests[0]!.body).toMatchObject({ tools: [WEATHER] });
    expect(provider.requests[1]!.body['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { arguments: '{"city":"Bangkok"}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: '{"celsius":33}' },
    ]);
  });

  it('gets calls of tools as they are written, several at once', async () => {
    const other = { id: 'call_2', name: 'weather', pieces: ['{"city":', '"Berlin"}'] };
    scripted.provider.willAnswer(callsTools(CALL, other));
    const stream = client.chat.completions.stream({ model: MODEL, messages: ask('?'), tools: [WEATHER] });
    const final = await stream.finalChatCompletion();
    const calls = final.choices[0]!.message.tool_calls!;
    expect(calls.map((call) => (call.type === 'function' ? [call.id, call.function.arguments] : []))).toEqual([
      ['call_1', '{"city":"Bangkok"}'],
      ['call_2', '{"city":"Berlin"}'],
    ]);
    expect(final.choices[0]!.finish_reason).toBe('tool_calls');
  });

  it('runs tools by itself', async () => {
    scripted.provider.willAnswer(callsTools(CALL), saysText(['33 °C']));
    const asked: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model: MODEL,
      messages: ask('?'),
      stream: true,
      tools: [
        {
          type: 'function',
          function: {
            ...WEATHER.function,
            parse: JSON.parse as (text: string) => { city: string },
            function: ({ city }: { city: string }) => {
              asked.push(city);
              return '{"celsius":33}';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('33 °C');
    expect(asked).toEqual(['Bangkok']);
  });

  it('gets structured output by a zod schema, streamed and not, and arguments of strict tools', async () => {
    const { provider } = scripted;
    const Event = z.object({ name: z.string(), guests: z.array(z.string()) });
    const pieces = ['{"name":"Songkran",', '"guests":["Somchai"]}'];
    const parsed = { name: 'Songkran', guests: ['Somchai'] };
    provider.willAnswer(saysText(pieces), saysText(pieces), callsTools({ ...CALL, name: 'plan', pieces }));
    const format = { model: MODEL, messages: ask('?'), response_format: zodResponseFormat(Event, 'event') };
    expect((await client.chat.completions.parse(format)).choices[0]!.message.parsed).toEqual(parsed);
    const streamed = await client.chat.completions.stream(format).finalChatCompletion();
    expect(streamed.choices[0]!.message.parsed).toEqual(parsed);
    const tools = [zodFunction({ name: 'plan', parameters: Event })];
    const called = await client.chat.completions.parse({ model: MODEL, messages: ask('?'), tools });
    expect(called.choices[0]!.message.tool_calls![0]!.function.parsed_arguments).toEqual(parsed);
    expect(provider.requests[0]!.body['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'event', strict: true, schema: { required: ['name', 'guests'] } },
    });
  });

  it('sends images, by address and by bytes', async () => {
    const { provider } = scripted;
    provider.willAnswer(saysText(['Two pictures.']));
    const url = `data:image/png;base64,${PIXEL}`;
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url: 'https://example.com/cat.png', detail: 'low' as const } },
      { type: 'image_url' as const, image_url: { url } },
    ];
    const answer = await client.chat.completions.create({ model: MODEL, messages: [{ role: 'user', content }] });
    expect(answer.choices[0]!.message.content).toBe('Two pictures.');
    expect(provider.requests[0]!.body['messages']).toMatchObject([{ role: 'user', content }]);
  });

  it('has its other wishes sent on', async () => {
    const { provider } = scripted;
    const wishes = {
      temperature: 0.5,
      top_p: 0.9,
      seed: 7,
      stop: ['END'],
      presence_penalty: 1,
      frequency_penalty: -1,
    };
    provider.willAnswer(saysText(['x'], 'length'));
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: ask('?'),
      max_completion_tokens: 50,
      user: 'someone',
      metadata: { a: 'b' },
      store: true,
      ...wishes,
    });
    expect(answer.choices[0]!.finish_reason).toBe('length');
    expect(provider.requests[0]!.body).toMatchObject(wishes);
    expect(provider.requests[0]!.body).not.toHaveProperty('user');
  });

  it('gets log probabilities', async () => {
    const tokens = [
      { token: 'Hel', logprob: -0.1 },
      { token: 'lo', logprob: -0.2 },
    ];
    scripted.provider.willAnswer(saysTokens(tokens), saysTokens(tokens));
    const request = { model: MODEL, messages: ask('?'), logprobs: true, top_logprobs: 2 };
    const whole = await client.chat.completions.create(request);
    expect(whole.choices[0]!.logprobs!.content).toMatchObject(tokens);
    const seen = [];
    for await (const { choices } of await client.chat.completions.create({ ...request, stream: true }))
      seen.push(...(choices[0]?.logprobs?.content ?? []));
    expect(seen).toMatchObject(tokens);
  });

  it('gets the tokens of caches and of thoughts in its usage', async () => {
    scripted.provider.willAnswer(
      saysText(['x'], 'stop', {
        prompt_tokens: 100,
        completion_tokens: 40,
        prompt_tokens_details: { cached_tokens: 64 },
        completion_tokens_details: { reasoning_tokens: 32 },
      }),
    );
    const { usage } = await client.chat.completions.create({ model: MODEL, messages: ask('x'.repeat(400)) });
    expect(usage).toMatchObject({
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 32 },
    });
  });

  it('comes back by itself when it is told to wait, and then is served', async () => {
    const { provider } = scripted;
    const patient = client.withOptions({ maxRetries: 2 });
    const limited = refuses(429, { message: 'slow down', type: 'requests' }, { 'retry-after': '11' });
    provider.willAnswer(limited);
    await expect(client.chat.completions.create({ model: MODEL, messages: ask('1') })).rejects.toBeInstanceOf(
      Client.RateLimitError,
    );
    provider.willAnswer(saysText(['at last']));
    const answer = await patient.chat.completions.create({ model: MODEL, messages: ask('2') });
    expect(answer.choices[0]!.message.content).toBe('at last');
    expect(provider.requests).toHaveLength(2);
  }, 30_000);

  it('throws its InternalServerError where no provider can answer', async () => {
    scripted.provider.willAnswer(...Array.from({ length: 4 }, () => refuses(500, { message: 'broken' })));
    const asked = client.chat.completions.create({ model: MODEL, messages: ask('?') });
    const error = await asked.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Client.InternalServerError);
    expect(error).toMatchObject({ status: 502, code: 'all_providers_failed' });
  });

  it('throws an APIError from within a stream that breaks off', async () => {
    scripted.provider.willAnswer((response, request) => {
      openStream('data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n')(response, request);
      setTimeout(() => request.socket.destroy(), 200);
    });
    const stream = await client.chat.completions.create({ model: MODEL, messages: ask('?'), stream: true });
    let text = '';
    const read = async () => {
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream_lost', type: 'server_error' });
    expect(text).toBe('Hel');
  });
});
