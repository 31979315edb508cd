import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { AnswerReports, type AnswerReport } from '../completions/answer-report.js';
import { RunningAnswers } from '../completions/running-answers.js';
import { CHUNK_SECONDS, DURATION_SECONDS, FIRST_CHUNK_SECONDS } from './buckets.js';
import { GEN_AI_LABELS, genAiLabels, type GenAiLabel } from './gen-ai-labels.js';
import { MetricsRegistry } from './metrics-registry.js';
import { ModelNames } from './model-names.js';
import { alone, gauge } from './samples.js';
import { whoAnswered } from './who-answered.js';

/** Answers as clients get them: how many, how soon, how evenly. Everything is observed once, when an answer is over. */
@Injectable()
export class AnswerMetrics {
  private readonly answers: Counter<'operation' | 'provider' | 'model' | 'outcome'>;
  private readonly durations: Histogram<GenAiLabel>;
  private readonly firstChunks: Histogram<GenAiLabel>;
  private readonly chunkTimes: Histogram<GenAiLabel>;
  private readonly longestGaps: Histogram<'provider' | 'model'>;

  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(AnswerReports) reports: AnswerReports,
    @Inject(RunningAnswers) running: RunningAnswers,
    @Inject(ModelNames) private readonly models: ModelNames,
  ) {
    const registers = [registry];
    gauge(registry, {
      name: 'mcp_answers_running',
      help: 'Answers that this process is writing, those of durable requests aside.',
      read: () => alone(running.size),
    });
    this.answers = new Counter({
      name: 'mcp_answers_total',
      help: 'Answers that are over, by what came of them: done, an error code, or lost (the reaper ends it).',
      labelNames: ['operation', 'provider', 'model', 'outcome'],
      registers,
    });
    this.durations = new Histogram({
      name: 'gen_ai_server_request_duration_seconds',
      help: 'From the request to the end of its answer.',
      labelNames: GEN_AI_LABELS,
      buckets: DURATION_SECONDS,
      registers,
    });
    this.firstChunks = new Histogram({
      name: 'gen_ai_server_time_to_first_token_seconds',
      help: 'From the request to its first chunk, logged and handed to its sockets; answers that stream.',
      labelNames: GEN_AI_LABELS,
      buckets: FIRST_CHUNK_SECONDS,
      registers,
    });
    this.chunkTimes = new Histogram({
      name: 'gen_ai_server_time_per_output_token_seconds',
      help: 'From one chunk to the next, on the average of an answer that streams.',
      labelNames: GEN_AI_LABELS,
      buckets: CHUNK_SECONDS,
      registers,
    });
    this.longestGaps = new Histogram({
      name: 'mcp_answer_longest_gap_seconds',
      help: 'The longest time between two chunks of an answer that streams.',
      labelNames: ['provider', 'model'],
      buckets: CHUNK_SECONDS,
      registers,
    });
    reports.add((report) => this.observe(report));
  }

  private observe(report: AnswerReport): void {
    const { job, outcome, delivery, endedAtMs } = report;
    const { type, isStreamed } = job.request;
    const { provider, model } = whoAnswered(report, this.models);
    this.answers.inc({ operation: type, provider, model, outcome });
    const labels = genAiLabels(type, provider, model, outcome === 'done' ? undefined : outcome);
    this.durations.observe(labels, (endedAtMs - job.receivedAtMs) / 1_000);
    const { chunks, firstAtMs, lastAtMs, longestGapMs } = delivery;
    if (!isStreamed || firstAtMs === undefined) return;
    this.firstChunks.observe(labels, (firstAtMs - job.receivedAtMs) / 1_000);
    if (chunks < 2) return;
    this.chunkTimes.observe(labels, (lastAtMs - firstAtMs) / (chunks - 1) / 1_000);
    this.longestGaps.observe({ provider, model }, longestGapMs / 1_000);
  }
}
