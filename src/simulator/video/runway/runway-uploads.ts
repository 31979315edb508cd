import { randomUUID } from 'node:crypto';
import { readJsonObject } from '../../request-body.js';
import { readRequestFields } from '../request-fields.js';
import type { VideoExchange } from '../video-exchange.js';
import type { VideoWorld } from '../video-world.js';
import { invalidBody, notFound, refusal } from './runway-refusals.js';

/** Where files are sent to, by a link that needs no key. */
export const UPLOADS_PATH = '/video-uploads/';

/** Prepares for a file that comes by another request, and is then known as `runway://…`. @throws VideoRefusal */
export async function beginUpload(exchange: VideoExchange, { uploads }: VideoWorld): Promise<void> {
  const body = await readJsonObject(exchange.request);
  if (!body) throw refusal(400, 'The body is not valid JSON.');
  if (typeof body.filename !== 'string') throw invalidBody({ path: ['filename'], message: 'Invalid input' });
  if (body.type !== 'ephemeral') throw invalidBody({ path: ['type'], message: 'Invalid input' });
  const id = randomUUID();
  uploads.set(id, { keyFingerprint: exchange.keyFingerprint, mediaType: '', bytes: Buffer.alloc(0) });
  const uploadUrl = new URL(UPLOADS_PATH + id, exchange.origin).href;
  exchange.json(200, { uploadUrl, fields: { key: id }, runwayUri: `runway://${id}` });
}

/** Takes the file. @throws VideoRefusal */
export async function receiveUpload(exchange: VideoExchange, { uploads }: VideoWorld): Promise<void> {
  const id = exchange.url.pathname.slice(UPLOADS_PATH.length);
  const upload = uploads.get(id);
  if (!upload || exchange.request.method !== 'POST') throw notFound();
  const form = await readRequestFields(exchange.request);
  const file = form?.files.get('file');
  if (!form || !file || form.fields.key !== id) throw refusal(400, 'The form has no file, or not the fields.');
  uploads.set(id, { ...upload, ...file });
  exchange.empty(204);
}
