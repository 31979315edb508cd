import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { CreditsController } from './credits.controller.js';
import { ReceiptsController } from './receipts.controller.js';
import { UsageController } from './usage.controller.js';

/** What users see of their own account: credits, ledger, receipts, usage. */
@Module({
  imports: [AuthModule, BillingModule, UsageModule],
  controllers: [CreditsController, ReceiptsController, UsageController],
})
export class AccountModule {}
