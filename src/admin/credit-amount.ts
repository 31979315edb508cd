import { ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { MAX_MICRO_CREDITS, parseCredits, type MicroCredits } from '../common/money/micro-credits.js';

/**
 * A JSON number of credits as micro-credits, exactly: a double's shortest decimal text is what the sender wrote, within
 * the 15 digits that the ledger takes.
 * @returns undefined where it is no number above 0 with at most 6 decimals, or more than an account may have
 */
export function creditAmount(credits: unknown): MicroCredits | undefined {
  if (typeof credits !== 'number') return undefined;
  try {
    const amount = parseCredits(String(credits));
    return amount > 0n && amount <= MAX_MICRO_CREDITS ? amount : undefined;
  } catch {
    return undefined; // NaN, 1e21, 0.1234567, -1: no plain decimal with at most 6 decimals
  }
}

/** A field that creditAmount understands. */
@ValidatorConstraint({ name: 'creditAmount' })
export class CreditAmount implements ValidatorConstraintInterface {
  validate(credits: unknown): boolean {
    return creditAmount(credits) !== undefined;
  }

  defaultMessage(): string {
    return '$property must be a number above 0 and below 1,000,000,000 with at most 6 decimals';
  }
}
