import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureFault, type AccessKey } from './signature-v4.js';

export interface StoredObject {
  body: Buffer;
  type: string;
  modifiedAt: Date;
}

/** Takes a request in the server's place: true where it has seen to it. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * What we use of S3, over real HTTP, at one bucket in path style: objects whole, in parts and by ranges, deletion, links
 * that expire. Every signature is checked, every body against what was signed.
 */
export interface S3Server {
  url: string;
  key: AccessKey;
  bucket: string;
  objects: Map<string, StoredObject>;
  /** Begun and neither completed nor aborted. */
  uploads: Map<string, { key: string; type: string; parts: Map<number, Buffer> }>;
  /** 'PUT part', 'GET' …, in order. */
  calls: string[];
  /** Asked before each request is looked at. */
  misbehave: Misbehaviour | undefined;
  close(): Promise<void>;
}

interface Call {
  url: URL;
  key: string;
  body: Buffer;
  request: IncomingMessage;
  response: ServerResponse;
}

const etagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;

export async function startS3Server(): Promise<S3Server> {
  const server = createServer((request, response) => {
    if (s3.misbehave?.(request, response)) return;
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => take(s3, request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const s3: S3Server = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of this test' },
    bucket: 'films',
    objects: new Map(),
    uploads: new Map(),
    calls: [],
    misbehave: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return s3;
}

function take(s3: S3Server, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const url = new URL(request.url!, s3.url);
  const [, bucket, ...rest] = url.pathname.split('/');
  const fault = signatureFault(request, body, s3.key);
  if (fault !== undefined) return refuse(response, 403, 'SignatureDoesNotMatch', fault);
  if (bucket !== s3.bucket) return refuse(response, 404, 'NoSuchBucket');
  const call = { url, key: decodeURIComponent(rest.join('/')), body, request, response };
  const upload = url.searchParams.get('uploadId');
  const isList = url.searchParams.has('list-type');
  const name = `${request.method}${url.searchParams.has('uploads') ? ' upload' : upload ? ' part' : isList ? ' list' : ''}`;
  s3.calls.push(name);
  const answer = ANSWERS[name] ?? (() => refuse(response, 405, 'MethodNotAllowed'));
  answer(s3, call);
}

const ANSWERS: Record<string, (s3: S3Server, call: Call) => void> = {
  PUT: ({ objects }, { key, body, request, response }) => {
    objects.set(key, { body, type: request.headers['content-type']!, modifiedAt: new Date() });
    response.setHeader('ETag', etagOf(body)).end();
  },
  'POST upload': ({ uploads, bucket }, { key, request, response }) => {
    const id = `upload-${uploads.size + 1}-${Math.random()}`;
    uploads.set(id, { key, type: request.headers['content-type']!, parts: new Map() });
    const ids = `<Bucket>${bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId>`;
    response.end(`<InitiateMultipartUploadResult>${ids}</InitiateMultipartUploadResult>`);
  },
  'PUT part': ({ uploads }, { url, body, response }) => {
    const upload = uploads.get(url.searchParams.get('uploadId')!);
    if (!upload) return refuse(response, 404, 'NoSuchUpload');
    upload.parts.set(Number(url.searchParams.get('partNumber')), body);
    response.setHeader('ETag', etagOf(body)).end();
  },
  'POST part': ({ uploads, objects }, { url, body, response }) => {
    const id = url.searchParams.get('uploadId')!;
    const upload = uploads.get(id);
    if (!upload) return refuse(response, 404, 'NoSuchUpload');
    const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
    const parts = numbers.map((number) => upload.parts.get(number)!);
    if (parts.slice(0, -1).some((part) => part.length < 5 * 1024 * 1024))
      return refuse(response, 400, 'EntityTooSmall');
    uploads.delete(id);
    objects.set(upload.key, { body: Buffer.concat(parts), type: upload.type, modifiedAt: new Date() });
    response.end(`<CompleteMultipartUploadResult><Key>${upload.key}</Key></CompleteMultipartUploadResult>`);
  },
  'DELETE part': ({ uploads }, { url, response }) => {
    uploads.delete(url.searchParams.get('uploadId')!);
    response.writeHead(204).end();
  },
  DELETE: ({ objects }, { key, response }) => {
    objects.delete(key);
    response.writeHead(204).end();
  },
  'GET list': (s3, call) => list(s3, call),
  HEAD: (s3, call) => give(s3, call),
  GET: (s3, call) => give(s3, call),
};

/** Two a page, so that whoever lists has to ask again. */
const KEYS_OF_PAGE = 2;

function list({ objects }: S3Server, { url: { searchParams: query }, response }: Call): void {
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after).sort();
  const page = keys.slice(0, KEYS_OF_PAGE);
  const isMore = keys.length > page.length;
  const contents = page.map((key) => {
    const { modifiedAt } = objects.get(key)!;
    return `<Contents><Key>${key}</Key><LastModified>${modifiedAt.toISOString()}</LastModified></Contents>`;
  });
  const next = isMore ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  const head = `<IsTruncated>${isMore}</IsTruncated>${next}`;
  response.setHeader('content-type', 'application/xml');
  response.end(`<ListBucketResult>${head}${contents.join('')}</ListBucketResult>`);
}

function give({ objects }: S3Server, { key, url, request, response }: Call): void {
  const object = objects.get(key);
  if (!object) return refuse(response, 404, 'NoSuchKey');
  const [, first = '0', last = `${object.body.length - 1}`] =
    /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (Number(first) >= object.body.length && object.body.length > 0) return refuse(response, 416, 'InvalidRange');
  const part = object.body.subarray(Number(first), Number(last) + 1);
  response.writeHead(request.headers.range === undefined ? 200 : 206, {
    'content-type': object.type,
    'content-length': part.length,
    'content-disposition': url.searchParams.get('response-content-disposition') ?? '',
    'last-modified': object.modifiedAt.toUTCString(),
    etag: etagOf(object.body),
  });
  response.end(request.method === 'HEAD' ? undefined : part);
}

function refuse(response: ServerResponse, status: number, code: string, message = ''): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
