import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { AgreementController } from './agreement/agreement.controller.js';
import { SettleBoundaryHandler } from './agreement/agreement.handler.js';
import { agreement } from './agreement/agreement.js';
import { CrossingController, CrossingOnTopicController } from './agreement/crossing.controller.js';
import { EnterCrossingHandler, EscalateCrossingHandler } from './agreement/crossing.handler.js';
import { BoardController } from './board/board.controller.js';
import { RegisterController } from './register/register.controller.js';

@Module({
  controllers: [
    BoardController,
    RegisterController,
    CrossingController,
    CrossingOnTopicController,
    AgreementController,
  ],
  providers: [handlerOf(agreement), SettleBoundaryHandler, EnterCrossingHandler, EscalateCrossingHandler],
})
export class BoundaryModule {}
