import { Module } from '@nestjs/common';
import { AlertPages } from './states/alert-pages.js';

/** Alerts for those who look at them. */
@Module({ providers: [AlertPages], exports: [AlertPages] })
export class AlertPagesModule {}
