import { startTestApp, type TestApp, type TestVariables } from './app.js';
import { json, ProviderServer, stream, type Answer } from './provider-server.js';

/** A gateway with one provider, whose answers the test writes itself. */
export interface ScriptedGateway {
  gateway: TestApp;
  provider: ProviderServer;
  close(): Promise<void>;
}

export async function startScriptedGateway(variables: TestVariables = {}): Promise<ScriptedGateway> {
  const provider = await ProviderServer.start();
  const gateway = await startTestApp({
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${provider.url}/v1`,
    ANTHROPIC_API_KEY: undefined,
    ...variables,
  });
  return { gateway, provider, close: () => gateway.close().finally(() => provider.close()) };
}

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const choice = (delta: object, finishReason: string | null = null, more: object = {}) =>
  event({ choices: [{ index: 0, delta, finish_reason: finishReason, ...more }] });
const USAGE = { prompt_tokens: 20, completion_tokens: 8, total_tokens: 28 };

function answer(deltas: string[], finishReason: string, usage: object = USAGE): Answer {
  return stream(...deltas, choice({}, finishReason), event({ choices: [], usage }), 'data: [DONE]\n\n');
}

/** Text in pieces, as OpenAI streams it. */
export function saysText(pieces: readonly string[], finishReason = 'stop', usage: object = USAGE): Answer {
  return answer(
    pieces.map((content) => choice({ content })),
    finishReason,
    usage,
  );
}

/** Calls of functions; each one's arguments come in pieces. */
export function callsTools(...calls: { id: string; name: string; pieces: readonly string[] }[]): Answer {
  const deltas = calls.flatMap(({ id, name, pieces }, index) => [
    choice({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
    ...pieces.map((text) => choice({ tool_calls: [{ index, function: { arguments: text } }] })),
  ]);
  return answer(deltas, 'tool_calls');
}

/** Tokens with their log probabilities. */
export function saysTokens(tokens: readonly { token: string; logprob: number }[]): Answer {
  const deltas = tokens.map(({ token, logprob }) => {
    const content = [{ token, logprob, bytes: [...Buffer.from(token)], top_logprobs: [] }];
    return choice({ content: token }, null, { logprobs: { content, refusal: null } });
  });
  return answer(deltas, 'stop');
}

export function refuses(status: number, error: object, headers: Record<string, string> = {}): Answer {
  return json(status, { error }, headers);
}
