import { agreement, boundaryIdOf, type BoundaryTopic, type Terms } from '#libs/boundary';
import { commandFor } from '#libs/event-store';
import { SettleBoundary } from '../commands.js';
import type { Case } from '../case.js';

const TERMS = {
  between_session_contact: {
    rule: 'within_limits',
    limits: 'one message between two sessions, answered on the next working day',
    words:
      'You can write once between sessions. I read it on the next working day and we talk about it when we meet.',
  },
  gifts: {
    rule: 'by_arrangement',
    words: 'If you want to give me something, we talk about what it means first.',
  },
  social_media_and_search: {
    rule: 'never',
    words: 'I do not search for you and do not connect with you anywhere online.',
  },
  chance_encounters: {
    rule: 'by_arrangement',
    words: 'If we meet by chance, you decide whether we greet each other.',
  },
  touch: { rule: 'never', words: 'We shake hands if you like. There is no other touch.' },
  recording: { rule: 'never', words: 'Neither of us records a session.' },
  joint_confidentiality: {
    rule: 'within_limits',
    limits: 'safety',
    words: 'I carry nothing from one of you to the other, unless somebody is in danger.',
  },
  ending_and_after: {
    rule: 'by_arrangement',
    words: 'We end with a last conversation, and a year later you may write to me if you wish.',
  },
  fees_and_cancellation: {
    rule: 'within_limits',
    words: 'Whoever cancels less than two days before pays half of the session.',
    particulars: {
      fee: { amountMinor: 9800, currency: 'EUR' },
      cancellationNoticeHours: 48,
      lateCancelFee: { amountMinor: 4900, currency: 'EUR' },
    },
  },
} satisfies Partial<Record<BoundaryTopic, Terms>>;

export type Topic = keyof typeof TERMS;

/** Proposed by the therapist, talked about, agreed by everyone. */
export function agreesOn(one: Case, topic: Topic): void {
  const { story, relationshipId } = one;
  story.enter(
    { what: `${topic} is proposed`, id: idOf(one, topic), by: one.byTherapist },
    (meta) =>
      new SettleBoundary(meta, {
        type: 'ProposeBoundary',
        relationshipId,
        topic,
        terms: TERMS[topic],
        proposedBy: { staffId: one.therapistId },
      }),
  );
  isSettled(one, topic, 1);
}

/** Proposed and left open: nobody agrees by silence. */
export function leavesOpen(one: Case, topic: Topic): void {
  const { story, relationshipId } = one;
  story.enter(
    { what: `${topic} is proposed`, id: idOf(one, topic), by: one.byTherapist },
    (meta) =>
      new SettleBoundary(meta, {
        type: 'ProposeBoundary',
        relationshipId,
        topic,
        terms: TERMS[topic],
        proposedBy: { clientId: one.first.id },
      }),
  );
}

/** Other terms; the old ones hold until everyone has agreed to the new. */
export function amends(one: Case, topic: Topic, terms: Terms, versionNo = 2): void {
  one.story.enter(
    { what: `${topic} is amended`, id: idOf(one, topic), by: one.byTherapist },
    (meta) =>
      new SettleBoundary(meta, { type: 'AmendBoundary', terms, proposedBy: { clientId: one.first.id } }),
  );
  isSettled(one, topic, versionNo);
}

/** Other terms, wished by the client and talked about; the therapist still thinks about them. */
export function amendsAndWaits(one: Case, topic: Topic, terms: Terms): void {
  const id = idOf(one, topic);
  const party = { clientId: one.first.id };
  one.story.enter(
    { what: `${topic} is amended`, id, by: one.byTherapist },
    (meta) => new SettleBoundary(meta, { type: 'AmendBoundary', terms, proposedBy: party }),
  );
  one.story.enter({ what: `${topic} is talked about`, id, by: one.byTherapist }, (meta) =>
    commandFor(agreement, meta, {
      type: 'DiscussBoundary',
      versionNo: 2,
      summary: 'I will bring it to supervision before I answer.',
    }),
  );
  one.story.enter(
    { what: `${topic} is agreed`, id, by: one.byTherapist },
    (meta) => new SettleBoundary(meta, { type: 'AgreeBoundary', versionNo: 2, party, how: 'spoken' }),
  );
}

function isSettled(one: Case, topic: Topic, versionNo: number): void {
  const id = idOf(one, topic);
  const by = one.byTherapist;
  const summary = 'Talked about what it would be like in practice.';
  one.story.enter({ what: `${topic} is talked about`, id, by }, (meta) =>
    commandFor(agreement, meta, { type: 'DiscussBoundary', versionNo, summary }),
  );
  for (const party of [
    ...one.members.map((member) => ({ clientId: member.id })),
    { staffId: one.therapistId },
  ])
    one.story.enter(
      { what: `${topic} is agreed`, id, by },
      (meta) => new SettleBoundary(meta, { type: 'AgreeBoundary', versionNo, party, how: 'spoken' }),
    );
}

export const idOf = (one: Case, topic: BoundaryTopic): string =>
  boundaryIdOf(one.world.practiceId, one.relationshipId, topic);
