import { HumanMessage, type AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { z } from 'zod';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { callsTools, saysText, startScriptedGateway, type ScriptedGateway } from '../support/scripted-openai.js';

const MODEL = 'gpt-4.1';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const chatAt = (gateway: TestApp, apiKey = gateway.token('alice'), model = MODEL) =>
  new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: `${gateway.url}/v1` } });

describe('LangChain at a gateway with simulated providers', () => {
  let gateway: TestApp;
  beforeAll(async () => {
    gateway = await startTestApp();
  });
  afterAll(() => gateway.close());
  afterEach(() => gateway.simulator.reset());

  it('chats, and counts the tokens', async () => {
    const answer = await chatAt(gateway).invoke('[[sim prompt=30 completion=12]]');
    expect(answer.text).not.toBe('');
    expect(answer.usage_metadata).toMatchObject({ input_tokens: 30, output_tokens: 12, total_tokens: 42 });
    expect(answer.response_metadata).toMatchObject({ finish_reason: 'stop', model_name: MODEL });
  });

  it('streams, and counts the tokens there too', async () => {
    const question = '[[sim prompt=30 completion=12 chunks=12]]';
    let whole: AIMessageChunk | undefined;
    let count = 0;
    for await (const chunk of await chatAt(gateway).stream(question)) {
      whole = whole ? whole.concat(chunk) : chunk;
      count++;
    }
    expect(count).toBeGreaterThan(10);
    expect(whole!.text).toBe((await chatAt(gateway).invoke(question)).text);
    expect(whole!.usage_metadata).toMatchObject({ input_tokens: 30, output_tokens: 12 });
  });

  it('embeds', async () => {
    const apiKey = gateway.token('alice');
    const configuration = { baseURL: `${gateway.url}/v1` };
    const embeddings = new OpenAIEmbeddings({ model: 'text-embedding-3-small', apiKey, configuration });
    expect(await embeddings.embedQuery('one')).toHaveLength(1536);
    expect((await embeddings.embedDocuments(['one', 'two'])).map((vector) => vector.length)).toEqual([1536, 1536]);
  });

  it('names what goes wrong as it does at OpenAI', async () => {
    await expect(chatAt(gateway, 'nonsense').invoke('hi')).rejects.toMatchObject({
      status: 401,
      lc_error_code: 'MODEL_AUTHENTICATION',
    });
    const unknown = chatAt(gateway, undefined, 'nobodys-model');
    await expect(unknown.invoke('hi')).rejects.toMatchObject({ status: 404, lc_error_code: 'MODEL_NOT_FOUND' });
  });

  it('cancels upstream with its signal', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await chatAt(gateway).stream('[[sim completion=500 chunks=500 gap=20]]', { signal });
    const read = async () => {
      for await (const chunk of stream) if (chunk.text !== '') controller.abort();
    };
    await expect(read()).rejects.toThrow();
    await eventually(() => expect(gateway.simulator.stats()).toMatchObject({ open: 0, aborted: 1 }));
  });
});

describe('LangChain at a gateway whose provider says what the test wants', () => {
  let scripted: ScriptedGateway;
  beforeEach(async () => {
    scripted = await startScriptedGateway();
  });
  afterEach(() => scripted.close());

  const weather = tool(({ city }) => `33 °C in ${city}`, {
    name: 'weather',
    description: 'The weather of a city',
    schema: z.object({ city: z.string() }),
  });
  const CALL = { id: 'call_1', name: 'weather', pieces: ['{"ci', 'ty":"Bang', 'kok"}'] };

  it('calls tools and gives their results back, streamed and not', async () => {
    const { gateway, provider } = scripted;
    provider.willAnswer(callsTools(CALL), saysText(['It is ', '33 °C.']), callsTools(CALL));
    const chat = chatAt(gateway).bindTools([weather]);
    const messages: BaseMessage[] = [new HumanMessage('How warm is it in Bangkok?')];
    const asked = await chat.invoke(messages);
    expect(asked.tool_calls).toMatchObject([{ id: 'call_1', name: 'weather', args: { city: 'Bangkok' } }]);
    const result = await weather.invoke(asked.tool_calls![0]!);
    expect((await chat.invoke([...messages, asked, result as BaseMessage])).text).toBe('It is 33 °C.');
    expect(provider.requests[1]!.body['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'call_1' }] },
      { role: 'tool', tool_call_id: 'call_1', content: '33 °C in Bangkok' },
    ]);
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await chat.stream(messages)) whole = whole ? whole.concat(chunk) : chunk;
    expect(whole!.tool_calls).toMatchObject([{ id: 'call_1', args: { city: 'Bangkok' } }]);
  });

  it('gets structured output by a schema, by a function and by JSON mode', async () => {
    const { gateway, provider } = scripted;
    const Event = z.object({ name: z.string(), guests: z.array(z.string()) });
    const pieces = ['{"name":"Songkran",', '"guests":["Somchai"]}'];
    provider.willAnswer(saysText(pieces), callsTools({ id: 'call_1', name: 'event', pieces }), saysText(pieces));
    for (const method of ['jsonSchema', 'functionCalling', 'jsonMode'] as const) {
      const chat = chatAt(gateway).withStructuredOutput(Event, { name: 'event', method });
      expect(await chat.invoke('As JSON: whose party?')).toEqual({ name: 'Songkran', guests: ['Somchai'] });
    }
  });

  it('sends images', async () => {
    const { gateway, provider } = scripted;
    provider.willAnswer(saysText(['A picture.']));
    const url = `data:image/png;base64,${PIXEL}`;
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url } },
    ];
    const answer = await chatAt(gateway).invoke([new HumanMessage({ content })]);
    expect(answer.text).toBe('A picture.');
    expect(provider.requests[0]!.body['messages']).toMatchObject([{ content }]);
  });
});
