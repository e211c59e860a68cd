import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { AgreementController } from './agreement/agreement.controller.js';
import { SettleBoundaryHandler } from './agreement/agreement.handler.js';
import { agreement } from './agreement/agreement.js';
import { BoardController } from './board/board.controller.js';

@Module({
  controllers: [BoardController, AgreementController],
  providers: [handlerOf(agreement), SettleBoundaryHandler],
})
export class BoundaryModule {}
