import type { CommandContext, Decider, Instant, LocalDate, Reason, Recorded } from '#libs/kernel';
import { conflict, deriveId, missing, refuse, refuseIfAny, unreachable } from '#libs/kernel';
import { agree } from './agree.js';
import {
  concernedBy,
  crossingsAfter,
  isCrossingEvent,
  type CrossingEvent,
  type Crossings,
} from './crossing.js';
import { decideCrossing, isCrossingCommand, type CrossingCommand } from './crossing-rules.js';
import { amend, propose } from './propose.js';
import { review } from './review.js';
import type { Surroundings } from './surroundings.js';
import type { Terms } from './terms.js';
import { isFixed, type BoundaryTopic } from './topics.js';
import {
  lastEntry,
  newVersion,
  orderReasons,
  over,
  versionReasons,
  type AgreementForm,
  type InForce,
  type Party,
  type RequiredParties,
  type Review,
  type Version,
} from './version.js';

// events

export const END_REASONS = [
  'no_longer_needed',
  'ended_by_client',
  'ended_by_therapist',
  'relationship_ended',
] as const;
export type EndReason = (typeof END_REASONS)[number];

export type About = { relationshipId: string; topic: BoundaryTopic };

/**
 * The terms stand beside the rest, not in an object of their own, so that `words` and `limits` are sealed
 * alone.
 */
export type Proposal = About &
  Terms & { versionNo: number; proposedBy: Party; requiredParties: RequiredParties };

/**
 * `inForce` is true on the agreement of the last party that was missing: the version holds from `inForceFrom` on, when
 * the last of them agreed, and `reviewOn` is the day of its first review.
 */
type Consensus = { inForce: boolean; inForceFrom?: Instant; reviewOn?: LocalDate };

export type AgreementEvent =
  | { type: 'BoundaryProposed'; data: Proposal }
  | { type: 'BoundaryDiscussed'; data: About & { versionNo: number; summary?: string } }
  | {
      type: 'BoundaryAgreed';
      data: About & { versionNo: number; party: Party; how: AgreementForm } & Consensus;
    }
  | { type: 'BoundaryAmended'; data: Proposal }
  | { type: 'BoundaryReviewed'; data: About & { versionNo: number } & Omit<Review, 'at'> }
  | { type: 'BoundaryEnded'; data: About & { reasonCode: EndReason } }
  | CrossingEvent;

// state

/** Versions that were amended, replaced or ended, oldest first. */
type Begun = About & { earlier: readonly (Version | InForce)[] };

/**
 * The version in force and the one being talked about are two things: the first holds until the second
 * does. Crossings stand beside: they happen whether or not anything was agreed.
 */
export type Agreement = {
  crossings: Crossings;
  /** the crossing that the newest event is about, if it is about one */
  crossed?: string;
} & (
  | { situation: 'none' }
  | (Begun & { situation: 'proposed'; draft: Version })
  | (Begun & { situation: 'agreed'; inForce: InForce })
  | (Begun & { situation: 'amendment_open'; inForce: InForce; draft: Version })
  | (Begun & { situation: 'ended'; last: Version | InForce; endedAt: Instant; reasonCode: EndReason })
);
export type Living = Exclude<Agreement, { situation: 'none' | 'ended' }>;

/** The version people talk about now. */
const current = (state: Living): Version => ('draft' in state ? state.draft : state.inForce);

/** The version that was in force at an instant, whatever came later; undefined when none was. */
export function inForceAt(state: Agreement, at: Instant): InForce | undefined {
  if (state.situation === 'none') return undefined;
  const versions: readonly (Version | InForce)[] = [
    ...state.earlier,
    ...('inForce' in state ? [state.inForce] : []),
    ...(state.situation === 'ended' ? [state.last] : []),
  ];
  return versions
    .filter((one): one is InForce => 'from' in one)
    .findLast(({ from, until }) => from <= at && (until === undefined || at < until));
}

/** The number of that version. */
export const versionAt = (state: Agreement, at: Instant): number | undefined => inForceAt(state, at)?.no;

// evolve

