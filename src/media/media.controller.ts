import {
  Controller,
  Get,
  Inject,
  Logger,
  Optional,
  Param,
  Query,
  Req,
  Res,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { bearerTokenOrApiKey } from '../auth/bearer-token.js';
import { TokenAttempts } from '../auth/token-attempts.js';
import { answerWithin } from '../common/answer-within.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { ApiErrors } from '../common/http/api-errors.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { wantedRange } from './byte-range.js';
import { isMediaKey, noSuchFile } from './media-key.js';
import { MediaLinks } from './media-links.js';
import { MediaOwners } from './media-owners.js';
import { mediaHeaders } from './media-headers.js';
import { MediaStore, type ByteRange, type MediaState } from './media-store.js';

/** A reader that takes nothing for that long is gone; a player that paused asks again for the part that it lacks. */
const IDLE_MS = 300_000;
/** Headers that an error must not have. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  ...['cache-control', 'etag', 'last-modified', 'accept-ranges', 'content-range'],
  ...['content-type', 'content-length', 'content-disposition'],
]);
const BINARY = { 'video/mp4': { schema: { type: 'string', format: 'binary' } } };

/** The files themselves, for whoever has a link. */
@ApiTags('media')
@Controller('media')
export class MediaController implements BeforeApplicationShutdown {
  private readonly logger = new Logger(MediaController.name);
  private readonly sending = new Map<Response, Promise<void>>();

  constructor(
    @Inject(MediaStore) private readonly store: MediaStore,
    @Inject(MediaLinks) private readonly links: MediaLinks,
    @Inject(TokenAttempts) private readonly tokens: TokenAttempts,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Optional() @Inject(MediaOwners) private readonly owners?: MediaOwners,
  ) {}

  /** Readers have as long as running answers have; a player that is cut off asks another node for the part that it lacks. */
  async beforeApplicationShutdown(): Promise<void> {
    const sent = Promise.all(this.sending.values());
    await answerWithin(sent, this.environment.http.drainMs).catch(() => undefined);
    for (const response of this.sending.keys()) response.destroy();
  }

  /** Express answers HEAD by it too. */
  @Get(':key')
  @ApiOperation({ summary: 'A file, by a link that was given out; ranges and HEAD are answered' })
  @ApiParam({ name: 'key', type: String })
  @ApiQuery({ name: 'exp', type: String, description: 'Until when the link is good, in seconds since 1970' })
  @ApiQuery({ name: 'sig', type: String, description: 'Its signature' })
  @ApiOkResponse({ description: 'The file', content: BINARY })
  @ApiResponse({ status: 206, description: 'The part that `Range` asks for', content: BINARY })
  @ApiErrors('FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE')
  async file(
    @Param('key') key: string,
    @Query('exp') exp: unknown,
    @Query('sig') sig: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const leftMs = this.links.verify(key, { exp, sig });
    const file = await this.fileFor(key, request);
    response.set(mediaHeaders(file, leftMs));
    response.status(200);
    if (request.fresh) return void response.status(304).end();
    const range = wantedRange(request, file);
    if (range === 'unsatisfiable') return refuseRange(response, file);
    await this.send(response, file, range, request.method === 'HEAD');
  }

  /** @throws GatewayError NOT_FOUND where there is none, or where the token that came along is another user's */
  private async fileFor(key: string, request: Request): Promise<MediaState> {
    const userId = this.owners && (await this.userOf(request));
    const mayRead = userId === undefined || (await this.owners!.mayRead(key, userId));
    const file = mayRead && isMediaKey(key) ? await this.store.stat(key) : undefined;
    if (file) return file;
    throw noSuchFile();
  }

  /** No token is needed: one that is not good counts as none. */
  private async userOf({ headers, ip = '' }: Request): Promise<string | undefined> {
    try {
      const token = bearerTokenOrApiKey(headers);
      return token === undefined ? undefined : (await this.tokens.verify(token, ip)).userId;
    } catch (error) {
      if (error instanceof GatewayError) return undefined;
      throw error;
    }
  }

  private async send(response: Response, file: MediaState, range: ByteRange | undefined, isHead: boolean) {
    const { first, last } = range ?? { first: 0, last: file.bytes - 1 };
    if (range) response.status(206).set('Content-Range', `bytes ${first}-${last}/${file.bytes}`);
    response.set('Content-Length', String(last - first + 1));
    if (isHead || file.bytes === 0) return void response.end();
    const content = await this.store.read(file.key, range).catch((error: unknown) => {
      for (const name of response.getHeaderNames()) if (OF_THE_FILE.has(name)) response.removeHeader(name);
      throw error; // and that is not to be kept as the file by anybody on the way
    });
    response.setTimeout(IDLE_MS, () => response.destroy());
    const sending = pipeline(content, response).catch((error: unknown) => this.reportIfOurs(error));
    this.sending.set(response, sending);
    await sending;
    this.sending.delete(response);
  }

  /** Readers go away, which is no fault; what was sent by then can't be taken back, and its end is missing. */
  private reportIfOurs(error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    this.logger.warn(`A file was not sent to its end (${code ?? 'no code'})`);
  }
}

function refuseRange(response: Response, { bytes }: MediaState): void {
  response.status(416).set('Content-Range', `bytes */${bytes}`).removeHeader('Content-Type');
  response.end();
}
