import { Module } from '@nestjs/common';
import { handlerOf } from '#libs/event-store';
import { AuthorityController } from './client/authority.controller.js';
import { ClientController } from './client/client.controller.js';
import { ChangeClientDetailsHandler, RegisterClientHandler } from './client/client.handler.js';
import { client } from './client/client.js';
import { MergingController } from './client/merging.controller.js';
import { SettleMergeHandler } from './client/merging.handler.js';
import { RegistryController } from './registry/registry.controller.js';
import { UnitController } from './unit/unit.controller.js';
import { AddUnitMemberHandler, FormUnitHandler } from './unit/unit.handler.js';
import { unit } from './unit/unit.js';
import { UnitsController } from './units/units.controller.js';

@Module({
  controllers: [
    RegistryController,
    ClientController,
    AuthorityController,
    MergingController,
    UnitsController,
    UnitController,
  ],
  providers: [
    handlerOf(client),
    RegisterClientHandler,
    ChangeClientDetailsHandler,
    SettleMergeHandler,
    handlerOf(unit),
    FormUnitHandler,
    AddUnitMemberHandler,
  ],
})
export class ClientModule {}
