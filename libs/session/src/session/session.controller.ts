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
  Sees,
  Verb,
  type Principal,
  type Sight,
} from '#libs/http';
import { missing } from '#libs/kernel';

import { AttentionReader } from '../attention/attention.reader.js';
import {
  CancelSessionBody,
  CheckInBody,
  ConfirmSessionBody,
  CorrectEntryBody,
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
import { CorrectEntry, MarkSessionInError } from './correction.handler.js';
import { ContinueSession, MissSession } from './session.handler.js';
import { shownPlace } from './place.reader.js';
import { session } from './session.js';
import { RescheduleSession, ScheduleSession } from './planning.handler.js';
import { StartSession } from './start.handler.js';
import { happenedIn, sessionSummary } from './summary.js';
import { WithdrawInSession } from './withdraw.handler.js';

@ApiTags('sessions')
@Controller('v1/sessions')
export class SessionController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(AttentionReader) private readonly attention: AttentionReader,
  ) {}

  @Create({ summary: 'Plan a session; a refusal names every conflict', access: 'session:plan' })
  schedule(@Meta() meta: CommandMeta, @Body() body: ScheduleSessionBody) {
    const { type: _, ...plan } = commandFrom('ScheduleSession', body);
    return this.commands.execute(new ScheduleSession(meta, plan));
  }

  @Verb('reschedule', {
    summary: 'Move to another time or place, until somebody is there; a confirmation lapses',
    access: 'session:plan',
  })
  reschedule(@Meta() meta: CommandMeta, @Body() body: RescheduleSessionBody) {
    const { type: _, ...move } = commandFrom('RescheduleSession', body);
    return this.commands.execute(new RescheduleSession(meta, move));
  }

  @Verb('confirm', { summary: 'A client says that they will come', access: 'session:plan' })
  confirm(@Meta() meta: CommandMeta, @Body() body: ConfirmSessionBody) {
    return this.commands.execute(commandFor(session, meta, commandFrom('ConfirmSession', body)));
  }

  @Verb('check-in', { summary: 'Everyone is there, or one of several', access: 'session:plan' })
  checkIn(@Meta() meta: CommandMeta, @Body() body: CheckInBody) {
    return this.commands.execute(new ContinueSession(meta, commandFrom('CheckIn', body)));
  }

  @Verb('start', {
    summary: 'Start, if the gate lets it; a refusal names every reason',
    access: 'session:hold',
  })
  start(@Meta() meta: CommandMeta, @Body() body: StartSessionBody) {
    const { type: _, ...start } = commandFrom('StartSession', body);
    return this.commands.execute(new StartSession(meta, start));
  }

  @Verb('observe', {
    summary: 'Record what matters to the relationship while the session runs',
    access: 'session:hold',
  })
  observe(@Meta() meta: CommandMeta, @Body() body: ObserveBody) {
    return this.commands.execute(
      new ContinueSession(meta, { type: 'ObserveInSession', observation: observationOf(body) }),
    );
  }

  @Verb('pause', { summary: 'Stop counting minutes', access: 'session:hold' })
  pause(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(commandFor(session, meta, { type: 'PauseSession' }));
  }

  @Verb('resume', { summary: 'Go on after a pause', access: 'session:hold' })
  resume(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new ContinueSession(meta, { type: 'ResumeSession' }));
  }

  @Verb('make-safety-contact', { summary: 'Record a contact made for safety', access: 'session:hold' })
  makeSafetyContact(@Meta() meta: CommandMeta, @Body() body: SafetyContactBody) {
    return this.commands.execute(commandFor(session, meta, commandFrom('MakeSafetyContact', body)));
  }

  @Verb('end', { summary: 'End the session; its minutes are counted', access: 'session:hold' })
  end(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new ContinueSession(meta, { type: 'EndSession' }));
  }

  @Verb('record-afterwards', {
    summary: 'Enter a session that was held, planned or not, with a reason; whatever its consent was',
    access: 'session:hold',
  })
  recordAfterwards(@Meta() meta: CommandMeta, @Body() body: RecordAfterwardsBody) {
    const { type: _, ...wish } = commandFrom('RecordAfterwards', body);
    return this.commands.execute(new RecordAfterwards(meta, wish));
  }

  @Verb('mark-in-error', {
    summary: 'The session counts for nothing and stays to be seen; needs a reason',
    access: 'session:mark_in_error',
  })
  markInError(@Meta() meta: CommandMeta, @Caller() { roles }: Principal, @Body() _body: CommandBody) {
    return this.commands.execute(new MarkSessionInError(meta, roles));
  }

  @Verb('correct-entry', {
    summary:
      'A confirmation, check-in, no-show or cancellation was wrong: all is as before it; needs a reason',
    access: 'session:plan',
  })
  correctEntry(@Meta() meta: CommandMeta, @Body() body: CorrectEntryBody) {
    const { type: _, ...entry } = commandFrom('CorrectEntry', body);
    return this.commands.execute(new CorrectEntry(meta, entry));
  }

  @Verb('withdraw-consent', {
    summary: 'A client withdraws; staff cannot refuse it',
    access: 'session:withdraw_consent',
    ifMatch: 'none',
  })
  withdrawConsent(
    @Meta() meta: CommandMeta,
    @Body() { clientId, channel = 'in_person', scope = 'treatment' }: WithdrawConsentBody,
  ) {
    return this.commands.execute(new WithdrawInSession(meta, { clientId, channel, scope }));
  }

  @Verb('cancel', { summary: 'Cancel; late or not is judged by the policy', access: 'session:plan' })
  cancel(@Meta() meta: CommandMeta, @Body() body: CancelSessionBody) {
    return this.commands.execute(new MissSession(meta, commandFrom('CancelSession', body)));
  }

  @Verb('record-no-show', { summary: 'Nobody came, or one of several did not', access: 'session:plan' })
  recordNoShow(@Meta() meta: CommandMeta, @Body() body: NoShowBody) {
    return this.commands.execute(new MissSession(meta, commandFrom('RecordNoShow', body)));
  }

  @Query(':id', {
    summary:
      'One session with all that happened; words only for therapist, supervisor, observations not for the front desk',
    access: 'session:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() sees: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version, events } = await this.store.load(session, practiceId, id);
    if (state.situation === 'none') missing('session');
    const [attention] = await this.attention.reasons(practiceId, [
      { ...state.plan, status: state.situation, overridden: state.overridden },
    ]);
    return {
      id,
      version,
      ...shownPlace(sessionSummary(state) ?? {}, sees),
      attention,
      ...('startedAt' in state ? { gate: state.started.gate } : {}),
      happened: happenedIn(events, sees),
    };
  }
}
