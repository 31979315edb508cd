import type { GatewayError } from '../../common/errors/gateway-error.js';
import type { AnswerWire } from '../wire.js';
import { gatewayFacts } from './chat-end.js';
import type { EndFrame } from '../answers/frames.js';
import { openAiError } from './openai-errors.js';

const VECTORS = ',"embeddings":';
const NEXT = ',"usage":{';

/** An embedding's answer. Its vectors are megabytes: their JSON text is cut out of the frame, and never parsed. */
export class EmbeddingWire implements AnswerWire {
  readonly heartbeat = '';

  events(): string {
    return ''; // it comes whole
  }

  errorEvent(error: GatewayError): string {
    return JSON.stringify({ error: openAiError(error) });
  }

  wholeAnswer(frame: string): string {
    const start = frame.indexOf(VECTORS);
    const end = frame.indexOf(NEXT, start);
    const facts = JSON.parse(`{${frame.slice(end + 1)}`) as EndFrame;
    const data = vectorTexts(frame.slice(start + VECTORS.length, end))
      .map((vector, index) => `{"object":"embedding","index":${index},"embedding":${vector}}`)
      .join();
    const { model } = facts.metadata;
    const usage = { prompt_tokens: facts.usage.promptTokens, total_tokens: facts.usage.promptTokens };
    const rest = JSON.stringify({ model, usage, gateway: gatewayFacts(facts) });
    return `{"object":"list","data":[${data}],${rest.slice(1)}`;
  }
}

/** Of a JSON list, each element's own text: they are lists of numbers, or base64. */
function vectorTexts(list: string): string[] {
  if (list === '[]') return [];
  const [open, close] = list[1] === '"' ? ['"', '"'] : ['[', ']'];
  return list
    .slice(2, -2)
    .split(`${close},${open}`)
    .map((inner) => open + inner + close);
}
