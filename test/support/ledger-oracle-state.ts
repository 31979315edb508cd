/** What the ledger holds, as its oracle keeps it: amounts in micro-credits, no SQL. */

export interface Row {
  first: number;
  last: number;
  frames: string;
  tokens: number;
  isTerminal: boolean;
}

export interface Entry {
  kind: 'grant' | 'refund' | 'charge';
  key: string;
  amount: bigint;
  balanceAfter: bigint;
}

export interface Account {
  posted: bigint;
  held: bigint;
  isFrozen: boolean;
  entries: Entry[];
}

/** What the reaper charges by, and shows; decimals are texts. */
export interface Terms {
  model?: string;
  provider?: string;
  promptTokens?: number;
  reap?: { prompt?: string; token?: string };
}

export interface Hold {
  account: string;
  request: string;
  fingerprint: string;
  status: 'pending' | 'settled' | 'released';
  amount: bigint;
  charged: bigint | null;
  shortfall: bigint;
  owner: string;
  isExpired: boolean;
  terms: Terms;
  finalSeq: number | null;
  /** Why it is to stop, if it is. */
  stopWhy: 'cancelled' | 'frozen' | null;
  log: Row[];
}

/** The last sequence number that is logged. */
export function tailOf(hold: Pick<Hold, 'log'> | undefined): number {
  return hold?.log.at(-1)?.last ?? 0;
}
