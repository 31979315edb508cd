import type { ErrorCode } from '../../common/errors/error-codes.js';
import type { AuditEvent, AuditFact } from '../audit-event.js';

/** A request of a known user that was told no. */
export interface Refusal {
  userId: string;
  code: ErrorCode;
  /** Of an administrative route. */
  isAdministrative?: boolean;
  /** The request's id. */
  subject?: string;
  /** What was asked for. Never a text of the user. */
  about?: Record<string, AuditFact>;
}

/**
 * Codes that say no to who asks. Others are about the form of a request (VALIDATION_ERROR, NOT_FOUND, CONFLICT …) or are
 * trouble of ours (UNAVAILABLE, QUEUE_OVERFLOW …): the metrics count those.
 */
export const REFUSAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'UNAUTHORIZED',
  'INSUFFICIENT_CREDITS',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'RATE_LIMIT_EXCEEDED',
  'MODEL_NOT_FOUND',
  'UNSUPPORTED_VIDEO',
]);

const WINDOW_MS = 60_000;
/** Users and codes that are counted at a time, some 200 bytes each. */
const MOST_COUNTED = 10_000;

/**
 * Makes at most two events of all refusals of a user and a code in a minute: the first one as it happens, and how many came
 * after it, so that nobody fills the trail by asking again.
 */
export class RefusalRoll {
  private readonly counted = new Map<string, { first: Refusal; repeats: number }>();
  private timer: NodeJS.Timeout | undefined;

  /** @param record takes an event in the background */
  constructor(
    private readonly record: (event: AuditEvent) => void,
    private readonly windowMs = WINDOW_MS,
  ) {}

  add(refusal: Refusal): void {
    if (!REFUSAL_CODES.has(refusal.code)) return;
    const name = `${actionOf(refusal)} ${refusal.code} ${refusal.userId}`;
    const known = this.counted.get(name);
    if (known) return void known.repeats++;
    if (this.counted.size >= MOST_COUNTED) this.close();
    this.counted.set(name, { first: refusal, repeats: 0 });
    const { userId, code, subject = '', about } = refusal;
    this.record({ actor: `user:${userId}`, action: actionOf(refusal), subject, details: { code, ...about } });
    this.timer ??= setTimeout(() => this.close(), this.windowMs).unref();
  }

  /** Ends the minute: what was counted is recorded. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const all = [...this.counted.values()];
    this.counted.clear();
    for (const { first, repeats } of all) {
      const { userId, code } = first;
      if (repeats > 0) this.record({ actor: `user:${userId}`, action: actionOf(first), details: { code, repeats } });
    }
  }
}

function actionOf({ isAdministrative }: Refusal): AuditEvent['action'] {
  return isAdministrative ? 'admin.refused' : 'ai.refused';
}
