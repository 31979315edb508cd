import { creditsNumber } from '../common/money/micro-credits.js';
import { FLAG_REASONS, flagReason } from '../video/life/flag-reason.js';
import { publicStatus } from '../video/life/video-state.js';
import type { AdministeredVideo } from '../video/store/administered-videos.store.js';
import type { AdminVideoResponse } from './videos.dto.js';

/** A video as administrators see it: of two steps the last one, also where that came to nothing. Pure. */
export function administeredVideo(video: AdministeredVideo): AdminVideoResponse {
  const failed = video.plan.before?.failed;
  const choice = failed?.choice ?? video.plan.choices[video.choice]!;
  const { provider, model, operation, seconds, width, height, resolution, amount } = choice;
  const { media, deliveredSeconds, providerCostUsd, charged, state, providerFault, finishedAt } = video;
  const error = failed?.failure ?? video.error;
  const reason = video.isFlagged ? flagReason({ state, error, providerFault, finishedAt }) : undefined;
  return {
    videoId: video.id,
    userId: video.userId,
    workflowId: video.workflowId,
    status: publicStatus(state),
    state,
    flag: reason === undefined ? null : { reason, meaning: FLAG_REASONS[reason] },
    verdict: video.resolution && {
      resolution: video.resolution,
      note: video.note,
      by: video.resolvedBy!,
      at: video.resolvedAt!.toISOString(),
    },
    provider,
    model,
    operation,
    connectionId: video.connectionId,
    jobId: video.jobId,
    orders: video.submits,
    ordered: { seconds, width, height, resolution },
    deliveredSeconds: deliveredSeconds === null ? null : Number(deliveredSeconds),
    file: media && { seconds: media.seconds, width: media.width, height: media.height, bytes: media.bytes },
    creditsHeld: creditsNumber(video.amount),
    creditsOrdered: creditsNumber(BigInt(amount)),
    creditsCharged: charged === null ? null : creditsNumber(charged),
    providerCostUsd: providerCostUsd === null ? null : Number(providerCostUsd),
    error,
    providerFault,
    createdAt: video.createdAt.toISOString(),
    submittedAt: video.submittedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    endedAt: video.endedAt?.toISOString() ?? null,
  };
}
