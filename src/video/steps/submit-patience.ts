/** Orders carry images; a provider that takes longer than this is not waited for. In milliseconds. */
export const SUBMIT_WITHIN_MS = 60_000;

/**
 * How long a shutdown waits for the orders that are under way: until their provider has answered, or is not waited for,
 * and what came of it is written down. An order can't be given to another worker: nobody would know what became of it.
 */
export const ORDERS_END_WITHIN_MS = SUBMIT_WITHIN_MS + 5_000;
