import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a job has files of. */
export const FILE_KINDS = ['video', 'thumbnail', 'spritesheet'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export const FILES_PATH = '/video-files/';

export interface FileLink {
  jobId: string;
  kind: FileKind;
  /** In milliseconds since 1970. */
  expiresAtMs: number;
  /** Nothing goes wrong with it any more: a redirect led here. */
  isLast: boolean;
}

/** A link that whoever has it may read the file with, without a key. */
export function signLink(secret: Buffer, origin: string, link: FileLink): string {
  const { jobId, kind, expiresAtMs, isLast } = link;
  const url = new URL(`${FILES_PATH}${jobId}/${kind}`, origin);
  url.searchParams.set('expires', String(expiresAtMs));
  if (isLast) url.searchParams.set('last', '1');
  url.searchParams.set('signature', signatureOf(secret, link));
  return url.href;
}

/** Reads such a link; undefined: it isn't one of ours. Whether it expired is not looked at. */
export function readLink(secret: Buffer, url: URL): FileLink | undefined {
  const [jobId = '', kind = ''] = url.pathname.slice(FILES_PATH.length).split('/');
  const expiresAtMs = Number(url.searchParams.get('expires'));
  const link = { jobId, kind: kind as FileKind, expiresAtMs, isLast: url.searchParams.get('last') === '1' };
  const given = Buffer.from(url.searchParams.get('signature') ?? '');
  const right = Buffer.from(signatureOf(secret, link));
  return given.length === right.length && timingSafeEqual(given, right) ? link : undefined;
}

function signatureOf(secret: Buffer, { jobId, kind, expiresAtMs, isLast }: FileLink): string {
  return createHmac('sha256', secret).update(`${jobId} ${kind} ${expiresAtMs} ${isLast}`).digest('base64url');
}
