import { creditsNumber } from '../../common/money/micro-credits.js';
import type { StoredMedia } from '../../media/media-store.js';
import type { VideoRecord } from '../store/video-record.js';
import type { VideoDetailsResponse, VideoFileResponse } from './video-details.dto.js';
import type { VideoStatusResponse } from './video-status.dto.js';
import { chosen } from './video-view.js';

/** All that a video's user may know of it beside its status. Pure. */
export function videoDetails(video: VideoRecord, status: VideoStatusResponse): VideoDetailsResponse {
  const { prompt, originalPrompt, sessionId, workflowId, request, input, media, thumbnail, amount } = video;
  const { usdPerSecond, creditsPerSecond, byFrame } = chosen(video);
  const { operation } = video.plan.before?.choice ?? chosen(video);
  return {
    ...status,
    prompt: originalPrompt,
    ...(prompt === originalPrompt ? {} : { enhancedPrompt: prompt }),
    ...(sessionId === null ? {} : { sessionId }),
    ...(workflowId === null ? {} : { workflowId }),
    operation,
    requested: request,
    ...(input ? { input: fileOf(input) } : {}),
    ...(media ? { file: fileOf(media) } : {}),
    ...(thumbnail ? { thumbnail: fileOf(thumbnail) } : {}),
    cost: {
      usdPerSecond: Number(usdPerSecond),
      creditsPerSecond: Number(creditsPerSecond),
      ...(byFrame ? { creditsPerFrame: Number(byFrame.creditsPerFrame) } : {}),
      creditsHeld: creditsNumber(amount),
      creditsUsed: status.creditsUsed,
      ...(video.providerCostUsd === null ? {} : { providerCostUsd: Number(video.providerCostUsd) }),
    },
    ...moment('submittedAt', video.submittedAt),
    ...moment('finishedAt', video.finishedAt),
    ...moment('endedAt', video.endedAt),
  };
}

/** Without its key: a file is reached by its signed link alone. */
function fileOf(
  file: StoredMedia & { width?: number; height?: number; seconds?: number; frames?: number },
): VideoFileResponse {
  const { key: _key, ...rest } = file;
  return rest;
}

function moment<K extends string>(name: K, at: Date | null): Partial<Record<K, string>> {
  return at ? ({ [name]: at.toISOString() } as Record<K, string>) : {};
}
