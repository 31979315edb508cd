import type { ModelCapabilities } from '../contract/text-provider.js';
import { anthropicTraits } from './anthropic-traits.js';
import { claudeVersion, type ClaudeVersion } from './claude-version.js';

const UNKNOWN_OUTPUT_TOKENS = 4096;
const SMALL_CONTEXT_TOKENS = 200_000;
const LARGE_CONTEXT_TOKENS = 1_000_000;

/** What a model on Anthropic's wire can do, by its name (model overview, November 2026). */
export function anthropicCapabilities(model: string): ModelCapabilities {
  const claude = claudeVersion(model);
  return {
    isNative: model.startsWith('claude-'),
    embeddings: false,
    maxOutputTokens: claude ? outputTokensOf(claude) : UNKNOWN_OUTPUT_TOKENS,
    // What these think goes uncharted: they do so unasked, and show at most a summary.
    hiddenReasoning: claude !== undefined && claude.version >= 500,
    tools: claude === undefined || claude.version >= 300,
    images: claude === undefined || claude.version >= 300,
    structuredOutput: claude === undefined || claude.version >= 300,
    logprobs: false,
    prefill: anthropicTraits(model).takesPrefill,
    ...(claude ? { contextTokens: contextTokensOf(claude) } : {}),
  };
}

function outputTokensOf({ line, version }: ClaudeVersion): number {
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  if (line === 'opus' && version >= 400 && version <= 401) return 32_000;
  return version < 406 ? 64_000 : 128_000;
}

function contextTokensOf({ version }: ClaudeVersion): number {
  return version < 406 ? SMALL_CONTEXT_TOKENS : LARGE_CONTEXT_TOKENS;
}
