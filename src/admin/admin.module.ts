import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { AccountAdministration } from './account-administration.js';
import { AdminAccountsController } from './accounts.controller.js';

/** What administrators may do. */
@Module({
  imports: [AuditModule, AuthModule, BillingModule],
  controllers: [AdminAccountsController],
  providers: [AccountAdministration],
})
export class AdminModule {}
