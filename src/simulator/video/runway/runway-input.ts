import { isObject } from '../../wires/message-text.js';
import { readDataUri } from '../data-uri.js';
import { imageSize } from '../image-size.js';
import type { FormFile } from '../request-fields.js';
import type { VideoExchange } from '../video-exchange.js';
import { videoFrames } from '../video-frames.js';
import { videoMeasure, type VideoMeasure } from '../video-measure.js';
import type { VideoWorld } from '../video-world.js';
import { invalidBody, refusal } from './runway-refusals.js';

/** Longest data URI, in characters: Runway's limit of 5 MB. */
const DATA_URI_LENGTH = 5 * 1024 * 1024;
/** What stands behind a link isn't fetched: it counts as such a video. */
const UNSEEN: VideoMeasure = { width: 1_280, height: 720, seconds: 5 };
const UNSEEN_FRAMES_PER_SECOND = 30;

/** A picture or a video that a request builds on. */
export interface RunwayInput {
  /** Absent: it stands behind a link. */
  file?: FormFile;
}

/** Reads an input: a data URI, a link, or a file that was uploaded before. @throws VideoRefusal */
export function readInput(value: unknown, name: string, exchange: VideoExchange, world: VideoWorld): RunwayInput {
  if (typeof value !== 'string') throw invalidBody({ path: [name], message: 'Invalid input: expected string' });
  if (value.startsWith('https://')) return {};
  if (value.startsWith('runway://')) {
    const upload = world.uploads.get(value.slice('runway://'.length));
    if (!upload?.bytes.length || upload.keyFingerprint !== exchange.keyFingerprint)
      throw invalidBody({ path: [name], message: 'The upload was not found.' });
    return { file: upload };
  }
  if (value.length > DATA_URI_LENGTH)
    throw invalidBody({ path: [name], message: `Too big: expected string to have <=${DATA_URI_LENGTH} characters` });
  const file = readDataUri(value);
  if (!file)
    throw invalidBody({ path: [name], message: 'Expected a HTTPS URL, Runway upload URI, or base64 data URI' });
  return { file };
}

/** The picture that is the first of the video: alone, or the first of a list. @throws VideoRefusal */
export function readImage(value: unknown, exchange: VideoExchange, world: VideoWorld): RunwayInput {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  const input = readInput(isObject(first) ? first.uri : first, 'promptImage', exchange, world);
  if (input.file && !imageSize(input.file.bytes)) throw refusal(400, 'Invalid asset: the image could not be decoded.');
  return input;
}

/** Size and length of the video of a request. @throws VideoRefusal */
export async function measureInput({ file }: RunwayInput): Promise<VideoMeasure> {
  if (!file) return UNSEEN;
  const measure = await videoMeasure(file.bytes);
  if (!measure) throw refusal(400, 'Invalid asset: the video could not be decoded.');
  return measure;
}

/** The pictures of a video that `measureInput` could read. */
export async function framesOfInput({ file }: RunwayInput): Promise<number> {
  return file ? videoFrames(file.bytes) : UNSEEN.seconds * UNSEEN_FRAMES_PER_SECOND;
}

/** What the account says of an input. */
export function inputNote({ file }: RunwayInput): { input?: { mediaType: string; bytes: number } } {
  return file ? { input: { mediaType: file.mediaType, bytes: file.bytes.length } } : {};
}
