import { Agent } from 'undici';
import { ConnectionFault } from './connection-fault.js';
import { exactConnector } from './connector.js';
import { TransportResponse } from './transport-response.js';

const CONNECT_TIMEOUT_MS = 1000;
const KEEP_ALIVE_MS = 30_000;
const KEEP_ALIVE_MAX_MS = 60_000;
/** A connection that nobody uses is closed as good as at once. */
const LEAST_KEEP_ALIVE_MS = 1;

/** The SDKs want a deadline; a day is none, and ours come first. */
export const NO_SDK_DEADLINE_MS = 24 * 60 * 60 * 1000;

/** What the SDKs pass on to `fetch` untouched. */
interface CallInit extends Pick<RequestInit, 'keepalive'> {
  callSignal?: AbortSignal;
}

interface Address {
  origin: string;
  path: string;
}

/**
 * The options of one SDK call. The call's signal goes past the SDK straight to the transport: the SDK would hang a
 * listener and a controller of its own between the two, on every request.
 */
export function callOptions(signal: AbortSignal): { fetchOptions: CallInit } {
  signal.throwIfAborted();
  return { fetchOptions: { callSignal: signal } };
}

/**
 * The one transport: a `fetch` for the vendors' SDKs over one keep-alive pool per provider. It sets a deadline for the
 * connection alone; all other deadlines are the orchestrator's and come as the call's AbortSignal.
 */
export class HttpTransport {
  private agent = newAgent(KEEP_ALIVE_MS, KEEP_ALIVE_MAX_MS);
  /** Those that were given up, until their last answer has ended. */
  private readonly leaving = new Set<Agent>();
  private readonly addresses = new Map<string, Address>();

  /** To be given to an SDK as its `fetch`; the responses are TransportResponses. */
  readonly fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
    this.send(url as string, init ?? {}) as Promise<unknown> as Promise<Response>;

  /** Closes every connection; running requests fail. */
  async close(): Promise<void> {
    await Promise.all([this.agent, ...this.leaving].map((agent) => agent.destroy()));
  }

  /**
   * Nobody new will come: running answers go on, and no connection is kept for another request. Whoever comes all the
   * same, having set out before, gets a connection of its own. Resolves when the last answer has ended.
   */
  async retire(): Promise<void> {
    const { agent } = this;
    this.agent = newAgent(LEAST_KEEP_ALIVE_MS, LEAST_KEEP_ALIVE_MS);
    this.leaving.add(agent);
    await agent.close().catch(() => undefined); // destroyed meanwhile
    this.leaving.delete(agent);
  }

  /** @throws ConnectionFault where no answer came */
  async send(url: string, init: RequestInit & CallInit): Promise<TransportResponse> {
    const { origin, path } = this.addressOf(url);
    try {
      const data = await this.agent.request({
        origin,
        path,
        method: init.method === 'GET' ? 'GET' : 'POST',
        headers: init.headers as unknown as Iterable<[string, string]>,
        body: init.body as string,
        signal: init.callSignal ?? init.signal,
      });
      return new TransportResponse(url, data);
    } catch (fault) {
      throw new ConnectionFault(fault);
    }
  }

  /** A provider has two or three addresses: each is parsed once. */
  private addressOf(url: string): Address {
    let address = this.addresses.get(url);
    if (!address) {
      const { origin, pathname, search } = new URL(url);
      address = { origin, path: pathname + search };
      this.addresses.set(url, address);
    }
    return address;
  }
}

function newAgent(keepAliveTimeout: number, keepAliveMaxTimeout: number): Agent {
  return new Agent({
    connect: exactConnector(CONNECT_TIMEOUT_MS),
    keepAliveTimeout,
    keepAliveMaxTimeout,
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
  });
}
