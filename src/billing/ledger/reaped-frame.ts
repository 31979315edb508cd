import { BALANCE_PLACEHOLDER, CREDITS_PLACEHOLDER } from './ledger-operations.js';

/** Further placeholders, for the reaper alone: close_one in ledger.sql fills them in from the hold and its log. */
const SEQ = '\u0003';
const CLIENT_ID = '\u0004';
const PROMPT_TOKENS = '\u0005';
const COMPLETION_TOKENS = '\u0006';
const TOTAL_TOKENS = '\u0007';
const METADATA = '\u000e';

const ERROR = JSON.stringify({
  code: 'UPSTREAM_LOST',
  message: 'The node that wrote this answer was lost. What was delivered was charged; the rest was not.',
  retryable: true,
});

/** The terminal frame of a stream whose node died, as docs/protocol.md has it. */
export const REAPED_FRAME =
  `{"id":${CLIENT_ID},"type":"error","seq":${SEQ},"error":${ERROR},` +
  `"usage":{"promptTokens":${PROMPT_TOKENS},"completionTokens":${COMPLETION_TOKENS},"totalTokens":${TOTAL_TOKENS},` +
  `"credits":${CREDITS_PLACEHOLDER},"usageSource":"reaper"},"metadata":${METADATA},"balance":${BALANCE_PLACEHOLDER}}`;
