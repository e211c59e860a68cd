import type { CommandContext, Decider, Instant, Reason, Recorded } from '#libs/kernel';
import { conflict, deriveId, missing, refuse, refuseIfAny, unreachable, reasonIf } from '#libs/kernel';
import type { Party, RequiredParties, Surroundings, Terms, Version } from './terms.js';
import {
  closedReasons,
  everyone,
  newVersion,
  isAmong,
  orderReasons,
  partiesOf,
  same,
  stanceReasons,
  stillToAgree,
  termsOf,
  termsReasons,
} from './terms.js';
import { isFixed, type BoundaryTopic } from './topics.js';

// events

export const AGREEMENT_FORMS = ['spoken', 'written', 'signed'] as const;
export type AgreementForm = (typeof AGREEMENT_FORMS)[number];
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

/** `inForce` is true on the agreement of the last party that was missing: from then on the version holds. */
export type AgreementEvent =
  | { type: 'BoundaryProposed'; data: Proposal }
  | { type: 'BoundaryDiscussed'; data: About & { versionNo: number; summary?: string } }
  | {
      type: 'BoundaryAgreed';
      data: About & { versionNo: number; party: Party; how: AgreementForm; inForce: boolean };
    }
  | { type: 'BoundaryAmended'; data: Proposal }
  | { type: 'BoundaryEnded'; data: About & { reasonCode: EndReason } };

// state

/**
 * The version in force and the one being talked about are two things: the first holds until the second
 * does.
 */
export type Agreement =
  | { situation: 'none' }
  | (About & { situation: 'proposed'; draft: Version })
  | (About & { situation: 'agreed'; inForce: Version })
  | (About & { situation: 'amendment_open'; inForce: Version; draft: Version })
  | (About & { situation: 'ended'; last: Version; reasonCode: EndReason });
type Living = Exclude<Agreement, { situation: 'none' | 'ended' }>;

/** The version people talk about now. */
const current = (state: Living): Version => ('draft' in state ? state.draft : state.inForce);

// evolve

