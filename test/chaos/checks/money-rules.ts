import { parseFrame, type Frame } from '../frames.js';
import { costOf, estimatedDeltas, microCredits } from '../oracle.js';
import type { Evidence } from './evidence.js';

/** The frame, the hold and the oracle agree on what it cost. */
export function checkCharge({ stored }: Evidence): string[] {
  const end = endOf(stored);
  if (!stored || !end?.usage) return [];
  const { promptTokens, completionTokens, totalTokens, credits } = end.usage;
  const faults: string[] = [];
  const cost = costOf(promptTokens, completionTokens);
  if (microCredits(credits) !== stored.charged)
    faults.push(`the frame says ${credits} credits, the hold ${String(stored.charged)} µcr`);
  if ((stored.charged ?? 0n) + stored.shortfall !== cost)
    faults.push(
      `${promptTokens} + ${completionTokens} tokens cost ${cost} µcr, charged were ${String(stored.charged)}`,
    );
  if (stored.shortfall > 0n && stored.amount >= cost)
    faults.push(`a shortfall of ${stored.shortfall}, though all was held`);
  if (totalTokens !== promptTokens + completionTokens) faults.push(`a total of ${totalTokens} tokens`);
  return faults;
}

/** Where the provider's count was charged, the provider's own book has exactly that; else, what can be read was charged. */
export function checkUsage(evidence: Evidence): string[] {
  const end = endOf(evidence.stored);
  if (!end?.usage) return [];
  switch (end.usage.usageSource) {
    case 'provider':
      return checkProvidersCount(evidence, end.usage);
    case 'estimated':
      return checkEstimate(evidence, end.usage);
    case 'reaper':
      return checkReaped(evidence, end.usage);
    default:
      return [`usageSource ${end.usage.usageSource}`];
  }
}

type Usage = NonNullable<Frame['usage']>;

function checkProvidersCount({ record, generations }: Evidence, { promptTokens, completionTokens }: Usage): string[] {
  const isZero = promptTokens === 0 && completionTokens === 0;
  if (isZero && record.plan.fault === 'zerousage') return [];
  const isBilled = generations.entries.some(
    (entry) => entry.promptTokens === promptTokens && entry.completionTokens === completionTokens,
  );
  if (isBilled) return [];
  const billed = generations.entries.map((entry) => `${entry.promptTokens} + ${entry.completionTokens}`);
  return [
    `charged are ${promptTokens} + ${completionTokens} tokens, the provider billed ${billed.join(', ') || 'none'}`,
  ];
}

function checkEstimate({ record, stored }: Evidence, usage: Usage): string[] {
  const { promptTokens, completionTokens } = usage;
  if (promptTokens === 0 && completionTokens === 0) return deltasOf(stored!.frames).length === 0 ? [] : ['it was free'];
  if (promptTokens !== record.plan.estimatedPromptTokens) return [`a prompt of ${promptTokens} tokens`];
  if (record.plan.kind !== 'stream') return []; // its deltas were never shown one by one
  const counted = estimatedDeltas(deltasOf(stored!.frames));
  const limited = Math.min(counted, stored!.terms.outputLimit);
  if (completionTokens === counted || completionTokens === limited) return [];
  return [`what can be read has ${counted} tokens, charged are ${completionTokens}`];
}

function checkReaped({ record, stored }: Evidence, { promptTokens, completionTokens }: Usage): string[] {
  const deltas = deltasOf(stored!.frames);
  const counted = estimatedDeltas(deltas);
  const prompt = deltas.length === 0 ? 0 : record.plan.estimatedPromptTokens;
  if (promptTokens === prompt && completionTokens === counted) return [];
  return [`what can be read has ${prompt} + ${counted} tokens, charged are ${promptTokens} + ${completionTokens}`];
}

function endOf(stored: Evidence['stored']): Frame | undefined {
  const raw = stored?.frames.at(-1);
  return raw === undefined ? undefined : parseFrame(raw);
}

function deltasOf(frames: readonly string[]): string[] {
  return frames
    .map(parseFrame)
    .filter(({ type }) => type === 'chunk')
    .map(({ data = '' }) => data);
}
