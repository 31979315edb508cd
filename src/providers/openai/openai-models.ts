import type { ModelCapabilities } from '../contract/text-provider.js';

/** OpenAI's own families; everything else that speaks this wire is a stranger to us. */
const NATIVE = /^(gpt-|chatgpt-|o[134](-|$)|text-embedding-|davinci|babbage)/;
/** o-series and gpt-5 or later; their chat variants (gpt-5-chat-latest) don't reason. */
const REASONING = /^(o\d|gpt-(?:[5-9]|\d{2,})(?!.*-chat))/;
const GPT_5_OR_LATER = /^gpt-(?:[5-9]|\d{2,})/;
const O_SERIES = /^o\d/;

const UNKNOWN_OUTPUT_TOKENS = 4096;
/** The first pattern that fits decides. */
const OUTPUT_TOKENS: readonly [RegExp, number][] = [
  [/^o1-preview/, 32_768],
  [/^o1-mini/, 65_536],
  [O_SERIES, 100_000],
  [/^gpt-(?:[5-9]|\d{2,}).*-chat/, 16_384],
  [GPT_5_OR_LATER, 128_000],
  [/^gpt-4\.1/, 32_768],
  [/^gpt-4o-2024-05-13/, 4096],
  [/^(gpt-4o|gpt-4\.5|chatgpt-4o)/, 16_384],
  [/^gpt-(4|3\.5)/, 4096],
];

/** What OpenAI's model can do, by the pattern of its name. */
export function openAiCapabilities(model: string): ModelCapabilities {
  const family = familyOf(model);
  return {
    isNative: NATIVE.test(family),
    embeddings: true,
    maxOutputTokens: OUTPUT_TOKENS.find(([pattern]) => pattern.test(family))?.[1] ?? UNKNOWN_OUTPUT_TOKENS,
    hiddenReasoning: REASONING.test(family),
    tools: true,
    images: true,
    structuredOutput: true,
    logprobs: true,
    prefill: false,
  };
}

/** Whether the output limit is called `max_completion_tokens`: all others, strangers included, know `max_tokens`. */
export function needsCompletionTokensLimit(model: string): boolean {
  const family = familyOf(model);
  return O_SERIES.test(family) || GPT_5_OR_LATER.test(family);
}

/** Whether the model refuses a request with `temperature`, `top_p` or `stop`. */
export function refusesSampling(model: string): boolean {
  return REASONING.test(familyOf(model));
}

/** A fine-tuned model is of its base's family: 'ft:gpt-4o-mini-2024-07-18:org::id'. */
function familyOf(model: string): string {
  return model.startsWith('ft:') ? model.slice('ft:'.length) : model;
}
