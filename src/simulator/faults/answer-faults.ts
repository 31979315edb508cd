import type { Answer } from '../answer.js';
import type { Exchange } from '../exchange.js';
import type { TextWire } from '../wires/wire.js';
import type { AnswerFaultName } from './fault-names.js';
import type { FaultOptions } from './fault-order.js';

const LATE_MS = 20_000;
const HUGE_BYTES = 1024 * 1024;
const HALF = 1 / 2;
const TWO_THIRDS = 2 / 3;

/** How an answer differs from a healthy one without breaking off. */
export interface AnswerShape {
  usage?: 'none' | 'zero';
  isUnterminated?: boolean;
  firstContentMs?: number;
  change?(answer: Answer): Answer;
}

/** What becomes of an answer that is struck while it is under way. */
export interface Strike {
  /** The share of the deltas, or of the JSON body, that goes out before. */
  share: number;
  /** Strikes the event stream. `over`: nothing follows. */
  stream(exchange: Exchange, wire: TextWire): 'over' | 'goes-on';
  /** Strikes a JSON body, the first part of which has been sent. */
  body(exchange: Exchange, rest: string): void;
}

export interface AnswerFault {
  shape?(options: FaultOptions): AnswerShape;
  strike?: Strike;
}

/** The faults of an answer: each shapes it from the beginning or strikes it under way. */
export const ANSWER_FAULTS: Record<AnswerFaultName, AnswerFault> = {
  late: { shape: ({ delayMs = LATE_MS }) => ({ firstContentMs: delayMs }) },
  nodone: { shape: () => ({ isUnterminated: true }) },
  nousage: { shape: () => ({ usage: 'none' }) },
  zerousage: { shape: () => ({ usage: 'zero' }) },
  big: { shape: ({ sizeBytes = HUGE_BYTES }) => ({ change: (answer) => answer.withHugeToken(sizeBytes) }) },
  'filter-stop': {
    shape: ({ afterChunks }) => ({
      change: (answer) => answer.cutAfter(afterChunks ?? Math.floor(answer.deltaCount * HALF), 'filter'),
    }),
  },
  stall: breaking(HALF, () => undefined),
  cut: breaking(HALF, (exchange) => exchange.destroy()),
  end: breaking(TWO_THIRDS, (exchange) => exchange.end()),
  err: {
    strike: {
      share: HALF,
      stream: (exchange, wire) => {
        exchange.end(wire.errorEvent);
        return 'over';
      },
      body: (exchange) => exchange.destroy(),
    },
  },
  /** A malformed event is the last one. */
  garbled: {
    strike: {
      share: TWO_THIRDS,
      stream: (exchange, wire) => {
        exchange.end(wire.malformedEvent);
        return 'over';
      },
      body: (exchange, rest) => exchange.end(`<${rest}`),
    },
  },
  malformed: {
    strike: {
      share: HALF,
      stream: (exchange, wire) => {
        exchange.write(wire.malformedEvent);
        return 'goes-on';
      },
      body: (exchange, rest) => exchange.end(`<${rest}`),
    },
  },
};

/** Breaks the answer off in the same way whether it is a stream or a body. */
function breaking(share: number, strike: (exchange: Exchange) => void): AnswerFault {
  const stream = (exchange: Exchange) => {
    strike(exchange);
    return 'over' as const;
  };
  return { strike: { share, stream, body: strike } };
}

/** How many of the deltas go out before the strike. */
export function deltasBefore(strike: Strike, answer: Answer, { afterChunks }: FaultOptions): number {
  return Math.min(afterChunks ?? Math.floor(answer.deltaCount * strike.share), answer.deltaCount);
}
