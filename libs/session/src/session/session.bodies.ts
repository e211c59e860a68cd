import { BOUNDARY_TOPICS } from '#libs/boundary';
import { PURPOSES, type Purpose } from '#libs/consent';
import {
  Choice,
  CommandBody,
  commandFrom,
  CreateBody,
  Flag,
  Id,
  malformed,
  Moment,
  Text,
  Whole,
} from '#libs/http';
import { OBSERVATION_KINDS, type Observation, type ObservationKind } from './observations.js';
import { CANCELLED_BY, LONGEST_MINUTES, MODALITIES, type Cancellation, type Modality } from './plan.js';
import { EMERGENCY_BASES, type EmergencyBasis } from './start.js';

export class ScheduleSessionBody extends CreateBody {
  @Id({ description: 'clients and therapist are those of the relationship' })
  relationshipId: string;

  @Moment()
  start: string;

  @Whole(1, LONGEST_MINUTES)
  durationMinutes: number;

  @Choice(MODALITIES)
  modality: Modality;

  @Text({ optional: true })
  place?: string;
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
}

export class NoShowBody extends CommandBody {
  @Id({ optional: true, description: 'one of several who did not come; everyone unless told' })
  clientId?: string;
}

const CHANNELS = ['in_person', 'phone', 'video', 'email', 'letter', 'message', 'portal'] as const;

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