function evolve(state: Agreement, event: Recorded<AgreementEvent>): Agreement {
  if (isCrossingEvent(event)) {
    const crossings = crossingsAfter(state.crossings, event);
    return { ...state, crossings, crossed: event.data.crossingId };
  }
  const { crossed: _, ...before } = state;
  return settled(before, event);
}

type BoundaryEvent = Exclude<AgreementEvent, CrossingEvent>;

function settled(state: Agreement, event: Recorded<BoundaryEvent>): Agreement {
  const { crossings } = state;
  if (event.type === 'BoundaryProposed') {
    const earlier = state.situation === 'ended' ? [...state.earlier, state.last] : [];
    const draft = newVersion(event.data, event.occurredAt);
    return { ...aboutOf(event.data), crossings, earlier, situation: 'proposed', draft };
  }
  if (state.situation === 'none' || state.situation === 'ended')
    throw new Error(`${event.type} cannot follow in the situation ${state.situation}`);
  const { occurredAt: at } = event;
  const kept = { ...aboutOf(state), crossings, earlier: state.earlier };
  switch (event.type) {
    case 'BoundaryDiscussed': {
      const { summary } = event.data;
      const discussion = { at, ...(summary === undefined ? {} : { summary }) };
      return withCurrent(state, { discussions: [...current(state).discussions, discussion] });
    }
    case 'BoundaryAgreed': {
      const { party, how, inForce, inForceFrom, reviewOn } = event.data;
      const agreed = [...current(state).agreed, { party, how, at }];
      if (!inForce) return withCurrent(state, { agreed });
      const from = inForceFrom ?? at;
      const earlier = 'inForce' in state ? [...kept.earlier, over(state.inForce, from)] : kept.earlier;
      const version = { ...current(state), agreed, from, reviews: [], ...(reviewOn ? { reviewOn } : {}) };
      return { ...kept, earlier, situation: 'agreed', inForce: version };
    }
    case 'BoundaryAmended': {
      // an open draft goes, and every agreement to it; what is in force stays until the new version is agreed
      const draft = newVersion(event.data, at);
      const earlier = 'draft' in state ? [...kept.earlier, state.draft] : kept.earlier;
      return 'inForce' in state
        ? { ...kept, earlier, situation: 'amendment_open', inForce: state.inForce, draft }
        : { ...kept, earlier, situation: 'proposed', draft };
    }
    case 'BoundaryReviewed': {
      if (!('inForce' in state)) throw new Error('a review follows only what is in force');
      const { outcome, reviewOn, summary } = event.data;
      const entry = { at, outcome, reviewOn, ...(summary === undefined ? {} : { summary }) };
      const inForce = { ...state.inForce, reviews: [...state.inForce.reviews, entry], reviewOn };
      return { ...state, inForce };
    }
    case 'BoundaryEnded': {
      const { reasonCode } = event.data;
      const earlier =
        state.situation === 'amendment_open' ? [...kept.earlier, over(state.inForce, at)] : kept.earlier;
      const last = over(current(state), at);
      return { ...kept, earlier, situation: 'ended', last, endedAt: at, reasonCode };
    }
    default:
      return unreachable(event);
  }
}

const aboutOf = ({ relationshipId, topic }: About): About => ({ relationshipId, topic });

const withCurrent = (state: Living, change: Partial<Version>): Agreement =>
  'draft' in state
    ? { ...state, draft: { ...state.draft, ...change } }
    : { ...state, inForce: { ...state.inForce, ...change } };

// commands

/** Terms, by whom they are proposed, and what they are judged by. */
export type Suggestion = { terms: Terms; proposedBy: Party } & Surroundings;

/** `versionNo` names the version that was read: nobody agrees to terms they have not seen. */
export type AgreementCommand =
  | ({ type: 'ProposeBoundary' } & About & Suggestion)
  | { type: 'DiscussBoundary'; versionNo: number; summary?: string }
  /** `recordingGaps`: what keeps the members' consents to recording from being relied on; looked for on that topic only */
  | ({
      type: 'AgreeBoundary';
      versionNo: number;
      party: Party;
      how: AgreementForm;
      recordingGaps?: readonly Reason[];
    } & Surroundings)
  | ({ type: 'AmendBoundary' } & Suggestion)
  | ({
      type: 'ReviewBoundary';
      versionNo: number;
      outcome: Review['outcome'];
      summary?: string;
      nextReviewOn?: LocalDate;
    } & Surroundings)
  | { type: 'EndBoundary'; reasonCode: EndReason }
  | CrossingCommand;
