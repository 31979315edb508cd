/** Events of an OpenAI chat stream, as a server of a test sends them. */
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const choice = (delta: object, finishReason: string | null = null) =>
  event({ choices: [{ index: 0, delta, finish_reason: finishReason }] });

export const says = (content: string) => choice({ content });
export const calls = (name: string, argumentsText: string) =>
  choice({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: argumentsText } }] });
export const finishes = (reason = 'stop') => choice({}, reason);
export const counts = (promptTokens: number, completionTokens: number) =>
  event({ choices: [], usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens } });
export const DONE = 'data: [DONE]\n\n';

/** A whole answer, each piece an event. */
export const answers = (pieces: readonly string[], promptTokens = 10, completionTokens = 20) => [
  ...pieces.map(says),
  finishes(),
  counts(promptTokens, completionTokens),
  DONE,
];
