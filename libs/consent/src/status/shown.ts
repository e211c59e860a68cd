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
 * @param records those of the client
 */
export function shownTo<Answer extends AboutSeveral>(records: readonly string[], answer: Answer): Answer {
  const { members, stance, consents, gate } = answer;
  const isTheirs = (clientId: string) => records.includes(clientId);
  if (members.every(isTheirs) && consents.every((one) => isTheirs(one.clientId))) return answer;
  const isOwn = ({ clientId }: GateReason) => clientId === undefined || isTheirs(clientId);
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
        stance.acknowledgements.filter(({ by }) => isTheirs(by)),
        members.filter(isTheirs),
        stance.versionNo,
      ),
    },
    consents: consents.map((one) => (isTheirs(one.clientId) ? one : statusOnly(one))),
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
