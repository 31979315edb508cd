import { createAnthropic, type AnthropicProvider } from '@ai-sdk/anthropic';
import { APICallError, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

globalThis.AI_SDK_LOG_WARNINGS = false;
const CLAUDE = 'claude-sonnet-4-6';
const GPT = 'gpt-4.1';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let gateway: TestApp;
let anthropic: AnthropicProvider;
beforeAll(async () => {
  gateway = await startTestApp();
  anthropic = createAnthropic({ apiKey: gateway.token('alice'), baseURL: `${gateway.url}/v1` });
});
afterAll(() => gateway.close());
afterEach(() => gateway.simulator.reset());

describe.each([CLAUDE, GPT])("the Vercel AI SDK with Anthropic's wire, asking %s", (name) => {
  const prompt = '[[sim prompt=30 completion=12 chunks=12]] hi';

  it('gets a text whole and streamed, with its usage', async () => {
    const whole = await generateText({ model: anthropic(name), prompt });
    expect(whole.finishReason).toBe('stop');
    expect(whole.usage).toMatchObject({ inputTokens: 30, outputTokens: 12, totalTokens: 42 });
    const streamed = streamText({ model: anthropic(name), prompt });
    const pieces: string[] = [];
    for await (const piece of streamed.textStream) pieces.push(piece);
    expect(pieces.join('')).toBe(whole.text);
    expect(pieces.length).toBeGreaterThan(1);
    expect(await streamed.usage).toMatchObject({ inputTokens: 30, outputTokens: 12 });
    expect((await streamed.response).modelId).toBe(name);
  });

  it.each(['whole', 'streamed'])('calls tools until the answer is there, %s', async (manner) => {
    const cities: string[] = [];
    const weather = tool({
      description: 'The weather of a city',
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => {
        cities.push(city);
        return { celsius: 33 };
      },
    });
    const call = {
      model: anthropic(name),
      prompt: '[[sim tool=weather args={"city":"Bangkok"} tool=weather args={"city":"Berlin"}]] How warm is it?',
      tools: { weather },
      stopWhen: stepCountIs(3),
    };
    const result = manner === 'whole' ? await generateText(call) : streamText(call);
    expect(await result.text).toMatch(/\w/);
    expect(await result.steps).toHaveLength(2);
    expect(cities).toEqual(['Bangkok', 'Berlin']);
  });

  it('gets JSON of a schema', async () => {
    const schema = z.object({ name: z.string(), people: z.number() });
    const { output } = await generateText({
      model: anthropic(name),
      prompt: 'a city',
      output: Output.object({ schema }),
    });
    expect(schema.parse(output)).toEqual(output);
  });

  it('sends images', async () => {
    const content = [
      { type: 'text' as const, text: 'what is it?' },
      { type: 'image' as const, image: PIXEL, mediaType: 'image/png' },
    ];
    const { text } = await generateText({ model: anthropic(name), messages: [{ role: 'user', content }] });
    expect(text).toMatch(/\w/);
    expect(JSON.stringify(gateway.simulator.stats().bodies.at(-1)!.body)).toContain(PIXEL);
  });

  it('cancels by aborting', async () => {
    const controller = new AbortController();
    const { textStream } = streamText({
      model: anthropic(name),
      prompt: '[[sim completion=500 chunks=500 gap=20]]',
      abortSignal: controller.signal,
    });
    for await (const piece of textStream) {
      expect(piece).not.toBe('');
      controller.abort();
    }
    await eventually(() => expect(gateway.simulator.stats()).toMatchObject({ open: 0, aborted: 1 }));
  });
});

describe("the Vercel AI SDK with Anthropic's wire", () => {
  it('shows what Claude thinks, and gives it back with the results of tools', async () => {
    const seen: string[] = [];
    const result = streamText({
      model: anthropic(CLAUDE),
      prompt: '[[sim think="first this" tool=weather args={"city":"Bangkok"}]] hi',
      tools: { weather: tool({ inputSchema: z.object({ city: z.string() }), execute: () => '33 °C' }) },
      stopWhen: stepCountIs(3),
      providerOptions: { anthropic: { thinking: { type: 'adaptive' } } },
    });
    for await (const part of result.fullStream) if (part.type === 'reasoning-delta') seen.push(part.text);
    expect(seen.join('')).toContain('first this');
    expect(await result.steps).toHaveLength(2);
    const { messages } = gateway.simulator.stats().bodies.at(-1)!.body as { messages: { content: unknown }[] };
    expect(messages[1]!.content).toMatchObject([
      { type: 'thinking', thinking: 'first this', signature: expect.any(String) },
      { type: 'tool_use' },
    ]);
  });

  it('says what the prompt cache kept', async () => {
    const cached = { anthropic: { cacheControl: { type: 'ephemeral' as const } } };
    const rules = { role: 'system' as const, content: 'A rule to keep in mind. '.repeat(400), providerOptions: cached };
    const ask = () =>
      generateText({
        model: anthropic(CLAUDE),
        messages: [rules, { role: 'user', content: 'hi' }],
        allowSystemInMessages: true,
      });
    const first = await ask();
    const { inputTokenDetails } = (await ask()).usage;
    expect(first.usage.inputTokenDetails.cacheWriteTokens).toBeGreaterThan(1_024);
    expect(inputTokenDetails.cacheReadTokens).toBe(first.usage.inputTokenDetails.cacheWriteTokens);
  });

  it('throws what went wrong', async () => {
    const error = await generateText({ model: anthropic('nobodys-model'), prompt: 'hi', maxRetries: 0 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(APICallError);
    expect(error).toMatchObject({
      statusCode: 404,
      isRetryable: false,
      message: expect.stringContaining('nobodys-model'),
    });
  });
});
