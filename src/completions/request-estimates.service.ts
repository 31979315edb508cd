import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '../auth/identity.js';
import { RoleTable } from '../auth/role-table.js';
import { accountIdOf } from '../billing/accounts/account-id.js';
import { AccountsService, type AccountState } from '../billing/accounts/accounts.service.js';
import { priceSnapshot, type PriceSnapshot } from '../billing/pricing/price-snapshot.js';
import { Tariff } from '../billing/pricing/tariff.js';
import type { MicroCredits } from '../common/money/micro-credits.js';
import { orUnavailable } from '../database/or-unavailable.js';
import { cachedJob } from './cache/cached-job.js';
import { ResponseCache } from './cache/response-cache.service.js';
import { clampJob, prepareJob } from './job-preparation.js';
import type { AnswerJob, PricedStep } from './answer-job.js';
import type { CompletionRequest } from './completion-request.js';
import { PricedRoutes } from './priced-routes.js';

/** What a request would hold and could cost, if it came now. Amounts are micro-credits. */
export interface RequestEstimate {
  /** Who would be asked, in order. */
  chain: readonly PricedStep[];
  /** The prompt: our count, and the bound that the hold covers. */
  promptTokens: number;
  promptTokensBound: number;
  /** Output tokens that would be asked for upstream. */
  outputLimit: number;
  /** What would be held before anything is sent; of a request that would be refused, what it lacks. */
  holdAtFirst: MicroCredits;
  /** What the hold would grow to with the longest answer, and so the most that it can cost. */
  holdAtMost: MicroCredits;
  /** What the first of the chain would charge for the prompt as counted and so many output tokens. */
  costOf: (outputTokens: number) => MicroCredits;
  price: PriceSnapshot;
  account: AccountState;
  /** The answer is kept from before: it is given again, and free. */
  isCached: boolean;
  /** It would be begun; the credits may run out amid it. */
  isAccepted: boolean;
  /** The limit is what the balance covers, less than was asked for. */
  isClamped: boolean;
}

/** Says what requests would hold, without holding, storing or sending anything. */
@Injectable()
export class RequestEstimates {
  constructor(
    @Inject(PricedRoutes) private readonly routes: PricedRoutes,
    @Inject(RoleTable) private readonly roles: RoleTable,
    @Inject(Tariff) private readonly tariff: Tariff,
    @Inject(ResponseCache) private readonly cache: ResponseCache,
    @Inject(AccountsService) private readonly accounts: AccountsService,
  ) {}

  /** @throws GatewayError MODEL_NOT_FOUND as the request itself; UNAVAILABLE */
  async estimate({ userId, roles }: Identity, request: CompletionRequest): Promise<RequestEstimate> {
    const key = { accountId: accountIdOf(userId), requestId: '' };
    const prepared = prepareJob(key, request, this.routes.routeFor(request, this.roles.rightsOf(roles)), this.tariff);
    const [wanted, account] = await Promise.all([this.cached(prepared), orUnavailable(this.accounts.preview(userId))]);
    const job = withinBalance(wanted, account.available);
    const { size, steps, promptTokens, promptTokensBound, outputLimit, heldTokens, isClamped } = job ?? wanted;
    const { price } = steps[0]!;
    return {
      chain: steps,
      promptTokens,
      promptTokensBound,
      outputLimit,
      holdAtFirst: size.amountFor(heldTokens),
      holdAtMost: size.amountFor(outputLimit),
      costOf: (outputTokens) => this.tariff.costOf({ inputTokens: promptTokens, outputTokens }, price),
      price: priceSnapshot(price, promptTokens),
      account,
      isCached: wanted.cached !== undefined,
      isAccepted: job !== undefined && !account.isFrozen,
      isClamped,
    };
  }

  /** As CompletionsService does it: a durable request is never answered with what is kept. */
  private async cached(job: AnswerJob): Promise<AnswerJob> {
    const { mayUseCache, isBackground } = job.request;
    const answer = mayUseCache && !isBackground ? await this.cache.find(job) : undefined;
    return answer ? cachedJob(job, answer) : job;
  }
}

/** The job as it would be held: as CreditHolds does it. @returns undefined: it would be refused */
function withinBalance(wanted: AnswerJob, available: MicroCredits): AnswerJob | undefined {
  return wanted.size.amountFor(wanted.heldTokens) <= available ? wanted : clampJob(wanted, available);
}
