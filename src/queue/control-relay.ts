import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Relay, RelayMessage } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { DatabaseServer } from '../database/database-server.js';
import { answerWithin } from '../common/answer-within.js';
import { CONTROL_VERSION, readControlEnvelope, type ControlEnvelope, type ControlMessage } from './control-messages.js';
import { MessageOutbox } from './message-outbox.js';
import { openRelay, type OpenRelay } from './open-relay.js';
import { chooseConnection, type QueueConnection } from './queue-connection.js';
import { QueueSchema } from './queue-schema.service.js';
import { RareWarning } from '../common/logging/rare-warning.js';

/** Each node has a topic of its own, because publishes on one topic wait for one another. */
const TOPICS = 'control';
/** What a node says to itself, to know that it hears. */
const ECHO_TOPICS = 'echo';
const ECHO_EVERY_MS = 30_000;
const ECHO_WITHIN_MS = 10_000;
const OPENED_WITHIN_MS = 10_000;
const SENT_WITHIN_MS = 2_000;
const CLOSED_WITHIN_MS = 1_500;
const PAUSE_MS = 1_000;

/**
 * Control messages between processes, over BullMQ's Relay. Nothing waits for it: while its backend is away messages are
 * dropped, and it comes back by itself (docs/decisions/2026-11-22-control-messages.md).
 */
@Injectable()
export class ControlRelay implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Takes what other processes sent. */
  onMessage: (message: ControlMessage) => void = () => undefined;

  private readonly trouble = new RareWarning(new Logger('Control'));
  private readonly connection: QueueConnection;
  private readonly processId = randomUUID();
  private readonly outbox = new MessageOutbox<ControlMessage>(
    (batch) => this.publish(batch),
    (error, count) => this.warn(`lost ${count}: ${error.message}`),
  );
  private link: OpenRelay | undefined;
  private isConnected = false;
  private isClosing = false;
  private connecting: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private echoTimer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(DatabaseServer) server: DatabaseServer,
    @Inject(QueueSchema) private readonly schema: QueueSchema,
  ) {
    this.connection = chooseConnection(environment, server.url);
  }

  /** Other processes are heard, and hear this one, as far as their own relays are open. */
  get isOpen(): boolean {
    return this.isConnected;
  }

  /** Hands a message to every other process that is reached at the moment. Never throws, never waits. */
  send(message: ControlMessage): void {
    if (this.isConnected) this.outbox.add(message);
  }

  /** The start does not wait for it. */
  onApplicationBootstrap(): void {
    this.connecting = this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.echoTimer);
    this.wake();
    try {
      await answerWithin(this.close(), CLOSED_WITHIN_MS);
    } catch (error) {
      this.warn(`left open: ${(error as Error).message}`);
    }
  }

  private async close(): Promise<void> {
    await this.outbox.settled();
    this.isConnected = false;
    await this.link?.close();
    await this.connecting;
  }

  private async connect(): Promise<void> {
    while (!this.isClosing && !this.isConnected) {
      try {
        await this.open();
      } catch (error) {
        this.warn(`not connected: ${(error as Error).message}`);
        await this.abandon();
        await this.pause();
      }
    }
  }

  private async open(): Promise<void> {
    if (this.connection.kind === 'postgres') await this.schema.migrate();
    if (this.isClosing) return;
    this.link = openRelay(this.connection, (error) => this.warn(error.message));
    await answerWithin(this.listen(this.link.relay), OPENED_WITHIN_MS);
    this.isConnected = true;
  }

  private async listen(relay: Relay<unknown>): Promise<void> {
    await relay.waitUntilReady();
    if (this.isClosing) return;
    await relay.subscribe(`${TOPICS}.*`, (message) => this.receive(message));
    await this.listenToItself(relay);
  }

  /** A connection may die without a sign, on this side of it or on the other: what is not heard any more is made anew. */
  private async listenToItself(relay: Relay<unknown>): Promise<void> {
    const topic = `${ECHO_TOPICS}.${relay.nodeId}`;
    const call = () => {
      if (this.isClosing || this.link?.relay !== relay) return;
      relay.publish(topic, null).catch((error: Error) => this.warn(error.message));
      this.echoTimer = setTimeout(() => void this.reconnect(), ECHO_WITHIN_MS).unref();
    };
    await relay.subscribe(topic, () => {
      if (this.link?.relay !== relay) return;
      clearTimeout(this.echoTimer);
      this.echoTimer = setTimeout(call, ECHO_EVERY_MS).unref();
    });
    call();
  }

  private async reconnect(): Promise<void> {
    this.warn('nothing is heard; connecting anew');
    this.isConnected = false;
    await this.abandon();
    this.connecting = this.connect();
  }

  /** Without waiting for its end: where nobody answers, that takes a while. */
  private async abandon(): Promise<void> {
    const { link } = this;
    this.link = undefined;
    await answerWithin(link?.close() ?? Promise.resolve(), CLOSED_WITHIN_MS).catch(() => undefined);
  }

  private async publish(messages: ControlMessage[]): Promise<void> {
    if (!this.link) throw new Error('not connected');
    const { relay } = this.link;
    const envelope: ControlEnvelope = { version: CONTROL_VERSION, from: this.processId, messages };
    await answerWithin(relay.publish(`${TOPICS}.${relay.nodeId}`, envelope), SENT_WITHIN_MS);
  }

  private receive({ data }: RelayMessage): void {
    const { from, messages } = readControlEnvelope(data);
    if (from === this.processId) return; // heard already, when it was sent
    for (const message of messages) this.onMessage(message);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.isClosing) this.wake();
    });
  }

  private warn(text: string): void {
    if (!this.isClosing) this.trouble.warn(`Messages between nodes: ${text}`);
  }
}
