import { byStream, type Projection } from '#libs/event-store';
import { unreachable, type Instant, type Recorded } from '#libs/kernel';
import { riskLeftOpen, type InquiryEvent, type Received, type Screening } from '../inquiry/inquiry.js';

export const STAGES = ['received', 'screened', 'matched', 'offered', 'accepted', 'declined'] as const;

/** Who waits, since when, and for what: one row per inquiry. No clinical text and nobody's own words. */
export interface PipelineRow {
  inquiryId: string;
  stage: (typeof STAGES)[number];
  receivedAt: Instant;
  /** when this stage was reached */
  since: Instant;
  channel: Received['channel'];
  clientId: string | null;
  therapistId: string | null;
  risk: Screening['risk'] | null;
  /** what a clinician has still to review */
  openRisk: 'raised' | 'urgent' | null;
  suitable: boolean | null;
  format: string | null;
  unitKind: string | null;
  languages: readonly string[];
  firstSlot: Instant | null;
  declinedBecause: string | null;
  linkedInquiryId: string | null;
}

function evolve(
  before: PipelineRow | undefined,
  event: Recorded<InquiryEvent>,
  inquiryId: string,
): PipelineRow {
  if (event.type === 'InquiryReceived') return first(event.data, event.occurredAt, inquiryId);
  const row = before!;
  switch (event.type) {
    case 'InquiryScreened': {
      const { risk, suitable } = event.data;
      const openRisk = riskLeftOpen(event.data, row.openRisk ?? undefined) ?? null;
      // screening again judges anew, without a step back
      const reached =
        row.stage === 'received' ? ({ stage: 'screened', since: event.occurredAt } as const) : {};
      return { ...row, ...reached, risk, suitable, openRisk };
    }
    case 'TherapistMatched':
      return {
        ...row,
        stage: 'matched',
        since: event.occurredAt,
        therapistId: event.data.therapistId,
        firstSlot: null,
      };
    case 'InquiryOffered':
      return { ...row, stage: 'offered', since: event.occurredAt, firstSlot: event.data.firstSlot ?? null };
    case 'InquiryAccepted':
      return { ...row, stage: 'accepted', since: event.occurredAt, clientId: event.data.clientId };
    case 'InquiryDeclined':
      return { ...row, stage: 'declined', since: event.occurredAt, declinedBecause: event.data.reasonCode };
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
    stage: 'received',
    receivedAt: at,
    since: at,
    channel,
    clientId: clientId ?? null,
    therapistId: null,
    risk: null,
    openRisk: null,
    suitable: null,
    format: preferences.format ?? null,
    unitKind: preferences.unitKind ?? null,
    languages: preferences.languages ?? [],
    firstSlot: null,
    declinedBecause: null,
    linkedInquiryId: linkedInquiryId ?? null,
  };
}

export const pipeline: Projection<PipelineRow> = {
  name: 'intake_pipeline',
  version: 1,
  keys: byStream('inquiry'),
  evolve: (row, event, key) => evolve(row, event as Recorded<InquiryEvent>, key),
};
