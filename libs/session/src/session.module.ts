import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { handlerOf } from '#libs/event-store';
import { CalendarController } from './calendar/calendar.controller.js';
import { CalendarReader } from './calendar/calendar.reader.js';
import { SessionController } from './session/session.controller.js';
import {
  ContinueSessionHandler,
  MissSessionHandler,
  ScheduleSessionHandler,
} from './session/session.handler.js';
import { session } from './session/session.js';
import { StartSessionHandler } from './session/start.handler.js';
import { WithdrawInSessionHandler } from './session/withdraw.handler.js';

@Module({
  imports: [ConsentModule],
  controllers: [CalendarController, SessionController],
  providers: [
    handlerOf(session),
    ScheduleSessionHandler,
    StartSessionHandler,
    ContinueSessionHandler,
    MissSessionHandler,
    WithdrawInSessionHandler,
    CalendarReader,
  ],
})
export class SessionModule {}
