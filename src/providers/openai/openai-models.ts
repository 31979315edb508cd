import type { ModelCapabilities } from '../contract/text-provider.js';

/** OpenAI's own families; everything else that speaks this wire is a stranger to us. */
const NATIVE = /^(gpt-(?!oss)|chatgpt-|o[134](-|$)|text-embedding-|davinci|babbage)/;
/** o-series and gpt-5 or later; their chat variants (gpt-5-chat-latest) don't reason. */
const REASONING = /^(o\d|gpt-(?:[5-9]|\d{2,})(?!.*-chat))/;
const GPT_5_OR_LATER = /^gpt-(?:[5-9]|\d{2,})/;
const O_SERIES = /^o\d/;

/** For each question the first pattern that fits decides; the last one is for strangers, of which nothing is known. */
type Table<Value> = readonly (readonly [RegExp, Value])[];

const OUTPUT_TOKENS: Table<number> = [
  [/^o1-preview/, 32_768],
  [/^o1-mini/, 65_536],
  [O_SERIES, 100_000],
  [/^gpt-(?:[5-9]|\d{2,}).*-chat/, 16_384],
  [GPT_5_OR_LATER, 128_000],
  [/^gpt-4\.1/, 32_768],
  [/^gpt-4o-2024-05-13/, 4096],
  [/^(gpt-4o|gpt-4\.5|chatgpt-4o)/, 16_384],
  [/^/, 4096],
];
/** Prompt and answer together (model pages, November 2026). */
const CONTEXT_TOKENS: Table<number | undefined> = [
  [/^o1-(mini|preview)/, 128_000],
  [O_SERIES, 200_000],
  [/^gpt-5.*-chat/, 128_000],
  [/^gpt-5\.4-(mini|nano)/, 400_000],
  [/^gpt-5(\.[0-3])?(-|$)/, 400_000],
  [GPT_5_OR_LATER, 1_050_000],
  [/^gpt-4\.1/, 1_047_576],
  [/^(gpt-4o|gpt-4\.5|chatgpt-4o|gpt-4-(turbo|1106|0125|vision))/, 128_000],
  [/^gpt-4-32k/, 32_768],
  [/^gpt-4/, 8192],
  [/^gpt-3\.5-turbo-instruct/, 4096],
  [/^gpt-3\.5/, 16_385],
  [/^/, undefined],
];
/**
 * From GPT-6 on chat completions take tools only together with `reasoning_effort: 'none'`, which only these models
 * know; the others call tools through the Responses API alone.
 */
const TOOLS: Table<boolean> = [
  [/^(gpt-6-sol|gpt-6-luna|gpt-6\.1-terra)/, true],
  [/^gpt-(?:[6-9]|\d{2,})/, false],
  [
    /^(o1-mini|o1-preview|gpt-5-chat|chatgpt-|gpt-4o(-mini)?-(search|audio)|gpt-4-(0314|32k|vision)|gpt-3\.5-turbo-instruct)/,
    false,
  ],
  [/^(davinci|babbage|text-embedding-)/, false],
  [/^/, true],
];
const IMAGES: Table<boolean> = [
  [/^(o1-mini|o1-preview|o3-mini|gpt-3\.5|davinci|babbage|text-embedding-)/, false],
  [/^gpt-4o(-mini)?-(search|audio)/, false],
  [/^gpt-4-(turbo-preview|0125|1106)/, false],
  [/^gpt-4(-0314|-0613|-32k.*)?$/, false],
  [/^/, true],
];
const STRUCTURED_OUTPUT: Table<boolean> = [
  [/^(o1-mini|o1-preview|gpt-3\.5|gpt-4o-2024-05-13|chatgpt-|davinci|babbage|text-embedding-)/, false],
  [/^gpt-4(-|$)/, false],
  [/^/, true],
];

/** What OpenAI's model can do in chat completions, by the pattern of its name. */
export function openAiCapabilities(model: string): ModelCapabilities {
  const family = familyOf(model);
  const hiddenReasoning = REASONING.test(family);
  const contextTokens = lookUp(CONTEXT_TOKENS, family);
  return {
    isNative: NATIVE.test(family),
    embeddings: true,
    maxOutputTokens: lookUp(OUTPUT_TOKENS, family),
    hiddenReasoning,
    tools: lookUp(TOOLS, family),
    images: lookUp(IMAGES, family),
    structuredOutput: lookUp(STRUCTURED_OUTPUT, family),
    logprobs: !hiddenReasoning,
    prefill: false,
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

/** A fine-tuned model is of its base's family: 'ft:gpt-4o-mini-2024-07-18:org::id'. */
export function familyOf(model: string): string {
  return model.startsWith('ft:') ? model.slice('ft:'.length) : model;
}

function lookUp<Value>(table: Table<Value>, family: string): Value {
  return table.find(([pattern]) => pattern.test(family))![1];
}
