import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { BoardController } from './board/board.controller.js';
import { ConsentController } from './consent/consent.controller.js';
import { CONSENT_HANDLERS } from './consent/consent.handler.js';
import { consent } from './consent/consent.js';
import { DocumentController } from './document/document.controller.js';
import { document } from './document/document.js';
import { RulePackController } from './rule-pack/rule-pack.controller.js';
import { StatusController } from './status/status.controller.js';
import { StatusReader } from './status/status.reader.js';

@Module({
  controllers: [BoardController, ConsentController, DocumentController, RulePackController, StatusController],
  providers: [handlerOf(consent), handlerOf(document), ...CONSENT_HANDLERS, StatusReader],
  exports: [StatusReader],
})
export class ConsentModule {}
