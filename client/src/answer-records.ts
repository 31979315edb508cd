import type { AnswerRun } from './answer-run.js';
import { newAnswer, type AnswerState } from './answer-state.js';
import { NO_CONTENT, type AnswerContent } from './answer-content.js';
import type { RequestBody } from './protocol.js';
import type { AnswerStorage } from './storage.js';

/** An answer under way, as it is kept. What an earlier version of this library wrote has its text and reasoning only. */
export interface AnswerRecord extends Partial<AnswerContent> {
  id: string;
  /** Whose it is, where the token says so. */
  user: string | undefined;
  /** Absent where only the id was known. */
  request: RequestBody | undefined;
  isAccepted: boolean;
  lastSeq: number;
  text: string;
  restarts: number;
  /** By this machine's clock. */
  savedAtMs: number;
}

const PREFIX = 'mcp-answer:';
/** The server forgets answers after 15 minutes; what nobody came back for is not kept for longer than this. */
const KEEP_MS = 24 * 60 * 60_000;
/** What was never accepted is not sent again so much later: nobody expects to pay for it any more. */
const SEND_AGAIN_WITHIN_MS = 15 * 60_000;

/** Keeps records of answers in a storage, each written at most every so often. */
export class AnswerRecords {
  private readonly due = new Map<string, () => AnswerRecord>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onFault is told what the storage throws (a full one, for instance) */
  constructor(
    private readonly storage: AnswerStorage | undefined,
    private readonly saveEveryMs: number,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Writes now; resolves when it is kept. With a synchronous storage that is before this returns. */
  save(record: AnswerRecord): Promise<void> {
    return this.guard((storage) => storage.set(PREFIX + record.id, JSON.stringify(record)));
  }

  /** Writes soon. */
  saveSoon(id: string, record: () => AnswerRecord): void {
    if (!this.storage) return;
    this.due.set(id, record);
    this.timer ??= setTimeout(() => this.flush(), this.saveEveryMs);
  }

  /** Writes what is due: the page may be about to go. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const record of this.due.values()) void this.save(record());
    this.due.clear();
  }

  remove(id: string): void {
    this.due.delete(id);
    void this.guard((storage) => storage.delete(PREFIX + id));
  }

  async find(id: string): Promise<AnswerRecord | undefined> {
    return this.guard(async (storage) => parsed(await storage.get(PREFIX + id)));
  }

  /** All that are kept, of whomever, oldest first; those too old to be of use are removed. */
  async all(): Promise<AnswerRecord[]> {
    const keys = (await this.guard((storage) => storage.keys())) ?? [];
    const ids = keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    const records: AnswerRecord[] = [];
    for (const id of ids) {
      const record = await this.find(id);
      if (record && Date.now() - record.savedAtMs < KEEP_MS) records.push(record);
      else this.remove(id);
    }
    return records.sort((one, other) => one.savedAtMs - other.savedAtMs);
  }

  private async guard<T>(act: (storage: AnswerStorage) => T | Promise<T>): Promise<T | undefined> {
    if (!this.storage) return undefined;
    try {
      return await act(this.storage);
    } catch (error) {
      this.onFault(error);
      return undefined;
    }
  }
}

function parsed(text: string | null | undefined): AnswerRecord | undefined {
  try {
    const record = JSON.parse(text ?? 'null') as Partial<AnswerRecord> | null;
    return typeof record?.id === 'string' && typeof record.text === 'string' && typeof record.savedAtMs === 'number'
      ? (record as AnswerRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** @param user whose it is, where that is known */
export function recordOf({ id, state, request }: AnswerRun, user: string | undefined): AnswerRecord {
  const { isAccepted, lastSeq, text, reasoning, toolCalls, reasoningBlocks, logprobs, restarts } = state;
  const content = { text, reasoning, toolCalls, reasoningBlocks, logprobs };
  return { id, user, request, isAccepted, lastSeq, ...content, restarts, savedAtMs: Date.now() };
}

/** Where a kept answer goes on. */
export function stateOf({ id, isAccepted, lastSeq, restarts, ...kept }: AnswerRecord): AnswerState {
  const { text, reasoning, toolCalls, reasoningBlocks, logprobs } = { ...NO_CONTENT, ...kept };
  const content = { text, reasoning, toolCalls, reasoningBlocks, logprobs };
  return { ...newAnswer(id), isAccepted, lastSeq, restarts, ...content };
}

/** The request of a kept answer, as far as it may still be sent. */
export function requestOf({ request, savedAtMs, isAccepted }: AnswerRecord): RequestBody | undefined {
  return isAccepted || Date.now() - savedAtMs < SEND_AGAIN_WITHIN_MS ? request : undefined;
}
