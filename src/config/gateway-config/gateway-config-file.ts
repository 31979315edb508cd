import { readFileSync } from 'node:fs';
import type { EnvironmentSource } from './environment-references.js';
import type { GatewayConfig } from './gateway-config.js';
import {
  configWithoutFile,
  GatewayConfigError,
  readGatewayConfig,
  type EnvironmentProviders,
} from './read-gateway-config.js';

/** Where the configuration comes from: the file that GATEWAY_CONFIG names, with the environment around it. */
export class GatewayConfigFile {
  /** Kept to itself: it holds every secret of the process. */
  readonly #source: EnvironmentSource;
  readonly #environment: EnvironmentProviders;
  #lastText: string | undefined;

  /** @param path absent: there is no file, and the environment alone says who answers */
  constructor(
    readonly path: string | undefined,
    source: EnvironmentSource,
    environment: EnvironmentProviders,
  ) {
    this.#source = source;
    this.#environment = environment;
  }

  /**
   * Reads it, now.
   * @throws GatewayConfigError with every fault
   */
  read(): GatewayConfig {
    if (this.path === undefined) return configWithoutFile(this.#environment);
    const text = this.text(this.path);
    const config = readGatewayConfig(this.path, text, this.#source, this.#environment);
    this.#lastText = text;
    return config;
  }

  /** What the last `read` that found no fault has read, word for word; it may hold keys. Absent where there is no file. */
  get lastText(): string | undefined {
    return this.#lastText;
  }

  private text(path: string): string {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new GatewayConfigError([`${path} ${code === 'ENOENT' ? 'is not there' : `can't be read (${code})`}`]);
    }
  }
}
