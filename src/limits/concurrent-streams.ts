import { GatewayError } from '../common/errors/gateway-error.js';

interface UserState {
  /** Streams that run. */
  running: number;
  /** Requests whose hold is being asked for: each becomes a running stream or gives its place back. */
  deciding: number;
  waiting: { resolve: () => void; reject: (error: GatewayError) => void }[];
}

/**
 * How many streams a user may run at once. A request that is about to be refused for its credits must not take another
 * one's place: while there is room among the running ones, requests wait, for a moment, for those whose hold is still
 * being decided.
 */
export class ConcurrentStreams {
  private readonly users = new Map<string, UserState>();

  /** @param most streams per user; Infinity: no limit */
  constructor(private readonly most: number) {}

  /**
   * Takes a place.
   * @throws GatewayError LIMIT_EXCEEDED where so many streams run already
   */
  async enter(userId: string): Promise<void> {
    const state = this.stateOf(userId);
    if (state.running >= this.most) throw this.refusal();
    if (state.running + state.deciding >= this.most) {
      await new Promise<void>((resolve, reject) => state.waiting.push({ resolve, reject }));
    } else {
      state.deciding++;
    }
  }

  /** The place is kept until `leave`. */
  started(userId: string): void {
    const state = this.stateOf(userId);
    state.deciding--;
    state.running++;
    this.settle(userId, state);
  }

  /** The place is given back: no stream came of it. */
  declined(userId: string): void {
    const state = this.stateOf(userId);
    state.deciding--;
    this.settle(userId, state);
  }

  /** A stream that had started has ended. */
  leave(userId: string): void {
    const state = this.stateOf(userId);
    state.running--;
    this.settle(userId, state);
  }

  private settle(userId: string, state: UserState): void {
    if (state.running >= this.most) {
      for (const { reject } of state.waiting.splice(0)) reject(this.refusal());
    }
    while (state.waiting.length > 0 && state.running + state.deciding < this.most) {
      state.deciding++;
      state.waiting.shift()!.resolve();
    }
    if (state.running === 0 && state.deciding === 0 && state.waiting.length === 0) this.users.delete(userId);
  }

  private stateOf(userId: string): UserState {
    let state = this.users.get(userId);
    if (!state) {
      state = { running: 0, deciding: 0, waiting: [] };
      this.users.set(userId, state);
    }
    return state;
  }

  private refusal(): GatewayError {
    return new GatewayError('LIMIT_EXCEEDED', `At most ${this.most} answers may run at once; wait for one to end.`, {
      retryAfterMs: 1_000,
    });
  }
}
