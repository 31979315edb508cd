import type { SoraDialectName } from '../../config/video-provider-settings.js';

/** How servers that speak the /v1/videos wire differ from each other. */
export interface SoraDialect {
  /** Whose models the server has: OpenAI's two, or the one that it was started with. */
  models: 'sora' | 'own';
  /** How an order without a file is sent. */
  encoding: 'multipart' | 'json';
  /** The duration as text ('8'), as OpenAI has it, or as a number. */
  secondsAs: 'text' | 'number';
  /** Whether `…/content?variant=thumbnail` is a picture; other servers give the video, whatever is asked for. */
  hasThumbnails: boolean;
  /** Whether it has `/v1/videos/edits` and `/v1/videos/extensions`. */
  hasEdits: boolean;
}

/**
 * Sources: `openai` 6.49, resources/videos.d.ts; vLLM-Omni, docs/serving/videos_api.md and
 * vllm_omni/entrypoints/openai/protocol/videos.py; SGLang, multimodal_gen/runtime/entrypoints/openai/video_api.py (whose
 * multipart form wants a file).
 */
export const SORA_DIALECTS: Readonly<Record<SoraDialectName, SoraDialect>> = {
  openai: { models: 'sora', encoding: 'multipart', secondsAs: 'text', hasThumbnails: true, hasEdits: true },
  'vllm-omni': { models: 'own', encoding: 'multipart', secondsAs: 'text', hasThumbnails: false, hasEdits: false },
  sglang: { models: 'own', encoding: 'json', secondsAs: 'number', hasThumbnails: false, hasEdits: false },
};
