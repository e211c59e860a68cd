import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { handlerOf } from '#libs/event-store';
import { OWNERSHIP, REFUSED } from '#libs/identity';
import { CareReader } from './care/care.reader.js';
import { ConcernedReader } from './care/concerned.reader.js';
import { CareOwnership, GRANTS } from './care/ownership.service.js';
import { WithinReach } from './concerns/within-reach.interceptor.js';
import { DecisionLog } from './decisions/decision-log.service.js';
import { DecisionsController } from './decisions/decisions.controller.js';
import { Decisions } from './decisions/decisions.sql.js';
import { RefusalsAreKept } from './decisions/refusals.interceptor.js';
import { Refusals } from './decisions/refusals.service.js';
import { GrantController } from './grant/grant.controller.js';
import { OpenBreakGlassHandler } from './grant/grant.handler.js';
import { grant } from './grant/grant.js';
import { GrantsController } from './grants/grants.controller.js';
import { GrantsReader } from './grants/grants.reader.js';
import { AccessLogController } from './reads/access-log.controller.js';
import { AccessLog } from './reads/access-log.service.js';
import { AccessEntries } from './reads/access-log.sql.js';
import { Outgoing } from './reads/outgoing.service.js';
import { UnusualController } from './unusual/unusual.controller.js';
import { UnusualReader } from './unusual/unusual.reader.js';

@Global()
@Module({
  controllers: [
    UnusualController,
    DecisionsController,
    AccessLogController,
    GrantsController,
    GrantController,
  ],
  providers: [
    CareReader,
    ConcernedReader,
    { provide: OWNERSHIP, useClass: CareOwnership },
    { provide: APP_INTERCEPTOR, useClass: WithinReach },
    AccessLog,
    AccessEntries,
    Outgoing,
    handlerOf(grant),
    OpenBreakGlassHandler,
    GrantsReader,
    Decisions,
    UnusualReader,
    DecisionLog,
    Refusals,
    { provide: REFUSED, useExisting: Refusals },
    { provide: APP_INTERCEPTOR, useClass: RefusalsAreKept },
    { provide: GRANTS, useExisting: GrantsReader },
  ],
  exports: [CareReader, DecisionLog, OWNERSHIP, REFUSED],
})
export class AccessModule {}
