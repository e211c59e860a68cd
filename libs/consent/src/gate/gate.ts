import type { Instant } from '#libs/kernel';
import type { EmergencyBasis } from '../consent/consent.js';
import type { Purpose } from '../rule-pack/elements.js';
import { sessionConsents } from '../rule-pack/pack.js';
import type { ConsentAnswer } from '../status/consent-answer.js';
import type { RelationshipStatus } from '../status/status.js';

/** One thing the gate found: `block` stands in the way, `inform` is worth knowing. */
export type GateReason = {
  code: string;
  detail: string;
  effect: 'block' | 'inform';
  clientId?: string;
  eventId?: string;
};

/** Whether a session may start, with all reasons and the stream versions that were judged. */
export type GateDecision = {
  result: 'allow' | 'refuse' | 'emergency' | 'continue_for_safety';
  reasons: GateReason[];
  nextSteps: string[];
  judged: { stream: string; version: number }[];
};

export interface GateQuestion {
  at: Instant;
  /** how the session is held */
  format: string;
  /** a clinician may start without consent on one of these, visible as such, with a follow-up deadline */
  emergencyBasis?: EmergencyBasis;
  /** an existing relationship is not cut off silently; never over a withdrawal, a no or an overdue follow-up */
  continueForSafety?: boolean;
  /** who takes part beside the members: whoever has left the unit still consents for themself */
  clientIds?: readonly string[];
  /** a further consent this session would rest on, e.g. `recording` */
  also?: Purpose;
}

/**
 * The consents that bear on a session: treatment, and what may be asked for by its format and unit. Whether one that nobody
 * asked for must be is what the rule pack says; once asked for, it must be given.
 */
export function purposesFor(unitKind: string, format: string): Purpose[] {
  return [
    'treatment',
    ...(format === 'in_person' ? [] : (['telehealth'] as const)),
    ...(unitKind === 'group' ? (['group_participation'] as const) : []),
    ...(unitKind === 'individual' ? [] : (['joint_work_confidentiality'] as const)),
  ];
}

/** Judges a status. Pure; the same status gives the same decision. */
export function judge(
  status: RelationshipStatus | undefined,
  question: GateQuestion,
  judged: GateDecision['judged'] = [],
): GateDecision {
  return judgeAt([{ at: question.at, status }], question, judged);
}

/** Judges several moments at once, each with its status: what stands in the way at one of them stands in the way. */
export function judgeAt(
  moments: readonly { at: Instant; status: RelationshipStatus | undefined }[],
  question: Omit<GateQuestion, 'at'>,
  judged: GateDecision['judged'],
): GateDecision {
  const all = moments.flatMap(({ at, status }) =>
    status
      ? findings(status, { ...question, at })
      : [block('relationship_not_open', 'The relationship does not exist at that time. Open one first.')],
  );
  const reasons = all.filter(
    (reason, index) =>
      all.findIndex((other) => other.detail === reason.detail && other.clientId === reason.clientId) ===
      index,
  );
  return {
    ...outcome(
      reasons,
      question,
      moments.map(({ status }) => status),
    ),
    reasons,
    judged,
  };
}

const block = (code: string, detail: string, more: Partial<GateReason> = {}): GateReason => ({
  code,
  detail,
  effect: 'block',
  ...more,
});

function findings(
  status: RelationshipStatus,
  { at, format, clientIds = [], also }: GateQuestion,
): GateReason[] {
  const reasons: GateReason[] = [];
  const { everyone, purposes, required } = restsOn(status, { format, clientIds, also });
  if (!status.open)
    reasons.push(block('relationship_ended', 'The relationship has ended. Open a new one first.'));
  if (!status.stance || status.stance.retiredAt)
    reasons.push(
      block(
        'stance_not_published',
        'The therapist has no published stance for this kind of unit. Publish one and let the client acknowledge it.',
      ),
    );
  for (const clientId of everyone)
    for (const purpose of purposes) {
      const consent = consentOf(status, clientId, purpose);
      const sought = consent && consent.status !== 'not_sought';
      if (sought || required.has(purpose)) reasons.push(...consentFindings(consent, clientId, purpose, at));
    }
  return reasons;
}

/** Whose consents to what bear on a session; `required` are those that must have been asked for. */
function restsOn(
  { opening: { unitKind }, sessionConsents: consents, members }: RelationshipStatus,
  { format, clientIds = [], also }: Pick<GateQuestion, 'format' | 'clientIds' | 'also'>,
) {
  const asked = sessionConsents(consents, { unitKind, remote: format !== 'in_person' });
  const required = new Set<Purpose>([
    'treatment',
    ...asked.map(({ purpose }) => purpose),
    ...(also ? [also] : []),
  ]);
  return {
    required,
    purposes: new Set([...purposesFor(unitKind, format), ...required]),
    everyone: new Set([...members.map(({ clientId }) => clientId), ...clientIds]),
  };
}

