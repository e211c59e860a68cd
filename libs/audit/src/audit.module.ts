import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { FindingsController } from './findings/findings.controller.js';
import { FindingsReader } from './findings/findings.reader.js';
import { EventsController } from './history/events.controller.js';
import { History } from './history/history.sql.js';
import { LiveController } from './history/live.controller.js';
import { LiveEvents } from './history/live.service.js';
import { Shows } from './history/shows.service.js';
import { TimelineController } from './history/timeline.controller.js';
import { StreamsController } from './streams/streams.controller.js';

@Module({
  imports: [ConsentModule],
  controllers: [FindingsController, LiveController, EventsController, TimelineController, StreamsController],
  providers: [FindingsReader, History, LiveEvents, Shows],
})
export class AuditModule {}
