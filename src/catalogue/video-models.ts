import { isGeneration, type VideoOffer } from '../providers/contract/video-offer.js';
import type { VideoProvider } from '../providers/contract/video-provider.js';
import { MOST_FRAMES_PER_SECOND } from '../video/plan/frame-bound.js';
import { creditsOf } from '../video/plan/video-price.js';
import type { VideoModelResponse } from './models.dto.js';
import type { ModelsQuery } from './models-query.dto.js';

/** What the video providers offer that fits a query, in the order of preference; nothing where models of text are wanted. */
export function videoModels(
  providers: readonly Pick<VideoProvider, 'id' | 'offers'>[],
  { provider, capability, type, search }: ModelsQuery,
  creditsPerUsd: string,
): VideoModelResponse[] {
  if (capability !== undefined || type !== undefined) return [];
  return providers
    .filter(({ id }) => provider === undefined || id === provider)
    .flatMap(({ id, offers }) => offers.map((offer) => videoModel(id, offer, creditsPerUsd)))
    .filter(({ model }) => search === undefined || model.toLowerCase().includes(search.toLowerCase()));
}

function videoModel(provider: string, offer: VideoOffer, creditsPerUsd: string): VideoModelResponse {
  const { operation, model, seconds, formats, maxInputSeconds, mostFramesPerSecond } = offer;
  return {
    provider,
    model,
    operation,
    seconds: [...seconds],
    maxInputSeconds: maxInputSeconds ?? null,
    mostFramesPerSecond: isGeneration(operation) ? (mostFramesPerSecond ?? MOST_FRAMES_PER_SECOND) : null,
    formats: formats.map(({ resolution, aspectRatio, width, height, usdPerSecond, usdPerFrame }) => ({
      ...{ resolution, aspectRatio, width, height, usdPerSecond },
      creditsPerSecond: creditsOf(usdPerSecond, creditsPerUsd),
      ...(usdPerFrame === undefined ? {} : { usdPerFrame, creditsPerFrame: creditsOf(usdPerFrame, creditsPerUsd) }),
    })),
  };
}
