import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  CLINICIANS,
  CommandBody,
  commandFrom,
  Create,
  Meta,
  OneQuery,
  PathId,
  Query,
  STAFF,
  Verb,
  type Principal,
} from '#libs/http';
import { ROLES } from '#libs/kernel';
import { seesClinicalText } from '#libs/practice';
import {
  CancelSessionBody,
  CheckInBody,
  ConfirmSessionBody,
  NoShowBody,
  ObserveBody,
  observationOf,
  RecordAfterwardsBody,
  RescheduleSessionBody,
  SafetyContactBody,
  ScheduleSessionBody,
  StartSessionBody,
  WithdrawConsentBody,
} from './session.bodies.js';
import { RecordAfterwards } from './afterwards.handler.js';
import { MarkSessionInError } from './correction.handler.js';
import { ContinueSession, MissSession } from './session.handler.js';
import { session } from './session.js';
import { RescheduleSession, ScheduleSession } from './planning.handler.js';
import { StartSession } from './start.handler.js';
import { happenedIn, sessionSummary, type Sight } from './summary.js';
import { WithdrawInSession } from './withdraw.handler.js';

/** The front desk learns nothing of what was noticed in a session; auditors learn that it was, in nobody's words. */
const sightOf = (roles: readonly string[]): Sight => ({
  words: seesClinicalText(roles),
  observations: seesClinicalText(roles) || roles.includes('auditor'),
});

@ApiTags('sessions')
@Controller('v1/sessions')
export class SessionController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Plan a session; a refusal names every conflict', allow: STAFF })
  schedule(@Meta() meta: CommandMeta, @Body() body: ScheduleSessionBody) {
    const { type: _, ...plan } = commandFrom('ScheduleSession', body);
    return this.commands.execute(new ScheduleSession(meta, plan));
  }

  @Verb('reschedule', {
    summary: 'Move to another time or place, until somebody is there; a confirmation lapses',
    allow: STAFF,
  })
  reschedule(@Meta() meta: CommandMeta, @Body() body: RescheduleSessionBody) {
    const { type: _, ...move } = commandFrom('RescheduleSession', body);
    return this.commands.execute(new RescheduleSession(meta, move));
  }

  @Verb('confirm', { summary: 'A client says that they will come', allow: STAFF })
  confirm(@Meta() meta: CommandMeta, @Body() body: ConfirmSessionBody) {
    return this.commands.execute(commandFor(session, meta, commandFrom('ConfirmSession', body)));
  }

  @Verb('check-in', { summary: 'Everyone is there, or one of several', allow: STAFF })
  checkIn(@Meta() meta: CommandMeta, @Body() body: CheckInBody) {
    return this.commands.execute(new ContinueSession(meta, commandFrom('CheckIn', body)));
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

  @Verb('record-afterwards', {
    summary: 'Enter a session that was held, planned or not, with a reason; whatever its consent was',
    allow: CLINICIANS,
  })
  recordAfterwards(@Meta() meta: CommandMeta, @Body() body: RecordAfterwardsBody) {
    const { type: _, ...wish } = commandFrom('RecordAfterwards', body);
    return this.commands.execute(new RecordAfterwards(meta, wish));
  }

  @Verb('mark-in-error', {
    summary: 'The session counts for nothing and stays to be seen; needs a reason',
    allow: STAFF,
  })
  markInError(@Meta() meta: CommandMeta, @Caller() { roles }: Principal, @Body() _body: CommandBody) {
    return this.commands.execute(new MarkSessionInError(meta, roles));
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
    summary:
      'One session with all that happened; words only for therapist, supervisor, owner, observations not for the front desk',
    allow: ROLES,
  })
  async one(
    @Caller() { practiceId, roles }: Principal,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version, events } = await this.store.load(session, practiceId, id);
    return {
      id,
      version,
      ...sessionSummary(state),
      ...('startedAt' in state ? { gate: state.started.gate } : {}),
      happened: happenedIn(events, sightOf(roles)),
    };
  }
}
