import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { EndpointSettings, GatewayConfig, ProviderSettings } from '../config/gateway-config/gateway-config.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { configFaults } from './config-faults.js';
import { ConfiguredProvider } from './configured-provider.js';
import type { TextProvider } from './contract/text-provider.js';
import { HttpTransport } from './http/http-transport.js';
import { MalformedEvents } from './malformed-events.js';
import { WIRES, type WireSupports } from './wire-support.js';

/** The token of the providers that stand in where none is configured; none where that is not wanted. */
export const SIMULATED_PROVIDERS = Symbol('ProviderSettings[]');

/** An endpoint's strategy with its connections. */
interface OpenEndpoint {
  /** What it was opened with: another key, another strategy. */
  settings: string;
  strategy: TextProvider;
  transport: HttpTransport;
}

/** The text providers by their ids, as the configuration in force has them. */
@Injectable()
export class ProviderRegistry implements OnApplicationShutdown {
  private providers: readonly ConfiguredProvider[] = [];
  private open = new Map<string, OpenEndpoint>();
  /** Strategies that were taken out of use: what began with them may still run. */
  private readonly retired = new Set<HttpTransport>();
  private readonly listeners: ((endpointIds: readonly string[]) => void)[] = [];

  constructor(
    @Inject(GatewayConfiguration) configuration: GatewayConfiguration,
    @Inject(WIRES) private readonly wires: WireSupports,
    @Inject(SIMULATED_PROVIDERS) private readonly simulated: readonly ProviderSettings[],
    @Inject(MalformedEvents) private readonly malformedEvents: MalformedEvents,
  ) {
    configuration.use({ faults: (config) => this.faults(config), apply: (config) => this.apply(config) });
  }

  /** Undefined where no such provider is configured. */
  get(id: string): ConfiguredProvider | undefined {
    return this.providers.find((provider) => provider.id === id);
  }

  /** All of them, in the order of preference. */
  all(): readonly ConfiguredProvider[] {
    return this.providers;
  }

  /** Calls back with the ids of endpoints that are gone or that another one has replaced: what is known of them is no longer true. */
  onReplaced(listener: (endpointIds: readonly string[]) => void): void {
    this.listeners.push(listener);
  }

  /** Closes what is still open, last of all: the streams have been drained by then. */
  async onApplicationShutdown(): Promise<void> {
    const transports = [...this.retired, ...[...this.open.values()].map(({ transport }) => transport)];
    await Promise.all(transports.map((transport) => transport.close()));
  }

  private faults(config: GatewayConfig): string[] {
    const settings = this.settingsOf(config);
    if (settings.length === 0 && this.providers.length > 0)
      return [`${config.locate(['providers'])} names no provider, and the environment has none`];
    return configFaults(
      config,
      settings.map((each) => this.provider(each, config, [])),
    );
  }

  private apply(config: GatewayConfig): void {
    const before = this.open;
    this.open = new Map();
    this.providers = this.settingsOf(config).map((settings) => {
      const endpoints = settings.endpoints.map((endpoint) => {
        const { strategy } = this.keepOrOpen(settings, endpoint, before);
        return { id: endpoint.id, weight: endpoint.weight, strategy };
      });
      return this.provider(settings, config, endpoints);
    });
    this.retire([...before].filter(([id, opened]) => this.open.get(id) !== opened));
  }

  private keepOrOpen(
    { id: providerId, wire }: ProviderSettings,
    { id, apiKey, baseUrl, headers }: EndpointSettings,
    before: ReadonlyMap<string, OpenEndpoint>,
  ): OpenEndpoint {
    const settings = JSON.stringify([wire, apiKey, baseUrl, headers]);
    let opened = before.get(id);
    if (opened?.settings !== settings) {
      const transport = new HttpTransport();
      const options = {
        id: providerId,
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(baseUrl === undefined ? {} : { baseUrl }),
        headers,
        capabilities: (model: string) => this.get(providerId)?.known(model) ?? {},
        onMalformedEvent: () => this.malformedEvents.increment(providerId),
      };
      opened = { settings, strategy: this.wires[wire].open(options, transport), transport };
    }
    this.open.set(id, opened);
    return opened;
  }

  private retire(endpoints: readonly (readonly [string, OpenEndpoint])[]): void {
    if (endpoints.length === 0) return;
    for (const [, { transport }] of endpoints) {
      this.retired.add(transport);
      void transport.retire().then(() => this.retired.delete(transport));
    }
    for (const listener of this.listeners) listener(endpoints.map(([id]) => id));
  }

  private provider(
    settings: ProviderSettings,
    config: GatewayConfig,
    endpoints: ConfiguredProvider['endpoints'],
  ): ConfiguredProvider {
    return new ConfiguredProvider(
      settings,
      config,
      (model) => this.wires[settings.wire].capabilities(model),
      endpoints,
    );
  }

  /** A real provider never fails over to a simulated one: those are there alone or not at all. */
  private settingsOf({ providers }: GatewayConfig): readonly ProviderSettings[] {
    return providers.length > 0 ? providers : this.simulated;
  }
}
