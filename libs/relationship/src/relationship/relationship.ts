import {
  canonicalJson,
  conflict,
  type CommandContext,
  type Decider,
  deriveId,
  type Instant,
  missing,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  unreachable,
} from '#libs/kernel';

// events

export const FORMATS = ['in_person', 'video', 'phone'] as const;
export type Format = (typeof FORMATS)[number];
export const OTHER_SOURCES = ['collateral_person', 'outside_records', 'mandator'] as const;
export const ENDED_BY = ['client', 'therapist', 'practice', 'agreement'] as const;

/** Sources beside the client's own account; the first of them makes `clientIsOnlySource` untrue (domain.md §3). */
export type InformationSource = {
  source: (typeof OTHER_SOURCES)[number];
  description?: string;
};

/** `members` are the unit's client ids on the day of opening, `rulePack` the id of the pack it opened under. */
export type RelationshipOpening = {
  unitId: string;
  unitKind: 'individual' | 'couple' | 'family' | 'group';
  members: string[];
  therapistId: string;
  format: Format;
  inquiryId?: string;
  rulePack: string;
};

type Ending = { by: (typeof ENDED_BY)[number]; reasonCode: string };

export type RelationshipEvent =
  | { type: 'RelationshipOpened'; data: RelationshipOpening }
  | { type: 'TherapistReassigned'; data: { from: string; to: string } }
  | { type: 'FormatChanged'; data: { from: Format; to: Format } }
  | { type: 'InformationSourceAdded'; data: InformationSource }
  | { type: 'RelationshipEnded'; data: Ending };

// state

/** When it began, when therapist and format became what they are, and when the last of anything happened. */
type Since = { opening: Instant; therapist: Instant; format: Instant; last: Instant };

/** `opening` is how it began; `therapistId`, `format` and `sources` are how it stands. */
type Begun = {
  opening: RelationshipOpening;
  therapistId: string;
  format: Format;
  sources: readonly InformationSource[];
  since: Since;
};

export type RelationshipState =
  { situation: 'none' } | ({ situation: 'open' } & Begun) | ({ situation: 'ended'; ending: Ending } & Begun);

// evolve

function evolve(state: RelationshipState, event: Recorded<RelationshipEvent>): RelationshipState {
  const { occurredAt: at } = event;
  switch (event.type) {
    case 'RelationshipOpened': {
      const { therapistId, format } = event.data;
      const since = { opening: at, therapist: at, format: at, last: at };
      return { situation: 'open', opening: event.data, therapistId, format, sources: [], since };
    }
    case 'TherapistReassigned':
      return { ...begun(state), therapistId: event.data.to, since: moved(state, at, { therapist: at }) };
    case 'FormatChanged':
      return { ...begun(state), format: event.data.to, since: moved(state, at, { format: at }) };
    case 'InformationSourceAdded':
      return { ...begun(state), sources: [...begun(state).sources, event.data], since: moved(state, at) };
    case 'RelationshipEnded':
      return { ...begun(state), situation: 'ended', ending: event.data, since: moved(state, at) };
    default:
      return unreachable(event);
  }
}

function moved(state: RelationshipState, at: Instant, change: Partial<Since> = {}): Since {
  const { since } = begun(state);
  return { ...since, ...change, last: at > since.last ? at : since.last };
}

function begun(state: RelationshipState) {
  if (state.situation === 'none') throw new Error('a relationship stream begins with RelationshipOpened');
  return state;
}

// commands

/** What the handler found about the staff member. */
export type TherapistFacts = { isTherapist: boolean; active: boolean };
/** `published`: there is a stance for this kind of unit; `suits`: its partiality fits that kind (domain.md §3). */
export type StanceFacts = { published: boolean; suits: boolean };
/** What the handler found under `inquiryId`; client and therapist are those accepted. */
export type InquiryFacts = { accepted: boolean; clientId?: string; therapistId?: string };

export type RelationshipCommand =
  | ({
      type: 'OpenRelationship';
      therapist: TherapistFacts;
      stance: StanceFacts;
      inquiry?: InquiryFacts;
    } & RelationshipOpening)
  | { type: 'ReassignTherapist'; to: string; therapist: TherapistFacts; stance: StanceFacts }
  | { type: 'ChangeFormat'; to: Format }
  | ({ type: 'AddInformationSource' } & InformationSource)
  | ({ type: 'EndRelationship' } & Ending);

// decide

