import type { AnswerContent } from './answer-content.js';
import { AnswerRecords, recordOf, requestOf, stateOf } from './answer-records.js';
import { AnswerRun } from './answer-run.js';
import { newAnswer, type AnswerState } from './answer-state.js';
import { Answer } from './answer.js';
import { callSafely } from './call-safely.js';
import { cancelWith } from './cancel-with.js';
import { settingsOf, type McpClientOptions, type Settings } from './client-options.js';
import type { ConnectionOwner } from './connection-owner.js';
import { closedError, Connection } from './connection.js';
import { McpError } from './mcp-error.js';
import { newId } from './new-id.js';
import type {
  AnswerFrame,
  Channel,
  ChatOptions,
  CompletionOptions,
  EmbeddingOptions,
  GenerationOptions,
  HubEvent,
  RequestBody,
} from './protocol.js';
import type { Platform } from './socket.js';
import { Subscriptions } from './subscriptions.js';
import { TokenSource, userOf } from './token-source.js';
import { Videos } from './videos.js';

export interface CallOptions {
  /** Names the answer for ever; by default a new UUID. */
  id?: string;
  /** Aborting it is `cancel()`. */
  signal?: AbortSignal;
}

/** What is had of an answer already. */
export interface Known extends Partial<AnswerContent> {
  lastSeq: number;
  text: string;
}

/** A client of one gateway, for one user: any number of answers over one socket, which is opened when it is needed. */
export abstract class BaseClient {
  /** Orders videos, and looks after them. */
  readonly videos: Videos;
  private readonly settings: Settings;
  private readonly tokens: TokenSource;
  private readonly records: AnswerRecords;
  private readonly connection: Connection;
  private readonly subscriptions: Subscriptions;
  private readonly runs = new Map<string, { run: AnswerRun; answer: Answer }>();
  private readonly stopListening: (() => void)[];
  private user: string | undefined;
  private isClosed = false;

  /** @throws TypeError where a URL is none */
  constructor(
    private readonly options: McpClientOptions,
    platform: Platform,
  ) {
    this.settings = settingsOf(options);
    this.tokens = new TokenSource(options.token);
    this.videos = new Videos(this.settings.connection.urls, this.tokens);
    this.user = typeof options.token === 'string' ? userOf(options.token) : undefined;
    this.records = new AnswerRecords(options.storage, this.settings.saveEveryMs, (error) =>
      callSafely(() => options.onStorageFault?.(error)),
    );
    this.connection = new Connection(this.settings.connection, this.tokens, platform.openSocket, this.owner());
    const send = (frame: object) => this.connection.send(frame);
    this.subscriptions = new Subscriptions(send, this.settings.connection.backoff);
    this.stopListening = [
      platform.onNetwork((isBack) => this.connection.networkChanged(isBack)),
      platform.onLeave(() => this.records.flush()),
    ];
  }

  /** Asks for an answer to a conversation. Nothing is thrown here: the answer tells how it went. */
  chat(options: ChatOptions, call: CallOptions = {}): Answer {
    return this.start(generation('chat', options), call);
  }

  /** Asks for the continuation of a text. */
  completion(options: CompletionOptions, call: CallOptions = {}): Answer {
    return this.start(generation('completion', options), call);
  }

  /** Asks for vectors: `(await client.embedding(…).done).embeddings`. */
  embedding(options: EmbeddingOptions, call: CallOptions = {}): Answer {
    return this.start({ ...options, type: 'embedding', provider: options.provider ?? 'auto', stream: false }, call);
  }

  /** The answer of an id, from its beginning or from where it is known; one that is under way here is given as it is. */
  resume(id: string, known: Known = { lastSeq: 0, text: '' }, { signal }: Omit<CallOptions, 'id'> = {}): Answer {
    const running = this.runs.get(id);
    if (running) return running.answer;
    return this.begin({ ...newAnswer(id), ...known, isAccepted: true }, undefined, signal);
  }

  /**
   * The answers that were under way when the page was left, oldest first; they go on at once, with the text so far. Only
   * the present user's, and none without `storage`.
   * @throws McpError where no token can be had
   */
  async pending(): Promise<Answer[]> {
    await this.identify();
    const records = (await this.records.all()).filter(({ id, user }) => user === this.user && !this.runs.has(id));
    return records.map((record) => this.begin(stateOf(record), requestOf(record), undefined));
  }

  /** Removes what is kept of answers under way, of every user: for a log-out. The answers go on. */
  async forget(): Promise<void> {
    for (const { id } of await this.records.all()) this.records.remove(id);
  }

