import {
  conflict,
  type CommandContext,
  type Decider,
  type Instant,
  type LocalDate,
  missing,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  same,
  unreachable,
} from '#libs/kernel';
import type { Format } from '#libs/practice';
import {
  arrangingReasons,
  coverMeeting,
  coverOf,
  coverReasons,
  type ArrangedCover,
  type Cover,
} from './cover.js';
import {
  inquiryReasons,
  memberReasons,
  rulePackReasons,
  stanceReasons,
  therapistReasons,
  type InquiryFacts,
  type MergedAway,
  type RelationshipOpening,
  type RulePackFacts,
  type StanceFacts,
  type TherapistFacts,
} from './opening.js';

// events

export const OTHER_SOURCES = ['collateral_person', 'outside_records', 'mandator'] as const;
export const ENDED_BY = ['client', 'therapist', 'practice', 'agreement'] as const;

/** Sources beside the client's own account; the first of them makes `clientIsOnlySource` untrue. */
export type InformationSource = {
  source: (typeof OTHER_SOURCES)[number];
  description?: string;
};

/**
 * Somebody who sends the client, such as a court or an employer, and what is reported to them; `since` is the local date
 * of the mandate. Mandated is not the same as involuntary.
 */
export type Mandate = { mandator: string; reports?: string; since?: LocalDate };

type Ending = { by: (typeof ENDED_BY)[number]; reasonCode: string };

/** `clientIds`: whom it concerns, where others were treated together by then than it was opened with. */
type Concerning = { clientIds?: string[] };

export type RelationshipEvent =
  | { type: 'RelationshipOpened'; data: RelationshipOpening }
  | { type: 'TherapistReassigned'; data: { from: string; to: string } & Concerning }
  | { type: 'FormatChanged'; data: { from: Format; to: Format } & Concerning }
  | { type: 'InformationSourceAdded'; data: InformationSource & Concerning }
  | { type: 'MandateRecorded'; data: Mandate & Concerning }
  | { type: 'CoverArranged'; data: ArrangedCover & Concerning }
  | { type: 'RelationshipEnded'; data: Ending & Concerning };

// state

/** When it began, when therapist and format became what they are, and when the last of anything happened. */
type Since = { opening: Instant; therapist: Instant; format: Instant; last: Instant };

/**
 * `opening` is how it began, the rest is how it stands. Covers are in the order they were arranged: ask `coverOn`.
 * `treatedBy` is everybody who ever was its therapist or was to stand in, `concerned` are the clients of the newest event.
 */
type Begun = {
  opening: RelationshipOpening;
  therapistId: string;
  format: Format;
  sources: readonly InformationSource[];
  mandates: readonly Mandate[];
  covers: readonly ArrangedCover[];
  treatedBy: readonly string[];
  concerned: readonly string[];
  since: Since;
};

export type RelationshipState =
  { situation: 'none' } | ({ situation: 'open' } & Begun) | ({ situation: 'ended'; ending: Ending } & Begun);

// evolve

function evolve(before: RelationshipState, event: Recorded<RelationshipEvent>): RelationshipState {
  const { occurredAt: at } = event;
  if (event.type !== 'RelationshipOpened') {
    const { opening } = begun(before);
    return { ...changed(before, event), concerned: event.data.clientIds ?? opening.members };
  }
  const { therapistId, format, members } = event.data;
  const since = { opening: at, therapist: at, format: at, last: at };
  return {
    situation: 'open',
    opening: event.data,
    therapistId,
    format,
    sources: [],
    mandates: [],
    covers: [],
    treatedBy: [therapistId],
    concerned: members,
    since,
  };
}

type Change = Exclude<RelationshipEvent, { type: 'RelationshipOpened' }>;

