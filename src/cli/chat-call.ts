import { setTimeout as delay } from 'node:timers/promises';
import { openConnection, UnreachableError, type ChatConnection } from './chat-connection.js';
import { ChatError, isTerminal, type ChatRequest, type ServerFrame } from './chat-frames.js';

/** Before each try to get a lost answer back; a try that brings something of it starts anew. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 4_000];

export interface ChatCallOptions {
  url: string;
  token: string;
  request: ChatRequest;
  /** A piece of the answer. */
  onText: (text: string) => void;
  /** Something that the person should know. */
  onNotice: (text: string) => void;
}

/** How a connection ended: with the answer's last frame, or without it. */
type Outcome = { terminal: ServerFrame } | { lost: Error };

/**
 * One request until its last frame, over as many connections as it takes: a lost one is no end, the answer goes on at
 * the server and is read on from the last seq.
 */
export class ChatCall {
  private connection: ChatConnection | undefined;
  private lastSeq = 0;
  private hasConnected = false;
  private isCancelled = false;

  constructor(private readonly options: ChatCallOptions) {}

  /**
   * @returns the last frame: done, completion or error
   * @throws UnreachableError where no server answers, or none any more; ChatError where it refuses
   */
  async run(): Promise<ServerFrame> {
    for (let tries = 0; ; tries++) {
      const before = this.lastSeq;
      const outcome = await this.attempt();
      if ('terminal' in outcome) return outcome.terminal;
      if (this.lastSeq > before) tries = 0;
      const pauseMs = PAUSES_MS[tries];
      if (pauseMs === undefined) throw outcome.lost;
      this.options.onNotice(`interrupted (${outcome.lost.message}), trying again`);
      await delay(pauseMs);
    }
  }

  /** Asks the server to stop; `run` still waits for the last frame. */
  cancel(): void {
    this.isCancelled = true;
    this.connection?.send(this.cancellation());
  }

  private async attempt(): Promise<Outcome> {
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        const listener = {
          onFrame: (frame: ServerFrame) => this.take(frame, resolve),
          onLost: (reason: string) => resolve({ lost: new UnreachableError(reason) }),
        };
        openConnection(this.options.url, this.options.token, listener).then(
          (connection) => this.ask(connection),
          reject,
        );
      });
    } catch (error) {
      if (!this.hasConnected || !(error instanceof UnreachableError)) throw error;
      return { lost: error };
    } finally {
      this.connection?.close();
      this.connection = undefined;
    }
  }

  /** The whole request each time: the server may not have seen it before the connection was lost. */
  private ask(connection: ChatConnection): void {
    this.hasConnected = true;
    this.connection = connection;
    const lastSeq = this.lastSeq > 0 ? { lastSeq: this.lastSeq } : {};
    connection.send({ ...this.options.request, ...lastSeq });
    if (this.isCancelled) connection.send(this.cancellation());
  }

  private take(frame: ServerFrame, settle: (outcome: Outcome) => void): void {
    if (frame.id !== this.options.request.id) return;
    if (isTerminal(frame)) return settle(outcomeOf(frame));
    if (frame.seq !== undefined) {
      if (frame.seq <= this.lastSeq) return;
      this.lastSeq = frame.seq;
    }
    this.options.onText(frame.data ?? '');
  }

  private cancellation(): object {
    return { id: this.options.request.id, cancel: true };
  }
}

/** An error without seq is not the answer's end; UNAVAILABLE says that the same id may be asked for again. */
function outcomeOf(frame: ServerFrame): Outcome {
  const { error, seq } = frame;
  if (error?.code !== 'UNAVAILABLE' || seq !== undefined) return { terminal: frame };
  return { lost: new ChatError(error.code, error.message) };
}
