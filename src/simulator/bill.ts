import type { WireName } from './wires/wire.js';

/** How a request ended. `faulted`: a script broke it; `rejected`: it was no good itself; `aborted`: the client hung up. */
export type Outcome = 'completed' | 'aborted' | 'faulted' | 'rejected';

export interface Counts extends Record<Outcome, number> {
  requests: number;
  /** Deltas and tokens really sent. */
  chunks: number;
  tokens: number;
}

/** What a vendor would charge for one request: all of the prompt, and of the answer what was really sent. */
export interface BillEntry {
  wire: WireName;
  model: string;
  promptTokens: number;
  completionTokens: number;
  /** The part of `promptTokens` that was read from the vendor's cache; absent: none. */
  cachedTokens?: number;
  /** The part of `promptTokens` that was written to it; absent: none. */
  cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` that is kept for an hour; absent: none. */
  cacheWriteHourTokens?: number;
  /** The part of `completionTokens` spent on reasoning; absent: none. */
  reasoningTokens?: number;
  finished: boolean;
  /** The id that the answer's `x-request-id` (OpenAI) or `request-id` (Anthropic) header had. */
  requestId: string;
  /** When the request ended, in milliseconds since 1970. */
  at: number;
}

export interface ReceivedBody {
  wire: WireName;
  path: string;
  body: unknown;
}

export interface SimulatorStats extends Counts {
  /** Requests being served right now. */
  open: number;
  byWire: Record<WireName, Counts>;
  byModel: Record<string, Counts>;
  /** The last 10,000, oldest first. */
  bill: BillEntry[];
  /** The last 200, oldest first. */
  bodies: ReceivedBody[];
}

export const BILL_LIMIT = 10_000;
export const BODIES_LIMIT = 200;

const noCounts = (): Counts => ({
  requests: 0,
  completed: 0,
  aborted: 0,
  faulted: 0,
  rejected: 0,
  chunks: 0,
  tokens: 0,
});

/** The simulator's own book: the truth that a gateway's bills are compared with. */
export class Bill {
  #total = noCounts();
  #byWire: Record<WireName, Counts> = { openai: noCounts(), anthropic: noCounts() };
  #byModel = new Map<string, Counts>();
  #entries: BillEntry[] = [];
  #bodies: ReceivedBody[] = [];
  #open = new Set<Account>();

  open(wire: WireName, requestId: string): Account {
    const entries = this.#entries;
    const account: Account = new Account(wire, requestId, [this.#total, this.#byWire[wire]], (entry) => {
      this.#open.delete(account);
      if (entry) append(entries, entry, BILL_LIMIT);
    });
    this.#open.add(account);
    return account;
  }

  countsOf(model: string): Counts {
    const counts = this.#byModel.get(model) ?? noCounts();
    this.#byModel.set(model, counts);
    return counts;
  }

  keepBody(body: ReceivedBody): void {
    append(this.#bodies, body, BODIES_LIMIT);
  }

  stats(): SimulatorStats {
    return structuredClone({
      ...this.#total,
      open: this.#open.size,
      byWire: this.#byWire,
      byModel: Object.fromEntries(this.#byModel),
      bill: this.#entries,
      bodies: this.#bodies,
    });
  }

  /** Forgets everything, also what is being served: that is still `open` but gets into no count and no bill. */
  reset(): void {
    this.#total = noCounts();
    this.#byWire = { openai: noCounts(), anthropic: noCounts() };
    this.#byModel = new Map();
    this.#entries = [];
    this.#bodies = [];
  }
}

/** The tokens of a prompt by their price. */
export interface PromptCharge {
  promptTokens: number;
  cachedTokens?: number;
  cacheWriteTokens?: number;
  cacheWriteHourTokens?: number;
}

/** One request in the book, from its arrival to its one end. */
export class Account {
  #charge: { model: string; prompt: PromptCharge } | undefined;
  #completionTokens = 0;
  #reasoningTokens = 0;
  #isClosed = false;

  constructor(
    readonly wire: WireName,
    readonly requestId: string,
    private readonly counts: Counts[],
    private readonly onClose: (entry: BillEntry | undefined) => void,
  ) {
    for (const count of counts) count.requests += 1;
  }

  /** The request's model is known: it is counted there too. */
  attribute(modelCounts: Counts): void {
    modelCounts.requests += 1;
    this.counts.push(modelCounts);
  }

  /** Work begins; from now on the request costs something, however it ends. */
  charge(model: string, prompt: PromptCharge): void {
    this.#charge = { model, prompt };
  }

  /** The model thought unseen: that counts as if it had been sent. */
  thought(tokens: number): void {
    this.#completionTokens += tokens;
    this.#reasoningTokens += tokens;
    for (const count of this.counts) count.tokens += tokens;
  }

  sent(tokens: number, isReasoning = false): void {
    this.#completionTokens += tokens;
    if (isReasoning) this.#reasoningTokens += tokens;
    for (const count of this.counts) {
      count.chunks += 1;
      count.tokens += tokens;
    }
  }

  get sentTokens(): { completionTokens: number; reasoningTokens: number } {
    return { completionTokens: this.#completionTokens, reasoningTokens: this.#reasoningTokens };
  }

  /** The first call counts; what happens to a request after its end is no news. */
  close(outcome: Outcome): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const count of this.counts) count[outcome] += 1;
    this.onClose(this.#charge && this.#entry(this.#charge, outcome === 'completed'));
  }

  #entry({ model, prompt }: { model: string; prompt: PromptCharge }, finished: boolean): BillEntry {
    const { wire, requestId } = this;
    const { promptTokens, ...classes } = prompt;
    const completionTokens = this.#completionTokens;
    const some = Object.entries({ ...classes, reasoningTokens: this.#reasoningTokens }).filter(
      ([, count]) => count > 0,
    );
    const parts: Partial<BillEntry> = Object.fromEntries(some);
    return { wire, model, promptTokens, completionTokens, ...parts, finished, requestId, at: Date.now() };
  }
}

function append<T>(list: T[], item: T, limit: number): void {
  list.push(item);
  if (list.length > limit) list.shift();
}
