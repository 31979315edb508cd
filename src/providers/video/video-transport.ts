import { Agent, buildConnector, Client, type Dispatcher } from 'undici';
import { checkedLookup } from '../../common/net/public-lookup.js';
import { ConnectionFault } from '../http/connection-fault.js';
import { exactConnector } from '../http/connector.js';
import { parseJsonObject } from '../http/json.js';
import { ALLOWED_ADDRESSES, type Reach } from './link-reach.js';
import type { VideoCall } from './video-call.js';
import { wholeText } from './whole-text.js';

/** Nobody waits for the first word of a video: a slow network gets its time. */
const CONNECT_TIMEOUT_MS = 10_000;
/** To one host. More calls than that wait for a free one. */
const MOST_CONNECTIONS = 32;
/**
 * Deadlines are the caller's and come as its AbortSignal. That of a download is long, as files are: a server that sends
 * nothing at all for so long is not worth the place that it takes. Longer than any order may last.
 */
const SILENCE = { headersTimeout: 75_000, bodyTimeout: 75_000 };
/** What a vendor says of a job is some hundred bytes. */
const ANSWER_LIMIT_BYTES = 1024 * 1024;
const HAVE_NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

interface CallInit extends RequestInit {
  call?: VideoCall;
}

interface WholeAnswer {
  response: Response;
  text: string;
}

/** Bytes to be read: a video, or a picture of it. */
export interface Download {
  url: URL;
  headers: Record<string, string>;
  signal: AbortSignal;
  reach: Reach;
}

/**
 * The connections of one video provider. None of its ways follows a redirect or sends anything twice; an order gets a
 * connection of its own, so that what is known of the connection is known of the order.
 */
export class VideoTransport {
  private readonly agents: Readonly<Record<Reach, Agent>> = {
    own: newAgent(exactConnector(CONNECT_TIMEOUT_MS)),
    neighbours: newAgent(checkedConnector('neighbours')),
    public: newAgent(checkedConnector('public')),
  };
  private readonly orders = new Set<Client>();

  /** To be given to an SDK as its `fetch`; every call bears its VideoCall. (The SDKs look for `Response` beside it.) */
  readonly fetch = Object.assign(
    (url: string | URL | Request, init?: RequestInit): Promise<Response> => this.send(url as string, init as CallInit),
    { Response },
  );

  /** One request, whose answer is read whole. @throws ConnectionFault; why is in the call */
  async send(url: string, { call, ...init }: CallInit, reach: Reach = 'own'): Promise<Response> {
    if (!call) throw new TypeError('A request without its call');
    try {
      const { origin, pathname, search } = new URL(url);
      const options = { ...(await encoded(init)), path: pathname + search, signal: call.signal };
      const answer = call.isOrder
        ? await this.order(origin, options, call)
        : await wholeAnswer(await this.agents[reach].request({ origin, ...options }));
      const { response, text } = answer;
      if (!response.ok)
        call.refusal = { status: response.status, headers: response.headers, body: parseJsonObject(text) };
      return response;
    } catch (fault) {
      call.fault = fault;
      throw new ConnectionFault(fault);
    }
  }

  /** The caller reads the body to its end or destroys it. @throws what undici throws */
  download({ url, headers, signal, reach }: Download): Promise<Dispatcher.ResponseData> {
    const { origin, pathname, search } = url;
    return this.agents[reach].request({ origin, path: pathname + search, method: 'GET', headers, signal });
  }

  /** Closes every connection; running calls fail. */
  async close(): Promise<void> {
    await Promise.all([...Object.values(this.agents), ...this.orders].map((each) => each.destroy()));
  }

  private async order(origin: string, options: Dispatcher.RequestOptions, call: VideoCall): Promise<WholeAnswer> {
    const connect = witnessed(exactConnector(CONNECT_TIMEOUT_MS), () => (call.wasConnected = true));
    const client = new Client(origin, { connect, ...SILENCE });
    this.orders.add(client);
    try {
      return await wholeAnswer(await client.request(options));
    } finally {
      this.orders.delete(client);
      await client.destroy();
    }
  }
}

function checkedConnector(reach: Exclude<Reach, 'own'>): buildConnector.connector {
  return exactConnector(CONNECT_TIMEOUT_MS, { lookup: checkedLookup(ALLOWED_ADDRESSES[reach]) });
}

function newAgent(connect: buildConnector.connector): Agent {
  return new Agent({ connect, connections: MOST_CONNECTIONS, pipelining: 1, ...SILENCE });
}

/** TLS is part of connecting: who fails at it was not sent anything. */
function witnessed(connect: buildConnector.connector, onConnected: () => void): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...outcome) => {
      if (outcome[1]) onConnected();
      callback(...outcome);
    });
}

/** A form is written out: undici's own `request` knows none. */
async function encoded({ method, headers, body }: RequestInit): Promise<Omit<Dispatcher.RequestOptions, 'path'>> {
  const fields = new Headers(headers);
  if (!(body instanceof FormData)) {
    return { method: method as Dispatcher.HttpMethod, headers: fields, body: body as string };
  }
  const form = new Response(body);
  fields.set('content-type', form.headers.get('content-type')!);
  return {
    method: method as Dispatcher.HttpMethod,
    headers: fields,
    body: Buffer.from(await form.arrayBuffer()),
  };
}

async function wholeAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<WholeAnswer> {
  const text = await wholeText(body, ANSWER_LIMIT_BYTES);
  const fields = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const response = new Response(HAVE_NO_BODY.has(statusCode) ? null : text, { status: statusCode, headers: fields });
  return { response, text };
}
