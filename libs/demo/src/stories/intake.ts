import type { DaysAgo } from '../calendar.js';
import type { Case, Treated } from '../case.js';
import {
  AdvanceInquiry,
  ChangeClientDetails,
  FormUnit,
  OpenRelationship,
  RegisterClient,
} from '../commands.js';

type Channel = 'phone' | 'email' | 'web' | 'in_person' | 'referral';
export interface Asking {
  readonly concern: string;
  /** what the client wishes for in a therapist, in the words of the stance */
  readonly wish?: { readonly dimension: string; readonly value: string };
  readonly risk?: 'raised' | 'urgent';
}

const CHANNELS: readonly Channel[] = ['phone', 'email', 'web', 'referral'];

/** Asks, is screened, matched and offered a place, accepts it; the relationship opens. About a week. */
export function asksForTherapy(one: Case, ago: DaysAgo, { concern, wish, risk }: Asking): void {
  const { world, story, members, first, therapistId, inquiryId: id, unitKind, number } = one;
  const { calendar } = world;
  const by = one.by('coordinator');
  const channel = CHANNELS[number % CHANNELS.length]!;
  const dataNoticeGiven = channel !== 'referral';

  story.on(calendar.workday(ago), time(9, number));
  const preferences = {
    format: one.format,
    unitKind,
    languages: first.languages.slice(0, 1),
    ...(wish ? { stance: [wish] } : {}),
  };
  story.enter(
    { what: 'asks for therapy', id, by, creates: true },
    (meta) =>
      new AdvanceInquiry(meta, {
        type: 'ReceiveInquiry',
        channel,
        preferences,
        dataNoticeGiven,
        ...(dataNoticeGiven ? { concern } : {}),
      }),
  );

  story.on(calendar.workday(ago - 1), time(10, number));
  const summary = `Talked for twenty minutes. ${concern}`;
  story.enter(
    { what: 'is screened', id, by },
    (meta) =>
      new AdvanceInquiry(meta, {
        type: 'ScreenInquiry',
        risk: risk ?? 'none',
        suitable: true,
        summary,
        dataNoticeGiven: true,
      }),
  );
  if (risk)
    story.enter(
      { what: 'is seen by a clinician', id, by: one.byTherapist },
      (meta) =>
        new AdvanceInquiry(meta, {
          type: 'ScreenInquiry',
          risk,
          suitable: true,
          summary,
          reviewedByClinician: therapistId,
          dataNoticeGiven: true,
        }),
    );
  const reasons = [
    wish ? `states ${wish.value.replaceAll('_', ' ')}, as wished` : 'has room for somebody new',
    'a free place at the time asked for',
  ];
  story.enter(
    { what: 'is matched', id, by },
    (meta) => new AdvanceInquiry(meta, { type: 'MatchTherapist', therapistId, reasons }),
  );

  story.on(calendar.workday(ago - 2), time(11, number));
  story.enter(
    { what: 'is offered a place', id, by },
    (meta) => new AdvanceInquiry(meta, { type: 'OfferInquiry', therapistId }),
  );

  story.on(calendar.workday(ago - 4), time(14, number));
  for (const member of members) isRegistered(one, member);
  story.enter(
    { what: 'accepts', id, by },
    (meta) => new AdvanceInquiry(meta, { type: 'AcceptInquiry', clientId: first.id, therapistId }),
  );
  story.enter(
    { what: 'unit is formed', id: one.unitId, by, creates: true },
    (meta) =>
      new FormUnit(meta, { type: 'FormUnit', kind: unitKind, members: members.map((member) => member.id) }),
  );
  story.enter(
    { what: 'relationship opens', id: one.relationshipId, by, creates: true },
    (meta) =>
      new OpenRelationship(meta, { unitId: one.unitId, therapistId, format: one.format, inquiryId: id }),
  );
}

export function isRegistered(one: Case, member: Treated): void {
  const { id, legalName, usedName, bornOn, languages, contact, jurisdiction } = member;
  one.story.enter(
    { what: 'is registered', id, by: one.by('coordinator'), creates: true },
    (meta) =>
      new RegisterClient(meta, {
        type: 'RegisterClient',
        legalName,
        ...(usedName ? { usedName } : {}),
        dateOfBirth: bornOn,
        languages: [...languages],
        contacts: [{ kind: 'email', value: contact, preferred: true }],
        ...(jurisdiction ? { jurisdiction } : {}),
      }),
  );
}

/** A new address, told to the front desk. */
export function movesHouse(one: Case, member: Treated, usedName?: string): void {
  const contacts = [
    { kind: 'email' as const, value: member.contact, preferred: true },
    { kind: 'post' as const, value: '7 Invented Street' },
  ];
  one.story.enter(
    { what: 'moves house', id: member.id, by: one.by('coordinator') },
    (meta) =>
      new ChangeClientDetails(meta, {
        type: 'ChangeClientDetails',
        contacts,
        ...(usedName ? { usedName } : {}),
      }),
  );
}

/** Not everybody calls on the full hour. */
const time = (hour: number, number: number): string =>
  `${String(hour).padStart(2, '0')}:${String((number * 7) % 50).padStart(2, '0')}`;
