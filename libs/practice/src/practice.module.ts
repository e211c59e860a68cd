import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { PracticeController, PracticesController } from './practice/practice.controller.js';
import { RegisterPracticeHandler } from './practice/practice.handler.js';
import { practice } from './practice/practice.js';
import { StaffController } from './staff/staff.controller.js';
import { ChangeStaffHandler } from './staff/staff.handler.js';
import { staff } from './staff/staff.js';
import { TeamController } from './team/team.controller.js';

@Module({
  controllers: [PracticeController, PracticesController, TeamController, StaffController],
  providers: [handlerOf(practice), RegisterPracticeHandler, handlerOf(staff), ChangeStaffHandler],
})
export class PracticeModule {}