/** What stops a session that runs, `since` when; `position` is that of the event that made it true. */
export type Stop = {
  code: string;
  detail: string;
  clientId: string;
  since: Instant;
  position: number | null;
};

/** The consents a session rests on that have turned stale for a reason which by the practice's policy blocks at once. */
export function stopsAt(
  status: RelationshipStatus,
  { at, ...question }: Pick<GateQuestion, 'at' | 'format' | 'clientIds' | 'also'>,
): Stop[] {
  const { everyone, purposes } = restsOn(status, question);
  return status.consents
    .filter(({ clientId, purpose }) => everyone.has(clientId) && purposes.has(purpose))
    .flatMap(({ clientId, reasons }) =>
      reasons.flatMap(({ code, detail, effect, blocksFrom, position }) =>
        effect === 'block_now' && blocksFrom !== null && blocksFrom <= at
          ? [{ code, detail, clientId, since: blocksFrom, position }]
          : [],
      ),
    );
}

const consentOf = ({ consents }: RelationshipStatus, member: string, asked: Purpose) =>
  consents.find(({ clientId, purpose }) => clientId === member && purpose === asked);

function consentFindings(
  consent: ConsentAnswer | undefined,
  clientId: string,
  purpose: Purpose,
  at: Instant,
): GateReason[] {
  if (!consent)
    return [block('consent_not_sought', `Consent to ${purpose} was not sought. Offer it.`, { clientId })];
  const eventId = consent.evidence[0]?.eventId;
  const about = { clientId, ...(eventId ? { eventId } : {}) };
  const own = consent.reasons.map(({ code, detail, blocksFrom, eventId: by }): GateReason => ({
    code,
    detail,
    effect: blocksFrom !== null && blocksFrom <= at ? 'block' : 'inform',
    clientId,
    ...(by ? { eventId: by } : {}),
  }));
  switch (consent.status) {
    case 'given':
    case 'stale':
      return own;
    case 'withdrawn':
      return [
        block(
          'consent_withdrawn',
          `Consent to ${purpose} was withdrawn. Talk with the client; it can be offered again.`,
          about,
        ),
        ...own,
      ];
    case 'declined':
      return [block('consent_declined', `Consent to ${purpose} was declined.`, about), ...own];
    case 'expired':
      return [
        block(
          'consent_expired',
          `Consent to ${purpose} held until the end of ${consent.expiresOn}. Renew it.`,
          about,
        ),
        ...own,
      ];
    case 'not_sought':
    case 'offered':
    case 'in_discussion':
    case 'deferred_emergency':
      return [
        block(
          'consent_not_given',
          `Consent to ${purpose} is ${consent.status.replaceAll('_', ' ')}. Finish the conversation and record that it is given.`,
          about,
        ),
        ...own,
      ];
  }
}

/**
 * What keeps a consent beside those of the gate from being relied on, e.g. `recording`: one reason at least for everyone
 * among `clientIds` whose consent does not hold at the moment, [] when everyone's does.
 */
export const consentGaps = (
  status: RelationshipStatus | undefined,
  clientIds: readonly string[],
  purpose: Purpose,
  at: Instant,
): GateReason[] =>
  clientIds
    .flatMap((clientId) =>
      consentFindings(
        status?.consents.find((consent) => consent.clientId === clientId && consent.purpose === purpose),
        clientId,
        purpose,
        at,
      ),
    )
    .filter(({ effect }) => effect === 'block');

/**
 * A no of the client is never overruled for continuity, nor is what was left undone after an emergency; in an emergency a
 * session may start all the same.
 */
const NOT_FOR_SAFETY = new Set([
  'emergency_follow_up_overdue',
  'consent_withdrawn',
  'consent_declined',
  'relationship_not_open',
  'relationship_ended',
]);

function outcome(
  reasons: readonly GateReason[],
  { emergencyBasis, continueForSafety }: Omit<GateQuestion, 'at'>,
  statuses: readonly (RelationshipStatus | undefined)[],
): Pick<GateDecision, 'result' | 'nextSteps'> {
  const blocking = reasons.filter(({ effect }) => effect === 'block');
  const nextSteps = [...new Set(blocking.map(({ detail }) => detail))];
  if (blocking.length === 0) return { result: 'allow', nextSteps: reasons.map(({ detail }) => detail) };
  if (emergencyBasis && statuses.every((status) => status !== undefined))
    return {
      result: 'emergency',
      nextSteps: ['Seek consent as soon as it is possible and record the follow-up.', ...nextSteps],
    };
  if (
    continueForSafety &&
    statuses.every(everyoneHadConsented) &&
    blocking.every(({ code }) => !NOT_FOR_SAFETY.has(code))
  )
    return { result: 'continue_for_safety', nextSteps };
  return { result: 'refuse', nextSteps };
}

/** Only treatment that had begun with everybody's consent can be continued. */
const everyoneHadConsented = (status: RelationshipStatus | undefined): boolean =>
  status?.members.every(({ status: treatment }) => ['given', 'stale', 'expired'].includes(treatment)) ??
  false;
