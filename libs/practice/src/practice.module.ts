import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { PracticeController, PracticesController } from './practice/practice.controller.js';
import { RegisterPracticeHandler } from './practice/practice.handler.js';
import { practice } from './practice/practice.js';
import { RoomController } from './room/room.controller.js';
import { NameRoomHandler } from './room/room.handler.js';
import { room } from './room/room.js';
import { RoomsController } from './rooms/rooms.controller.js';
import { StaffController } from './staff/staff.controller.js';
import { ChangeStaffHandler } from './staff/staff.handler.js';
import { staff } from './staff/staff.js';
import { TeamController } from './team/team.controller.js';

@Module({
  controllers: [
    PracticeController,
    PracticesController,
    TeamController,
    StaffController,
    RoomController,
    RoomsController,
  ],
  providers: [
    handlerOf(practice),
    RegisterPracticeHandler,
    handlerOf(staff),
    ChangeStaffHandler,
    handlerOf(room),
    NameRoomHandler,
  ],
})
export class PracticeModule {}
