import { Injectable } from '@nestjs/common';

/** Counts the stream events that were skipped because nothing could be made of them, by provider, since the start. */
@Injectable()
export class MalformedEvents {
  private readonly counts = new Map<string, number>();

  increment(providerId: string): void {
    this.counts.set(providerId, this.of(providerId) + 1);
  }

  of(providerId: string): number {
    return this.counts.get(providerId) ?? 0;
  }
}
