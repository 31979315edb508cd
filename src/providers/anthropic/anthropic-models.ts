import type { ModelCapabilities } from '../contract/text-provider.js';

const UNKNOWN_OUTPUT_TOKENS = 4096;
const LATER_OUTPUT_TOKENS = 64_000;
/** The first pattern that fits decides; Claude 3.7 and whatever came later answers up to 64,000 tokens. */
const OUTPUT_TOKENS: readonly [RegExp, number][] = [
  [/^claude-(2|instant)/, 4096],
  [/^claude-3-(haiku|sonnet|opus)/, 4096],
  [/^claude-3-5/, 8192],
  [/^claude-opus-4(-[01])?(-\d{8})?$/, 32_000],
  [/^claude-/, LATER_OUTPUT_TOKENS],
];
/** From Opus 4.7 on (Claude 5 included) a request with `temperature` or `top_p` is refused. */
const REFUSES_SAMPLING = /^claude-(mythos-preview|[a-z]+-(4-[7-9](?!\d)|4-[1-9]\d(?!\d)|[5-9](?!\d)|[1-9]\d(?!\d)))/;

/** What Anthropic's model can do, by the pattern of its name. */
export function anthropicCapabilities(model: string): ModelCapabilities {
  return {
    isNative: model.startsWith('claude-'),
    embeddings: false,
    maxOutputTokens: OUTPUT_TOKENS.find(([pattern]) => pattern.test(model))?.[1] ?? UNKNOWN_OUTPUT_TOKENS,
    hiddenReasoning: false,
    tools: true,
    images: true,
    structuredOutput: true,
    logprobs: false,
    prefill: !REFUSES_SAMPLING.test(model),
  };
}

/** Whether the model refuses a request with `temperature` or `top_p`. */
export function refusesSampling(model: string): boolean {
  return REFUSES_SAMPLING.test(model);
}
