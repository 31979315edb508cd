import { createPostgresRelayBackend, createRedisRelayBackend, Relay, type RelayBackendFactory } from 'bullmq';
import { Redis } from 'ioredis';
import { postgresOptions, type QueueConnection } from './queue-connection.js';

/** A relay and the connection that it stands on. */
export interface OpenRelay {
  relay: Relay<unknown>;
  /** Leaves no connection behind, also where the backend is not there. */
  close(): Promise<void>;
}

/**
 * A node that gives no sign for so long is removed with its subscriptions by any other one. Longer than an outage that is
 * to be survived without registering anew.
 */
const LEASE_MS = 60_000;
const HEARTBEAT_MS = 10_000;
const SWEEP_MS = 30_000;
/** A node without messages looks at its inbox this often, in case it missed the bell. */
const LOOK_MS = 5_000;
/** Messages that wait for a node that does not read. */
const LONGEST_INBOX = 1_000;
/** A node may take so long to take itself off the list; else its lease runs out. */
const GOODBYE_MS = 1_000;
const NAMESPACE = 'control';
/** Of Redis keys: `mcp::relay:{control}:…`. */
const PREFIX = 'mcp';

/** A relay that connects in the background, and again whenever it must; it does not keep a process from ending. */
export function openRelay(connection: QueueConnection, onTrouble: (error: Error) => void): OpenRelay {
  return connection.kind === 'postgres'
    ? openOnPostgres(connection.url, onTrouble)
    : openOnRedis(connection.url, onTrouble);
}

function openOnPostgres(url: string, onTrouble: (error: Error) => void): OpenRelay {
  // What is lost when the server crashes is not missed: no commit waits for the disk.
  const options = { ...postgresOptions(url, false), options: '-c synchronous_commit=off' };
  const relay = createRelay(options, createPostgresRelayBackend as RelayBackendFactory<unknown>, onTrouble);
  return { relay, close: () => relay.close() };
}

function openOnRedis(url: string, onTrouble: (error: Error) => void): OpenRelay {
  const client = new Redis(url, {
    maxRetriesPerRequest: 0, // a message that may have come through is not sent again
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    retryStrategy: (attempts) => Math.min(attempts * 250, 2_000),
  });
  client.on('error', () => undefined); // the relay tells of it
  const relay = createRelay(client, createRedisRelayBackend as RelayBackendFactory<unknown>, onTrouble);
  return {
    relay,
    async close() {
      const goodbye = setTimeout(() => client.disconnect(), GOODBYE_MS); // nothing else ends a call that gets no answer
      await relay.close().finally(() => clearTimeout(goodbye));
      client.disconnect();
    },
  };
}

function createRelay(
  connection: unknown,
  backend: RelayBackendFactory<unknown>,
  onTrouble: (error: Error) => void,
): Relay<unknown> {
  const relay = new Relay({
    connection,
    backend,
    namespace: NAMESPACE,
    prefix: PREFIX,
    leaseDuration: LEASE_MS,
    heartbeatInterval: HEARTBEAT_MS,
    sweepInterval: SWEEP_MS,
    blockTimeout: LOOK_MS,
    inboxMaxLength: LONGEST_INBOX,
  });
  relay.on('error', onTrouble);
  return relay;
}
