import { Module, type OnModuleInit } from '@nestjs/common';
import { parseDecimal } from '../common/money/micro-credits.js';
import { ENVIRONMENT } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { GatewayConfiguration } from '../config/gateway-config/gateway-configuration.js';
import { AccountWatch } from './accounts/account-watch.js';
import { AccountsService } from './accounts/accounts.service.js';
import { EntriesService } from './accounts/entries.service.js';
import { UserLimitsService } from './accounts/user-limits.service.js';
import { HoldWatch } from './ledger/hold-watch.js';
import { Ledger } from './ledger/ledger.js';
import { LedgerShutdown } from './ledger/ledger-shutdown.service.js';
import { NodeLeaseService } from './ledger/node-lease.service.js';
import { QueueLedger } from './ledger/queue-ledger.js';
import { ReaperService } from './ledger/reaper.service.js';
import { StreamLog } from './ledger/stream-log.js';
import { PriceList } from './pricing/price-list.js';
import { loadTokenEncoder } from './pricing/token-estimate.js';
import { Tariff } from './pricing/tariff.js';

/** Money and the streams' log: accounts, holds, charges, prices, and what cleans up after lost nodes. */
@Module({
  providers: [
    AccountWatch,
    AccountsService,
    EntriesService,
    HoldWatch,
    Ledger,
    LedgerShutdown,
    NodeLeaseService,
    QueueLedger,
    ReaperService,
    StreamLog,
    UserLimitsService,
    {
      provide: Tariff,
      inject: [ENVIRONMENT, GatewayConfiguration],
      useFactory: ({ billing, providers }: Environment, configuration: GatewayConfiguration) =>
        new Tariff(
          new PriceList({
            defaultPrice: billing.defaultPriceUsdPerMtok,
            config: () => configuration.inForce,
            isSimulated: providers.isSimulated,
          }),
          parseDecimal(billing.creditsPerUsd, 6),
        ),
    },
  ],
  exports: [
    AccountWatch,
    AccountsService,
    EntriesService,
    HoldWatch,
    Ledger,
    QueueLedger,
    ReaperService,
    StreamLog,
    Tariff,
    UserLimitsService,
  ],
})
export class BillingModule implements OnModuleInit {
  onModuleInit(): Promise<void> {
    return loadTokenEncoder();
  }
}
