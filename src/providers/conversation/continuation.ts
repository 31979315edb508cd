import type { Message, TextRequest } from '../contract/text-request.js';

const GO_ON =
  'Your last message broke off. Go on with it exactly where it ends, in the middle of a word if need be: ' +
  'repeat nothing of it, and write nothing before what comes next.';

/** What a model makes of a conversation that ends with the assistant's words. */
export interface LastWord {
  /** It goes on with them. */
  goesOn: boolean;
  /** It refuses such a conversation. */
  isRefused?: boolean;
}

/**
 * The conversation of a request, the answer that was begun elsewhere included: as the beginning of the model's own
 * answer where it takes one, else it is asked in words to go on.
 */
export function conversationOf(
  { messages, continuation }: Pick<TextRequest, 'messages' | 'continuation'>,
  { goesOn, isRefused = false }: LastWord,
): Message[] {
  const isBegun = continuation !== undefined && continuation !== '';
  const begun: Message[] = isBegun ? [...messages, { role: 'assistant', content: continuation }] : messages;
  const needsWords = isBegun ? !goesOn : isRefused && endsWithAnswer(messages);
  return needsWords ? [...begun, { role: 'user', content: GO_ON }] : begun;
}

function endsWithAnswer(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  return last?.role === 'assistant' && !last.toolCalls?.length;
}
