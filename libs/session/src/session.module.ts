import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { handlerOf } from '#libs/event-store';
import { AttentionReader } from './attention/attention.reader.js';
import { CalendarController } from './calendar/calendar.controller.js';
import { CalendarReader } from './calendar/calendar.reader.js';
import { NoteController } from './note/note.controller.js';
import { WriteNoteHandler } from './note/note.handler.js';
import { note } from './note/note.js';
import { NotesController } from './notes/notes.controller.js';
import { PsychotherapyNoteController } from './psychotherapy-note/psychotherapy-note.controller.js';
import {
  ReleasePsychotherapyNoteHandler,
  WritePsychotherapyNoteHandler,
} from './psychotherapy-note/psychotherapy-note.handler.js';
import { PsychotherapyNotesController } from './psychotherapy-notes/psychotherapy-notes.controller.js';
import { ReadinessController } from './readiness/readiness.controller.js';
import { ReadinessReader } from './readiness/readiness.reader.js';
import { SeriesListController } from './series-list/series-list.controller.js';
import { SeriesController } from './series/series.controller.js';
import { ChangeSeriesHandler, EndSeriesHandler, ScheduleSeriesHandler } from './series/series.handler.js';
import { series } from './series/series.js';
import { RecordAfterwardsHandler } from './session/afterwards.handler.js';
import { CorrectEntryHandler, MarkSessionInErrorHandler } from './session/correction.handler.js';
import { RescheduleSessionHandler, ScheduleSessionHandler } from './session/planning.handler.js';
import { PlanningReader } from './session/planning.reader.js';
import { SessionController } from './session/session.controller.js';
import { ContinueSessionHandler, MissSessionHandler } from './session/session.handler.js';
import { session } from './session/session.js';
import { StartSessionHandler } from './session/start.handler.js';
import { WithdrawInSessionHandler } from './session/withdraw.handler.js';
import { UnsignedController } from './unsigned/unsigned.controller.js';
import { UnsignedReader } from './unsigned/unsigned.reader.js';

@Module({
  imports: [ConsentModule],
  controllers: [
    CalendarController,
    SessionController,
    ReadinessController,
    NoteController,
    NotesController,
    PsychotherapyNoteController,
    PsychotherapyNotesController,
    UnsignedController,
    SeriesController,
    SeriesListController,
  ],
  providers: [
    handlerOf(session),
    ScheduleSessionHandler,
    RescheduleSessionHandler,
    PlanningReader,
    handlerOf(series),
    ScheduleSeriesHandler,
    ChangeSeriesHandler,
    EndSeriesHandler,
    StartSessionHandler,
    ContinueSessionHandler,
    MissSessionHandler,
    WithdrawInSessionHandler,
    RecordAfterwardsHandler,
    MarkSessionInErrorHandler,
    CorrectEntryHandler,
    CalendarReader,
    AttentionReader,
    ReadinessReader,
    handlerOf(note),
    WriteNoteHandler,
    WritePsychotherapyNoteHandler,
    ReleasePsychotherapyNoteHandler,
    UnsignedReader,
  ],
})
export class SessionModule {}
