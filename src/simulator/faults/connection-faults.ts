import type { Exchange } from '../exchange.js';
import type { ConnectionFaultName } from './fault-names.js';
import type { FaultOptions } from './fault-order.js';

const SLOW_MS = 5_000;

type ConnectionFault = (exchange: Exchange, options: FaultOptions, proceed: () => void) => void;

/** What happens instead of, or before, an answer. */
export const CONNECTION_FAULTS: Record<ConnectionFaultName, ConnectionFault> = {
  hang: (exchange) => exchange.account.close('faulted'),
  slow: (exchange, { delayMs = SLOW_MS }, proceed) => exchange.later(proceed, delayMs),
  reset: resetConnection,
  'keepalive-reset': resetConnection,
};

function resetConnection(exchange: Exchange): void {
  exchange.account.close('faulted');
  exchange.reset();
}
