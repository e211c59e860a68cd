import { Body, Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, type CommandMeta } from '#libs/event-store';
import { CommandBody, commandFrom, Create, CreateBody, Meta, Text, Verb } from '#libs/http';
import { NameRoom } from './room.handler.js';
import { room } from './room.js';

class RegisterRoomBody extends CreateBody {
  @Text({ max: 100, example: 'Garden room' })
  name: string;
}

class RenameRoomBody extends CommandBody {
  @Text({ max: 100, example: 'Garden room' })
  name: string;
}

@ApiTags('rooms')
@Controller('v1/rooms')
export class RoomController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Create({ summary: 'Register a room for sessions', access: 'room:write' })
  register(@Meta() meta: CommandMeta, @Body() body: RegisterRoomBody) {
    return this.commands.execute(new NameRoom(meta, commandFrom('RegisterRoom', body)));
  }

  @Verb('rename', { summary: 'Call a room something else', access: 'room:write' })
  rename(@Meta() meta: CommandMeta, @Body() body: RenameRoomBody) {
    return this.commands.execute(new NameRoom(meta, commandFrom('RenameRoom', body)));
  }

  @Verb('close', {
    summary: 'No new sessions; those planned there stay until they are moved',
    access: 'room:write',
  })
  close(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(commandFor(room, meta, { type: 'CloseRoom' }));
  }
}
