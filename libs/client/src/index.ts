export { HandleClient } from './client/client.handler.js';
export { client } from './client/client.js';
export type {
  ClientCommand,
  ClientDetails,
  ClientDetailsChange,
  ClientEvent,
  ClientRequest,
  ClientState,
  Contact,
} from './client/client.js';
export { ClientModule } from './client.module.js';
export { registry as clientRegistry } from './registry/registry.projection.js';
export { FormUnit } from './unit/unit.handler.js';
export { unit, UNIT_KINDS } from './unit/unit.js';
export type { UnitCommand, UnitEvent, UnitKind, UnitState } from './unit/unit.js';
