import { McpError } from './mcp-error.js';

export interface TokenRequest {
  /** `expired`: the last one was refused or its time is over. */
  reason: 'first' | 'expired';
}

/**
 * Where the token comes from. A function is asked again whenever the server refuses what it gave. What it throws counts
 * as a lost connection and is tried again, except an McpError that is not `retryable`: that ends what is outstanding.
 */
export type TokenProvider = string | ((request: TokenRequest) => string | Promise<string>);

/** Keeps the token until the server refuses it; asks once for however many want it. */
export class TokenSource {
  private token: Promise<string> | undefined;
  private hasExpired = false;

  constructor(private readonly provider: TokenProvider) {}

  async get(): Promise<string> {
    if (typeof this.provider === 'string') return this.provider;
    const token = (this.token ??= this.ask(this.provider));
    try {
      return await token;
    } catch (error) {
      if (this.token === token) this.token = undefined;
      throw error;
    }
  }

  /** The server refused it. @returns whether there may be another one */
  refuse(): boolean {
    this.token = undefined;
    this.hasExpired = true;
    return typeof this.provider === 'function';
  }

  private async ask(provider: Exclude<TokenProvider, string>): Promise<string> {
    try {
      return await provider({ reason: this.hasExpired ? 'expired' : 'first' });
    } catch (error) {
      if (error instanceof McpError) throw error;
      throw new McpError('UNREACHABLE', 'No token could be had.', { retryable: true, cause: error });
    }
  }
}

/** The user that a JWT stands for; undefined where it is none. It is not verified: only to keep users apart here. */
export function userOf(token: string): string | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { sub } = JSON.parse(atob(payload)) as { sub?: unknown };
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}
