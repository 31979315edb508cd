import type { OpenAI } from 'openai';
import type { VideoProviderSettings } from '../../config/video-provider-settings.js';
import { VideoProviderError } from '../contract/video-provider-error.js';
import type {
  VideoCallOptions,
  VideoContent,
  VideoJob,
  VideoProvider,
  VideoRequest,
} from '../contract/video-provider.js';
import type { VideoOffer } from '../contract/video-offer.js';
import { connectionId } from '../video/connection-id.js';
import { jobIdIn } from '../video/job-id.js';
import { VideoCall } from '../video/video-call.js';
import { openContent } from '../video/video-content.js';
import { videoError } from '../video/video-error.js';
import type { VideoTransport } from '../video/video-transport.js';
import { soraClient } from './sora-client.js';
import { SORA_DIALECTS, type SoraDialect } from './sora-dialects.js';
import { soraJob } from './sora-job.js';
import { soraOffers } from './sora-offers.js';
import { soraOrder, type SoraOrder } from './sora-order.js';

/** The /v1/videos wire: OpenAI's, which its own service no longer serves, and that of the servers which took it over. */
export class SoraVideoProvider implements VideoProvider {
  readonly id: string;
  readonly connectionId: string;
  private readonly dialect: SoraDialect;
  private readonly baseUrl: string;
  private readonly headers: Record<string, string>;
  private readonly client: OpenAI;

  constructor(
    { id, baseUrl = '', apiKey, dialect = 'openai' }: VideoProviderSettings,
    private readonly transport: VideoTransport,
    readonly offers: readonly VideoOffer[] = soraOffers(SORA_DIALECTS[dialect]),
  ) {
    this.id = id;
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.connectionId = connectionId(id, this.baseUrl, apiKey);
    this.dialect = SORA_DIALECTS[dialect];
    this.headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    this.client = soraClient(this.baseUrl, apiKey, transport);
  }

  submit(request: VideoRequest, { signal }: VideoCallOptions): Promise<string> {
    return this.call(new VideoCall(signal, true), async (call) =>
      jobIdIn(await this.order(soraOrder(request, this.dialect), call)),
    );
  }

  status(jobId: string, { signal }: VideoCallOptions): Promise<VideoJob> {
    return this.call(new VideoCall(signal, false), async ({ options }) =>
      soraJob(await this.client.videos.retrieve(jobId, options)),
    );
  }

  video(jobId: string, options: VideoCallOptions): Promise<VideoContent> {
    return this.content(jobId, 'video', options);
  }

  async thumbnail(jobId: string, options: VideoCallOptions): Promise<VideoContent | undefined> {
    if (!this.dialect.hasThumbnails) return undefined;
    try {
      return await this.content(jobId, 'thumbnail', options);
    } catch (error) {
      // A server that has the video but knows no pictures of it.
      if (error instanceof VideoProviderError && (error.kind === 'expired' || error.kind === 'bad_request'))
        return undefined;
      throw error;
    }
  }

  async cancel(jobId: string, options: VideoCallOptions): Promise<void> {
    const { status } = await this.status(jobId, options);
    if (status !== 'queued' && status !== 'running') return;
    await this.call(new VideoCall(options.signal, false), (call) => this.client.videos.delete(jobId, call.options));
  }

  private order({ method, encoding, body }: SoraOrder, { options }: VideoCall): Promise<unknown> {
    if (encoding === 'json') return this.client.post('/videos', { ...options, body });
    // The body is what the offers allow: more than the SDK's types know of other servers' sizes and lengths.
    return this.client.videos[method](body as never, options);
  }

  private content(jobId: string, variant: string, { signal }: VideoCallOptions): Promise<VideoContent> {
    const { id: providerId, transport, baseUrl, headers } = this;
    const url = `${baseUrl}/videos/${encodeURIComponent(jobId)}/content?variant=${variant}`;
    return openContent({ providerId, transport, baseUrl, headers }, url, signal);
  }

  private async call<Result>(call: VideoCall, act: (call: VideoCall) => Promise<Result>): Promise<Result> {
    try {
      call.signal.throwIfAborted();
      return await act(call);
    } catch (error) {
      throw videoError(this.id, call, error);
    }
  }
}
