import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MediaController } from './media.controller.js';
import { MediaModule } from './media.module.js';

/** `/media/:key`: for gateways, not for workers. */
@Module({})
export class MediaRouteModule {
  /** @param owners the module that exports MediaOwners; without it a link alone is enough */
  static register(owners?: Type): DynamicModule {
    return {
      module: MediaRouteModule,
      imports: [AuthModule, MediaModule, ...(owners ? [owners] : [])],
      controllers: [MediaController],
    };
  }
}
