import { GatewayError } from '../../common/errors/gateway-error.js';
import { RemoteFilesBusyError } from './remote-file-error.js';

/** A page asks for one; a user who waits for three has enough to wait for. */
const MOST_OF_ONE_USER = 3;
const RETRY_MS = 2_000;

/** One file that is being fetched, or was and is being used. */
export interface FetchPlace {
  /** So many bytes more. @throws RemoteFilesBusyError where all that is fetched would be too much */
  take: (bytes: number) => void;
  /** Gives everything back. To be called once. */
  leave: () => void;
}

/** How much is being fetched at once in this process: files of each user, and bytes of all. */
export class FetchPlaces {
  private readonly users = new Map<string, number>();
  private bytes = 0;

  constructor(private readonly mostBytes: number) {}

  /** @throws GatewayError LIMIT_EXCEEDED where so many files of this user are being fetched already */
  enter(userId: string): FetchPlace {
    const running = this.users.get(userId) ?? 0;
    if (running >= MOST_OF_ONE_USER) throw tooMany();
    this.users.set(userId, running + 1);
    let taken = 0;
    return {
      take: (bytes) => {
        if (this.bytes + bytes > this.mostBytes) throw new RemoteFilesBusyError();
        this.bytes += bytes;
        taken += bytes;
      },
      leave: () => {
        this.bytes -= taken;
        const others = this.users.get(userId)! - 1;
        if (others > 0) this.users.set(userId, others);
        else this.users.delete(userId);
      },
    };
  }
}

function tooMany(): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `At most ${MOST_OF_ONE_USER} files of one user are fetched at once; wait for one to end.`,
    { retryAfterMs: RETRY_MS },
  );
}
