import type { JsonObject } from '../../wires/wire.js';
import { isObject } from '../../wires/message-text.js';
import { clipSizes } from '../clip-folder.js';
import { readDataUri } from '../data-uri.js';
import { imageSize } from '../image-size.js';
import type { FormFile, RequestFields } from '../request-fields.js';
import { nearestSize, type Size } from '../size.js';
import { stateOf, type VideoJob, type VideoOrder } from '../video-job.js';
import { videoMeasure } from '../video-measure.js';
import { modelOf, priceMicroUsd, secondsOf, sizeOf } from './sora-models.js';
import { badField, badRequest, videoNotFound } from './sora-refusals.js';

/** Most seconds that a video can have with all its extensions. */
const SECONDS_MAXIMUM = 120;

/** Finds a job of the caller's. */
type Find = (id: string) => VideoJob | undefined;

/** What `POST /v1/videos` asks for. @throws VideoRefusal */
export async function createOrder({ fields, files }: RequestFields): Promise<VideoOrder> {
  checkNames(fields, files, ['prompt', 'model', 'seconds', 'size', 'input_reference']);
  const prompt = promptOf(fields);
  const modelName = textOf(fields.model ?? 'sora-2');
  const model = modelOf(modelName);
  const size = sizeOf(model, fields.size ?? '720x1280');
  const seconds = secondsOf(model, fields.seconds ?? '4');
  const input = referenceOf(fields.input_reference, files.get('input_reference'));
  if (input) await checkReference(input, size);
  return {
    ...{ wire: 'sora', operation: 'create', model: modelName, prompt, seconds, ...size },
    priceMicroUsd: priceMicroUsd(model, size, seconds),
    ...(input ? { input: { mediaType: input.mediaType, bytes: input.bytes.length } } : {}),
  };
}

/** What `POST /v1/videos/edits` asks for: a video as long and as large as its source. @throws VideoRefusal */
export async function editOrder({ fields, files }: RequestFields, find: Find): Promise<VideoOrder> {
  checkNames(fields, files, ['prompt', 'video']);
  const prompt = promptOf(fields);
  const source = await sourceOf(fields.video, files.get('video'), find);
  const priced = priceMicroUsd(modelOf(source.model), source, source.seconds);
  return { ...source, wire: 'sora', operation: 'edit', prompt, priceMicroUsd: priced };
}

/** What `POST /v1/videos/extensions` asks for: the source with seconds added at its end. @throws VideoRefusal */
export async function extensionOrder({ fields, files }: RequestFields, find: Find): Promise<VideoOrder> {
  checkNames(fields, files, ['prompt', 'video', 'seconds']);
  const prompt = promptOf(fields);
  const source = await sourceOf(fields.video, files.get('video'), find);
  const added = secondsOf(modelOf(source.model), fields.seconds);
  const seconds = source.seconds + added;
  if (seconds > SECONDS_MAXIMUM)
    throw badField(`A video can have ${SECONDS_MAXIMUM} seconds at most with all its extensions.`, 'seconds');
  const priced = priceMicroUsd(modelOf(source.model), source, added);
  return { ...source, wire: 'sora', operation: 'extend', prompt, seconds, priceMicroUsd: priced };
}

/** What `POST /v1/videos/{id}/remix` asks for. @throws VideoRefusal */
export function remixOrder({ fields, files }: RequestFields, job: VideoJob): VideoOrder {
  checkNames(fields, files, ['prompt']);
  const source = finishedSource(job);
  const priced = priceMicroUsd(modelOf(source.model), source, source.seconds);
  return { ...source, wire: 'sora', operation: 'remix', prompt: promptOf(fields), priceMicroUsd: priced };
}

function checkNames(fields: JsonObject, files: Map<string, FormFile>, known: readonly string[]): void {
  const unknown = [...Object.keys(fields), ...files.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw badField(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
}

/** What is no text is no known name either. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function promptOf({ prompt }: JsonObject): string {
  if (prompt === undefined)
    throw badField("Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter');
  if (typeof prompt !== 'string' || prompt.trim() === '')
    throw badField("Invalid 'prompt': expected a text that is not empty.", 'prompt');
  return prompt;
}

/** A file of the form, or `image_url` with the file in it; what stands behind a link or a file's id nobody looks at. */
function referenceOf(value: unknown, file: FormFile | undefined): FormFile | undefined {
  if (file || value === undefined) return file;
  const url = isObject(value) ? value.image_url : undefined;
  if (isObject(value) && typeof value.file_id === 'string') return undefined;
  if (typeof url !== 'string')
    throw badField("Invalid type for 'input_reference': expected a file or an object.", 'input_reference');
  const data = readDataUri(url);
  if (!data && !url.startsWith('https://'))
    throw badField("Invalid 'input_reference.image_url'.", 'input_reference.image_url');
  return data;
}

async function checkReference(input: FormFile, size: Size): Promise<void> {
  const found = imageSize(input.bytes) ?? (await videoMeasure(input.bytes));
  if (!found) throw badField("Invalid file 'input_reference': unsupported format.", 'input_reference');
  if (found.width !== size.width || found.height !== size.height)
    throw badRequest('Inpaint image must match the requested width and height');
}

type Source = Omit<VideoOrder, 'wire' | 'operation' | 'prompt' | 'priceMicroUsd'>;

async function sourceOf(value: unknown, file: FormFile | undefined, find: Find): Promise<Source> {
  if (file) return uploadedSource(file);
  const id = isObject(value) ? value.id : undefined;
  if (typeof id !== 'string')
    throw badField("Missing required parameter: 'video'.", 'video', 'missing_required_parameter');
  const job = find(id);
  if (!job) throw videoNotFound(id);
  return finishedSource(job);
}

async function uploadedSource({ bytes, mediaType }: FormFile): Promise<Source> {
  const measure = await videoMeasure(bytes);
  if (!measure) throw badField("Invalid file 'video': unsupported format.", 'video');
  const size = nearestSize(clipSizes(), measure);
  const model = Math.min(size.width, size.height) > 720 ? 'sora-2-pro' : 'sora-2';
  return { model, seconds: measure.seconds, ...size, input: { mediaType, bytes: bytes.length } };
}

function finishedSource(job: VideoJob): Source {
  if (stateOf(job, Date.now()).status !== 'completed')
    throw badRequest(`Video with id '${job.id}' is not completed yet.`);
  const { model, seconds, width, height, id } = job;
  return { model, seconds, width, height, sourceId: id };
}
