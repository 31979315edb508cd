import { tailOf, type Hold, type Terms } from './ledger-oracle-state.js';

/** The template that reaps are tried with: every placeholder; `latency` is whatever it is. */
export const REAP_TEMPLATE = '{"id":\x04,"seq":\x03,"tokens":[\x05,\x06,\x07],"cr":\x01,"bal":\x02,"meta":\x0e}';

export function reapedFrame({ request, terms, log }: Hold): string {
  const prompt = log.length > 0 ? (terms.promptTokens ?? 0) : 0;
  const tokens = log.at(-1)?.tokens ?? 0;
  const id = JSON.stringify(request.slice(request.indexOf(':') + 1));
  const names = `"model" : "${terms.model ?? ''}", "provider" : "${terms.provider ?? ''}"`;
  const meta = `{${names}, "latency" : ?, "finishReason" : "node_lost", "attempts" : 1}`;
  const counts = `[${prompt},${tokens},${prompt + tokens}]`;
  return `{"id":${id},"seq":${tailOf({ log }) + 1},"tokens":${counts},"cr":\x01,"bal":\x02,"meta":${meta}}`;
}

/** Prompt and tokens by the terms' prices, in micro-credits with decimals; rounded up once, never below nothing. */
export function reaperPrice({ reap = {} }: Terms, tokens: number): bigint {
  const price = decimal(reap.prompt ?? '0') + decimal(reap.token ?? '0') * BigInt(tokens);
  if (price <= 0n) return 0n;
  const rounded = (price + MILLION - 1n) / MILLION;
  return rounded < LARGEST_AMOUNT ? rounded : LARGEST_AMOUNT;
}

export const LARGEST_AMOUNT = 999_999_999_999_999n;
const MILLION = 1_000_000n;

function decimal(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const scaled = BigInt(whole + fraction.padEnd(6, '0'));
  return text.startsWith('-') ? -scaled : scaled;
}

/** Micro-credits as JSON shows them, in credits. */
export function inCredits(micro: bigint): string {
  const fraction = String(micro % MILLION)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${micro / MILLION}` : `${micro / MILLION}.${fraction}`;
}
