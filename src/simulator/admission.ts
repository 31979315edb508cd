import { ANSWER_FAULTS, type AnswerFault } from './faults/answer-faults.js';
import { CONNECTION_FAULTS } from './faults/connection-faults.js';
import { resolveFault } from './faults/fault-names.js';
import { canStrike, type FaultTarget, type ForcedFaults } from './faults/forced-faults.js';
import type { FaultOptions, FaultOrder } from './faults/fault-order.js';
import { retryHeaders } from './faults/retry-after.js';
import type { Bill } from './bill.js';
import type { CallLog } from './call-log.js';
import type { Exchange } from './exchange.js';
import type { PromptCache } from './prompt-cache.js';
import type { Script } from './script.js';
import type { VideoWorld } from './video/video-world.js';

/** What every endpoint of the simulator works with. */
export interface World {
  bill: Bill;
  calls: CallLog;
  forcedFaults: ForcedFaults;
  promptCache: PromptCache;
  /** Time between two deltas where no script says otherwise. */
  gapMs: number;
  video: VideoWorld;
}

/** What is to go wrong with an answer that gets as far as that; no fault: nothing. */
export interface AnswerTrouble {
  fault: AnswerFault;
  options: FaultOptions;
}

/** Lets the request through to `proceed`, or to the refusal or the connection fault that strikes it before. */
export function admit(
  exchange: Exchange,
  script: Script,
  model: string,
  world: World,
  proceed: (trouble: AnswerTrouble) => void,
): void {
  const order = orderFor(exchange, script, model, world);
  if (!order) return proceed({ fault: {}, options: {} });
  const { family, name } = resolveFault(order.fault, exchange.vendor.wire);
  switch (family) {
    case 'refusal':
      exchange.account.close('faulted');
      return exchange.refuse(exchange.vendor.refusal(name, model), retryHeaders(order, Date.now()));
    case 'connection':
      return CONNECTION_FAULTS[name](exchange, order, () => proceed({ fault: {}, options: {} }));
    case 'answer':
      return proceed({ fault: ANSWER_FAULTS[name], options: order });
    default:
      return family satisfies never;
  }
}

/** A forced fault comes before the request's own. */
function orderFor(exchange: Exchange, script: Script, model: string, world: World): FaultOrder | undefined {
  const { isOnReusedConnection, vendor } = exchange;
  const target: FaultTarget = { wire: vendor.wire, model, isOnReusedConnection };
  const forced = world.forcedFaults.take(target);
  if (forced) return forced;
  if (!script.fault || (script.faultWire ?? vendor.wire) !== vendor.wire) return undefined;
  return canStrike(script.fault, target) ? script.fault : undefined;
}
