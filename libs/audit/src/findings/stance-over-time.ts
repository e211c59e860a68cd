import type { Recorded } from '#libs/kernel';
import { policyAt, type PolicyEntry, type PracticeEvent } from '#libs/practice';
import type { SessionEvent } from '#libs/session';
import type { Case, HeldSession } from './case.js';
import { finding, type Finding, type Proof } from './finding.js';
import { inForceAt } from './stance.js';

/** In the order in which they were held. */
const inOrder = ({ sessions }: Case): HeldSession[] =>
  sessions.toSorted((a, b) => (a.state.startedAt < b.state.startedAt ? -1 : 1));

type Disclosure = { index: number; held: HeldSession; event: Recorded<SessionEvent> };

/**
 * Self-disclosures that follow one another more closely than the practice calls rare, where the stance in force at both
 * says that they are. The policy is that of the moment of the later one.
 */
export const rareDisclosures = (known: Case): Finding[] => {
  const found: Finding[] = [];
  let last: Disclosure | undefined;
  for (const one of disclosuresIn(known)) {
    const { index, held, event } = one;
    const stance = inForceAt(known, event.occurredAt);
    if (stance?.dimensions.selfDisclosure.degree !== 'rare_for_client_benefit') {
      last = undefined;
      continue;
    }
    const { most, set } = rareBy(known, event);
    if (last && index - last.index < most)
      found.push(
        finding({
          kind: 'self_disclosure_against_stance',
          code: 'more_often_than_rare',
          detail: `The therapist disclosed something about themself again ${
            index === last.index ? 'in one session' : `within ${index - last.index + 1} sessions`
          }; by version ${stance.versionNo} of their stance they rarely do, and by the practice's policy that is once in ${most} sessions. Talk about it in supervision, or publish a stance that says how it is.`,
          relationshipId: known.relationshipId,
          therapistId: held.state.plan.therapistId,
          clientIds: held.state.plan.clientIds,
          sessionId: held.sessionId,
          occurredAt: event.occurredAt,
          provedBy: [last.event, event, stance.published, ...set],
        }),
      );
    last = one;
  }
  return found;
};

const disclosuresIn = (known: Case): Disclosure[] =>
  inOrder(known).flatMap((held, index) =>
    held.events
      .filter(({ type }) => type === 'SelfDisclosureMade')
      .toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1))
      .map((event) => ({ index, held, event })),
  );

/** In how many sessions one is rare, and the change of policy that says so; without one it is the default. */
function rareBy({ bases }: Case, { occurredAt }: Proof): { most: number; set: readonly Recorded[] } {
  const changes = (bases as readonly Recorded<PracticeEvent>[]).flatMap((event) =>
    event.type === 'PracticePolicySet' ? [{ event, from: event.occurredAt, policy: event.data.policy }] : [],
  );
  const entries: readonly PolicyEntry[] = changes;
  const most = policyAt(entries, occurredAt).rareSelfDisclosureSessions;
  const set = changes.findLast(
    ({ from, policy }) => from <= occurredAt && policy.rareSelfDisclosureSessions === most,
  );
  return { most, set: set ? [set.event] : [] };
}

/**
 * As many sessions in a row as the stance asks for feedback after, and in none of them was any given. Only sessions under
 * one and the same interval count together, and only those in which feedback could be recorded: not one that was entered
 * afterwards, nor an emergency, nor one that still runs.
 */
export const missedFeedback = (known: Case): Finding[] => {
  const found: Finding[] = [];
  let without: HeldSession[] = [];
  let interval: number | undefined;
  for (const held of inOrder(known)) {
    const { state, events, sessionId } = held;
    if (state.situation !== 'ended' || state.recordedAfterwards || state.started.emergencyBasis) continue;
    const stance = inForceAt(known, state.startedAt);
    const every = stance?.dimensions.feedback.everySessions;
    const given = events.some(({ type }) => type === 'AllianceFeedbackGiven');
    if (given || every !== interval) without = [];
    interval = every;
    if (given || !stance || every === undefined) continue;
    without.push(held);
    if (without.length < every) continue;
    found.push(
      finding({
        kind: 'feedback_against_stance',
        code: 'feedback_missed',
        detail: `${without.length === 1 ? 'The session was held' : `${without.length} sessions in a row were held`} without the client's feedback on the relationship; by version ${stance.versionNo} of the stance the therapist asks for it every ${every === 1 ? 'session' : `${every} sessions`}. Ask in the next session.`,
        relationshipId: known.relationshipId,
        therapistId: state.plan.therapistId,
        clientIds: state.plan.clientIds,
        sessionId,
        occurredAt: state.endedAt,
        provedBy: [...without.flatMap(endedBy), stance.published],
      }),
    );
    without = [];
  }
  return found;
};

const endedBy = ({ events }: HeldSession) => events.filter(({ type }) => type === 'SessionEnded');
