import { Module } from '@nestjs/common';
import { UsageReports } from './report/usage-reports.js';

/** Reports of what was used and charged. */
@Module({ providers: [UsageReports], exports: [UsageReports] })
export class UsageModule {}
