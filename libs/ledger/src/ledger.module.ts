import { Module } from '@nestjs/common';
import { ProofsController } from './proofs/proofs.controller.js';
import { Proofs } from './proofs/proofs.reader.js';

/** Serves what the sealer has signed. The sealer itself is a process of its own: it alone has the key. */
@Module({ controllers: [ProofsController], providers: [Proofs] })
export class LedgerModule {}
