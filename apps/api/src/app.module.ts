import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type pg from 'pg';
import { AccessModule, care, grant, grants, overrides } from '#libs/access';
import { AuditModule, eventIndex } from '#libs/audit';
import { agreement, boundaryBoard, BoundaryModule, Consents, crossingRegister } from '#libs/boundary';
import { client, ClientModule, clientRegistry, unit, units } from '#libs/client';
import {
  consent,
  consentFacts,
  ConsentModule,
  disclosure,
  disclosures,
  document,
  library,
  rulePack,
  RulePackReader,
  StatusReader,
} from '#libs/consent';
import { EventStoreModule, type Projection, type Transaction } from '#libs/event-store';
import { AnswersInterceptor, Cursors, Lists, MinPositionInterceptor } from '#libs/http';
import { IdentityModule, type SignInOptions } from '#libs/identity';
import { inquiry, intakePipeline, IntakeModule, treatmentTies } from '#libs/intake';
import { systemClock, type AnyDecider, type Clock } from '#libs/kernel';
import { policyAt, practice, PracticeModule, room, rooms, RulePacks, staff, team } from '#libs/practice';
import { LedgerModule } from '#libs/ledger';
import { legal, legalMatters, LegalModule } from '#libs/legal';
import { caseload, relationship, RelationshipModule } from '#libs/relationship';
import {
  calendar,
  note,
  notes,
  psychotherapyNote,
  psychotherapyNotes,
  series,
  seriesList,
  session,
  SessionModule,
  unsignedNotes,
} from '#libs/session';
import { stance, stanceDirectory, StanceModule } from '#libs/stance';
import type { Vault } from '#libs/vault';
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
  grant,
  legal,
];
export const PROJECTIONS: readonly Projection[] = [
  care,
  eventIndex,
  team,
  rooms,
  clientRegistry,
  units,
  intakePipeline,
  treatmentTies,
  caseload,
  stanceDirectory,
  library,
  consentFacts,
  boundaryBoard,
  crossingRegister,
  calendar,
  seriesList,
  disclosures,
  notes,
  psychotherapyNotes,
  unsignedNotes,
  grants,
  overrides,
  legalMatters,
];
const CONTEXTS = [
  AccessModule,
  LegalModule,
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
  /** as `candor_app`: sees one practice at a time */
  pool: pg.Pool;
  /** as `candor_worker`: keeps the read models of all */
  worker: pg.Pool;
  vault: Vault;
  /** signs the cursors of lists */
  secret: Buffer;
  clock?: Clock;
  operatorToken?: string;
  /** how people sign in; on the same secret as the cursors unless told */
  signIn?: Partial<SignInOptions>;
  /** whose X-Forwarded-For is believed */
  trustedProxies?: string[];
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
    worker,
    vault,
    secret,
    clock = systemClock,
    operatorToken,
    signIn,
    follow = true,
  }: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EventStoreModule.forRoot({
          pool,
          worker,
          vault,
          clock,
          deciders: DECIDERS,
          projections: PROJECTIONS,
          lateAfterHours,
          follow,
        }),
        IdentityModule.forRoot({
          publicUrl: 'http://localhost:3000',
          secret,
          ...signIn,
          ...(operatorToken ? { operatorToken } : {}),
        }),
        {
          module: SharedModule,
          providers: [
            { provide: Cursors, useValue: new Cursors(secret) },
            Lists,
            { provide: RulePacks, useClass: RulePackReader },
            { provide: Consents, useClass: StatusReader },
          ],
          exports: [Cursors, Lists, RulePacks, Consents],
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
