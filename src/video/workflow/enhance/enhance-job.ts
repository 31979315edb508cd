import type { ModelPrice } from '../../../billing/pricing/model-price.js';
import { priceSnapshot } from '../../../billing/pricing/price-snapshot.js';
import {
  measurePrompt,
  promptTokensAt,
  promptTokensBoundAt,
  type PromptSize,
} from '../../../billing/pricing/prompt-size.js';
import type { Tariff } from '../../../billing/pricing/tariff.js';
import type { RouteStep } from '../../../orchestrator/route-plan.js';
import type { Message, TextRequest } from '../../../providers/contract/text-request.js';
import type { StepHold } from '../workflow.store.js';
import { ENHANCED_PROMPT_FORMAT } from './enhance-conversation.js';

/** A prompt of a few sentences, with the JSON around it. */
const OUTPUT_TOKENS = 600;
/** What a model may spend on it that thinks before it writes: what it thinks counts as output. */
const THINKING_OUTPUT_TOKENS = 4_096;

/** Who may enhance a prompt, and what it costs there. */
export interface PricedStep extends RouteStep {
  price: ModelPrice;
}

/** All that the enhancement of a prompt needs. */
export interface EnhanceJob {
  steps: readonly [PricedStep, ...PricedStep[]];
  messages: Message[];
  outputLimit: number;
  prompt: PromptSize;
  /** Longest prompt that will do, in UTF-16 units. */
  mostCharacters: number;
  hold: StepHold;
}

/** What is held covers every step of the route, and all of the output: nothing can cost more. Pure. */
export function enhanceJob(
  steps: readonly [PricedStep, ...PricedStep[]],
  messages: Message[],
  mostCharacters: number,
  tariff: Tariff,
): EnhanceJob {
  const [first] = steps;
  const prompt = measurePrompt({ messages, inputs: [], options: { responseFormat: ENHANCED_PROMPT_FORMAT } });
  const doesThink = steps.some(({ capabilities }) => capabilities.hiddenReasoning);
  const outputLimit = doesThink ? THINKING_OUTPUT_TOKENS : OUTPUT_TOKENS;
  const prompts = steps.map(({ price, model }) => ({ price, tokensBound: promptTokensBoundAt(model, prompt) }));
  const promptTokens = promptTokensAt(first.model, prompt);
  const hold = {
    model: first.model,
    provider: first.providerId,
    amount: tariff.holdSize(prompts).amountFor(outputLimit),
    terms: JSON.stringify({
      type: 'chat',
      model: first.model,
      provider: first.providerId,
      chain: steps.map(({ providerId, model }) => `${providerId}/${model}`),
      promptTokens,
      promptTokensBound: Math.max(...prompts.map(({ tokensBound }) => tokensBound)),
      outputLimit,
      price: priceSnapshot(first.price, promptTokens),
    }),
  };
  return { steps, messages, outputLimit, prompt, mostCharacters, hold };
}

/** The request of one step. */
export function enhanceRequest({ messages, outputLimit }: EnhanceJob, { model, capabilities }: RouteStep): TextRequest {
  return {
    model,
    messages,
    maxOutputTokens: Math.min(outputLimit, capabilities.maxOutputTokens),
    responseFormat: ENHANCED_PROMPT_FORMAT,
    ...(capabilities.hiddenReasoning ? { reasoning: { effort: 'low' } } : {}),
  };
}
