import { reasonIf, type LocalDate, type Reason } from '#libs/kernel';
import { isKept, type Retention } from '../retention/retention.js';

/** Another person whose key some texts were sealed with as well. */
export type Sharer = {
  clientId: string;
  /** how many events hold such a text */
  texts: number;
  retention: Retention;
};

/** Everything an erasure is judged by, as it stands at one moment. All are ids. */
export type Circumstances = {
  today: LocalDate;
  retention: Retention;
  holds: readonly string[];
  openInquiries: readonly string[];
  openRelationships: readonly string[];
  plannedSessions: readonly string[];
  sharers: readonly Sharer[];
  /** records of which a merge or its undoing is asked */
  mergeProposals: readonly string[];
  /** consents put off in an emergency that nobody has come back to */
  openFollowUps: readonly string[];
  /** crossings found a violation and still open */
  openViolations: readonly string[];
  /** staff who treat or treated the client */
  therapists: readonly string[];
};

/** Everything that stands against destroying somebody's keys, each with what to do next; nothing that names a person. */
export function obstacles(now: Circumstances): Reason[] {
  const { today, retention, holds, openRelationships, plannedSessions, mergeProposals } = now;
  return [
    ...retentionReasons(retention, today),
    ...each(holds, 'legal_hold', (id) => `Legal hold ${id} is placed on this client. It is lifted first.`),
    ...each(
      now.openInquiries,
      'inquiry_open',
      (id) =>
        `Inquiry ${id} is open. Decline or refer it, or record that the person withdrew (POST /v1/inquiries/${id}/withdraw).`,
    ),
    ...each(
      openRelationships,
      'relationship_open',
      (id) => `Relationship ${id} is open. It ends first; then records are kept for their time.`,
    ),
    ...each(
      plannedSessions,
      'session_planned',
      (id) => `Session ${id} is planned or runs. Cancel or end it.`,
    ),
    ...now.sharers.filter((sharer) => isKept(sharer.retention, today)).map((sharer) => jointReason(sharer)),
    ...each(
      mergeProposals,
      'merge_proposed',
      (id) => `Somebody has asked to merge record ${id} or to part it. Confirm that or drop it.`,
    ),
    ...each(
      now.openFollowUps,
      'emergency_follow_up_open',
      (id) => `Consent ${id} was put off in an emergency. Complete its follow-up.`,
    ),
    ...each(
      now.openViolations,
      'violation_open',
      (id) => `Crossing ${id} was found a violation and is still open. Escalate it and settle it.`,
    ),
  ];
}

const retentionReasons = ({ until, because, rule, clause }: Retention, today: LocalDate): Reason[] =>
  reasonIf(
    because !== 'treatment_goes_on' && until !== null && today <= until,
    'retention_runs',
    `Records of this client are kept until ${until} (${rule}: ${clause}). Ask again after that day.`,
  );

/** What was sealed for several dies with the key of any one of them. */
const jointReason = ({ clientId, texts, retention }: Sharer): Reason => ({
  code: 'joint_records',
  detail: `${texts} texts are about client ${clientId} as well and would be lost to them: ${
    retention.because === 'treatment_goes_on'
      ? 'they are still in treatment'
      : `their records are kept until ${retention.until}`
  }. Ask again after that.`,
  otherId: clientId,
});

const each = (ids: readonly string[], code: string, detail: (id: string) => string): Reason[] =>
  ids.map((otherId) => ({ code, detail: detail(otherId), otherId }));
