import { randomUUID } from 'node:crypto';
import type { RestAnswer, RestBody } from './rest-client.js';

/** What the routes of workflows answer, as far as tests look at it. */
export interface WorkflowBody extends RestBody {
  workflowId: string;
  videoId: string;
  enhancedPrompt: string;
  status: string;
  enhancement: { used: boolean; reason?: string; message?: string; requestId?: string };
  creditsUsed: number;
  substitutions?: { field: string; wanted: string; chosen: string }[];
  warnings?: string[];
}

export interface WorkflowStatusBody extends RestBody {
  workflowId: string;
  videoId: string;
  workflow: string;
  status: string;
  enhancedPrompt: string;
  steps: {
    name: string;
    state: string;
    model?: string;
    provider?: string;
    credits?: number;
    startedAt: string | null;
    endedAt: string | null;
    error?: { code: string; message: string };
  }[];
}

/** A video that the signup credits of a test cover. */
export const SMALL = { duration: 4, resolution: '720p' };

/** Makes the simulated text model answer with exactly this; `how` is more of its script, such as 'gap=1000'. */
export function says(answer: unknown, how = ''): string {
  return `[[sim ${how} say=${JSON.stringify(typeof answer === 'string' ? answer : JSON.stringify(answer))}]]`;
}

/** Asks the routes of workflows as the holder of one token. */
export class WorkflowClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  begin(body: object, idempotencyKey?: string): Promise<RestAnswer<WorkflowBody>> {
    const sessionId = randomUUID();
    return this.ask('POST', '', JSON.stringify({ sessionId, parameters: SMALL, ...body }), idempotencyKey);
  }

  /** A text-to-video workflow. */
  text(text: string, more: object = {}, idempotencyKey?: string): Promise<RestAnswer<WorkflowBody>> {
    return this.begin({ workflow: 'text-to-video', input: { text }, ...more }, idempotencyKey);
  }

  status(workflowId: string): Promise<RestAnswer<WorkflowStatusBody>> {
    return this.ask('GET', `/${workflowId}`);
  }

  private async ask<T>(method: string, path: string, body?: string, key?: string): Promise<RestAnswer<T>> {
    const response = await fetch(`${this.url}/api/mcp/gpt/video-workflow${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }
}
