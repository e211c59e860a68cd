import { Module } from '@nestjs/common';
import { EventsController } from './history/events.controller.js';
import { History } from './history/history.sql.js';
import { Shows } from './history/shows.service.js';
import { TimelineController } from './history/timeline.controller.js';
import { StreamsController } from './streams/streams.controller.js';

@Module({
  controllers: [EventsController, TimelineController, StreamsController],
  providers: [History, Shows],
})
export class AuditModule {}
