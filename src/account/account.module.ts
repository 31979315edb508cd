import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { CreditsController } from './credits.controller.js';
import { ReceiptsController } from './receipts.controller.js';

/** What users see of their own account: credits, ledger, receipts. */
@Module({ imports: [AuthModule, BillingModule], controllers: [CreditsController, ReceiptsController] })
export class AccountModule {}
