import { conflict, type Instant, reasonIf, refuse, refuseIfAny, same } from '#libs/kernel';
import type {
  About,
  Agreement,
  AgreementEvent,
  CommandOf,
  Living,
  Proposal,
  Suggestion,
} from './agreement.js';
import { closedReasons, partiesOf } from './surroundings.js';
import { stanceReasons, termsOf, termsReasons } from './terms.js';
import { isFixed } from './topics.js';
import { lastEntry, orderReasons, type Version } from './version.js';

/** The first version, or the next one after an agreement has ended: not from before its end. */
export function propose(
  state: Agreement,
  command: CommandOf<'ProposeBoundary'>,
  occurredAt: Instant,
): AgreementEvent[] {
  if (state.situation === 'none') return [{ type: 'BoundaryProposed', data: proposal(command, 1, command) }];
  if (state.situation !== 'ended') {
    if (isSame('draft' in state ? state.draft : state.inForce, command)) return [];
    return conflict('already_proposed', 'There is an agreement or a proposal on this topic. Amend it.');
  }
  refuseIfAny(orderReasons(state.endedAt, occurredAt));
  return [{ type: 'BoundaryProposed', data: proposal(state, state.last.no + 1, command) }];
}

/** The next version of a living agreement, from after the last thing that is entered about the one before. */
export function amend(
  state: Living,
  version: Version,
  command: CommandOf<'AmendBoundary'>,
  occurredAt: Instant,
): AgreementEvent[] {
  if (isFixed(state.topic)) refuse('topic_is_fixed', 'This topic has no amendment: the rule stays `never`.');
  if (isSame(version, command)) return [];
  refuseIfAny(orderReasons(lastEntry(version), occurredAt));
  return [{ type: 'BoundaryAmended', data: proposal(state, version.no + 1, command) }];
}

/** The same terms for other people are another version: those people have yet to be asked. */
const isSame = ({ terms, requiredParties }: Version, suggestion: Suggestion): boolean =>
  same([terms, requiredParties], [termsOf(suggestion.terms), partiesOf(suggestion)]);

function proposal({ relationshipId, topic }: About, versionNo: number, suggestion: Suggestion): Proposal {
  const { terms, proposedBy, stance } = suggestion;
  const stranger = 'clientId' in proposedBy && !suggestion.relationship.members.includes(proposedBy.clientId);
  refuseIfAny([
    ...closedReasons(suggestion),
    ...reasonIf(stranger, 'not_a_party', 'Only a client of this relationship or staff can propose.'),
    ...stanceReasons(topic, terms, stance),
    ...termsReasons(topic, terms),
  ]);
  const requiredParties = partiesOf(suggestion);
  return { relationshipId, topic, versionNo, ...termsOf(terms), proposedBy, requiredParties };
}
