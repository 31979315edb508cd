import { Module } from '@nestjs/common';
import { ControlBusModule } from '../../queue/control-bus.module.js';
import { RevocationStore } from './revocation.store.js';
import { Revocations } from './revocations.service.js';

/** Who is shut out. */
@Module({
  imports: [ControlBusModule],
  providers: [RevocationStore, Revocations],
  exports: [ControlBusModule, RevocationStore, Revocations],
})
export class RevocationsModule {}
