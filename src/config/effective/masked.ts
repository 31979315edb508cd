import { createHmac, type KeyObject } from 'node:crypto';

/** What stands in the place of a secret. */
export interface Masked {
  /** The same on two nodes: the same secret. It tells nothing of it to who has no key of the audit trail. */
  fingerprint: string;
  /** What of an address may be shown. */
  shown?: string;
}

/** A value that may be shown. */
export type Shown = string | number | boolean | null | Masked | Shown[] | { [name: string]: Shown };

/** Of a secret: short, by a key that no caller has. */
export type Fingerprint = (secret: string) => string;

const DIGITS = 8;
/** Paths that vendors' addresses end in; any other may be a secret. */
const USUAL_PATH = /^(\/(api|openai|anthropic|v\d+(alpha|beta)?))*\/?$/;
/** Their path names a database, and where it is. */
const OF_DATABASES = ['postgres:', 'postgresql:', 'redis:', 'rediss:'];

export function fingerprintBy(key: KeyObject): Fingerprint {
  return (secret) => createHmac('sha256', key).update(`configuration ${secret}`).digest('hex').slice(0, DIGITS);
}

/** Texts are masked one by one; the names of a mapping stay. */
export function masked(value: unknown, fingerprint: Fingerprint): Shown {
  if (Array.isArray(value)) return value.map((each) => masked(each, fingerprint));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each, fingerprint)]));
  return { fingerprint: fingerprint(String(value)) };
}

/** Of an address its protocol, host and port, and its path where that is nobody's secret; the rest is masked. */
export function maskedAddress(address: string, fingerprint: Fingerprint): Shown {
  if (!URL.canParse(address)) return masked(address, fingerprint);
  const { protocol, host, pathname, username, password, search, hash } = new URL(address);
  const isShownPath = OF_DATABASES.includes(protocol) || USUAL_PATH.test(pathname);
  const shown = `${protocol}//${host}${isShownPath ? pathname.replace(/\/$/, '') : '/…'}`;
  const isWhole = isShownPath && `${username}${password}${search}${hash}` === '';
  return isWhole ? shown : { shown, fingerprint: fingerprint(address) };
}
