import type { VideoProviderSettings } from '../../config/video-settings.js';
import type { VideoContent, VideoJob, VideoProvider } from '../contract/video-provider.js';
import { VideoProviderError } from '../contract/video-provider-error.js';
import { RUNWAY_OFFERS } from './runway-offers.js';
import { connectionId } from '../video/connection-id.js';

export class RunwayVideoProvider implements VideoProvider {
  readonly id: string;
  readonly connectionId: string;
  readonly offers = RUNWAY_OFFERS;

  constructor(settings: VideoProviderSettings) {
    this.id = settings.id;
    this.connectionId = connectionId(settings.id, settings.baseUrl ?? '', settings.apiKey);
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