function changed(state: RelationshipState, event: Recorded<Change>) {
  const { occurredAt: at } = event;
  const before = { ...begun(state), since: moved(state, at) };
  switch (event.type) {
    case 'TherapistReassigned': {
      const { to: therapistId } = event.data;
      const since = moved(state, at, { therapist: at });
      return { ...before, therapistId, treatedBy: also(before, therapistId), since };
    }
    case 'FormatChanged':
      return { ...before, format: event.data.to, since: moved(state, at, { format: at }) };
    case 'InformationSourceAdded':
      return { ...before, sources: [...before.sources, said(event.data)] };
    case 'MandateRecorded':
      return { ...before, mandates: [...before.mandates, said(event.data)] };
    case 'CoverArranged': {
      const treatedBy = also(before, event.data.therapistId);
      return { ...before, covers: [...before.covers, said(event.data)], treatedBy };
    }
    case 'RelationshipEnded':
      return { ...before, situation: 'ended' as const, ending: said(event.data) };
    default:
      return unreachable(event);
  }
}

/** Without whom it concerns. */
const said = <D extends Concerning>({ clientIds: _, ...data }: D): Omit<D, 'clientIds'> => data;

const also = ({ treatedBy }: Begun, therapistId: string): string[] => [
  ...new Set([...treatedBy, therapistId]),
];

function moved(state: RelationshipState, at: Instant, change: Partial<Since> = {}): Since {
  const { since } = begun(state);
  return { ...since, ...change, last: at > since.last ? at : since.last };
}

function begun(state: RelationshipState) {
  if (state.situation === 'none') throw new Error('a relationship stream begins with RelationshipOpened');
  return state;
}

// commands

export type RelationshipCommand =
  | ({
      type: 'OpenRelationship';
      therapist: TherapistFacts;
      stance: StanceFacts;
      inquiry?: InquiryFacts;
      mergedAway: readonly MergedAway[];
      rulePacks: RulePackFacts;
    } & RelationshipOpening)
  | (RelationshipChange & Together);
/** `zone` is the practice's, `roles` those of whoever arranges it */
type RelationshipChange =
  | { type: 'ReassignTherapist'; to: string; therapist: TherapistFacts; stance: StanceFacts }
  | { type: 'ChangeFormat'; to: Format }
  | ({ type: 'AddInformationSource' } & InformationSource)
  | ({ type: 'RecordMandate' } & Mandate)
  | ({ type: 'ArrangeCover'; therapist: TherapistFacts; zone: string; roles: readonly string[] } & Cover)
  | ({ type: 'EndRelationship' } & Ending);
/** Who is treated together when it happens; those it was opened with unless told. */
type Together = { together?: string[] };

// decide

function decide(
  state: RelationshipState,
  command: RelationshipCommand,
  context: CommandContext,
): RelationshipEvent[] {
  if (command.type === 'OpenRelationship') return openOne(state, command, context);
  const { together, ...wish } = command;
  const changes = change(state, wish, context);
  if (!together || same(together, begun(state).opening.members)) return changes;
  return changes.map((event) => ({ ...event, data: { ...event.data, clientIds: together } }) as Change);
}

function openOne(
  state: RelationshipState,
  command: Extract<RelationshipCommand, { type: 'OpenRelationship' }>,
  context: CommandContext,
): RelationshipEvent[] {
  const { type: _, therapist, stance, inquiry, mergedAway, rulePacks, ...data } = command;
  if (state.situation !== 'none') {
    if (same(open(state).opening, data)) return [];
    conflict(
      'already_open',
      'This relationship is open already. Change it, or open the other one under its own id.',
    );
  }
  refuseIfAny([
    ...therapistReasons(therapist),
    ...stanceReasons(data.unitKind, stance),
    ...memberReasons(mergedAway),
    ...rulePackReasons(data.rulePack, rulePacks),
    ...inquiryReasons(data, inquiry, context),
  ]);
  return [{ type: 'RelationshipOpened', data }];
}

