import type { Message, TextRequest } from '../../src/providers/contract/text-request.js';
import type { StreamPart } from '../../src/providers/contract/stream-part.js';
import type { TextProvider } from '../../src/providers/contract/text-provider.js';
import type { ToolCall } from '../../src/providers/contract/tool.js';
import { AnthropicProvider } from '../../src/providers/anthropic/anthropic.provider.js';
import { HttpTransport } from '../../src/providers/http/http-transport.js';
import { OpenAiProvider } from '../../src/providers/openai/openai.provider.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { readParts } from '../support/read-parts.js';

let simulator: Simulator;
let openai: OpenAiProvider;
let claude: AnthropicProvider;

beforeAll(async () => {
  simulator = await startSimulator({ gapMs: 0 });
  openai = new OpenAiProvider({ apiKey: 'key', baseUrl: `${simulator.url}/v1` }, new HttpTransport());
  claude = new AnthropicProvider({ apiKey: 'key', baseUrl: simulator.url }, new HttpTransport());
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await Promise.all([openai.close(), claude.close()]);
  await simulator.close();
});

const WEATHER = {
  name: 'get_weather',
  description: 'Tells the weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const user = (content: Message['content']): Message => ({ role: 'user', content });
const vendors = () =>
  [
    ['openai', openai, 'gpt-4o'],
    ['claude', claude, 'claude-haiku-4-5'],
  ] as const;

/** What came of a request, whole, and what the provider wrote into its own book. */
async function ask(provider: TextProvider, request: Partial<TextRequest> & { model: string }) {
  const whole = { messages: [user('Hello')], maxOutputTokens: 2_000, ...request };
  const stream = await provider.stream(whole, { signal: new AbortController().signal });
  const { parts, text, error } = await readParts(stream);
  if (error) throw error;
  const of = <Type extends StreamPart['type']>(type: Type) =>
    parts.filter((part): part is Extract<StreamPart, { type: Type }> => part.type === type);
  return {
    text,
    calls: callsOf(of('tool-call-delta')),
    thoughts: of('reasoning-delta'),
    logprobs: of('text-delta').flatMap(({ logprobs = [] }) => logprobs),
    finish: of('finish').at(-1),
    usage: of('usage').at(-1)?.usage,
    bill: simulator.stats().bill.at(-1),
    body: simulator.stats().bodies.at(-1)?.body as Record<string, unknown>,
  };
}

function callsOf(deltas: Extract<StreamPart, { type: 'tool-call-delta' }>[]): ToolCall[] {
  const calls: ToolCall[] = [];
  for (const { index, id, name, argumentsText } of deltas) {
    const call = (calls[index] ??= { id: id ?? '', name: name ?? '', arguments: '' });
    call.arguments += argumentsText;
  }
  return calls;
}

describe('tools', () => {
  it('are called, one or several, with arguments in pieces', async () => {
    for (const [id, provider, model] of vendors()) {
      const question = '[[sim tool=get_weather args={"city":"Paris"} tool=now args={}]]';
      const answer = await ask(provider, { model, messages: [user(question)], tools: [WEATHER, { name: 'now' }] });
      expect({ id, ...answer }).toMatchObject({
        id,
        text: '',
        calls: [
          { name: 'get_weather', arguments: '{"city":"Paris"}' },
          { name: 'now', arguments: '{}' },
        ],
        finish: { reason: 'tool_calls' },
      });
      expect(new Set(answer.calls.map((call) => call.id)).size).toBe(2);
    }
  });

  it('are forced by name', async () => {
    for (const [, provider, model] of vendors()) {
      const answer = await ask(provider, {
        model,
        tools: [{ name: 'now' }, WEATHER],
        toolChoice: { name: 'get_weather' },
      });
      expect(answer.calls).toMatchObject([{ name: 'get_weather', arguments: '{"city":"text"}' }]);
      expect(answer.finish).toEqual({ type: 'finish', reason: 'tool_calls' });
    }
  });

  it('have results that either vendor goes on with, wherever the calls were made', async () => {
    const question = user('[[sim tool=get_weather args={"city":"Rome"} tool=get_weather args={"city":"Oslo"}]]');
    for (const [, first, model] of vendors()) {
      const { calls } = await ask(first, { model, messages: [question], tools: [WEATHER] });
      const results = calls.map(({ id }, index): Message => ({
        role: 'tool',
        toolCallId: id,
        content: index === 0 ? 'sunny' : 'no such city',
        ...(index === 0 ? {} : { isToolError: true }),
      }));
      const messages: Message[] = [question, { role: 'assistant', content: '', toolCalls: calls }, ...results];
      for (const [, second, other] of vendors()) {
        const answer = await ask(second, { model: other, messages, tools: [WEATHER] });
        expect(answer).toMatchObject({ calls: [], finish: { reason: 'stop' } });
        expect(answer.text).not.toBe('');
      }
    }
  });
});
