import { BOUNDARY_TOPICS } from '#libs/boundary';
import { CHANNELS, EMERGENCY_BASES, type EmergencyBasis, PURPOSES, type Purpose } from '#libs/consent';
import {
  Choice,
  CommandBody,
  commandFrom,
  CreateBody,
  Flag,
  Id,
  Ids,
  malformed,
  Moment,
  Text,
  Whole,
} from '#libs/http';
import { type Format, FORMATS } from '#libs/practice';
import { CANCELLED_BY, type Cancellation } from './cancellation.js';
import { OBSERVATION_KINDS, type Observation, type ObservationKind } from './observations.js';
import { LONGEST_MINUTES } from './plan.js';

export const OVERRIDE =
  'in spite of overlaps, working hours and absences; needs a reason, and is kept in the event';

/** What a session and a series of them are planned with alike. */
export class PlanBody extends CreateBody {
  @Id({ description: 'the therapist is that of the relationship' })
  relationshipId: string;

  @Whole(1, 10_080, { description: `at most ${LONGEST_MINUTES}` })
  durationMinutes: number;

  @Choice(FORMATS)
  modality: Format;

  @Text({ optional: true, description: 'in words, where it is no room of the practice' })
  place?: string;

  @Id({ optional: true, description: 'a room of the practice' })
  roomId?: string;

  @Ids({ optional: true, description: 'members of the unit; all of them unless told' })
  participants?: string[];

  @Flag({ optional: true, description: OVERRIDE })
  override?: boolean;
}

export class ScheduleSessionBody extends PlanBody {
  @Moment()
  start: string;
}

export class RescheduleSessionBody extends CommandBody {
  @Moment()
  start: string;

  @Whole(1, 10_080, { optional: true, description: `at most ${LONGEST_MINUTES}; as before unless told` })
  durationMinutes?: number;

  @Text({ optional: true, description: 'takes the place of a room; as before unless told' })
  place?: string;

  @Id({ optional: true, description: 'takes the place of a place in words; as before unless told' })
  roomId?: string;

  @Flag({ optional: true, description: OVERRIDE })
  override?: boolean;
}

export class StartSessionBody extends CommandBody {
  @Choice(EMERGENCY_BASES, {
    optional: true,
    description: 'lets a session start without consent; recorded only where the gate would have refused',
  })
  emergencyBasis?: EmergencyBasis;

  @Flag({
    optional: true,
    description:
      'an existing relationship goes on for safety; needs a reason, never over a withdrawal or a no',
  })
  continueForSafety?: boolean;

  @Text({ optional: true, max: 500, description: 'required by video and phone' })
  clientLocation?: string;

  @Flag({
    optional: true,
    description: 'the session is recorded; needs the consent to recording of everyone present',
  })
  recording?: boolean;
}

export class ConfirmSessionBody extends CommandBody {
  @Id({ optional: true, description: 'who confirmed; needed where there is more than one client' })
  clientId?: string;
}

export class CheckInBody extends CommandBody {
  @Id({ optional: true, description: 'one of several who is there; everyone unless told' })
  clientId?: string;
}

/** The id in the path is that of the planned session, or a new one where nothing was planned. */
export class RecordAfterwardsBody extends CommandBody {
  @Moment({ description: 'when it began' })
  start: string;

  @Moment({ description: 'when it ended, at most 12 hours later' })
  end: string;

  @Id({ optional: true, description: 'needed where nothing was planned; then the id in the path is new' })
  relationshipId?: string;

  @Choice(FORMATS, {
    optional: true,
    description: 'how it was held; as planned, else as the relationship is, unless told',
  })
  modality?: Format;

  @Text({ optional: true })
  place?: string;

  @Text({ optional: true, max: 500 })
  clientLocation?: string;

  @Choice(EMERGENCY_BASES, {
    optional: true,
    description:
      'it was held without consent in an emergency; recorded only where the gate would have refused',
  })
  emergencyBasis?: EmergencyBasis;
}

/** One body for every kind; `observationOf` says which fields belong to which. */
export class ObserveBody extends CommandBody {
  @Choice(OBSERVATION_KINDS)
  kind: ObservationKind;

  @Text({
    optional: true,
    description:
      'SelfDisclosureMade: as in topicsNever of the stance; BoundaryTouchedOn: a topic of boundaries',
  })
  topic?: string;

