import { VideoRefusal } from './video-refusal.js';
import type { VideoExchange } from './video-exchange.js';
import type { VideoTrouble } from './video-faults.js';
import { isRefusal, type RefusalName } from './video-script.js';

/** How late `slow` is where nobody says, in milliseconds. */
export const SLOW_MS = 5_000;
const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>';

/** How one vendor refuses, by the name of the fault. */
export type Refuse = (name: Exclude<RefusalName, '502'>) => VideoRefusal;

/** Answers with JSON, or with what goes wrong instead. @throws VideoRefusal */
export function answer(
  exchange: VideoExchange,
  trouble: VideoTrouble | undefined,
  refuse: Refuse,
  status: number,
  body: object,
): void {
  if (trouble && isRefusal(trouble.fault)) throw refusalOf(trouble, refuse);
  switch (trouble?.fault) {
    case 'slow':
      return exchange.later(() => exchange.json(status, body), trouble.delayMs ?? SLOW_MS);
    case 'hang':
      return;
    case 'reset':
      return exchange.reset();
    case 'cut':
      return cutInHalf(exchange, status, JSON.stringify(body));
    case 'garbage':
      return exchange.page(200, BAD_GATEWAY);
    default:
      return exchange.json(status, body);
  }
}

/** The refusal that a fault means, with the header that tells when to come back. */
export function refusalOf({ fault, retryAfterSeconds }: VideoTrouble, refuse: Refuse): VideoRefusal {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (fault === '502') return new VideoRefusal(502, BAD_GATEWAY, headers);
  const { status, body } = refuse(fault as Exclude<RefusalName, '502'>);
  return new VideoRefusal(status, body, headers);
}

function cutInHalf(exchange: VideoExchange, status: number, text: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  exchange.cut(status, headers, text.slice(0, text.length / 2));
}
