import { randomUUID } from 'node:crypto';
import { eventually } from '../eventually.js';
import type { GatewayProcess } from '../gateway-process.js';
import { connect } from '../socket-client.js';
import { signToken } from '../tokens.js';

/** An answer whose end came. */
export interface Answered {
  /** As the ledger knows its charge: account and key of the entry. */
  key: string;
  askedAt: Date;
  at: Date;
  /** `performance.now()` then. */
  atMs: number;
}

const NAMES = ['ann', 'bob', 'cat'] as const;
const ANSWERS_WITHIN_MS = 60_000;

/** Users that ask one thing after another until they are stopped, or their gateway is gone. */
export class AskingUsers {
  readonly names = NAMES;
  readonly answered: Answered[] = [];
  private isStopped = false;
  private readonly asking: Promise<unknown>;

  constructor(gateway: Pick<GatewayProcess, 'wsUrl'>) {
    this.asking = Promise.all(NAMES.map((name) => this.ask(gateway.wsUrl, name)));
    this.asking.catch(() => undefined); // stop() tells
  }

  /** Waits until there are so many more. */
  async haveAnswers(more: number): Promise<void> {
    const wanted = this.answered.length + more;
    await eventually(() => expect(this.answered.length).toBeGreaterThanOrEqual(wanted), ANSWERS_WITHIN_MS);
  }

  /** @throws what went wrong with an answer; that a gateway was lost is not wrong */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.asking;
  }

  private async ask(url: string, name: string): Promise<void> {
    const client = await connect(url, signToken(name));
    let isLost = false;
    client.socket.once('close', () => (isLost = true));
    while (!this.isStopped && !isLost) {
      const id = randomUUID();
      const askedAt = new Date();
      const messages = [{ role: 'user', content: 'hi [[sim chunks=3]]' }];
      const request = { id, type: 'chat', provider: 'auto', model: 'gpt-4o', messages, stream: true };
      const end = await client.ask(request).catch((error: unknown) => {
        if (isLost) return undefined;
        throw error;
      });
      if (!end) return;
      expect(end.type).toBe('done');
      this.answered.push({ key: `user:${name} charge:ws:${id}`, askedAt, at: new Date(), atMs: performance.now() });
    }
    await client.close();
  }
}