  @Text({
    optional: true,
    max: 1000,
    description: 'SelfDisclosureMade: what it was meant to do for the client',
  })
  purpose?: string;

  @Choice(['gentle', 'direct', 'questions'], { optional: true, description: 'ChallengeOffered' })
  style?: string;

  @Flag({ optional: true, description: 'ChallengeOffered' })
  invited?: boolean;

  @Choice(['client', 'therapist'], { optional: true, description: 'RuptureNoticed' })
  noticedBy?: string;

  @Whole(0, 40, { optional: true, description: 'AllianceFeedbackGiven: as in the Session Rating Scale' })
  score?: number;

  @Text({ optional: true, description: 'AllianceFeedbackGiven: which questionnaire' })
  measure?: string;

  @Choice(['audio', 'video'], { optional: true, description: 'RecordingStarted' })
  medium?: string;

  @Text({ optional: true, max: 4000 })
  words?: string;
}

export class SafetyContactBody extends CommandBody {
  @Text({ optional: true, max: 4000 })
  summary?: string;
}

export class CancelSessionBody extends CommandBody {
  @Choice(CANCELLED_BY)
  by: Cancellation['by'];

  @Text({ optional: true, max: 100 })
  reasonCode?: string;

  @Flag({
    optional: true,
    description: 'takes the late-cancel fee of the agreement on fees_and_cancellation in force',
  })
  chargeFee?: boolean;
}

export class NoShowBody extends CommandBody {
  @Id({ optional: true, description: 'one of several who did not come; everyone unless told' })
  clientId?: string;
}

export class CorrectEntryBody extends CommandBody {
  @Id({ description: 'of a confirmation, check-in, no-show or cancellation; see happened in the session' })
  correctsEventId: string;

  @Flag({ optional: true, description: 'in spite of what has taken its time meanwhile; kept in the event' })
  override?: boolean;
}

export class WithdrawConsentBody extends CommandBody {
  @Id()
  clientId: string;

  @Choice(CHANNELS, { optional: true, description: 'in_person unless told' })
  channel?: string;

  @Choice(['all', ...PURPOSES], { optional: true, description: 'treatment unless told' })
  scope?: 'all' | Purpose;
}

const FIELDS: Record<
  ObservationKind,
  { required: readonly (keyof ObserveBody)[]; optional: readonly (keyof ObserveBody)[] }
> = {
  SelfDisclosureMade: { required: ['topic'], optional: ['purpose', 'words'] },
  ChallengeOffered: { required: ['style', 'invited'], optional: ['words'] },
  RuptureNoticed: { required: ['noticedBy'], optional: ['words'] },
  RuptureRepaired: { required: [], optional: ['words'] },
  AllianceFeedbackGiven: { required: ['score', 'measure'], optional: ['words'] },
  BoundaryTouchedOn: { required: ['topic'], optional: ['words'] },
  RecordingStarted: { required: ['medium'], optional: ['words'] },
};

/** The observation with exactly the fields of its kind. @throws DomainError `malformed`, naming each field that is wrong */
export function observationOf(body: ObserveBody): Observation {
  const { type: _, ...fields } = commandFrom('ObserveInSession', body);
  const { kind, ...given } = fields;
  const { required, optional } = FIELDS[kind];
  const missing = required.filter((name) => body[name] === undefined);
  const foreign = (Object.keys(given) as (keyof ObserveBody)[]).filter(
    (name) => !required.includes(name) && !optional.includes(name),
  );
  const errors = [
    ...missing.map((name) => ({ pointer: `/${name}`, code: 'missing', detail: `${kind} needs ${name}.` })),
    ...foreign.map((name) => ({
      pointer: `/${name}`,
      code: 'unknown_property',
      detail: `${kind} has no such property. Leave it out.`,
    })),
  ];
  if (
    kind === 'BoundaryTouchedOn' &&
    body.topic !== undefined &&
    !(BOUNDARY_TOPICS as readonly string[]).includes(body.topic)
  )
    errors.push({
      pointer: '/topic',
      code: 'not_a_choice',
      detail: `Send one of ${BOUNDARY_TOPICS.join(', ')}.`,
    });
  if (errors.length > 0) throw malformed(errors);
  // the fields of its kind, all of the right type
  return fields as Observation;
}
