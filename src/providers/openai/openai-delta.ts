import { asObject, asText, type JsonObject } from '../http/json.js';

/** The text of a delta. Some servers (Mistral) send parts; a refusal is an answer too. */
export function contentOf({ content, refusal }: JsonObject): string | undefined {
  if (Array.isArray(content)) return joined(content, 'text');
  return asText(content) ?? asText(refusal);
}

/**
 * What a delta shows of the model's reasoning: DeepSeek and vLLM call it `reasoning_content`, Groq, Ollama and
 * OpenRouter `reasoning`; OpenRouter's `reasoning_details` say the same again, or alone; Mistral's are parts.
 */
export function reasoningOf(delta: JsonObject): string | undefined {
  const { reasoning_content: reasoningContent, reasoning, reasoning_details: details, content } = delta;
  const text = asText(reasoningContent) ?? asText(reasoning);
  if (text) return text;
  if (Array.isArray(details)) return joined(details, 'text') ?? joined(details, 'summary');
  if (!Array.isArray(content)) return undefined;
  const thoughts = content.flatMap((part): unknown[] => {
    const thinking = asObject(part)?.thinking;
    return Array.isArray(thinking) ? thinking : [];
  });
  return joined(thoughts, 'text');
}

function joined(parts: unknown[], field: string): string | undefined {
  return asText(parts.map((part) => asText(asObject(part)?.[field]) ?? '').join(''));
}
