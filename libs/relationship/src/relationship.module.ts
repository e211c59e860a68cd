import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { CaseloadController } from './caseload/caseload.controller.js';
import { RelationshipController } from './relationship/relationship.controller.js';
import {
  ArrangeCoverHandler,
  ChangeRelationshipHandler,
  OpenRelationshipHandler,
  ReassignTherapistHandler,
} from './relationship/relationship.handler.js';
import { relationship } from './relationship/relationship.js';

@Module({
  controllers: [CaseloadController, RelationshipController],
  providers: [
    handlerOf(relationship),
    OpenRelationshipHandler,
    ChangeRelationshipHandler,
    ReassignTherapistHandler,
    ArrangeCoverHandler,
  ],
})
export class RelationshipModule {}
