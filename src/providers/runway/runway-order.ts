import type { VideoRequest } from '../contract/video-provider.js';

/** What is sent to begin a task, and by which of the SDK's resources. */
export interface RunwayOrder {
  resource: 'textToVideo' | 'imageToVideo' | 'videoToVideo' | 'videoUpscale';
  body: Record<string, string | number | boolean>;
}

const UPSCALED_TO: Readonly<Record<number, string>> = { 720: '720p', 1080: '1k', 1440: '2k', 2160: '4k' };

/**
 * A request in the words of the wire.
 * @param inputUri of its input, as Runway takes it; absent for text-to-video alone
 */
export function runwayOrder(request: VideoRequest, inputUri: string | undefined): RunwayOrder {
  const { operation, model, prompt: promptText, width, height, seconds: duration } = request;
  const ratio = `${width}:${height}`;
  // Sound is part of the price that is offered.
  const sound = model === 'veo3.1' ? { audio: true } : {};
  switch (operation) {
    case 'text-to-video':
      return { resource: 'textToVideo', body: { model, promptText, ratio, duration, ...sound } };
    case 'image-to-video':
      return {
        resource: 'imageToVideo',
        body: { model, promptText, promptImage: given(inputUri), ratio, duration, ...sound },
      };
    case 'restyle':
      return { resource: 'videoToVideo', body: { model, promptText, videoUri: given(inputUri) } };
    case 'upscale': {
      const resolution = UPSCALED_TO[Math.min(width, height)];
      if (!resolution) throw new TypeError('A size that nothing is upscaled to');
      return { resource: 'videoUpscale', body: { model, videoUri: given(inputUri), resolution } };
    }
    case 'extend':
      throw new TypeError('Runway extends no videos');
    default:
      return operation satisfies never;
  }
}

function given(inputUri: string | undefined): string {
  if (inputUri === undefined) throw new TypeError('The operation needs an input');
  return inputUri;
}
