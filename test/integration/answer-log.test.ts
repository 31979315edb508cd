import { Logger } from '@nestjs/common';
import { startTestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { connect } from '../support/socket-client.js';

test('at LOG_LEVEL debug each answer, refusal and request over REST is a line that names it, and has nobody’s words', async () => {
  const gateway = await startTestApp({ LOG_LEVEL: 'debug' });
  const lines: [message: string, fields: Record<string, unknown>][] = [];
  const take = (message: string, fields: Record<string, unknown>) => void lines.push([message, fields]);
  const ignore = () => undefined;
  Logger.overrideLogger({ log: ignore, warn: ignore, error: ignore, debug: take });
  const client = await connect(gateway.wsUrl, gateway.token('alice'));
  try {
    const messages = [{ role: 'user', content: 'a question that is nobody’s business [[sim chunks=3]]' }];
    const chat = { type: 'chat', provider: 'openai', model: 'gpt-4', messages, stream: true };
    const { usage } = await client.ask({ ...chat, id: 'answered' });
    await client.ask({ ...chat, id: 'refused', provider: 'nobody' });
    await new RestClient(gateway.url).ask('GET', '/health/live', undefined, { 'x-request-id': 'over-rest' });
    const lineOf = (id: string) => lines.find(([, { requestId }]) => requestId === id);
    await eventually(() => expect(lineOf('over-rest')?.[0]).toBe('GET /health/live 200'));
    expect(lineOf('answered')).toMatchObject([
      'An answer is over: done',
      {
        ...{ type: 'chat', outcome: 'done', provider: 'openai', model: 'gpt-4', attempts: 1, chunks: 3 },
        ...{ inputTokens: usage!.promptTokens, outputTokens: usage!.completionTokens, credits: usage!.credits },
      },
    ]);
    expect(lineOf('refused')?.[0]).toMatch(/^A request was refused: [A-Z_]+$/);
    expect(JSON.stringify(lines)).not.toMatch(/business|sim chunks/);
  } finally {
    await client.close();
    await gateway.close();
  }
});
