import { touchedWithoutAgreement } from './boundaries.js';
import type { Case } from './case.js';
import { consentAtStart } from './consent-at-start.js';
import { consentMeanwhile } from './consent-meanwhile.js';
import { crossings } from './crossings.js';
import { continuedForSafety, emergencyFollowUps } from './exceptions.js';
import { grantsNotReviewed } from './glass.js';
import type { Instant } from '#libs/kernel';
import type { Finding } from './finding.js';
import { setAside } from './set-aside.js';
import { missedFeedback, rareDisclosures } from './stance-over-time.js';
import { practiceAgainstStance, sourcesAgainstStance } from './stance.js';

/** Every way in which something can turn out. */
const ALL: readonly ((known: Case) => Finding[])[] = [
  consentAtStart,
  consentMeanwhile,
  continuedForSafety,
  emergencyFollowUps,
  setAside,
  practiceAgainstStance,
  rareDisclosures,
  missedFeedback,
  sourcesAgainstStance,
  touchedWithoutAgreement,
  crossings,
  grantsNotReviewed,
];

/** Everything that turned out in one relationship, by when it happened. Pure: the same case gives the same findings. */
export const findingsIn = (known: Case): Finding[] =>
  ALL.flatMap((find) => find(known)).sort((a, b) =>
    a.occurredAt === b.occurredAt ? (a.id < b.id ? -1 : 1) : a.occurredAt < b.occurredAt ? -1 : 1,
  );

export interface FindingFilter {
  kind?: string;
  clientId?: string;
  therapistId?: string;
  /** both inclusive, of when it happened */
  from?: Instant;
  to?: Instant;
}

export const fits = ({ kind, clientIds, therapistId, occurredAt }: Finding, filter: FindingFilter): boolean =>
  (filter.kind === undefined || filter.kind === kind) &&
  (filter.clientId === undefined || clientIds.includes(filter.clientId)) &&
  (filter.therapistId === undefined || filter.therapistId === therapistId) &&
  (filter.from === undefined || occurredAt >= filter.from) &&
  (filter.to === undefined || occurredAt <= filter.to);
