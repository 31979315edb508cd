import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  embedMany,
  generateText,
  Output,
  stepCountIs,
  streamText,
  tool,
  type EmbeddingModel,
  type LanguageModel,
} from 'ai';
import { z } from 'zod';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { callsTools, saysText, startScriptedGateway, type ScriptedGateway } from '../support/scripted-openai.js';

const MODEL = 'gpt-4.1';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Models {
  chat(model: string): LanguageModel;
  embedding(model: string): EmbeddingModel;
}
const CLIENTS: [string, (access: { apiKey: string; baseURL: string }) => Models][] = [
  [
    '@ai-sdk/openai',
    (access) => {
      const provider = createOpenAI(access);
      return { chat: (model) => provider.chat(model), embedding: (model) => provider.embedding(model) };
    },
  ],
  [
    '@ai-sdk/openai-compatible',
    (access) => {
      const settings = { name: 'gateway', includeUsage: true, supportsStructuredOutputs: true };
      const provider = createOpenAICompatible({ ...access, ...settings });
      return { chat: (model) => provider.chatModel(model), embedding: (model) => provider.embeddingModel(model) };
    },
  ],
];

describe.each(CLIENTS)('the AI SDK with %s', (_, open) => {
  const at = (gateway: TestApp, apiKey = gateway.token('alice')) => open({ apiKey, baseURL: `${gateway.url}/v1` });

  describe('at a gateway with simulated providers', () => {
    let gateway: TestApp;
    beforeAll(async () => {
      gateway = await startTestApp();
    });
    afterAll(() => gateway.close());
    afterEach(() => gateway.simulator.reset());

    it('generates and streams the same text, with its usage', async () => {
      const prompt = '[[sim prompt=30 completion=12 chunks=12]]';
      const model = at(gateway).chat(MODEL);
      const whole = await generateText({ model, prompt });
      expect(whole).toMatchObject({ finishReason: 'stop', usage: { inputTokens: 30, outputTokens: 12 } });
      const streamed = streamText({ model, prompt });
      let text = '';
      for await (const piece of streamed.textStream) text += piece;
      expect(text).toBe(whole.text);
      expect(await streamed.usage).toMatchObject({ inputTokens: 30, outputTokens: 12 });
      expect(await streamed.finishReason).toBe('stop');
    });

    it('embeds', async () => {
      const model = at(gateway).embedding('text-embedding-3-small');
      const { embeddings, usage } = await embedMany({ model, values: ['one', 'two'] });
      expect(embeddings.map((vector) => vector.length)).toEqual([1536, 1536]);
      expect(usage.tokens).toBeGreaterThan(0);
    });

    it('throws its APICallError, which knows what may be tried again', async () => {
      const refusal = async (model: LanguageModel, prompt = 'hi') =>
        generateText({ model, prompt, maxRetries: 0 }).catch((error: unknown) => error);
      expect(await refusal(at(gateway, 'nonsense').chat(MODEL))).toMatchObject({ statusCode: 401, isRetryable: false });
      const unknown = await refusal(at(gateway).chat('nobodys-model'));
      expect(APICallError.isInstance(unknown)).toBe(true);
      expect(unknown).toMatchObject({ statusCode: 404, message: expect.stringContaining('nobodys-model') });
      expect(await refusal(at(gateway).chat(MODEL), '[[sim fault=context]]')).toMatchObject({ statusCode: 400 });
    });

    it('cancels upstream with its signal', async () => {
      const controller = new AbortController();
      const prompt = '[[sim completion=500 chunks=500 gap=20]]';
      const stream = streamText({ model: at(gateway).chat(MODEL), prompt, abortSignal: controller.signal });
      for await (const piece of stream.textStream) if (piece !== '') controller.abort();
      await eventually(() => expect(gateway.simulator.stats()).toMatchObject({ open: 0, aborted: 1 }));
    });
  });

  describe('at a gateway whose provider says what the test wants', () => {
    let scripted: ScriptedGateway;
    beforeEach(async () => {
      scripted = await startScriptedGateway();
    });
    afterEach(() => scripted.close());

    const CALL = { id: 'call_1', name: 'weather', pieces: ['{"ci', 'ty":"Bang', 'kok"}'] };
    const weather = tool({
      description: 'The weather of a city',
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => ({ city, celsius: 33 }),
    });

    it('runs tools, streamed and not', async () => {
      const { gateway, provider } = scripted;
      const settings = { model: at(gateway).chat(MODEL), tools: { weather }, stopWhen: stepCountIs(3), prompt: '?' };
      provider.willAnswer(callsTools(CALL), saysText(['33 °C']), callsTools(CALL), saysText(['33 ', '°C']));
      expect((await generateText(settings)).text).toBe('33 °C');
      expect(await streamText(settings).text).toBe('33 °C');
      for (const index of [1, 3]) {
        expect(provider.requests[index]!.body['messages']).toMatchObject([
          { role: 'user' },
          { role: 'assistant', tool_calls: [{ id: 'call_1' }] },
          { role: 'tool', tool_call_id: 'call_1', content: '{"city":"Bangkok","celsius":33}' },
        ]);
      }
    });

    it('gets structured output by a schema', async () => {
      const { gateway, provider } = scripted;
      const schema = z.object({ name: z.string(), guests: z.array(z.string()) });
      provider.willAnswer(saysText(['{"name":"Songkran",', '"guests":["Somchai"]}']));
      const { output } = await generateText({
        model: at(gateway).chat(MODEL),
        output: Output.object({ schema }),
        prompt: 'Whose party?',
      });
      expect(output).toEqual({ name: 'Songkran', guests: ['Somchai'] });
      expect(provider.requests[0]!.body['response_format']).toMatchObject({ type: 'json_schema' });
    });

    it('sends images', async () => {
      const { gateway, provider } = scripted;
      provider.willAnswer(saysText(['A picture.']));
      const { text } = await generateText({
        model: at(gateway).chat(MODEL),
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image', image: Buffer.from(PIXEL, 'base64') },
            ],
          },
        ],
      });
      expect(text).toBe('A picture.');
      expect(provider.requests[0]!.body['messages']).toMatchObject([
        { content: [{ type: 'text' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }] },
      ]);
    });

    it('is told of an error amid a stream', async () => {
      const { gateway, provider } = scripted;
      provider.willAnswer((response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n');
        setTimeout(() => response.destroy(), 200);
      });
      const errors: unknown[] = [];
      const stream = streamText({
        model: at(gateway).chat(MODEL),
        prompt: '?',
        onError: ({ error }) => void errors.push(error),
      });
      await stream.consumeStream();
      expect(JSON.stringify(errors)).toContain('upstream_lost');
    });
  });
});
