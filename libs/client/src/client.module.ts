import { Module } from '@nestjs/common';
import { ClientController } from './client/client.controller.js';
import { ClientHandler } from './client/client.handler.js';
import { RegistryController } from './registry/registry.controller.js';
import { UnitController } from './unit/unit.controller.js';
import { FormUnitHandler } from './unit/unit.handler.js';

@Module({
  controllers: [RegistryController, ClientController, UnitController],
  providers: [ClientHandler, FormUnitHandler],
})
export class ClientModule {}