export type CommandOf<Type extends AgreementCommand['type']> = Extract<AgreementCommand, { type: Type }>;

// decide

function decide(state: Agreement, command: AgreementCommand, context: CommandContext): AgreementEvent[] {
  const { occurredAt, actor } = context;
  if (isCrossingCommand(command))
    return decideCrossing(state.crossings, command, versionAt(state, occurredAt), context);
  if (command.type === 'ProposeBoundary') return propose(state, command, occurredAt);
  if (state.situation === 'none') return missing('boundary agreement');
  if (state.situation === 'ended') {
    if (command.type === 'EndBoundary' && command.reasonCode === state.reasonCode) return [];
    return conflict('agreement_ended', 'This agreement has ended and can only be read. Propose a new one.');
  }
  switch (command.type) {
    case 'DiscussBoundary': {
      const { versionNo, summary } = command;
      const { no, since, discussions } = current(state);
      refuseIfAny([...versionReasons(no, versionNo), ...orderReasons(since, occurredAt)]);
      if (discussions.some((one) => one.at === occurredAt && one.summary === summary)) return [];
      const data = { ...aboutOf(state), versionNo, ...(summary === undefined ? {} : { summary }) };
      return [{ type: 'BoundaryDiscussed', data }];
    }
    case 'AgreeBoundary':
      return agree(state, current(state), command, { occurredAt, actorId: actor.id });
    case 'AmendBoundary':
      return amend(state, current(state), command, occurredAt);
    case 'ReviewBoundary':
      return review(state, command, occurredAt);
    case 'EndBoundary': {
      if (isFixed(state.topic))
        refuse('topic_is_fixed', 'This topic does not end, not even with the relationship.');
      refuseIfAny(orderReasons(lastEntry(current(state)), occurredAt));
      const data = { ...aboutOf(state), reasonCode: command.reasonCode };
      return [{ type: 'BoundaryEnded', data }];
    }
    default:
      return unreachable(command);
  }
}

/** One agreement per relationship and topic: its id follows from them, so it cannot be made twice. */
export const boundaryIdOf = (practiceId: string, relationshipId: string, topic: BoundaryTopic): string =>
  deriveId('boundary', practiceId, relationshipId, topic);

/**
 * What a therapist and their clients agreed about one topic: proposed, discussed, agreed by all, amended, reviewed,
 * ended; and every crossing of that boundary.
 */
export const agreement: Decider<Agreement, AgreementEvent, AgreementCommand> = {
  category: 'boundary',
  events: {
    BoundaryProposed: { schema: 1, personal: ['limits', 'words'] },
    BoundaryDiscussed: { schema: 1, personal: ['summary'] },
    BoundaryAgreed: { schema: 1, personal: [] },
    BoundaryAmended: { schema: 1, personal: ['limits', 'words'] },
    BoundaryReviewed: { schema: 1, personal: ['summary'] },
    BoundaryEnded: { schema: 1, personal: [] },
    CrossingPlanned: { schema: 1, personal: ['rationale', 'expectedBenefit', 'risks'] },
    CrossingRecorded: { schema: 1, personal: ['words'] },
    CrossingAssessed: { schema: 1, personal: ['assessment'] },
    CrossingDiscussedWithClient: { schema: 1, personal: ['summary'] },
    ClientAccountAdded: { schema: 1, personal: ['account'] },
    CrossingRepaired: { schema: 1, personal: ['repair'] },
    CrossingEscalated: { schema: 1, personal: ['recipient', 'grounds'] },
  },
  initial: { situation: 'none', crossings: {} },
  evolve,
  decide,
  subjects: (state) => {
    const crossing = state.crossings[state.crossed ?? ''];
    if (crossing) return concernedBy(crossing);
    if (state.situation === 'none') return [];
    return (state.situation === 'ended' ? state.last : current(state)).requiredParties.clientIds;
  },
};
