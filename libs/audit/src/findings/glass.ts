import type { Instant } from '#libs/kernel';
import { streamsOf, type Case } from './case.js';
import { finding, type Finding } from './finding.js';

/** Of the data of BreakGlassOpened. */
type Grant = { clientId: string; staffId: string; reviewBy: Instant };

/** Looks at a client by breaking the glass that nobody else judged in time: shown in each relationship of that client. */
export const grantsNotReviewed = (known: Case): Finding[] =>
  [...streamsOf(known.events, 'grant').values()].flatMap((stream) => {
    const [opened] = stream;
    if (opened?.type !== 'BreakGlassOpened') return [];
    const { clientId, staffId, reviewBy } = opened.data as Grant;
    const reviewed = stream.find(({ type }) => type === 'BreakGlassReviewed');
    if ((reviewed?.occurredAt ?? known.knownAt) <= reviewBy) return [];
    return finding({
      kind: 'break_glass_not_reviewed',
      code: reviewed ? 'review_late' : 'review_missing',
      detail: reviewed
        ? `The glass was broken before this client. It was to be reviewed by ${reviewBy} and was at ${reviewed.occurredAt}.`
        : `The glass was broken before this client, and nobody has said whether that was right. It was to be reviewed by ${reviewBy}. Ask an owner or supervisor to do it.`,
      relationshipId: known.relationshipId,
      therapistId: known.status(opened.occurredAt)?.therapistId ?? staffId,
      clientIds: [clientId],
      occurredAt: opened.occurredAt,
      passed: reviewBy,
      provedBy: [opened, ...(reviewed ? [reviewed] : [])],
    });
  });
