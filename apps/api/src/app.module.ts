import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type pg from 'pg';
import { AuditModule, eventIndex } from '#libs/audit';
import { agreement, boundaryBoard, BoundaryModule, crossingRegister } from '#libs/boundary';
import { client, ClientModule, clientRegistry, unit } from '#libs/client';
import {
  consent,
  consentFacts,
  ConsentModule,
  disclosure,
  disclosures,
  document,
  library,
  rulePack,
} from '#libs/consent';
import { EventStoreModule, type Projection, type Transaction } from '#libs/event-store';
import { AnswersInterceptor, Cursors, Lists, MinPositionInterceptor } from '#libs/http';
import { IdentityModule } from '#libs/identity';
import { inquiry, intakePipeline, IntakeModule, treatmentTies } from '#libs/intake';
import { systemClock, type AnyDecider, type Clock } from '#libs/kernel';
import { policyAt, practice, PracticeModule, room, rooms, staff, team } from '#libs/practice';
import { LedgerModule } from '#libs/ledger';
import { caseload, relationship, RelationshipModule } from '#libs/relationship';
import {
  calendar,
  note,
  notes,
  psychotherapyNote,
  psychotherapyNotes,
  series,
  session,
  SessionModule,
  unsignedNotes,
} from '#libs/session';
import { stance, stanceDirectory, StanceModule } from '#libs/stance';
import { ServiceController } from './service.controller.js';

/** Every kind of stream and every read model there is. */
export const DECIDERS: readonly AnyDecider[] = [
  practice,
  staff,
  room,
  client,
  unit,
  inquiry,
  relationship,
  stance,
  rulePack,
  document,
  consent,
  disclosure,
  agreement,
  session,
  series,
  note,
  psychotherapyNote,
];
export const PROJECTIONS: readonly Projection[] = [
  eventIndex,
  team,
  rooms,
  clientRegistry,
  intakePipeline,
  treatmentTies,
  caseload,
  stanceDirectory,
  library,
  consentFacts,
  boundaryBoard,
  crossingRegister,
  calendar,
  disclosures,
  notes,
  psychotherapyNotes,
  unsignedNotes,
];
const CONTEXTS = [
  AuditModule,
  LedgerModule,
  PracticeModule,
  ClientModule,
  IntakeModule,
  RelationshipModule,
  StanceModule,
  ConsentModule,
  BoundaryModule,
  SessionModule,
];

/** How late an entry may be without a reason is the practice's policy. */
export async function lateAfterHours(tx: Transaction): Promise<number> {
  const state = await tx.read(practice, tx.meta.practiceId);
  return policyAt(state.situation === 'none' ? [] : state.policies, tx.now).lateEntryHours;
}

export interface AppOptions {
  pool: pg.Pool;
  /** signs the cursors of lists */
  secret: Buffer;
  clock?: Clock;
  operatorToken?: string;
  /** false: somebody else keeps the read models */
  follow?: boolean;
}

@Global()
@Module({})
class SharedModule {}

@Module({})
export class AppModule {
  static with({
    pool,
    secret,
    clock = systemClock,
    operatorToken,
    follow = true,
  }: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EventStoreModule.forRoot({
          pool,
          clock,
          deciders: DECIDERS,
          projections: PROJECTIONS,
          lateAfterHours,
          follow,
        }),
        IdentityModule.forRoot(operatorToken),
        {
          module: SharedModule,
          providers: [{ provide: Cursors, useValue: new Cursors(secret) }, Lists],
          exports: [Cursors, Lists],
        },
        ...CONTEXTS,
      ],
      controllers: [ServiceController],
      providers: [
        { provide: APP_INTERCEPTOR, useClass: AnswersInterceptor },
        { provide: APP_INTERCEPTOR, useClass: MinPositionInterceptor },
      ],
    };
  }
}
