import { judgeAt, type DocumentEvent, type GateReason } from '#libs/consent';
import { addMinutes, localDate, startOfLocalDay, type Instant, type Recorded } from '#libs/kernel';
import { wholeMinutes } from '#libs/session';
import { provenBy, type Case, type HeldSession } from './case.js';
import { sameAs } from './consent-at-start.js';
import { finding, type Finding } from './finding.js';

/** Ending takes a moment: somebody who takes their consent back is not shown the door in mid-sentence. */
const MINUTES_TO_END = 5;

/** These end a session that runs; what else the gate asks for is asked before the next one. */
const CLIENTS_NO = new Set(['consent_withdrawn', 'consent_declined']);

type Stop = GateReason & { since: Instant };

/**
 * Sessions that went on, for longer than it takes to end them, after consent had been withdrawn or had become one that
 * blocks at once. Pauses and the time after a contact for safety do not count.
 */
export const consentMeanwhile = (known: Case): Finding[] =>
  known.sessions.flatMap((held) => {
    const { startedAt, plan } = held.state;
    const end = lastMoment(held, known.knownAt);
    const moments = turns(known, startedAt, end);
    if (moments.length === 0) return [];
    const before = stopsAt(known, held, startedAt, known.knownAt);
    const stops = moments
      .flatMap((at) => stopsAt(known, held, at, known.knownAt).map((stop) => ({ ...stop, seenAt: at })))
      .filter((stop, index, all) => !before.some(sameAs(stop)) && all.findIndex(sameAs(stop)) === index);
    return stops.flatMap(({ seenAt, ...stop }) => {
      const minutes = minutesAfter(stop.since, held, known.knownAt);
      if (minutes < MINUTES_TO_END) return [];
      const wentOn = held.events.find(
        ({ type, occurredAt }) =>
          occurredAt >= stop.since && (type === 'SessionPaused' || type === 'SessionEnded'),
      );
      const holds = (knownAt: Instant) => stopsAt(known, held, seenAt, knownAt).some(sameAs(stop));
      return finding({
        kind: 'session_went_on_without_consent',
        code: stop.code,
        detail: `The session went on for ${minutes} minutes after this: ${stop.detail}`,
        relationshipId: known.relationshipId,
        therapistId: plan.therapistId,
        clientIds: stop.clientId ? [stop.clientId] : plan.clientIds,
        sessionId: held.sessionId,
        occurredAt: stop.since,
        ...(wentOn ? {} : { passed: addMinutes(stop.since, MINUTES_TO_END) }),
        provedBy: [
          held.began,
          ...(wentOn ? [wentOn] : []),
          ...known.bases.filter(({ eventId }) => eventId === stop.eventId),
          ...provenBy(known, held.began, holds),
        ],
      });
    });
  });

/**
 * The moments within a session at which consent can become another one: something happened, a text came into effect, or
 * a local day began, with which consent expires and people come of age.
 */
function turns({ bases, zone }: Case, from: Instant, to: Instant): Instant[] {
  const effective = (bases as readonly Recorded<DocumentEvent>[]).flatMap((event) =>
    event.type === 'DocumentPublished' ? event.data.effectiveFrom : [],
  );
  const midnight = startOfLocalDay(localDate(to, zone), zone);
  const all = [...bases.map(({ occurredAt }) => occurredAt), ...effective, midnight];
  return [...new Set(all.filter((moment) => moment > from && moment < to))].sort();
}

/** What should have stopped a session that ran at a moment. */
function stopsAt(known: Case, { state }: HeldSession, at: Instant, knownAt: Instant): Stop[] {
  const status = known.status(at, knownAt);
  if (!status) return [];
  const { plan, absent, started } = state;
  const clientIds = plan.clientIds.filter((clientId) => !absent.includes(clientId));
  const { reasons } = judgeAt([{ at, status }], { format: started.modality, clientIds }, []);
  return reasons.flatMap((reason) => {
    if (reason.effect !== 'block') return [];
    const consents = status.consents.filter(({ clientId }) => clientId === reason.clientId);
    if (CLIENTS_NO.has(reason.code)) {
      const said = consents.find(({ evidence }) => evidence[0]?.eventId === reason.eventId);
      return said?.since ? [{ ...reason, since: said.since }] : [];
    }
    const atOnce = consents
      .flatMap((consent) => consent.reasons)
      .find(
        ({ code, effect, detail }) =>
          effect === 'block_now' && code === reason.code && detail === reason.detail,
      );
    return atOnce?.blocksFrom ? [{ ...reason, since: atOnce.blocksFrom }] : [];
  });
}

/** The last moment at which it ran, as far as is known. */
const lastMoment = ({ state }: HeldSession, knownAt: Instant): Instant =>
  state.stretches
    .map(({ to }) => to ?? knownAt)
    .sort()
    .at(-1) ?? state.startedAt;

/** Whole minutes that it ran from a moment until somebody looked after the client's safety, or to its end. */
function minutesAfter(moment: Instant, { state, events }: HeldSession, knownAt: Instant): number {
  const contact = events
    .filter(({ type, occurredAt }) => type === 'SafetyContactMade' && occurredAt >= moment)
    .map(({ occurredAt }) => occurredAt)
    .sort()[0];
  const ran = state.stretches.map(({ from, to = knownAt }) => ({
    from,
    to: contact !== undefined && contact < to ? contact : to,
  }));
  return wholeMinutes(ran, moment);
}
