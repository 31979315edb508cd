import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Identity } from '../../auth/identity.js';
import { Revocations } from '../../auth/revocations/revocations.service.js';
import type { GatewayError } from '../../common/errors/gateway-error.js';
import { traceParentOf } from '../../common/http/trace-parent.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { CompletionsService, type StopWatching } from '../../completions/completions.service.js';
import { StreamMemory } from '../../completions/stream-memory.js';
import { sendError } from '../errors/send-error.js';
import type { AnswerWire } from '../wire.js';
import { AnswerResponse } from './answer-response.js';
import { OpenResponses } from './open-responses.js';
import { ResponseOutbox } from './response-outbox.js';

/** What is to be answered, and how. */
export interface CompatRequest {
  completion: CompletionRequest;
  wire: AnswerWire;
  /** The client named the request (Idempotency-Key), so that it may come back for the answer. */
  mayComeBack: boolean;
}

/** Has requests of every wire served, each as one HTTP response. */
@Injectable()
export class CompatAnswers {
  constructor(
    @Inject(CompletionsService) private readonly completions: CompletionsService,
    @Inject(StreamMemory) private readonly memory: StreamMemory,
    @Inject(OpenResponses) private readonly open: OpenResponses,
    @Inject(Revocations) private readonly revocations: Revocations,
  ) {}

  /**
   * Begins the answer, or attaches to the one that runs or ran under the same id; resolves while it goes on.
   * @throws GatewayError where there is none; nothing was sent then
   */
  async answer(identity: Identity, request: CompatRequest, response: Response): Promise<void> {
    if (response.destroyed) return;
    const { wire } = request;
    const traceParent = traceParentOf(response.req.headers);
    const completion = traceParent === undefined ? request.completion : { ...request.completion, traceParent };
    const shown = new AnswerResponse(
      response,
      new ResponseOutbox(response, this.memory),
      wire,
      completion.id,
      (error) => sendError(error, response),
    );
    const started = this.completions.submit(identity, completion, shown, 0);
    this.open.add(shown, completion.isStreamed);
    const stopRevocation = this.revocations.watch(identity, () => response.destroy());
    response.once('close', () => {
      stopRevocation();
      this.open.remove(shown);
      shown.close();
      shown.outbox.closed();
      void started.then((stop) => this.left(identity.userId, request, stop), ignored);
    });
    try {
      await started;
    } catch (error) {
      shown.close();
      if (response.headersSent) response.destroy(); // heartbeats went out: there is no better end
      throw error;
    }
  }

  /** A client that can't come back has cancelled with its connection, unless somebody else watches the answer too. */
  private left(userId: string, { completion, mayComeBack }: CompatRequest, stop: StopWatching): void {
    stop();
    if (!mayComeBack) void this.completions.abandon(userId, completion.id);
  }
}

function ignored(_error: GatewayError): void {
  // whoever awaits the start is told
}
