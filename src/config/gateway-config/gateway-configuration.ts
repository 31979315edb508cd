import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ENVIRONMENT } from '../environment-token.js';
import type { Environment } from '../environment.js';
import { FileWatch } from './file-watch.js';
import type { GatewayConfigFile } from './gateway-config-file.js';
import type { GatewayConfig } from './gateway-config.js';
import { digestOf, KeptConfigurations } from './kept-configurations.js';
import { GatewayConfigError } from './read-gateway-config.js';

/** What is done when another configuration comes into force. */
export interface ConfigurationUser {
  /** What this user can't do with it; it does not come into force then. */
  faults?(config: GatewayConfig): readonly string[];
  /** It is in force. Must not fail. */
  apply?(config: GatewayConfig): void;
  /** The file is not as it can be used; the one in force stays. Must not fail. */
  refuse?(faults: readonly string[]): void;
}

/** How the configuration stands, for health. */
export interface ConfigurationStanding {
  /** The file; absent: the environment alone. */
  path?: string;
  /** When the one in force was read. */
  loadedAt: string;
  /** What is wrong with the file as it is now; the one in force is older. */
  faults?: readonly string[];
}

/**
 * The configuration in force. A new one is read whole when its file changes or the process gets SIGHUP; whoever has begun
 * something with the old one finishes with that. One that can't be used changes nothing.
 */
@Injectable()
export class GatewayConfiguration implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(GatewayConfiguration.name);
  private readonly file: GatewayConfigFile;
  private readonly kept: KeptConfigurations;
  private readonly users: ConfigurationUser[] = [];
  private readonly onHangUp = () => this.reload();
  private current: GatewayConfig;
  private standing: ConfigurationStanding;
  private digest: string | undefined;
  private watch: FileWatch | undefined;

  constructor(@Inject(ENVIRONMENT) { gatewayConfig, dataDirectory }: Environment) {
    this.file = gatewayConfig.file;
    this.kept = new KeptConfigurations(dataDirectory);
    this.current = gatewayConfig.initial;
    this.standing = this.loaded();
  }

  /** Never changed: another one takes its place, so it may serve as a key of what was made of it. */
  get inForce(): GatewayConfig {
    return this.current;
  }

  status(): ConfigurationStanding {
    return this.standing;
  }

  /** Of the file's text that is in force, as `npm run config:history` has it; undefined: there is no file. */
  get version(): string | undefined {
    return this.digest;
  }

  /**
   * Takes part in every change from now on, in the order of these calls.
   * @throws GatewayConfigError where the user can't do with the one in force
   */
  use(user: ConfigurationUser): void {
    const faults = user.faults?.(this.current) ?? [];
    if (faults.length > 0) throw new GatewayConfigError(faults);
    this.users.push(user);
    user.apply?.(this.current);
  }

  onApplicationBootstrap(): void {
    this.warn();
    this.keep();
    const { path } = this.file;
    if (path === undefined) return;
    process.on('SIGHUP', this.onHangUp);
    this.watch = new FileWatch(
      path,
      () => this.reload(),
      ({ message }) => this.logger.warn(`${path} can't be watched any longer (${message}); SIGHUP makes it read again`),
    );
  }

  onModuleDestroy(): void {
    process.off('SIGHUP', this.onHangUp);
    this.watch?.close();
  }

  /** Reads the file again. What is wrong with it is logged, and nothing changes then. */
  reload(): void {
    try {
      const config = this.file.read();
      const faults = this.users.flatMap((user) => user.faults?.(config) ?? []);
      if (faults.length > 0) throw new GatewayConfigError(faults);
      this.current = config;
    } catch (error) {
      // Whatever it is, running answers must not end for it; what is no fault of the file's form may show some of its text.
      const known =
        error instanceof GatewayConfigError ? error : new GatewayConfigError(['The file could not be read']);
      this.standing = { ...this.standing, faults: known.faults };
      this.logger.error(`${known.message}\nThe configuration of ${this.standing.loadedAt} stays in force.`);
      for (const user of this.users) user.refuse?.(known.faults);
      return;
    }
    this.standing = this.loaded();
    for (const user of this.users) user.apply?.(this.current);
    this.logger.log(`The configuration of ${this.file.path} is in force`);
    this.warn();
    this.keep();
  }

  private loaded(): ConfigurationStanding {
    const { path, lastText } = this.file;
    this.digest = lastText === undefined ? undefined : digestOf(lastText);
    return { ...(path === undefined ? {} : { path }), loadedAt: new Date().toISOString() };
  }

  /** For a rollback; that it can't be kept is no reason not to serve. */
  private keep(): void {
    const { lastText } = this.file;
    if (lastText === undefined) return;
    try {
      this.kept.keep(lastText);
    } catch (error) {
      this.logger.warn(`No copy of the configuration is kept for a rollback (${(error as Error).message})`);
    }
  }

  private warn(): void {
    for (const warning of this.current.warnings) this.logger.warn(warning);
  }
}
