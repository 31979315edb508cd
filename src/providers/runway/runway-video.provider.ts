import type { RunwayML } from '@runwayml/sdk';
import type { VideoProviderSettings } from '../../config/video-provider-settings.js';
import { VideoProviderError, type VideoErrorKind } from '../contract/video-provider-error.js';
import type {
  VideoCallOptions,
  VideoContent,
  VideoInput,
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
import { inputUri } from './input-uri.js';
import { RUNWAY_BASE_URL, runwayClient } from './runway-client.js';
import { RUNWAY_OFFERS } from './runway-offers.js';
import { runwayOrder, type RunwayOrder } from './runway-order.js';
import { readRunwayRefusal } from './runway-refusal.js';
import { outputOf, runwayJob } from './runway-task.js';

/** What may have befallen an input on its way. */
const LOST_ON_ITS_WAY: ReadonlySet<VideoErrorKind> = new Set([
  'unreachable',
  'malformed_response',
  'aborted',
  'server_error',
  'job_not_found',
]);

/** Runway's API, by its SDK. */
export class RunwayVideoProvider implements VideoProvider {
  readonly id: string;
  readonly connectionId: string;
  private readonly baseUrl: string;
  private readonly client: RunwayML;

  constructor(
    { id, baseUrl = RUNWAY_BASE_URL, apiKey = '' }: VideoProviderSettings,
    private readonly transport: VideoTransport,
    readonly offers: readonly VideoOffer[] = RUNWAY_OFFERS,
  ) {
    this.id = id;
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.connectionId = connectionId(id, this.baseUrl, apiKey);
    this.client = runwayClient(this.baseUrl, apiKey, transport);
  }

  async submit(request: VideoRequest, { signal }: VideoCallOptions): Promise<string> {
    const uri = request.input && (await this.place(request.input, signal));
    return this.call(new VideoCall(signal, true), async (call) =>
      jobIdIn(await this.order(runwayOrder(request, uri), call)),
    );
  }

  status(jobId: string, { signal }: VideoCallOptions): Promise<VideoJob> {
    return this.call(new VideoCall(signal, false), async (call) => runwayJob(await this.task(jobId, call)));
  }

  /** The links to a result expire within a day or two; each answer about its task bears fresh ones. */
  async video(jobId: string, { signal }: VideoCallOptions): Promise<VideoContent> {
    const { id: providerId, transport, baseUrl } = this;
    const call = new VideoCall(signal, false);
    const link = await this.call(call, async () => outputOf(await this.task(jobId, call))).catch((error: unknown) => {
      const { kind, message } = error as VideoProviderError;
      throw kind === 'job_not_found' ? new VideoProviderError(providerId, 'expired', message, { cause: error }) : error;
    });
    return openContent({ providerId, transport, baseUrl }, link, signal);
  }

  thumbnail(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Runway deletes the result of a task that has ended: it is asked first. */
  async cancel(jobId: string, options: VideoCallOptions): Promise<void> {
    const { status } = await this.status(jobId, options);
    if (status !== 'queued' && status !== 'running') return;
    await this.call(new VideoCall(options.signal, false), (call) => this.client.tasks.delete(jobId, call.options));
  }

  private order({ resource, body }: RunwayOrder, { options }: VideoCall): Promise<unknown> {
    return this.client[resource].create(body as never, options);
  }

  private task(jobId: string, { options }: VideoCall): Promise<unknown> {
    return this.client.tasks.retrieve(jobId, options);
  }

  /** What goes wrong with an input goes wrong before the order: nothing has begun. */
  private place(input: VideoInput, signal: AbortSignal): Promise<string> {
    const call = new VideoCall(signal, false);
    return this.call(call, () => inputUri(input, this.client, this.transport, call)).catch((error: unknown) => {
      const { kind, message } = error as VideoProviderError;
      throw LOST_ON_ITS_WAY.has(kind) ? new VideoProviderError(this.id, 'not_sent', message, { cause: error }) : error;
    });
  }

  private async call<Result>(call: VideoCall, act: (call: VideoCall) => Promise<Result>): Promise<Result> {
    try {
      call.signal.throwIfAborted();
      return await act(call);
    } catch (error) {
      throw videoError(this.id, call, error, readRunwayRefusal);
    }
  }
}
