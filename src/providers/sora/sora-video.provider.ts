import type { VideoProviderSettings } from '../../config/video-settings.js';
import type { VideoContent, VideoJob, VideoProvider } from '../contract/video-provider.js';
import { VideoProviderError } from '../contract/video-provider-error.js';
import { SORA_DIALECTS } from './sora-dialects.js';
import { soraOffers } from './sora-offers.js';
import { connectionId } from '../video/connection-id.js';

export class SoraVideoProvider implements VideoProvider {
  readonly id: string;
  readonly connectionId: string;
  readonly offers;

  constructor(settings: VideoProviderSettings) {
    this.id = settings.id;
    this.connectionId = connectionId(settings.id, settings.baseUrl ?? '', settings.apiKey);
    this.offers = soraOffers(SORA_DIALECTS[settings.dialect ?? 'openai']);
  }

  submit(): Promise<string> {
    return Promise.reject(new VideoProviderError(this.id, 'not_sent', 'Not there yet'));
  }

  status(): Promise<VideoJob> {
    return Promise.reject(new VideoProviderError(this.id, 'unreachable', 'Not there yet'));
  }

  video(): Promise<VideoContent> {
    return Promise.reject(new VideoProviderError(this.id, 'unreachable', 'Not there yet'));
  }

  thumbnail(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  cancel(): Promise<void> {
    return Promise.resolve();
  }
}