  /**
   * Listens to what happens to the user's account, requests or videos. The event `subscribed` comes at the beginning and
   * after every lost connection: what happened before it was missed.
   * @returns what ends it
   */
  subscribe(
    channel: Channel,
    onEvent: (event: HubEvent) => void,
    onError: (error: McpError) => void = () => undefined,
  ): () => void {
    if (this.isClosed) throw closedError();
    const end = this.subscriptions.add(channel, onEvent, onError);
    this.connection.need();
    return () => {
      end();
      this.connection.release();
    };
  }

  /** Connects now, with one try: not needed, but it tells at once what is wrong. @throws McpError */
  connect(): Promise<void> {
    return this.connection.open();
  }

  /** Hangs up. Answers under way end here with CLOSED; they go on at the server, and `resume` or `pending` find them. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.records.flush();
    this.giveUp(closedError());
    this.connection.close();
    for (const stop of this.stopListening) stop();
  }

  private start(request: RequestBody, { id = newId(), signal }: CallOptions): Answer {
    if (!this.runs.has(id)) return this.begin(newAnswer(id), request, signal);
    throw new McpError('CONFLICT', 'An answer with this id is under way here.', { requestId: id });
  }

  private begin(state: AnswerState, request: RequestBody | undefined, signal: AbortSignal | undefined): Answer {
    const run = new AnswerRun(state, request, {
      send: (frame) => this.connection.send(frame),
      backoff: this.settings.connection.backoff,
      patienceMs: this.settings.patienceMs,
      onChange: () => this.records.saveSoon(run.id, () => recordOf(run, this.user)),
      onEnd: () => this.ended(run),
    });
    const answer = new Answer(run);
    this.runs.set(run.id, { run, answer });
    if (this.isClosed) run.leave(closedError());
    cancelWith(run, signal);
    if (!run.state.outcome) void this.keepAndAsk(run);
    return answer;
  }

  /** Kept first, sent then: what the server knows of is never lost to us. */
  private async keepAndAsk(run: AnswerRun): Promise<void> {
    await this.records.save(recordOf(run, this.user));
    if (run.state.outcome) return this.removeIfOver(run);
    this.connection.need();
    run.start();
  }

  private ended(run: AnswerRun): void {
    this.runs.delete(run.id);
    this.removeIfOver(run);
    this.connection.release();
  }

  private removeIfOver({ id, state: { outcome } }: AnswerRun): void {
    if (outcome?.kind !== 'left') this.records.remove(id);
  }

  private owner(): ConnectionOwner {
    return {
      needsConnection: () => this.runs.size > 0 || !this.subscriptions.isEmpty,
      opened: () => this.opened(),
      frame: (frame) => this.take(frame),
      failed: (error, waitedMs) => {
        if (waitedMs > this.settings.patienceMs) this.leaveRuns(unreachable(error, waitedMs));
      },
      refused: (error) => this.giveUp(error),
      tooLarge: (error) => this.largestUnheard()?.fail(error),
      status: (status) => callSafely(() => this.options.onStatus?.(status)),
    };
  }

  private opened(): void {
    void this.identify().catch(() => undefined);
    this.subscriptions.opened();
    for (const { run } of this.runs.values()) run.opened();
  }

  private take(frame: AnswerFrame): void {
    const isSubscribed = this.subscriptions.take(frame);
    const id = isSubscribed && frame.type === 'event' ? frame.data['requestId'] : frame.id;
    this.runs.get(String(id))?.run.take(frame);
  }

  /** Whose token it is. Records that were made before that was known get it now. */
  private async identify(): Promise<void> {
    const before = this.user;
    this.user = userOf(await this.tokens.get());
    if (this.user === before) return;
    for (const { run } of this.runs.values()) this.records.saveSoon(run.id, () => recordOf(run, this.user));
  }

  private giveUp(error: McpError): void {
    this.leaveRuns(error);
    this.subscriptions.fail(error);
  }

  private leaveRuns(error: McpError): void {
    for (const { run } of [...this.runs.values()]) run.leave(error);
  }

  private largestUnheard(): AnswerRun | undefined {
    const sizeOf = ({ request }: AnswerRun) => JSON.stringify(request ?? {}).length;
    const unheard = [...this.runs.values()].map(({ run }) => run).filter(({ state }) => !state.isAccepted);
    return unheard.sort((one, other) => sizeOf(other) - sizeOf(one))[0];
  }
}

function generation(type: 'chat' | 'completion', options: GenerationOptions): RequestBody {
  const { provider = 'auto', stream = options.background !== true } = options;
  return { ...options, type, provider, stream };
}

function unreachable(error: McpError, waitedMs: number): McpError {
  const message = `There was no connection for ${Math.round(waitedMs / 1_000)} s: ${error.message}`;
  return new McpError('UNREACHABLE', message, { retryable: true, cause: error });
}
