import { type Projection, members } from '#libs/event-store';
import { parseStream, unreachable, type Instant, type Recorded } from '#libs/kernel';
import type { RelationshipEvent } from '#libs/relationship';
import { riskLeftOpen } from '../inquiry/screening.js';
import type { InquiryEvent, Received } from '../inquiry/situation.js';
import type { PipelineRow } from './row.js';

type Seen = InquiryEvent | Extract<RelationshipEvent, { type: 'RelationshipOpened' }>;

/** A relationship that opens is the last thing that happens to the inquiry it comes from. */
function keys(event: Recorded): readonly string[] {
  const { category, id } = parseStream(event.stream);
  if (category === 'inquiry') return [id];
  if (event.type !== 'RelationshipOpened') return [];
  const { inquiryId } = (event as Recorded<Extract<Seen, { type: 'RelationshipOpened' }>>).data;
  return inquiryId ? [inquiryId] : [];
}

function evolve(before: PipelineRow | undefined, event: Recorded<Seen>, inquiryId: string): PipelineRow {
  if (event.type === 'InquiryReceived') return first(event.data, event.occurredAt, inquiryId);
  const row = before!;
  const to = (status: PipelineRow['status'], more: Partial<PipelineRow> = {}): PipelineRow => ({
    ...row,
    status,
    since: event.occurredAt,
    dueOn: null,
    stillWaiting: null,
    ...more,
  });
  switch (event.type) {
    case 'InquiryScreened': {
      const { risk, suitable } = event.data;
      const openRisk = riskLeftOpen(event.data, row.openRisk ?? undefined) ?? null;
      // screening again judges anew, without a step back
      const stays = row.status !== 'received' && row.status !== 'redirected_urgent';
      return { ...(stays ? row : to('screened')), risk, suitable, openRisk };
    }
    case 'InquiryRedirectedUrgently': {
      const { risk, followUpOn = null } = event.data;
      const openRisk = row.openRisk === 'urgent' ? 'urgent' : risk;
      return to('redirected_urgent', {
        risk,
        openRisk,
        therapistId: null,
        firstSlot: null,
        dueOn: followUpOn,
      });
    }
    case 'InquiryWaitlisted': {
      const { nextCheckInOn, preferences } = event.data;
      return to('waitlisted', {
        therapistId: null,
        firstSlot: null,
        dueOn: nextCheckInOn,
        stillWaiting: true,
        ...(preferences ? wishesOf(preferences) : {}),
      });
    }
    case 'WaitlistCheckInRecorded': {
      const { stillWaiting, nextCheckInOn = null } = event.data;
      return { ...row, stillWaiting, dueOn: nextCheckInOn };
    }
    case 'TherapistMatched':
      return to('matched', { therapistId: event.data.therapistId, firstSlot: null });
    case 'InquiryOffered':
      return to('offered', { firstSlot: event.data.firstSlot ?? null });
    case 'InquiryAccepted':
      return to('accepted', { clientId: event.data.clientId });
    case 'InquiryDeclined':
      return to('declined', { closedBecause: event.data.reasonCode });
    case 'InquiryReferred':
      return to('referred', { closedBecause: event.data.reasonCode });
    case 'InquiryWithdrawn':
      return to('withdrawn');
    case 'RelationshipOpened':
      return { ...row, relationshipId: parseStream(event.stream).id };
    default:
      return unreachable(event);
  }
}

function first(
  { channel, clientId, preferences, linkedInquiryId }: Received,
  at: Instant,
  inquiryId: string,
): PipelineRow {
  return {
    inquiryId,
    status: 'received',
    receivedAt: at,
    since: at,
    channel,
    clientId: clientId ?? null,
    therapistId: null,
    risk: null,
    openRisk: null,
    suitable: null,
    ...wishesOf(preferences),
    firstSlot: null,
    dueOn: null,
    stillWaiting: null,
    closedBecause: null,
    linkedInquiryId: linkedInquiryId ?? null,
    relationshipId: null,
  };
}

const wishesOf = ({ format, unitKind, languages }: Received['preferences']) => ({
  format: format ?? null,
  unitKind: unitKind ?? null,
  languages: languages ?? [],
});

export const pipeline: Projection<PipelineRow> = {
  name: 'intake_pipeline',
  version: 4,
  keys,
  evolve: (row, event, key) => evolve(row, event as Recorded<Seen>, key),
  columns: { ...members('status', 'therapistId', 'receivedAt', 'dueOn') },
};
