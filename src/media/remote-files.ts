import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors/gateway-error.js';
import { validationFailure } from '../common/errors/field-faults.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { download } from './remote/download.js';
import { FetchPlaces } from './remote/fetch-places.js';
import { imageFile, videoFile, type FetchedFile } from './remote/fetched-file.js';
import { RemoteConnections } from './remote/remote-connections.js';
import { RemoteFileError, RemoteFilesBusyError, RemoteFileTooLargeError } from './remote/remote-file-error.js';

export type { FetchedFile };

export interface FetchOptions {
  /** Where the URL stands in the request, such as 'input.imageUrl'. */
  field: string;
  kind: 'image' | 'video';
  userId: string;
  signal?: AbortSignal;
}

/** Of the largest files that may be fetched: so many fit into memory at once, in each process. */
const LARGEST_AT_ONCE = 6;
const BUSY_RETRY_MS = 5_000;

/** Fetches the images and videos that users name by a URL, from the public internet alone. */
@Injectable()
export class RemoteFiles {
  private readonly places: FetchPlaces;

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(RemoteConnections) private readonly connections: RemoteConnections,
  ) {
    this.places = new FetchPlaces(LARGEST_AT_ONCE * environment.media.maxInputBytes);
  }

  /**
   * Fetches the file at a URL, whole, checked, and known by its content, for `work`, until whose end its memory counts.
   * @returns what `work` does
   * @throws GatewayError VALIDATION_ERROR or PAYLOAD_TOO_LARGE that name `field`; LIMIT_EXCEEDED where too many files of this
   *   user are being fetched at once, UNAVAILABLE where too much of all is; the reason of `signal`; what `work` throws
   */
  async use<T>(url: string, options: FetchOptions, work: (file: FetchedFile) => Promise<T>): Promise<T> {
    const place = this.places.enter(options.userId);
    try {
      return await work(await this.fetch(url, options, place.take));
    } finally {
      place.leave();
    }
  }

  private async fetch(
    url: string,
    { field, kind, signal }: FetchOptions,
    take: (bytes: number) => void,
  ): Promise<FetchedFile> {
    const { connect, headersTimeoutMs, bodyTimeoutMs, deadlineMs } = this.connections;
    const { maxInputBytes: maxBytes } = this.environment.media;
    const deadline = AbortSignal.timeout(deadlineMs);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const bytes = await download(url, { connect, maxBytes, headersTimeoutMs, bodyTimeoutMs, take, signal: either });
      return kind === 'image' ? imageFile(bytes) : await videoFile(bytes);
    } catch (error) {
      signal?.throwIfAborted();
      throw toGatewayError(deadline.aborted ? tooSlow(deadlineMs) : error, field);
    }
  }
}

function tooSlow(deadlineMs: number): RemoteFileError {
  return new RemoteFileError(`must lead to a file that can be fetched within ${deadlineMs / 1_000} seconds`);
}

function toGatewayError(error: unknown, field: string): unknown {
  if (!(error instanceof RemoteFileError)) return error;
  if (error instanceof RemoteFilesBusyError)
    return new GatewayError('UNAVAILABLE', 'Too many files are being fetched.', { retryAfterMs: BUSY_RETRY_MS });
  const fault = { field, message: `${field} ${error.demand}` };
  if (!(error instanceof RemoteFileTooLargeError)) return validationFailure([fault]);
  return new GatewayError('PAYLOAD_TOO_LARGE', `${fault.message}.`, { details: { fields: [fault] } });
}
