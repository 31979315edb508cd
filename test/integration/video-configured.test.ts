import { GatewayConfiguration } from '../../src/config/gateway-config/gateway-configuration.js';
import { VideoProviderRegistry } from '../../src/providers/video-provider-registry.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { ConfigFile } from '../support/config-file.js';
import { eventually } from '../support/eventually.js';
import { RestClient } from '../support/rest-client.js';
import { startVideoApp, type VideoApp } from '../support/video-app.js';
import { VideoClient } from '../support/video-client.js';

interface Models {
  videos: {
    provider: string;
    model: string;
    seconds: number[];
    formats: { width: number; height: number; creditsPerSecond: string }[];
  }[];
}

const WAN = `
      models:
        wan-2.2:
          operations: [text-to-video]
          seconds: [3, 8]
          sizes: { 720p: [1280x720] }
          price: { '*': 0.0125 }`;

/** Orders are for 8 s at 720p. */
describe('video providers of the configuration file', () => {
  let first: Simulator;
  let second: Simulator;
  let file: ConfigFile;
  let gateway: VideoApp;
  let client: VideoClient;

  beforeEach(async () => {
    [first, second] = await Promise.all([startSimulator({ videoMs: 300 }), startSimulator({ videoMs: 300 })]);
    file = new ConfigFile(at(first));
    gateway = await startVideoApp({
      SORA_BASE_URL: undefined,
      RUNWAYML_API_SECRET: undefined,
      GATEWAY_CONFIG: file.path,
    });
    client = new VideoClient(gateway);
  });
  afterEach(async () => {
    await gateway.close();
    file.remove();
    await Promise.all([first.close(), second.close()]);
  });

  const at = ({ url }: Simulator, models = WAN, key = 'k') => `
videos:
  providers:
    farm:
      wire: sora
      baseUrl: '${url}/v1'
      apiKey: ${key}
      dialect: vllm-omni${models}`;

  const processes = () => [gateway.app, ...gateway.workers];
  /** Resolves when every process has read what `write` writes, however that went. */
  async function readAfter(write: () => void): Promise<void> {
    const before = processes().map((each) => each.get(GatewayConfiguration).status());
    write();
    await eventually(() =>
      processes().forEach((each, index) => expect(each.get(GatewayConfiguration).status()).not.toBe(before[index])),
    );
  }
  it('make what the file says, by the name that it says, at its price, which the models’ list shows', async () => {
    const { body } = await new RestClient(gateway.url, gateway.token('u')).get<Models>('/api/mcp/models');
    expect(body.videos).toEqual([
      expect.objectContaining({
        provider: 'farm',
        model: 'wan-2.2',
        operation: 'text-to-video',
        seconds: [3, 8],
        formats: [
          expect.objectContaining({ width: 1280, height: 720, usdPerSecond: '0.0125', creditsPerSecond: '25' }),
        ],
      }),
    ]);
    const status = await client.ended(await client.order('A cat'));
    expect(status).toMatchObject({ status: 'completed', provider: 'farm', model: 'wan-2.2', creditsUsed: 200 });
    expect(first.videoJobs()).toEqual([expect.objectContaining({ model: 'wan-2.2', width: 1280, seconds: 8 })]);
  });

  it('change with it: what was ordered before is brought home from where it was ordered, at its old price', async () => {
    const before = await client.order('The first [[video ms=6000]]');
    await eventually(() => expect(first.videoJobs()).toHaveLength(1));
    await readAfter(() => file.replace(at(second, WAN.replace('0.0125', '0.025'), 'another-key')));
    const after = await client.order('The second');
    expect(await client.ended(after)).toMatchObject({ status: 'completed', creditsUsed: 400 });
    expect(await client.ended(before)).toMatchObject({ status: 'completed', creditsUsed: 200 });
    expect([first.videoJobs().length, second.videoJobs().length]).toEqual([1, 1]);
  });

  it('stay as they are where the new file can’t be used, whose faults have their places', async () => {
    const bad = at(second).replace("price: { '*': 0.0125 }", 'price: { 4K: 0.0125 }');
    await readAfter(() => file.replace(bad));
    for (const each of processes())
      expect(each.get(GatewayConfiguration).status().faults).toEqual([
        expect.stringMatching(
          /gateway\.yaml:14:24 videos\.providers\.farm\.models\."wan-2\.2"\.price\.4K is no size that/,
        ),
      ]);
    expect(await client.ended(await client.order('A cat'))).toMatchObject({ status: 'completed', creditsUsed: 200 });
    expect(second.videoJobs()).toEqual([]);
  });

  it('keep their connections where nothing of them changed', async () => {
    const registry = gateway.app.get(VideoProviderRegistry, { strict: false });
    const { connectionId } = registry.all()[0]!;
    await readAfter(() =>
      file.replace(`${at(first)}\n    other: { wire: runway, apiKey: k, baseUrl: '${second.url}' }`),
    );
    expect(registry.all().map(({ id }) => id)).toEqual(['farm', 'other']);
    expect(registry.byConnection(connectionId)).toBe(registry.all()[0]);
  });
});
