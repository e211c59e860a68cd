import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { AuthorityController } from './client/authority.controller.js';
import { ClientController } from './client/client.controller.js';
import { ClientHandler, MergeHandler } from './client/client.handler.js';
import { client } from './client/client.js';
import { MergingController } from './client/merging.controller.js';
import { RegistryController } from './registry/registry.controller.js';
import { UnitController } from './unit/unit.controller.js';
import { AddUnitMemberHandler, FormUnitHandler } from './unit/unit.handler.js';
import { unit } from './unit/unit.js';

@Module({
  controllers: [RegistryController, ClientController, AuthorityController, MergingController, UnitController],
  providers: [
    handlerOf(client),
    ClientHandler,
    MergeHandler,
    handlerOf(unit),
    FormUnitHandler,
    AddUnitMemberHandler,
  ],
})
export class ClientModule {}