function evolve(state: Agreement, event: Recorded<AgreementEvent>): Agreement {
  if (event.type === 'BoundaryProposed')
    return { ...aboutOf(event.data), situation: 'proposed', draft: newVersion(event.data, event.occurredAt) };
  if (state.situation === 'none' || state.situation === 'ended')
    throw new Error(`${event.type} cannot follow in the situation ${state.situation}`);
  switch (event.type) {
    case 'BoundaryDiscussed': {
      const { summary } = event.data;
      const discussion = { at: event.occurredAt, ...(summary === undefined ? {} : { summary }) };
      return withCurrent(state, { discussions: [...current(state).discussions, discussion] });
    }
    case 'BoundaryAgreed': {
      const agreed = [...current(state).agreed, event.data.party];
      return event.data.inForce
        ? { ...aboutOf(state), situation: 'agreed', inForce: { ...current(state), agreed } }
        : withCurrent(state, { agreed });
    }
    case 'BoundaryAmended': {
      // an open draft goes, and every agreement to it; what is in force stays until the new version is agreed
      const draft = newVersion(event.data, event.occurredAt);
      return 'inForce' in state
        ? { ...aboutOf(state), situation: 'amendment_open', inForce: state.inForce, draft }
        : { ...state, draft };
    }
    case 'BoundaryEnded': {
      const { reasonCode } = event.data;
      return { ...aboutOf(state), situation: 'ended', last: current(state), reasonCode };
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

type Suggestion = { terms: Terms; proposedBy: Party } & Surroundings;

/** `versionNo` names the version that was read: nobody agrees to terms they have not seen. */
export type AgreementCommand =
  | ({ type: 'ProposeBoundary' } & About & Suggestion)
  | { type: 'DiscussBoundary'; versionNo: number; summary?: string }
  | ({ type: 'AgreeBoundary'; versionNo: number; party: Party; how: AgreementForm } & Surroundings)
  | ({ type: 'AmendBoundary' } & Suggestion)
  | { type: 'EndBoundary'; reasonCode: EndReason };
type CommandOf<Type extends AgreementCommand['type']> = Extract<AgreementCommand, { type: Type }>;

// decide

function decide(
  state: Agreement,
  command: AgreementCommand,
  { occurredAt }: CommandContext,
): AgreementEvent[] {
  if (command.type === 'ProposeBoundary') return propose(state, command);
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
      return agree(state, command, occurredAt);
    case 'AmendBoundary': {
      if (isFixed(state.topic))
        refuse('topic_is_fixed', 'This topic has no amendment: the rule stays `never`.');
      if (isSame(current(state), command)) return [];
      refuseIfAny(orderReasons(current(state).since, occurredAt));
      return [{ type: 'BoundaryAmended', data: proposal(aboutOf(state), current(state).no + 1, command) }];
    }
    case 'EndBoundary': {
      if (isFixed(state.topic))
        refuse('topic_is_fixed', 'This topic does not end, not even with the relationship.');
      refuseIfAny(orderReasons(current(state).since, occurredAt));
      const data = { ...aboutOf(state), reasonCode: command.reasonCode };
      return [{ type: 'BoundaryEnded', data }];
    }
    default:
      return unreachable(command);
  }
}

function propose(state: Agreement, command: CommandOf<'ProposeBoundary'>): AgreementEvent[] {
  if (state.situation !== 'none' && state.situation !== 'ended') {
    if (isSame(current(state), command)) return [];
    conflict('already_proposed', 'There is an agreement or a proposal on this topic. Amend it.');
  }
  const versionNo = state.situation === 'ended' ? state.last.no + 1 : 1;
  return [{ type: 'BoundaryProposed', data: proposal(aboutOf(command), versionNo, command) }];
}

/** The same terms for other people are another version: those people have yet to be asked. */
const isSame = ({ terms, requiredParties }: Version, suggestion: Suggestion): boolean =>
  same([terms, requiredParties], [termsOf(suggestion.terms), partiesOf(suggestion)]);

function proposal(about: About, versionNo: number, suggestion: Suggestion): Proposal {
  const { terms, proposedBy } = suggestion;
  const stranger = 'clientId' in proposedBy && !suggestion.relationship.members.includes(proposedBy.clientId);
  refuseIfAny([
    ...closedReasons(suggestion),
    ...reasonIf(stranger, 'not_a_party', 'Only a client of this relationship or staff can propose.'),
    ...stanceReasons(about.topic, terms, suggestion),
    ...termsReasons(about.topic, terms),
  ]);
  return { ...about, versionNo, ...termsOf(terms), proposedBy, requiredParties: partiesOf(suggestion) };
}

function agree(state: Living, command: CommandOf<'AgreeBoundary'>, occurredAt: Instant): AgreementEvent[] {
  const { versionNo, party, how } = command;
  const version = current(state);
  if (versionNo === version.no && isAmong(party, version.agreed)) return [];
  const [firstDiscussed = version.since] = version.discussions.map(({ at }) => at).sort();
  refuseIfAny([
    ...closedReasons(command),
    ...versionReasons(version.no, versionNo),
    ...orderReasons(firstDiscussed, occurredAt),
    ...reasonIf(
      version.discussions.length === 0,
      'not_discussed',
      `Discuss version ${version.no} first: what nobody talked about is not agreed.`,
    ),
    ...reasonIf(
      !isAmong(party, everyone(version.requiredParties)),
      'not_a_party',
      'Only the clients of this relationship and their therapist agree, each for themself.',
    ),
    ...reasonIf(
      !same(version.requiredParties, partiesOf(command)),
      'parties_changed',
      'Members or therapist have changed since this was proposed. Amend it, so that everyone concerned is asked.',
    ),
    ...stanceReasons(state.topic, version.terms, command),
  ]);
  const inForce = stillToAgree(version).length === 1;
  return [{ type: 'BoundaryAgreed', data: { ...aboutOf(state), versionNo, party, how, inForce } }];
}

const versionReasons = (currentNo: number, versionNo: number): Reason[] => [
  ...reasonIf(
    versionNo < currentNo,
    'version_amended',
    `Version ${versionNo} has been amended meanwhile. Read version ${currentNo} and name that one.`,
  ),
  ...reasonIf(
    versionNo > currentNo,
    'version_unknown',
    `There is no such version; the newest is ${currentNo}.`,
  ),
];

/** One agreement per relationship and topic: its id follows from them, so it cannot be made twice. */
export const boundaryIdOf = (practiceId: string, relationshipId: string, topic: BoundaryTopic): string =>
  deriveId('boundary', practiceId, relationshipId, topic);

/**
 * What a therapist and their clients agreed about one topic: proposed, discussed, agreed by all, amended,
 * ended.
 */
export const agreement: Decider<Agreement, AgreementEvent, AgreementCommand> = {
  category: 'boundary',
  events: {
    BoundaryProposed: { schema: 1, personal: ['limits', 'words'] },
    BoundaryDiscussed: { schema: 1, personal: ['summary'] },
    BoundaryAgreed: { schema: 1, personal: [] },
    BoundaryAmended: { schema: 1, personal: ['limits', 'words'] },
    BoundaryEnded: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => {
    if (state.situation === 'none') return [];
    return (state.situation === 'ended' ? state.last : current(state)).requiredParties.clientIds;
  },
};
