import { addMonths, type Instant, localDate, refuseIfAny, reasonIf, same } from '#libs/kernel';
import type { AgreementEvent, CommandOf, Living } from './agreement.js';
import { closedReasons, partiesOf } from './surroundings.js';
import { recordingReasons, stanceReasons } from './terms.js';
import {
  everyone,
  hasAgreed,
  isAmong,
  latest,
  orderReasons,
  stillToAgree,
  versionReasons,
  type Version,
} from './version.js';

/** One party agrees to the version they name. With the last one it comes into force, and its first review is set. */
export function agree(
  state: Living,
  version: Version,
  command: CommandOf<'AgreeBoundary'>,
  { occurredAt, actorId }: { occurredAt: Instant; actorId: string },
): AgreementEvent[] {
  const { versionNo, party, how } = command;
  if (versionNo === version.no && hasAgreed(party, version)) return [];
  const [firstDiscussed = version.since] = version.discussions.map(({ at }) => at).sort();
  const isParty = isAmong(party, everyone(version.requiredParties));
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
      !isParty,
      'not_a_party',
      'Only the clients of this relationship and their therapist agree, each for themself.',
    ),
    ...reasonIf(
      isParty && 'staffId' in party && party.staffId !== actorId,
      'not_yourself',
      'The therapist agrees for themself. Let them enter it.',
    ),
    ...reasonIf(
      !same(version.requiredParties, partiesOf(command)),
      'parties_changed',
      'Members or therapist have changed since this was proposed. Amend it, so that everyone concerned is asked.',
    ),
    ...stanceReasons(state.topic, version.terms, command.stance),
    ...recordingReasons(state.topic, version.terms, command.recordingGaps),
  ]);
  const { relationshipId, topic } = state;
  const data = { relationshipId, topic, versionNo, party, how };
  if (stillToAgree(version).length > 1)
    return [{ type: 'BoundaryAgreed', data: { ...data, inForce: false } }];
  // whoever agreed last may not be whose agreement was entered last
  const inForceFrom = latest([occurredAt, ...version.agreed.map(({ at }) => at)]);
  const { zone, everyMonths } = command.review;
  const reviewOn = addMonths(localDate(inForceFrom, zone), version.terms.reviewEveryMonths ?? everyMonths);
  return [{ type: 'BoundaryAgreed', data: { ...data, inForce: true, inForceFrom, reviewOn } }];
}
