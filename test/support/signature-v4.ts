import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The keys that a server knows. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/**
 * What is wrong with how a request is signed (AWS Signature Version 4, in its headers or, presigned, in its query), by
 * Amazon's own description of it and not by its code; undefined where nothing is.
 */
export function signatureFault(request: IncomingMessage, body: Buffer, key: AccessKey): string | undefined {
  const url = new URL(request.url!, 'http://host');
  const signed = url.searchParams.has('X-Amz-Signature') ? fromQuery(url) : fromHeader(request);
  if (!signed) return 'unsigned';
  const { credential, date, signedHeaders, signature, payloadHash, expiresAt } = signed;
  const [accessKeyId, ...scope] = credential.split('/');
  if (accessKeyId !== key.accessKeyId || scope[3] !== 'aws4_request') return 'another key';
  if (expiresAt !== undefined && Date.now() > expiresAt) return 'expired';
  if (payloadHash !== 'UNSIGNED-PAYLOAD' && payloadHash !== sha256(body)) return 'another body';
  if (!signedHeaders.includes('host')) return 'the host is not signed';
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(url),
    ...signedHeaders.map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const signingKey = scope.reduce<string | Buffer>(hmac, `AWS4${key.secretAccessKey}`) as Buffer;
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  return hmac(signingKey, text).toString('hex') === signature ? undefined : 'a wrong signature';
}

function fromHeader({ headers }: IncomingMessage) {
  const parts = /^AWS4-HMAC-SHA256 Credential=(.+?), ?SignedHeaders=(.+?), ?Signature=(.+)$/.exec(
    headers.authorization ?? '',
  );
  if (!parts) return undefined;
  const [, credential, signedHeaders, signature] = parts as unknown as [string, string, string, string];
  const date = headers['x-amz-date'] as string;
  const payloadHash = headers['x-amz-content-sha256'] as string;
  return { credential, date, signedHeaders: signedHeaders.split(';'), signature, payloadHash, expiresAt: undefined };
}

function fromQuery({ searchParams: query }: URL) {
  const date = query.get('X-Amz-Date')!;
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(date)!;
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return {
    credential: query.get('X-Amz-Credential')!,
    date,
    signedHeaders: query.get('X-Amz-SignedHeaders')!.split(';'),
    signature: query.get('X-Amz-Signature')!,
    payloadHash: 'UNSIGNED-PAYLOAD',
    expiresAt: signedAt + Number(query.get('X-Amz-Expires')) * 1_000,
  };
}

function canonicalQuery({ searchParams }: URL): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  return [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}