function change(state: RelationshipState, command: RelationshipChange, context: CommandContext): Change[] {
  switch (command.type) {
    case 'ReassignTherapist': {
      const { opening, therapistId: from, since } = open(state);
      if (command.to === from) return [];
      refuseIfAny([
        ...orderReasons(since, since.therapist, context),
        ...therapistReasons(command.therapist),
        ...stanceReasons(opening.unitKind, command.stance),
      ]);
      return [{ type: 'TherapistReassigned', data: { from, to: command.to } }];
    }
    case 'ChangeFormat': {
      const { format: from, since } = open(state);
      if (command.to === from) return [];
      refuseIfAny(orderReasons(since, since.format, context));
      return [{ type: 'FormatChanged', data: { from, to: command.to } }];
    }
    case 'AddInformationSource': {
      const { type: _, ...data } = command;
      const { sources, since } = open(state);
      if (sources.some((source) => same(source, data))) return [];
      // sources only add up: one that comes to light late may be older than another
      refuseIfAny(orderReasons(since, since.opening, context));
      return [{ type: 'InformationSourceAdded', data }];
    }
    case 'RecordMandate': {
      const { type: _, ...data } = command;
      const { mandates, since } = open(state);
      if (mandates.some((mandate) => same(mandate, data))) return [];
      refuseIfAny([
        ...reasonIf(!data.mandator.trim(), 'mandator_missing', 'Say who sends the client.'),
        ...orderReasons(since, since.opening, context),
      ]);
      return [{ type: 'MandateRecorded', data }];
    }
    case 'ArrangeCover': {
      const { therapist, zone, roles } = command;
      const cover = coverOf(command);
      const { covers, since, therapistId: current } = open(state);
      const meeting = coverMeeting(covers, cover);
      if (meeting && same(coverOf(meeting), cover)) return [];
      refuseIfAny([
        ...arrangingReasons(context.actor.id, roles, current),
        ...therapistReasons(therapist),
        ...coverReasons(cover, { current, opening: since.opening, zone }),
        ...orderReasons(since, since.opening, context),
      ]);
      const { reason } = context;
      return [{ type: 'CoverArranged', data: { ...cover, ...(reason ? { reason } : {}) } }];
    }
    case 'EndRelationship': {
      const { type: _, ...data } = command;
      if (state.situation === 'ended' && same(state.ending, data)) return [];
      const { since } = open(state);
      refuseIfAny([
        ...reasonIf(!data.reasonCode.trim(), 'reason_code_missing', 'Say why it ends, with a reason code.'),
        ...orderReasons(since, since.last, context),
      ]);
      return [{ type: 'RelationshipEnded', data }];
    }
    default:
      return unreachable(command);
  }
}

function open(state: RelationshipState) {
  if (state.situation === 'none') missing('relationship');
  if (state.situation === 'ended')
    conflict('relationship_ended', 'This relationship has ended and can only be read. Open a new one.');
  return state;
}

/** Consent is judged along the time at which things were true: what is slipped in below would go unheard there. */
function orderReasons({ opening }: Since, last: Instant, { occurredAt }: CommandContext): Reason[] {
  const beforeOpening = occurredAt < opening;
  return [
    ...reasonIf(
      beforeOpening,
      'before_the_opening',
      `This relationship began at ${opening}. Give a time from then on as occurredAt.`,
    ),
    ...reasonIf(
      !beforeOpening && occurredAt < last,
      'before_last_entry',
      `What this builds on is entered for ${last}. Give a time from then on as occurredAt.`,
    ),
  ];
}

/** One unit, one therapist, one format, from opening to ending. Consent, boundaries and sessions live inside it. */
export const relationship: Decider<RelationshipState, RelationshipEvent, RelationshipCommand> = {
  category: 'relationship',
  events: {
    RelationshipOpened: { schema: 1, personal: [] },
    TherapistReassigned: { schema: 1, personal: [] },
    FormatChanged: { schema: 1, personal: [] },
    InformationSourceAdded: { schema: 1, personal: ['description'] },
    MandateRecorded: { schema: 1, personal: ['mandator', 'reports'] },
    CoverArranged: { schema: 1, personal: ['reason'] },
    RelationshipEnded: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : state.concerned),
};
