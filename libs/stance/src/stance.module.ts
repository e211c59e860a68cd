import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { DirectoryController } from './directory/directory.controller.js';
import { StanceController } from './stance/stance.controller.js';
import { stance } from './stance/stance.js';

@Module({
  controllers: [DirectoryController, StanceController],
  providers: [handlerOf(stance)],
})
export class StanceModule {}