function decide(
  state: RelationshipState,
  command: RelationshipCommand,
  context: CommandContext,
): RelationshipEvent[] {
  switch (command.type) {
    case 'OpenRelationship': {
      const { type: _, therapist, stance, inquiry, ...data } = command;
      if (state.situation !== 'none') {
        if (same(open(state).opening, data)) return [];
        conflict(
          'already_open',
          'This relationship is open already. Change it, or open the other one under its own id.',
        );
      }
      refuseIfAny([
        ...therapistProblems(therapist),
        ...stanceProblems(data.unitKind, stance),
        ...inquiryProblems(data, inquiry, context),
      ]);
      return [{ type: 'RelationshipOpened', data }];
    }
    case 'ReassignTherapist': {
      const { opening, therapistId: from, since } = open(state);
      if (command.to === from) return [];
      refuseIfAny([
        ...orderProblems(since, since.therapist, context),
        ...therapistProblems(command.therapist),
        ...stanceProblems(opening.unitKind, command.stance),
      ]);
      return [{ type: 'TherapistReassigned', data: { from, to: command.to } }];
    }
    case 'ChangeFormat': {
      const { format: from, since } = open(state);
      if (command.to === from) return [];
      refuseIfAny(orderProblems(since, since.format, context));
      return [{ type: 'FormatChanged', data: { from, to: command.to } }];
    }
    case 'AddInformationSource': {
      const { type: _, ...data } = command;
      const { sources, since } = open(state);
      if (sources.some((source) => same(source, data))) return [];
      // sources only add up: one that comes to light late may be older than another
      refuseIfAny(orderProblems(since, since.opening, context));
      return [{ type: 'InformationSourceAdded', data }];
    }
    case 'EndRelationship': {
      const { type: _, ...data } = command;
      if (state.situation === 'ended' && same(state.ending, data)) return [];
      const { since } = open(state);
      refuseIfAny([
        ...reasonIf(!data.reasonCode.trim(), 'reason_code_missing', 'Say why it ends, with a reason code.'),
        ...orderProblems(since, since.last, context),
      ]);
      return [{ type: 'RelationshipEnded', data }];
    }
    default:
      return unreachable(command);
  }
}

const same = (some: object, other: object): boolean => canonicalJson(some) === canonicalJson(other);

function open(state: RelationshipState) {
  if (state.situation === 'none') missing('relationship');
  if (state.situation === 'ended')
    conflict('relationship_ended', 'This relationship has ended and can only be read. Open a new one.');
  return state;
}

/** Consent is judged along the time at which things were true: what is slipped in below would go unheard there. */
function orderProblems({ opening }: Since, last: Instant, { occurredAt }: CommandContext): Reason[] {
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

function therapistProblems({ isTherapist, active }: TherapistFacts): Reason[] {
  return [
    ...reasonIf(!isTherapist, 'not_a_therapist', 'This staff member is no therapist. Choose one who is.'),
    ...reasonIf(!active, 'therapist_deactivated', 'This therapist is deactivated. Choose one who is active.'),
  ];
}

function stanceProblems(
  unitKind: RelationshipOpening['unitKind'],
  { published, suits }: StanceFacts,
): Reason[] {
  const noneYet = `The therapist has published no stance for this kind of unit (${unitKind}). They publish one first.`;
  const rule =
    unitKind === 'individual'
      ? 'An individual relationship cannot carry a multi-partial stance.'
      : `A ${unitKind} relationship cannot carry a stance partial to one client.`;
  return [
    ...reasonIf(!published, 'stance_not_published', noneYet),
    ...reasonIf(
      published && !suits,
      'stance_does_not_suit',
      `${rule} Publish one that suits, or choose another therapist.`,
    ),
  ];
}

function inquiryProblems(
  { inquiryId, members, therapistId }: RelationshipOpening,
  inquiry: InquiryFacts | undefined,
  { practiceId, id }: CommandContext,
): Reason[] {
  if (!inquiryId) return [];
  if (!inquiry) missing('inquiry');
  const { accepted, clientId } = inquiry;
  const otherId = id !== relationshipIdOf(practiceId, inquiryId);
  const otherClient = accepted && !(clientId && members.includes(clientId));
  const otherTherapist = accepted && inquiry.therapistId !== therapistId;
  return [
    ...reasonIf(
      otherId,
      'one_relationship_per_inquiry',
      'The inquiry gives the relationship its id. Leave the id out.',
    ),
    ...reasonIf(!accepted, 'inquiry_not_accepted', 'The inquiry is not accepted. Accept it first.'),
    ...reasonIf(
      otherClient,
      'inquiry_other_client',
      'Its client is no member of this unit. Choose their unit.',
    ),
    ...reasonIf(
      otherTherapist,
      'inquiry_other_therapist',
      'It was accepted for another therapist. Choose that one.',
    ),
  ];
}

/** The only id a relationship out of this inquiry can have: one inquiry can never become two relationships. */
export const relationshipIdOf = (practiceId: string, inquiryId: string): string =>
  deriveId('relationship', practiceId, inquiryId);

/** One unit, one therapist, one format, from opening to ending. Consent, boundaries and sessions live inside it. */
export const relationship: Decider<RelationshipState, RelationshipEvent, RelationshipCommand> = {
  category: 'relationship',
  events: {
    RelationshipOpened: { schema: 1, personal: [] },
    TherapistReassigned: { schema: 1, personal: [] },
    FormatChanged: { schema: 1, personal: [] },
    InformationSourceAdded: { schema: 1, personal: ['description'] },
    RelationshipEnded: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : state.opening.members),
};
