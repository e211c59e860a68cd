import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { BoardController } from './board/board.controller.js';
import { BoardReader } from './board/board.reader.js';
import { ConsentController } from './consent/consent.controller.js';
import {
  AcknowledgeStanceHandler,
  DeferForEmergencyHandler,
  GiveConsentHandler,
  MarkEntryInErrorHandler,
  OfferConsentHandler,
  ReviewConsentHandler,
  WithdrawConsentHandler,
} from './consent/consent.handler.js';
import { consent } from './consent/consent.js';
import { DisclosureController } from './disclosure/disclosure.controller.js';
import { MakeDisclosureHandler, RequestDisclosureHandler } from './disclosure/disclosure.handler.js';
import { disclosure } from './disclosure/disclosure.js';
import { DisclosuresController } from './disclosures/disclosures.controller.js';
import { DocumentController } from './document/document.controller.js';
import { document } from './document/document.js';
import { LibraryController } from './library/library.controller.js';
import { rulePack } from './rule-pack/rule-pack.js';
import { RulePackController } from './rule-pack/rule-pack.controller.js';
import { RulePackReader } from './rule-pack/rule-packs.reader.js';
import { StatusController } from './status/status.controller.js';
import { StatusReader } from './status/status.reader.js';
import { WorklistController } from './worklist/worklist.controller.js';

@Module({
  controllers: [
    BoardController,
    ConsentController,
    DisclosureController,
    DisclosuresController,
    DocumentController,
    LibraryController,
    RulePackController,
    StatusController,
    WorklistController,
  ],
  providers: [
    handlerOf(consent),
    handlerOf(disclosure),
    handlerOf(document),
    handlerOf(rulePack),
    OfferConsentHandler,
    GiveConsentHandler,
    MarkEntryInErrorHandler,
    AcknowledgeStanceHandler,
    WithdrawConsentHandler,
    ReviewConsentHandler,
    DeferForEmergencyHandler,
    RequestDisclosureHandler,
    MakeDisclosureHandler,
    RulePackReader,
    StatusReader,
    BoardReader,
  ],
  exports: [StatusReader],
})
export class ConsentModule {}
