import type { VideoInput, VideoRequest } from '../../src/providers/contract/video-provider.js';
import type { VideoProviderError } from '../../src/providers/contract/video-provider-error.js';
import type { ReceivedRequest } from './provider-server.js';

/** What a strategy is asked for where a test says nothing else. */
export function videoRequest(changes: Partial<VideoRequest> = {}): VideoRequest {
  return {
    operation: 'text-to-video',
    model: 'sora-2',
    seconds: 8,
    width: 1280,
    height: 720,
    aspectRatio: '16:9',
    prompt: 'A cat on a roof',
    ...changes,
  };
}

export function imageInput(bytes = Buffer.from('the bytes of an image')): VideoInput {
  return { mediaType: 'image/png', bytes, width: 1280, height: 720 };
}

export function videoInput(bytes = Buffer.from('the bytes of a video')): VideoInput {
  return { mediaType: 'video/mp4', bytes, width: 1280, height: 720 };
}

/** The fields of a form as the server got it; a file as its name, type and text. */
export async function formFields({ headers, bytes }: ReceivedRequest): Promise<Record<string, unknown>> {
  const form = await new Response(bytes, { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form)
    fields[name] = typeof value === 'string' ? value : [value.name, value.type, await value.text()];
  return fields;
}

/** What a promise is rejected with; the test fails where it isn't. */
export async function videoRejection(promise: Promise<unknown>): Promise<VideoProviderError> {
  try {
    await promise;
  } catch (error) {
    return error as VideoProviderError;
  }
  throw new Error('the promise was expected to be rejected');
}
