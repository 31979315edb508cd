import { Inject, Injectable } from '@nestjs/common';
import { quantileMs } from '../samples/response-times.js';
import { SamplesStore, type LabelledSum } from '../samples/samples.store.js';
import { COUNTERS, GAUGES } from '../samples/series.js';
import { GAUGE_FRESH_MS } from '../samples/slot-time.js';
import type { Reading } from './reading.js';
import { burnRate, sharesOf, type RequestCount } from './shares.js';

/** "Response times > 5 seconds" is held against what 95 % of the requests took at most. */
const SHARE_IN_TIME = 0.95;
/** The short window of a burn rate, as the SRE workbook has it. */
const SHORT_WINDOWS = 12;

/** What all nodes counted of requests and of providers' calls. */
@Injectable()
export class RequestMeasures {
  constructor(@Inject(SamplesStore) private readonly samples: SamplesStore) {}

  async failingProviders(windowMs: number): Promise<Reading[]> {
    const [all, bad] = await Promise.all([
      this.samples.sums(COUNTERS.calls, windowMs),
      this.samples.sums(COUNTERS.failedCalls, windowMs),
    ]);
    return sharesOf('provider', all, bad);
  }

  async responseTimes(windowMs: number): Promise<Reading[]> {
    const sums = await this.samples.sums(COUNTERS.responses, windowMs);
    const counts = new Map(sums.map(({ label, value }) => [Number(label), value]));
    const value = quantileMs(SHARE_IN_TIME, counts);
    return value === undefined ? [] : [{ labels: {}, value, volume: total(sums) }];
  }

  async failingRequests(windowMs: number): Promise<Reading[]> {
    const { all, failed } = await this.requests(windowMs);
    return all === 0 ? [] : [{ labels: {}, value: failed / all, volume: all }];
  }

  async burnRate(windowMs: number, objective: number): Promise<Reading[]> {
    const [long, short] = await Promise.all([this.requests(windowMs), this.requests(windowMs / SHORT_WINDOWS)]);
    return [burnRate(objective, long, short)];
  }

  /** Circuits that are open, or have been, by endpoint. */
  async openBreakers(windowMs: number): Promise<Reading[]> {
    const sums = new Map<string, number>();
    const add = ({ label, value }: LabelledSum) => sums.set(label, (sums.get(label) ?? 0) + value);
    (await this.samples.sums(COUNTERS.openings, windowMs)).forEach(add);
    (await this.samples.present(GAUGES.openBreakers, GAUGE_FRESH_MS)).forEach(add);
    return [...sums].map(([endpoint, value]) => ({ labels: { endpoint }, value, volume: value }));
  }

  /** Requests that wait for a provider, on all nodes. */
  async providerQueues(): Promise<Reading[]> {
    const waiting = await this.samples.present(GAUGES.waiting, GAUGE_FRESH_MS);
    return waiting.map(({ label, value }) => ({ labels: { queue: `provider:${label}` }, value, volume: value }));
  }

  private async requests(windowMs: number): Promise<RequestCount> {
    const [all, failed] = await Promise.all([
      this.samples.sums(COUNTERS.requests, windowMs),
      this.samples.sums(COUNTERS.failedRequests, windowMs),
    ]);
    return { all: total(all), failed: total(failed) };
  }
}

function total(sums: readonly LabelledSum[]): number {
  return sums.reduce((sum, { value }) => sum + value, 0);
}
