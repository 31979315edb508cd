import type { RequestRecord } from '../history.js';
import type { Generations, StoredRequest } from './stored.js';

/** All that is known of one request when the run is over: what was planned, what was seen, what is kept. */
export interface Evidence {
  record: RequestRecord;
  stored: StoredRequest | undefined;
  generations: Generations;
  /** A postmaster was killed while it lived: its client may be ahead of the log. */
  mayBeAhead: boolean;
  /** How many of its owners may have been lost before they had logged anything: so often it may have been dispatched anew. */
  lostOwners: number;
  /** A node that it was asked of was in trouble while it lived: another one may have ended it. */
  mayBeReaped: boolean;
}

/** A rule about single requests: gives what is wrong, in words. */
export type RequestRule = (evidence: Evidence) => string[];
