import { randomUUID } from 'node:crypto';
import { GatewayConfiguration } from '../../src/config/gateway-config/gateway-configuration.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConfigFile } from '../support/config-file.js';
import { eventually } from '../support/eventually.js';
import { openStream, ProviderServer } from '../support/provider-server.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type Frame, type SocketClient } from '../support/socket-client.js';

interface Ready {
  status: string;
  details: {
    configuration: { status: string; path: string; loadedAt: string; error?: string };
    providers: Record<string, { cooldownMs: number }>;
  };
}

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

describe('a configuration that changes', () => {
  let first: Simulator;
  let second: Simulator;
  let file: ConfigFile;
  let gateway: TestApp;
  let client: SocketClient;

  beforeEach(async () => {
    [first, second] = await Promise.all([startSimulator({ gapMs: 1 }), startSimulator({ gapMs: 1 })]);
    file = new ConfigFile(at(first.url));
    gateway = await startTestApp({
      OPENAI_API_KEY: undefined,
      ANTHROPIC_API_KEY: undefined,
      GATEWAY_CONFIG: file.path,
      DEFAULT_PRICE_USD_PER_MTOK: '1,2',
    });
    client = await connect(gateway.wsUrl, gateway.token('alice'));
  });
  afterEach(async () => {
    await client.close();
    await gateway.close();
    file.remove();
    await Promise.all([first.close(), second.close()]);
  });

  const at = (url: string, key = 'k', others = '') => `
providers:
  main: {wire: openai, baseUrl: '${url}/v1', apiKey: ${key}, models: ['*']}${others}`;
  const another = (url: string) => `\n  other: {wire: openai, baseUrl: '${url}/v1', apiKey: k, models: ['other-*']}`;

  const request = (fields: Record<string, unknown> = {}) => ({
    id: randomUUID(),
    type: 'chat',
    provider: 'auto',
    model: 'm',
    messages: [{ role: 'user', content: 'hi [[sim chunks=3 gap=1]]' }],
    stream: true,
    ...fields,
  });
  const ask = (fields: Record<string, unknown> = {}): Promise<Frame> => client.ask(request(fields));
  const ready = async () => (await new RestClient(gateway.url).get<Ready>('/health/ready')).body;

  /** Resolves when what `write` writes is in force. */
  async function inForceAfter(write: () => void): Promise<void> {
    const configuration = gateway.app.get(GatewayConfiguration);
    const { inForce } = configuration;
    write();
    await eventually(() => expect(configuration.inForce).not.toBe(inForce));
  }

  it('holds for new requests at once, whether the file is written or replaced', async () => {
    await ask();
    await inForceAfter(() => file.replace(at(second.url)));
    await ask();
    expect([first.stats().requests, second.stats().requests]).toEqual([1, 1]);
    await inForceAfter(() => file.write(at(first.url)));
    await ask();
    expect([first.stats().requests, second.stats().requests]).toEqual([2, 1]);
  });

  it('lets a running answer end where it began, and closes its connection then', async () => {
    const old = await ProviderServer.start();
    await inForceAfter(() => file.replace(at(old.url)));
    old.willAnswer(openStream(chunk('one ')));
    const asked = old.nextRequest();
    const running = request();
    client.send(running);
    await asked;
    await client.first('the first chunk', ({ id, type }) => id === running.id && type === 'chunk');
    await inForceAfter(() => file.replace(at(second.url)));
    await ask();
    expect(second.stats().requests).toBe(1);
    const [socket] = old.sockets;
    expect(socket!.destroyed).toBe(false);
    old.lastResponse!.write(chunk('two', 'stop'));
    old.lastResponse!.end('data: [DONE]\n\n');
    expect(await client.terminal(running.id)).toMatchObject({ type: 'done', metadata: { provider: 'main' } });
    expect(client.text(running.id)).toBe('one two');
    await eventually(() => expect(socket!.destroyed).toBe(true));
    await old.close();
  });

  it('lets a request that had set out before go its way, though what it goes to is gone', async () => {
    const long = request({ messages: [{ role: 'user', content: 'x [[sim chunks=30 gap=20]]' }] });
    await inForceAfter(() => file.replace(`${at(first.url)}\nmodels: {m: {concurrency: 1}}`));
    client.send(long);
    await client.first('its first chunk', ({ id }) => id === long.id);
    const waiting = request();
    client.send(waiting); // in line behind the long one, for a strategy that is retired meanwhile
    await inForceAfter(() => file.replace(at(second.url, 'k2')));
    expect(await client.terminal(waiting.id)).toMatchObject({ type: 'done', metadata: { attempts: 1 } });
    expect(await client.terminal(long.id)).toMatchObject({ type: 'done' });
    expect([first.stats().requests, second.stats().requests]).toEqual([2, 0]);
  });

  it('changes nothing where it is bad, says so in the log and in health, and holds when it is mended', async () => {
    const { loadedAt } = (await ready()).details.configuration;
    file.replace('providers:\n  main: {wire: opnai}\nrouting: {strategie: 1}');
    await eventually(async () => expect((await ready()).status).toBe('degraded'));
    const { configuration } = (await ready()).details;
    expect(configuration).toMatchObject({ status: 'degraded', path: file.path, loadedAt });
    expect(configuration.error).toContain(
      `${file.path}:2:16 providers.main.wire is 'opnai'; allowed: openai, anthropic`,
    );
    expect(configuration.error).toContain('routing.strategie is no setting; did you mean strategy?');
    expect(await ask()).toMatchObject({ type: 'done' });
    await inForceAfter(() => file.replace(at(second.url)));
    expect((await ready()).details.configuration).toMatchObject({ status: 'up' });
    expect((await ready()).details.configuration).not.toHaveProperty('error');
  });

  it('is refused where a model leads nowhere or no provider is left', async () => {
    const errorOf = async (text: string) => {
      const { error: before } = (await ready()).details.configuration;
      file.replace(text);
      return eventually(async () => {
        const { error } = (await ready()).details.configuration;
        expect(error).not.toBe(before);
        return error;
      });
    };
    const leading = `${at(first.url).replace("'*'", "'llama-*'")}\nmodels: {'llama-*': {fallbacks: ['mian:qwen', 'main:qwen']}}`;
    expect(await errorOf(leading)).toBe(
      `${file.path}:4:34 models."llama-*".fallbacks[0] names 'mian:qwen', which no provider here calls its own; did you mean 'main:qwen'?; ` +
        `${file.path}:4:47 models."llama-*".fallbacks[1] names 'qwen', which is none of the models of main`,
    );
    expect(await errorOf('{}')).toContain('names no provider, and the environment has none');
    expect(await ask()).toMatchObject({ type: 'done' });
  });

  it('leaves what did not change as it was: a key goes on resting, another key does not', async () => {
    await inForceAfter(() => file.replace(at(first.url, 'k', another(second.url))));
    first.setFault({ fault: '429', retryAfterSeconds: 30 });
    second.setFault({ fault: '429', retryAfterSeconds: 30 });
    await Promise.all([ask(), ask({ model: 'other-m' })]);
    await inForceAfter(() => file.replace(at(first.url, 'k-new', another(second.url))));
    const { providers } = (await ready()).details;
    expect(providers['main']!.cooldownMs).toBe(0);
    expect(providers['other']!.cooldownMs).toBeGreaterThan(20_000);
    first.setFault({ fault: null });
    expect(await ask()).toMatchObject({ type: 'done' });
  });

  it('is read again on SIGHUP', async () => {
    const { loadedAt } = (await ready()).details.configuration;
    await inForceAfter(() => process.emit('SIGHUP', 'SIGHUP'));
    expect((await ready()).details.configuration.loadedAt > loadedAt).toBe(true);
  });
});
