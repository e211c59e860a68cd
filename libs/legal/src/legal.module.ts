import { Module } from '@nestjs/common';
import { RulePackReader } from '#libs/consent';
import { handlerOf } from '#libs/event-store';
import { Erasing } from './execution/erasing.service.js';
import { Erasures } from './execution/erasures.service.js';
import { CircumstancesReader } from './legal/circumstances.reader.js';
import { ErasureController, HoldController } from './legal/legal.controller.js';
import { BeginLegalHandler, DecideErasureHandler, ExecuteErasureHandler } from './legal/legal.handler.js';
import { legal } from './legal/legal.js';
import { MattersController } from './matters/matters.controller.js';
import { PersonReader } from './person/person.reader.js';
import { RetentionController } from './retention/retention.controller.js';

@Module({
  controllers: [HoldController, ErasureController, MattersController, RetentionController],
  providers: [
    handlerOf(legal),
    BeginLegalHandler,
    DecideErasureHandler,
    ExecuteErasureHandler,
    PersonReader,
    RulePackReader,
    CircumstancesReader,
    Erasing,
    Erasures,
  ],
})
export class LegalModule {}
