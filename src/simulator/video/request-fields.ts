import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import { readJsonObject } from '../request-body.js';
import type { JsonObject } from '../wires/wire.js';

/** Largest file that a form may have. */
const FILE_BYTES = 256 * 1024 * 1024;

/** A file that came in a form. */
export interface FormFile {
  bytes: Buffer;
  mediaType: string;
}

/** What a request says, whichever way it came. */
export interface RequestFields {
  /** Of a form: texts; `video[id]` is a member of the object `video`. */
  fields: JsonObject;
  files: Map<string, FormFile>;
}

/** Reads a request's body: multipart or JSON; undefined: it is neither. */
export async function readRequestFields(request: IncomingMessage): Promise<RequestFields | undefined> {
  if (/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) return readForm(request);
  const fields = await readJsonObject(request);
  return fields && { fields, files: new Map() };
}

async function readForm(request: IncomingMessage): Promise<RequestFields | undefined> {
  const form: RequestFields = { fields: {}, files: new Map() };
  try {
    const parser = busboy({ headers: request.headers, limits: { fileSize: FILE_BYTES } });
    parser.on('field', (name, value) => setField(form.fields, name, value));
    parser.on('file', (name, stream, { mimeType }) => {
      const chunks: Buffer[] = [];
      stream.on('error', () => {}); // the form's own error tells
      stream.on('limit', () => parser.destroy(new Error('too large')));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => form.files.set(name, { bytes: Buffer.concat(chunks), mediaType: mimeType }));
    });
    await new Promise<void>((resolve, reject) => {
      parser.once('close', resolve).once('error', reject);
      request
        .once('error', reject)
        .once('aborted', () => reject(new Error('hung up')))
        .pipe(parser);
    });
    return form;
  } catch {
    return undefined;
  }
}

function setField(fields: JsonObject, name: string, value: string): void {
  const [, outer, inner] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(name) ?? [];
  if (outer === undefined || inner === undefined) fields[name] = value;
  else fields[outer] = { ...(fields[outer] as JsonObject | undefined), [inner]: value };
}
