import type { Instant, Recorded } from '#libs/kernel';
import { clientIsOnlySource, type Dimensions, type StanceEvent } from '#libs/stance';
import type { RelationshipEvent } from '#libs/relationship';
import type { SessionEvent } from '#libs/session';
import type { Case, HeldSession } from './case.js';
import { finding, type Finding, type FindingKind } from './finding.js';

/** The stance that the therapist of a relationship had published by a moment, and had not retired. */
export interface InForce {
  versionNo: number;
  dimensions: Dimensions;
  published: Recorded;
}

export function inForceAt(known: Case, at: Instant): InForce | undefined {
  const stance = known.status(at)?.stance;
  if (!stance || (stance.retiredAt !== null && stance.retiredAt <= at)) return undefined;
  const { versionNo, dimensions, contentHash } = stance;
  const published = (known.bases as readonly Recorded<StanceEvent>[]).find(
    ({ type, data }) =>
      type === 'StancePublished' && data.versionNo === versionNo && data.contentHash === contentHash,
  );
  return published && { versionNo, dimensions, published };
}

type Contradiction = { kind: FindingKind; code: string; detail: string };

/** What therapists recorded of their own sessions, each against the stance in force at that moment. */
export const practiceAgainstStance = (known: Case): Finding[] =>
  known.sessions.flatMap((held) =>
    held.events.flatMap((event) => {
      if (event.type !== 'SelfDisclosureMade' && event.type !== 'ChallengeOffered') return [];
      const stance = inForceAt(known, event.occurredAt);
      if (!stance) return [];
      const against =
        event.type === 'SelfDisclosureMade'
          ? disclosureAgainst(event.data.topic, stance)
          : challengeAgainst(event.data, stance);
      return against.map((contradiction) => inSession(known, held, event, contradiction, stance.published));
    }),
  );

function inSession(
  { relationshipId }: Case,
  { sessionId, state: { plan } }: HeldSession,
  event: Recorded<SessionEvent>,
  contradiction: Contradiction,
  published: Recorded,
): Finding {
  return finding({
    ...contradiction,
    relationshipId,
    therapistId: plan.therapistId,
    clientIds: plan.clientIds,
    sessionId,
    occurredAt: event.occurredAt,
    provedBy: [event, published],
  });
}

function disclosureAgainst(
  topic: string,
  { versionNo, dimensions: { selfDisclosure } }: InForce,
): Contradiction[] {
  const kind = 'self_disclosure_against_stance';
  if (selfDisclosure.degree === 'none')
    return [
      {
        kind,
        code: 'stance_discloses_nothing',
        detail: `The therapist disclosed something about themself; by version ${versionNo} of their stance they disclose nothing. Talk about it in supervision, or publish a stance that says how it is.`,
      },
    ];
  const plain = (text: string) =>
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_]+/g, ' ');
  if (selfDisclosure.topicsNever.some((never) => plain(never) === plain(topic)))
    return [
      {
        kind,
        code: 'topic_never_disclosed',
        detail: `The therapist disclosed something on a topic that they never speak about by version ${versionNo} of their stance. Talk about it in supervision.`,
      },
    ];
  return [];
}

function challengeAgainst(
  { invited }: { invited: boolean },
  { versionNo, dimensions: { challenge } }: InForce,
): Contradiction[] {
  const kind = 'challenge_against_stance';
  if (invited || challenge.willingness === 'will_challenge') return [];
  return challenge.willingness === 'rarely'
    ? [
        {
          kind,
          code: 'stance_challenges_rarely',
          detail: `The therapist challenged the client without being invited; by version ${versionNo} of their stance they rarely do. Look at how often it happens.`,
        },
      ]
    : [
        {
          kind,
          code: 'challenge_not_invited',
          detail: `The therapist challenged the client without being invited; by version ${versionNo} of their stance they wait for an invitation. Talk about it in supervision.`,
        },
      ];
}

/** Information from elsewhere, against the sources that the stance in force at that moment names. */
export const sourcesAgainstStance = (known: Case): Finding[] =>
  (known.events as readonly Recorded<RelationshipEvent>[]).flatMap((event) => {
    const source =
      event.type === 'InformationSourceAdded'
        ? event.data.source
        : event.type === 'MandateRecorded'
          ? 'mandator'
          : undefined;
    const stance = source && inForceAt(known, event.occurredAt);
    if (!stance || stance.dimensions.informationSources.includes(source)) return [];
    const { versionNo, dimensions, published } = stance;
    const status = known.status(event.occurredAt)!;
    const only = clientIsOnlySource(dimensions);
    return finding({
      kind: 'information_source_against_stance',
      code: only ? 'client_is_not_only_source' : 'source_not_named',
      detail: `Information came from ${only ? 'elsewhere' : 'another source'} (${source.replaceAll('_', ' ')}); by version ${versionNo} of the stance ${only ? 'the client is the only source' : 'it does not'}. Tell the client, and publish a stance that says how it is.`,
      relationshipId: known.relationshipId,
      therapistId: status.therapistId,
      clientIds: status.members.map(({ clientId }) => clientId),
      occurredAt: event.occurredAt,
      provedBy: [event, published],
    });
  });
