import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { BillingModule } from '../billing/billing.module.js';
import { CompletionsModule } from '../completions/completions.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { EstimateController } from './estimate.controller.js';
import { ModelsController } from './models.controller.js';
import { ModelsListing } from './models-listing.js';
import { REQUEST_READER, type RequestReader } from './request-reader.js';

/** What may be asked for, and what that would cost. */
@Module({})
export class CatalogueModule {
  /** @param readRequest reads the body of an estimate */
  static register(readRequest: RequestReader): DynamicModule {
    return {
      module: CatalogueModule,
      imports: [AuthModule, BillingModule, CompletionsModule, LimitsModule, ProvidersModule],
      controllers: [EstimateController, ModelsController],
      providers: [ModelsListing, { provide: REQUEST_READER, useValue: readRequest }],
    };
  }
}
