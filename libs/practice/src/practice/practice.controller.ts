import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  AsOfQuery,
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  Flag,
  malformed,
  Meta,
  Part,
  Query,
  Text,
  Verb,
  Whole,
  Zone,
  type Principal,
} from '#libs/http';
import { deriveId, missing } from '#libs/kernel';
import {
  LIMITS,
  policyAt,
  STALE_EFFECTS,
  STALE_REASONS,
  type StaleEffect,
  type StaleReason,
} from './policy.js';
import { RegisterPractice } from './practice.handler.js';
import { practice } from './practice.js';

class FirstOwnerPart {
  @Text({ example: 'Noor Haddad' })
  name: string;
}

/** Without an id of the caller's choice: the id follows from the Idempotency-Key, so that a repeat finds the practice. */
class RegisterPracticeBody extends CommandBody {
  @Text({ example: 'Linden Street Psychotherapy' })
  name: string;

  @Zone({ example: 'Europe/Berlin' })
  zone: string;

  @Text({ max: 35, description: 'BCP 47', example: 'en-GB' })
  locale: string;

  @Text({ optional: true, max: 100, example: 'us-co' })
  jurisdiction?: string;

  @Text({ max: 100, description: 'the rules new relationships open under', example: 'generic' })
  rulePack: string;

  @Flag({ optional: true, description: 'invented people only; false unless told' })
  demo?: boolean;

  @Part(() => FirstOwnerPart, { description: 'registered with the role owner in the same step' })
  owner: FirstOwnerPart;
}

class StaleEffectPart {
  @Choice(STALE_EFFECTS)
  effect: StaleEffect['effect'];

  @Whole(...LIMITS.graceDays)
  graceDays: number;
}

/** One optional member per reason. */
class StaleEffectsPart implements Partial<Record<StaleReason, StaleEffect>> {}
for (const reason of STALE_REASONS)
  Part(() => StaleEffectPart, { optional: true })(StaleEffectsPart.prototype, reason);

class PolicyPart {
  @Whole(...LIMITS.lateEntryHours, { optional: true, description: 'an entry older than this needs a reason' })
  lateEntryHours?: number;

  @Whole(...LIMITS.emergencyFollowUpHours, { optional: true })
  emergencyFollowUpHours?: number;

  @Whole(...LIMITS.reviewIntervalMonths, { optional: true })
  reviewIntervalMonths?: number;

  @Whole(...LIMITS.noShowGraceMinutes, { optional: true })
  noShowGraceMinutes?: number;

  @Whole(...LIMITS.lateCancelHours, { optional: true })
  lateCancelHours?: number;

  @Whole(...LIMITS.rareSelfDisclosureSessions, {
    optional: true,
    description: 'where a stance says that self-disclosure is rare: at most one in so many sessions',
  })
  rareSelfDisclosureSessions?: number;

  @Part(() => StaleEffectsPart, {
    optional: true,
    description: 'what a consent turned stale does to sessions, by reason',
  })
  staleEffects?: StaleEffectsPart;
}

class SetPolicyBody extends CommandBody {
  @Part(() => PolicyPart, { description: 'only what changes', example: { lateEntryHours: 48 } })
  policy: PolicyPart;
}

@ApiTags('practice')
@Controller('v1/practices')
export class PracticesController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Create({ summary: 'Register a practice and its first owner', access: 'operator' })
  register(@Meta() caller: CommandMeta, @Body() body: RegisterPracticeBody) {
    const id = deriveId('practice', caller.commandId);
    const { type: _, ...details } = commandFrom('RegisterPractice', body);
    return this.commands.execute(
      new RegisterPractice({ ...caller, practiceId: id, id }, { ...details, demo: details.demo ?? false }),
    );
  }
}

@ApiTags('practice')
@Controller('v1/practice')
export class PracticeController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Query('', {
    summary: 'The practice and the policy that holds',
    access: 'practice:read',
  })
  async one(@Caller() { practiceId }: Principal, @QueryString() query: AsOfQuery) {
    const now = this.store.clock.now();
    const { at = now, knownAt = now } = query;
    if (knownAt > now)
      throw malformed([
        {
          pointer: '?knownAt',
          code: 'known_at_ahead',
          detail: 'Nobody knows yet what will be known then. Send a moment up to now.',
        },
      ]);
    const { events, version } = await this.store.load(practice, practiceId, practiceId);
    const state = events
      .filter((event) => event.recordedAt <= knownAt)
      .reduce(practice.evolve, practice.initial);
    if (state.situation === 'none') missing('practice');
    return { id: practiceId, version, at, knownAt, ...state.details, policy: policyAt(state.policies, at) };
  }

  @Verb('set-policy', {
    path: 'set-policy',
    summary: 'Change what the practice decides for itself; looks forward only',
    access: 'practice:set_policy',
  })
  setPolicy(@Meta() meta: CommandMeta, @Body() body: SetPolicyBody) {
    return this.commands.execute(commandFor(practice, meta, commandFrom('SetPolicy', body)));
  }
}
