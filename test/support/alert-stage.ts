import type { INestApplicationContext } from '@nestjs/common';
import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Webhook } from 'standardwebhooks';
import { stringify } from 'yaml';
import type { AlertsResponse } from '../../src/admin/alerts.dto.js';
import { AlertSampler } from '../../src/alerts/samples/alert-sampler.service.js';
import { AlertEvaluator } from '../../src/alerts/states/alert-evaluator.service.js';
import { startTestApp, startTestWorker, TEST_SECRET, type TestApp, type TestVariables } from './app.js';
import { ConfigFile } from './config-file.js';
import { page, ProviderServer, type ReceivedRequest } from './provider-server.js';
import { RestClient } from './rest-client.js';
import { connect, type Frame, type SocketClient } from './socket-client.js';

/** What a webhook got, its signature checked. */
export interface AlertMessage {
  id: string;
  type: string;
  data: {
    id: string;
    change: number;
    alert: string;
    severity: string;
    state: string;
    labels: Record<string, string>;
    summary: string;
    value: number;
    threshold: number;
    runbook: string;
  };
}

interface StageOptions {
  /** Of GATEWAY_CONFIG, beside the receiver's webhook. */
  alerts?: object;
  variables?: TestVariables;
}

/** A gateway, a worker that raises alerts, and a receiver of its webhooks. */
export class AlertStage {
  readonly secret = `whsec_${randomBytes(32).toString('base64')}`;
  private readonly workers: INestApplicationContext[] = [];
  private readonly others: TestApp[] = [];

  private constructor(
    readonly gateway: TestApp,
    readonly receiver: ProviderServer,
    readonly database: Client,
    private readonly variables: TestVariables,
    private readonly config: ConfigFile,
  ) {}

  static async open({ alerts = {}, variables = {} }: StageOptions = {}): Promise<AlertStage> {
    const receiver = await ProviderServer.start();
    receiver.otherwise = page(204, 'text/plain', '');
    const config = new ConfigFile('{}');
    const all = { GATEWAY_CONFIG: config.path, ...variables };
    const gateway = await startTestApp(all);
    const database = new Client({ connectionString: gateway.databaseUrl });
    await database.connect();
    const stage = new AlertStage(gateway, receiver, database, all, config);
    stage.configure(alerts);
    await stage.addWorker();
    return stage;
  }

  get worker(): INestApplicationContext {
    return this.workers[0]!;
  }

  /** For a worker that is a process of its own. */
  get environment(): Record<string, string> {
    const { databaseUrl, simulator } = this.gateway;
    return {
      ...(this.variables as Record<string, string>),
      ...{ NODE_ENV: 'test', DATABASE_URL: databaseUrl, JWT_SECRET: TEST_SECRET, AUDIT_SECRET: TEST_SECRET },
      ...{ OPENAI_API_KEY: 'test', OPENAI_BASE_URL: `${simulator.url}/v1`, PATH: process.env['PATH'] ?? '' },
    };
  }

  /** Another one, as there may be any number. */
  async addWorker(): Promise<INestApplicationContext> {
    const worker = await startTestWorker(this.gateway, this.variables);
    this.workers.push(worker);
    return worker;
  }

  /** Another gateway on the same database. */
  async addGateway(): Promise<TestApp> {
    const gateway = await startTestApp({ ...this.variables, DATABASE_URL: this.gateway.databaseUrl });
    this.others.push(gateway);
    return gateway;
  }

  /** The file that processes started from now on read. @param alerts webhooks among them go to the receiver if they have no url */
  configure(alerts: object): void {
    const pager = { url: `${this.receiver.url}/alerts`, secret: this.secret };
    this.config.write(stringify({ alerts: { resolveAfterMs: 0, webhooks: { pager }, ...alerts } }));
  }

  /** All processes write down what they counted, and the worker judges. */
  async judge(by = this.worker): Promise<void> {
    const processes = [this.gateway.app, ...this.others.map(({ app }) => app), ...this.workers];
    for (const each of processes) await each.get(AlertSampler).write();
    await by.get(AlertEvaluator).evaluate();
  }

  /** What the receiver got, in order, deliveries that were repeated included. @throws for one that is not signed by us */
  get messages(): AlertMessage[] {
    return this.receiver.requests.map((request) => this.read(request));
  }

  /** The alerts as administrators see them, newest first. */
  async alerts(query = ''): Promise<AlertsResponse['alerts']> {
    const admin = new RestClient(this.gateway.url, this.gateway.token('root', ['admin']));
    const { status, body } = await admin.get<AlertsResponse>(`/api/mcp/admin/alerts${query}`);
    if (status !== 200) throw new Error(`the alerts answer ${status}: ${JSON.stringify(body)}`);
    return body.alerts;
  }

  /** An audit found that much: the least that raises an alert. */
  async find(audit = 'all', findings = 1): Promise<void> {
    await this.database.query(
      `INSERT INTO alerting.finding (name, label, value, at) VALUES ('ledger.audit', $1, $2, clock_timestamp())
       ON CONFLICT (name, label) DO UPDATE SET value = excluded.value`,
      [audit, findings],
    );
  }

  /** What was counted so far is of long ago. */
  async age(): Promise<void> {
    await this.database.query(`UPDATE alerting.sample SET at = at - interval '7 hours'`);
  }

  /** Asks `count` times over one socket; the faults strike at openai, and claude stands in unless it is told not to. */
  async chat(
    count: number,
    script = '',
    fields: Record<string, unknown> = {},
    gateway = this.gateway,
  ): Promise<Frame[]> {
    const client: SocketClient = await connect(gateway.wsUrl, gateway.token('alice'));
    try {
      const ends: Frame[] = [];
      for (let n = 0; n < count; n++) {
        const content = `hi [[sim chunks=2 gap=0 ${script}]]`;
        const request = { type: 'chat', provider: 'openai', model: 'gpt-4o-mini', maxTokens: 50, stream: true };
        ends.push(await client.ask({ ...request, ...fields, id: randomUUID(), messages: [{ role: 'user', content }] }));
      }
      return ends;
    } finally {
      await client.close();
    }
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await worker.close();
    for (const gateway of this.others) await gateway.close();
    await this.database.end();
    await this.gateway.close();
    await this.receiver.close();
    this.config.remove();
  }

  private read({ headers, bytes }: ReceivedRequest): AlertMessage {
    const signed = headers as Record<string, string>;
    const body = new Webhook(this.secret).verify(bytes.toString(), signed) as Omit<AlertMessage, 'id'>;
    return { id: signed['webhook-id']!, ...body };
  }
}
