import type { DataSourceOptions } from 'typeorm';
import { Ledger1763800000000 } from './1763800000000-ledger.js';
import { WsTicket1763800100000 } from './1763800100000-ws-ticket.js';
import { Audit1763800200000 } from './1763800200000-audit.js';
import { Survival1763800300000 } from './1763800300000-survival.js';
import { AbandonedHolds1763800400000 } from './1763800400000-abandoned-holds.js';
import { ResponseCache1763800500000 } from './1763800500000-response-cache.js';
import { Video1763800600000 } from './1763800600000-video.js';
import { VideoCopies1763800650000 } from './1763800650000-video-copies.js';
import { VideoWorkflow1763800700000 } from './1763800700000-video-workflow.js';
import { VideoLookups1763800800000 } from './1763800800000-video-lookups.js';
import { VideoPatience1763800810000 } from './1763800810000-video-patience.js';
import { VideoCosts1763800820000 } from './1763800820000-video-costs.js';
import { VideoInputs1763800830000 } from './1763800830000-video-inputs.js';
import { VideoSteps1763800835000 } from './1763800835000-video-steps.js';
import { Access1763800900000 } from './1763800900000-access.js';
import { Rates1763800910000 } from './1763800910000-rates.js';
import { NewAccounts1763800920000 } from './1763800920000-new-accounts.js';
import { AuditSeals1763800930000 } from './1763800930000-audit-seals.js';
import { AuditErasure1763800931000 } from './1763800931000-audit-erasure.js';
import { Erasure1763800940000 } from './1763800940000-erasure.js';
import { Reseal1763800941000 } from './1763800941000-reseal.js';
import { Usage1763800950000 } from './1763800950000-usage.js';
import { UsageCalls1763800951000 } from './1763800951000-usage-calls.js';
import { UsageFrames1763800952000 } from './1763800952000-usage-frames.js';
import { UsageSteps1763800953000 } from './1763800953000-usage-steps.js';
import { Alerts1763800960000 } from './1763800960000-alerts.js';
import { CircuitOrders1763800970000 } from './1763800970000-circuit-orders.js';
import { FlaggedVideos1763800971000 } from './1763800971000-flagged-videos.js';
import { LoggedEnds1763800975000 } from './1763800975000-logged-ends.js';
import { TokenMinutes1763800980000 } from './1763800980000-token-minutes.js';
import { NeverWithin1763800981000 } from './1763800981000-never-within.js';
import { CancelledPrompts1763800982000 } from './1763800982000-cancelled-prompts.js';
import { VideoTextsKept1763800985000 } from './1763800985000-video-texts-kept.js';

/** Every migration, oldest first. A new one is a file `<milliseconds>-<name>.ts` beside this one and a line here. */
export const MIGRATIONS = [
  Ledger1763800000000,
  WsTicket1763800100000,
  Audit1763800200000,
  Survival1763800300000,
  AbandonedHolds1763800400000,
  ResponseCache1763800500000,
  Video1763800600000,
  VideoCopies1763800650000,
  VideoWorkflow1763800700000,
  VideoLookups1763800800000,
  VideoPatience1763800810000,
  VideoCosts1763800820000,
  VideoInputs1763800830000,
  VideoSteps1763800835000,
  Access1763800900000,
  Rates1763800910000,
  NewAccounts1763800920000,
  AuditSeals1763800930000,
  AuditErasure1763800931000,
  Erasure1763800940000,
  Reseal1763800941000,
  Usage1763800950000,
  UsageCalls1763800951000,
  UsageFrames1763800952000,
  UsageSteps1763800953000,
  Alerts1763800960000,
  CircuitOrders1763800970000,
  FlaggedVideos1763800971000,
  LoggedEnds1763800975000,
  TokenMinutes1763800980000,
  NeverWithin1763800981000,
  CancelledPrompts1763800982000,
  VideoTextsKept1763800985000,
] satisfies DataSourceOptions['migrations'];
