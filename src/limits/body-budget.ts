import { GatewayError } from '../common/errors/gateway-error.js';

/** How much may be in the making at once. */
export interface BodyLimits {
  /** Of all users and of one, in bytes. */
  bytes: number;
  bytesPerUser: number;
  /** Bodies, likewise. */
  bodies: number;
  bodiesPerUser: number;
}

/** What is being read of one user, or of all. */
interface Reading {
  bytes: number;
  bodies: number;
}

/** The part of the budget that one body has, until it is given back. */
export interface BodyShare {
  /** @throws GatewayError as BodyBudget.open */
  take(bytes: number): void;
  close(): void;
}

/** Most bodies take a moment to arrive. */
const RETRY_MS = 1_000;

/**
 * The bodies that are being read, counted by what was announced of them, or else by what came: whoever sends slowly has
 * that much of the memory for long.
 */
export class BodyBudget {
  private readonly all: Reading = { bytes: 0, bodies: 0 };
  private readonly users = new Map<string, Reading>();

  constructor(private readonly limits: BodyLimits) {}

  /** What is being read now, of all users. */
  get counters(): Readonly<Reading> {
    return { ...this.all };
  }

  /**
   * @param bytes that are announced; 0: nobody knows
   * @throws GatewayError LIMIT_EXCEEDED where too much of this user is being read, QUEUE_OVERFLOW where of all
   */
  open(userId: string, bytes: number): BodyShare {
    const user = this.users.get(userId) ?? { bytes: 0, bodies: 0 };
    this.add(user, { bytes, bodies: 1 });
    this.users.set(userId, user);
    let taken = bytes;
    return {
      take: (more) => {
        this.add(user, { bytes: more, bodies: 0 });
        taken += more;
      },
      close: () => this.remove(userId, user, taken),
    };
  }

  private add(user: Reading, { bytes, bodies }: Reading): void {
    const { limits, all } = this;
    if (user.bytes + bytes > limits.bytesPerUser || user.bodies + bodies > limits.bodiesPerUser)
      throw new GatewayError('LIMIT_EXCEEDED', 'Too much is being sent by this user at once.', {
        retryAfterMs: RETRY_MS,
      });
    if (all.bytes + bytes > limits.bytes || all.bodies + bodies > limits.bodies)
      throw new GatewayError('QUEUE_OVERFLOW', 'Too much is being sent to this node at once.', {
        retryAfterMs: RETRY_MS,
      });
    for (const reading of [user, all]) {
      reading.bytes += bytes;
      reading.bodies += bodies;
    }
  }

  private remove(userId: string, user: Reading, bytes: number): void {
    for (const reading of [user, this.all]) {
      reading.bytes -= bytes;
      reading.bodies--;
    }
    if (user.bodies === 0) this.users.delete(userId);
  }
}
