import type { VideoWish } from '../plan/video-wish.js';
import { styledPrompt } from './styled-prompt.js';
import type { WorkflowWish } from './workflow-wish.js';

/** What a workflow wants of its video, as it is planned. Pure. @param input the image or the video that it builds on */
export function plannedVideo({ operation, prompt, request }: WorkflowWish, input: VideoWish['input']): VideoWish {
  const { duration, resolution, aspectRatio, style } = request;
  return {
    operation,
    prompt: operation === 'upscale' ? '' : styledPrompt(prompt, style),
    ...(duration === undefined ? {} : { duration }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(input ? { input } : {}),
  };
}
