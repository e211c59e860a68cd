import { Module } from '@nestjs/common';
import { IntegrityController } from './integrity/integrity.controller.js';
import { IntegrityReader } from './integrity/integrity.reader.js';
import { EventProofsController, ReadProofsController } from './proofs/proofs.controller.js';
import { Proofs } from './proofs/proofs.reader.js';

/** Serves what the sealer has signed. The sealer itself is a process of its own: it alone has the key. */
@Module({
  controllers: [EventProofsController, ReadProofsController, IntegrityController],
  providers: [Proofs, IntegrityReader],
})
export class LedgerModule {}
