import type { VideoInput, VideoRequest } from '../contract/video-provider.js';
import type { SoraDialect } from './sora-dialects.js';
import { OWN_MODEL } from './sora-offers.js';

/** What is sent to begin a job, and where. */
export interface SoraOrder {
  method: 'create' | 'edit' | 'extend';
  /** With a file it is always a form. */
  encoding: 'multipart' | 'json';
  body: Record<string, string | number | File>;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
};

/** A request in the words of the wire. */
export function soraOrder(request: VideoRequest, dialect: SoraDialect): SoraOrder {
  const { operation, prompt, input } = request;
  const seconds = dialect.secondsAs === 'text' ? String(request.seconds) : request.seconds;
  if (operation === 'extend')
    return { method: 'extend', encoding: 'multipart', body: { prompt, seconds, video: fileOf(input) } };
  if (operation === 'restyle') return { method: 'edit', encoding: 'multipart', body: { prompt, video: fileOf(input) } };
  const body = {
    ...(request.model === OWN_MODEL ? {} : { model: request.model }),
    prompt,
    seconds,
    size: `${request.width}x${request.height}`,
    ...(input ? { input_reference: fileOf(input) } : {}),
  };
  return { method: 'create', encoding: input ? 'multipart' : dialect.encoding, body };
}

function fileOf(input: VideoInput | undefined): File {
  if (!input) throw new TypeError('The operation needs an input');
  const { mediaType, bytes } = input;
  return new File([bytes], `input.${EXTENSIONS[mediaType] ?? 'bin'}`, { type: mediaType });
}
