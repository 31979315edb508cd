import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { ReaperService, type ReapedStream } from '../billing/ledger/reaper.service.js';
import { AnswerReports, type AnswerReport } from '../completions/answer-report.js';
import { TOKENS } from './buckets.js';
import { creditsOf } from './credits.js';
import { GEN_AI_LABELS, genAiLabels, type GenAiLabel } from './gen-ai-labels.js';
import { MetricsRegistry } from './metrics-registry.js';
import { ModelNames } from './model-names.js';
import { whoAnswered } from './who-answered.js';

/** What answers used, and what was charged for them. */
@Injectable()
export class UsageMetrics {
  private readonly usages: Histogram<GenAiLabel | 'gen_ai_token_type'>;
  private readonly tokens: Counter<'provider' | 'model' | 'class'>;
  private readonly credits: Counter<'operation' | 'provider' | 'model'>;
  private readonly shortfall: Counter;
  private readonly reaped: Counter<'result'>;
  private readonly reapedCredits: Counter;

  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(AnswerReports) reports: AnswerReports,
    @Inject(ReaperService) reaper: ReaperService,
    @Inject(ModelNames) private readonly models: ModelNames,
  ) {
    const registers = [registry];
    this.usages = new Histogram({
      name: 'gen_ai_client_token_usage',
      help: 'Tokens of an answer, of its prompt (input) and of itself (output), as they were charged.',
      labelNames: [...GEN_AI_LABELS.filter((name) => name !== 'error_type'), 'gen_ai_token_type'],
      buckets: TOKENS,
      registers,
    });
    this.tokens = new Counter({
      name: 'mcp_tokens_total',
      help: 'Tokens by class; cached_input and cache_write are part of input, reasoning is part of output.',
      labelNames: ['provider', 'model', 'class'],
      registers,
    });
    this.credits = new Counter({
      name: 'mcp_credits_charged_total',
      help: 'Credits charged for answers that this process ended.',
      labelNames: ['operation', 'provider', 'model'],
      registers,
    });
    this.shortfall = new Counter({
      name: 'mcp_credits_shortfall_total',
      help: 'Credits that answers cost beyond what their accounts had; the house bears them.',
      registers,
    });
    this.reaped = new Counter({
      name: 'mcp_holds_reaped_total',
      help: 'Streams that this process finished for a node that was lost, or beyond their deadline: settled, released, failed.',
      labelNames: ['result'],
      registers,
    });
    this.reapedCredits = new Counter({
      name: 'mcp_credits_reaped_total',
      help: 'Credits charged for streams that this process finished for a node that was lost.',
      registers,
    });
    reports.add((report) => this.observe(report));
    reaper.reaped.add((stream) => this.observeReaped(stream));
  }

  private observe(report: AnswerReport): void {
    const { job, settlement, charged = 0n, shortfall = 0n } = report;
    if (!settlement || !report.step) return;
    const { type } = job.request;
    const { provider, model } = whoAnswered(report, this.models);
    const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = settlement.usage;
    const { error_type: _, ...labels } = genAiLabels(type, provider, model);
    this.usages.observe({ ...labels, gen_ai_token_type: 'input' }, inputTokens);
    this.usages.observe({ ...labels, gen_ai_token_type: 'output' }, outputTokens);
    this.count(provider, model, 'input', inputTokens);
    this.count(provider, model, 'output', outputTokens);
    this.count(provider, model, 'cached_input', cachedInputTokens);
    this.count(provider, model, 'cache_write', cacheWriteTokens);
    this.count(provider, model, 'reasoning', reasoningTokens);
    this.credits.inc({ operation: type, provider, model }, creditsOf(charged));
    if (shortfall > 0n) this.shortfall.inc(creditsOf(shortfall));
  }

  private count(provider: string, model: string, className: string, tokens: number | undefined): void {
    if (tokens) this.tokens.inc({ provider, model, class: className }, tokens);
  }

  private observeReaped({ result, charged, shortfall }: ReapedStream): void {
    this.reaped.inc({ result: result.startsWith('failed') ? 'failed' : result });
    if (charged) this.reapedCredits.inc(creditsOf(charged));
    if (shortfall) this.shortfall.inc(creditsOf(shortfall));
  }
}
