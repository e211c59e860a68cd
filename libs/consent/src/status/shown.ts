import type { GateDecision, GateReason } from '../gate/gate.js';
import { asAcknowledged, type StanceAnswer } from './stance-answer.js';
import type { ConsentAnswer } from './consent-answer.js';

/** The part of an answer about a relationship that tells about several people. */
interface AboutSeveral {
  members: string[];
  stance: StanceAnswer | null;
  consents: ConsentAnswer[];
  gate: Omit<GateDecision, 'judged'>;
}

/**
 * The answer about one client in a couple, family or group: of the others it says who they are and how their consent
 * stands, never on which texts, since when, why or in whose words.
 */
export function shownTo<Answer extends AboutSeveral>(clientId: string, answer: Answer): Answer {
  const { members, stance, consents, gate } = answer;
  if (members.every((member) => member === clientId) && consents.every((one) => one.clientId === clientId))
    return answer;
  const isOwn = (reason: GateReason) => reason.clientId === undefined || reason.clientId === clientId;
  const own = new Set(gate.reasons.filter(isOwn).map(({ detail }) => detail));
  const reasons = new Map(
    gate.reasons.map((reason) => {
      const shown = isOwn(reason) ? reason : ofAnother(reason);
      return [`${shown.clientId} ${shown.effect} ${shown.detail}`, shown];
    }),
  );
  return {
    ...answer,
    stance: stance && {
      ...stance,
      ...asAcknowledged(
        stance.acknowledgements.filter(({ by }) => by === clientId),
        [clientId],
        stance.versionNo,
      ),
    },
    consents: consents.map((one) => (one.clientId === clientId ? one : statusOnly(one))),
    gate: {
      ...gate,
      reasons: [...reasons.values()],
      nextSteps: [...new Set(gate.nextSteps.map((step) => (own.has(step) ? step : SEE_RELATIONSHIP)))],
    },
  };
}

const SEE_RELATIONSHIP = 'Something about the consent of another member. See the relationship.';

const ofAnother = ({ effect, clientId }: GateReason): GateReason => ({
  code: 'concerns_another_member',
  detail: SEE_RELATIONSHIP,
  effect,
  clientId,
});

const statusOnly = ({ consentId, clientId, purpose, status }: ConsentAnswer): ConsentAnswer => ({
  consentId,
  clientId,
  purpose,
  status,
  since: null,
  givenBy: null,
  guardians: [],
  assent: [],
  reasons: [],
  missing: [],
  documents: [],
  expiresOn: null,
  reviewOn: null,
  emergency: null,
  evidence: [],
});
