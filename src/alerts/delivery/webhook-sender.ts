import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Agent, request, type Dispatcher } from 'undici';
import type { WebhookSettings } from '../../config/gateway-config/alert-settings.js';
import { retryAfterMs } from '../../providers/http/retry-after.js';
import type { AttemptOutcome } from './delivery-schedule.js';

/** For the whole of an attempt. Receivers are to answer first and work later (Standard Webhooks: 15 to 30 s). */
const ANSWER_WITHIN_MS = 15_000;
const CONNECT_WITHIN_MS = 5_000;
/** So much of an answer is taken off the wire, and thrown away. */
const MOST_BYTES = 65_536;
const USER_AGENT = 'mcp-server-alerts';

/** What is sent. */
export interface WebhookMessage {
  /** The same at every attempt: by it a receiver knows what it has got already. */
  id: string;
  body: string;
}

/** What came of it: `error` says what went wrong, without a word of the receiver's or a part of its address. */
export interface SendResult extends AttemptOutcome {
  error?: string;
}

/** Posts to webhooks as Standard Webhooks has it. Operators' own addresses: any may be named, and none leads elsewhere. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  private readonly agent = new Agent({ connect: { timeout: CONNECT_WITHIN_MS }, connections: 4 });

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Never throws. */
  async send({ url, secret }: WebhookSettings, message: WebhookMessage): Promise<SendResult> {
    try {
      const answer = await this.post(url, secret, message);
      await answer.body
        .dump({ limit: MOST_BYTES, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
        .catch(() => undefined);
      return resultOf(answer);
    } catch (error) {
      return { error: wordFor(error) };
    }
  }

  /** Redirects are not followed: undici does so only where it is told to. */
  private post(url: string, secret: string, { id, body }: WebhookMessage): Promise<Dispatcher.ResponseData> {
    const now = new Date();
    return request(url, {
      method: 'POST',
      dispatcher: this.agent,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(id, now, body),
      },
      body,
    });
  }
}

function resultOf({ statusCode: status, headers }: Dispatcher.ResponseData): SendResult {
  if (status >= 200 && status < 300) return { status };
  const wait = retryAfterMs({ get: (name) => [headers[name]].flat()[0] ?? null });
  const error = status >= 300 && status < 400 ? `answered ${status}, a redirect` : `answered ${status}`;
  return { status, error, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
}

/** Codes and names of errors tell nothing of what was sent where; their messages may. */
function wordFor(error: unknown): string {
  const { name, code } = error as { name?: string; code?: unknown };
  if (name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`;
  return typeof code === 'string' ? code : (name ?? 'unknown');
}
