import type { Attributes } from '@opentelemetry/api';
import { SpanKind } from '@opentelemetry/api';

/** A span that is over, before it is one: times are of performance.now(). */
export interface SpanPlan {
  name: string;
  kind: SpanKind;
  beganAtMs: number;
  endedAtMs: number;
  attributes: Attributes;
  /** Why it failed: a word, never a message. */
  error?: string;
  events: readonly { name: string; atMs: number }[];
  children: readonly SpanPlan[];
}

/** Something of ours within a request. */
export function innerSpan(name: string, beganAtMs: number, endedAtMs: number): SpanPlan {
  return { name, kind: SpanKind.INTERNAL, beganAtMs, endedAtMs, attributes: {}, events: [], children: [] };
}
