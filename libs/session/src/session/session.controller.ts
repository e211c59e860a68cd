import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  CommandBody,
  commandFrom,
  Create,
  Meta,
  OneQuery,
  PathId,
  Query,
  Verb,
  type Principal,
} from '#libs/http';
import { seesClinicalText } from '#libs/practice';
import {
  CancelSessionBody,
  NoShowBody,
  ObserveBody,
  observationOf,
  SafetyContactBody,
  ScheduleSessionBody,
  StartSessionBody,
  WithdrawConsentBody,
} from './session.bodies.js';
import { ContinueSession, MissSession, ScheduleSession } from './session.handler.js';
import { session } from './session.js';
import { StartSession } from './start.handler.js';
import { happenedIn, sessionSummary } from './summary.js';
import { WithdrawInSession } from './withdraw.handler.js';

const CLINICIANS = ['therapist', 'supervisor'] as const;
const STAFF = ['owner', 'coordinator', 'therapist', 'supervisor'] as const;

@ApiTags('sessions')
@Controller('v1/sessions')
export class SessionController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Plan a session for everyone of a relationship', allow: STAFF })
  schedule(@Meta() meta: CommandMeta, @Body() body: ScheduleSessionBody) {
    const { type: _, ...plan } = commandFrom('ScheduleSession', body);
    return this.commands.execute(new ScheduleSession(meta, plan));
  }

  @Verb('start', { summary: 'Start, if the gate lets it; a refusal names every reason', allow: CLINICIANS })
  start(@Meta() meta: CommandMeta, @Body() body: StartSessionBody) {
    const { type: _, ...start } = commandFrom('StartSession', body);
    return this.commands.execute(new StartSession(meta, start));
  }

  @Verb('observe', {
    summary: 'Record what matters to the relationship while the session runs',
    allow: CLINICIANS,
  })
  observe(@Meta() meta: CommandMeta, @Body() body: ObserveBody) {
    return this.commands.execute(
      new ContinueSession(meta, { type: 'ObserveInSession', observation: observationOf(body) }),
    );
  }

  @Verb('pause', { summary: 'Stop counting minutes', allow: CLINICIANS })
  pause(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(commandFor(session, meta, { type: 'PauseSession' }));
  }

  @Verb('resume', { summary: 'Go on after a pause', allow: CLINICIANS })
  resume(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new ContinueSession(meta, { type: 'ResumeSession' }));
  }

  @Verb('make-safety-contact', { summary: 'Record a contact made for safety', allow: CLINICIANS })
  makeSafetyContact(@Meta() meta: CommandMeta, @Body() body: SafetyContactBody) {
    return this.commands.execute(commandFor(session, meta, commandFrom('MakeSafetyContact', body)));
  }

  @Verb('end', { summary: 'End the session; its minutes are counted', allow: CLINICIANS })
  end(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new ContinueSession(meta, { type: 'EndSession' }));
  }

  @Verb('withdraw-consent', {
    summary: 'A client withdraws; staff cannot refuse it',
    allow: STAFF,
    ifMatch: 'none',
  })
  withdrawConsent(
    @Meta() meta: CommandMeta,
    @Body() { clientId, channel = 'in_person', scope = 'treatment' }: WithdrawConsentBody,
  ) {
    return this.commands.execute(new WithdrawInSession(meta, { clientId, channel, scope }));
  }

  @Verb('cancel', { summary: 'Cancel; late or not is judged by the policy', allow: STAFF })
  cancel(@Meta() meta: CommandMeta, @Body() body: CancelSessionBody) {
    return this.commands.execute(new MissSession(meta, commandFrom('CancelSession', body)));
  }

  @Verb('record-no-show', { summary: 'Nobody came, or one of several did not', allow: STAFF })
  recordNoShow(@Meta() meta: CommandMeta, @Body() body: NoShowBody) {
    return this.commands.execute(new MissSession(meta, commandFrom('RecordNoShow', body)));
  }

  @Query(':id', {
    summary: 'One session with all that happened; words only for therapist, supervisor, owner',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  async one(
    @Caller() { practiceId, roles }: Principal,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version, events } = await this.store.load(session, practiceId, id);
    return { id, version, ...sessionSummary(state), happened: happenedIn(events, seesClinicalText(roles)) };
  }
}
