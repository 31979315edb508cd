import { setTimeout as delay } from 'node:timers/promises';
import { signToken } from '../../support/tokens.js';
import type { Placed } from './placed.js';

const REPEAT_AFTER_MS = 100;
const GIVES_UP_AFTER_MS = 120_000;

interface Answer {
  videoId: string;
  creditsUsed: number;
}

/** Orders videos as customers do: an order without an answer is repeated with the same Idempotency-Key. */
export class Customers {
  /** Everything that was ever ordered. */
  readonly placed: Placed[] = [];

  /** @param address of the gateway, which changes; undefined: there is none at the moment */
  constructor(private readonly address: () => string | undefined) {}

  /** Resolves when all are acknowledged, or one could not be. */
  async order(orders: readonly Placed[]): Promise<void> {
    this.placed.push(...orders);
    await Promise.all(orders.map((placed) => this.untilAcknowledged(placed)));
  }

  private async untilAcknowledged(placed: Placed): Promise<void> {
    const untilMs = performance.now() + GIVES_UP_AFTER_MS;
    while (performance.now() < untilMs) {
      const response = await this.post(placed).catch(() => undefined);
      if (response?.status === 200) return this.acknowledged(placed, (await response.json()) as Answer);
      if (response && response.status !== 503) {
        placed.faults.push(`its POST was answered ${response.status}: ${await response.text()}`);
        return;
      }
      await delay(REPEAT_AFTER_MS);
    }
    placed.faults.push('its POST was never answered');
  }

  private acknowledged(placed: Placed, { videoId, creditsUsed }: Answer): void {
    placed.videoId = videoId;
    placed.price = creditsUsed;
  }

  private async post({ userId, marker, prompt, duration }: Placed): Promise<Response> {
    const address = this.address();
    if (address === undefined) throw new Error('no gateway');
    return fetch(`http://${address}/api/mcp/sora2/generate`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${signToken(userId)}`,
        'content-type': 'application/json',
        'idempotency-key': marker,
      },
      body: JSON.stringify({ prompt, duration, resolution: '720p' }),
    });
  }
}
