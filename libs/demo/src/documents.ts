import type { Element } from '#libs/consent';
import type { DaysAgo } from './calendar.js';

export type DocumentKey = 'working' | 'form' | 'fees' | 'privacy' | 'video' | 'together' | 'group' | 'young';

export interface DocumentVersion {
  readonly published: { ago: DaysAgo; time: string };
  readonly text: string;
  readonly materiality: 'material' | 'cosmetic';
}

export interface DocumentHistory {
  readonly key: DocumentKey;
  readonly kind: 'disclosure' | 'consent_form' | 'fee_schedule' | 'privacy_notice';
  readonly title: string;
  readonly elements: Element[];
  readonly versions: readonly [DocumentVersion, ...DocumentVersion[]];
}

const INVENTED = 'This text belongs to a demonstration and is no model for your own.';
const text = (...paragraphs: string[]): string => [...paragraphs, INVENTED].join('\n\n');

const WORKING: Element[] = [
  'identity_and_credentials',
  'regulator_and_complaints',
  'nature_and_course',
  'methods_and_approach',
  'risks',
  'benefits',
  'alternatives',
  'right_to_refuse_or_withdraw',
  'between_session_availability',
  'sexual_contact_prohibited',
  'ending_and_referral',
];

const working = (practice: string) =>
  text(
    `Who we are: ${practice}. The people who work here, their training and where you can complain are listed at the end.`,
    'What therapy is: regular conversations with one aim, which is yours. It takes weeks or months, it can stir up more before it eases, and nobody can promise a result. There are other ways, from self-help groups to medication; ask, and we will tell you what we know.',
    'You may refuse any part of it, and stop at any time, without giving a reason.',
    'Between sessions we answer messages on working days. In an emergency call the emergency services first.',
    'There is never sexual contact between therapists and clients, during therapy or afterwards.',
    'When we come to an end we talk about it beforehand, and if you want to go on elsewhere we help you to find a place.',
  );

const fees = (price: string, notice: string) =>
  text(
    `A session of 50 minutes costs ${price}. Whoever cancels less than ${notice} before pays for it, unless the place can be given to somebody else.`,
    'If an insurer or anybody else is to pay, they learn that you come, when, and the name of the trouble; nothing more, and only if you agree.',
  );

const PRIVACY = text(
  'What you say stays here. It gives way only where somebody is in imminent danger, where a child or a dependent adult is being harmed, and where a court orders it; wherever we can, we tell you first.',
  'We keep a record of dates, agreements and what we worked on, for ten years. You can read it. Your data lies on a server of our own; nobody is paid with it.',
);

const video = (recording: string) =>
  text(
    'By video we need to know where you are, in case the line breaks at a bad moment. If it breaks, we call you by phone.',
    `Nobody else is in the room on our side, and we ask for the same on yours. ${recording}`,
  );

export const LINDENHOF_DOCUMENTS: readonly DocumentHistory[] = [
  {
    key: 'working',
    kind: 'disclosure',
    title: 'How we work together',
    elements: WORKING,
    versions: [
      {
        published: { ago: 557, time: '10:00' },
        text: working('Lindenhof Practice'),
        materiality: 'material',
      },
      {
        published: { ago: 310, time: '10:30' },
        text: working('Lindenhof Practice, two minutes from the tram'),
        materiality: 'cosmetic',
      },
    ],
  },
  {
    key: 'form',
    kind: 'consent_form',
    title: 'Consent to psychotherapy',
    elements: ['right_to_refuse_or_withdraw', 'copy_provided'],
    versions: [
      {
        published: { ago: 557, time: '10:20' },
        text: text(
          'I have read and talked about how we work together, what it costs, what stays here and how my therapist stands towards me. I have had time to ask. I want to begin. I can take this back whenever I like, and I keep a copy.',
        ),
        materiality: 'material',
      },
    ],
  },
  {
    key: 'fees',
    kind: 'fee_schedule',
    title: 'Fees and cancellation',
    elements: ['fees_and_cancellation', 'third_party_payer'],
    versions: [
      { published: { ago: 557, time: '10:40' }, text: fees('95 euros', '24 hours'), materiality: 'material' },
      {
        published: { ago: 240, time: '11:00' },
        text: fees('102 euros', '24 hours'),
        materiality: 'material',
      },
    ],
  },
  {
    key: 'privacy',
    kind: 'privacy_notice',
    title: 'What stays here, and your data',
    elements: ['confidentiality_limits', 'records_and_access', 'data_notice'],
    versions: [{ published: { ago: 557, time: '11:00' }, text: PRIVACY, materiality: 'material' }],
  },
  {
    key: 'video',
    kind: 'disclosure',
    title: 'Sessions by video',
    elements: ['technology_and_telehealth'],
    versions: [
      {
        published: { ago: 557, time: '11:20' },
        text: video('Nothing is recorded.'),
        materiality: 'material',
      },
      {
        published: { ago: 70, time: '15:00' },
        text: video('Nothing is recorded, but the new service keeps the times of calls for thirty days.'),
        materiality: 'material',
      },
    ],
  },
  {
    key: 'together',
    kind: 'disclosure',
    title: 'When you come together',
    elements: ['who_is_the_client', 'couple_family_confidentiality'],
    versions: [
      {
        published: { ago: 557, time: '11:40' },
        text: text(
          'When two of you come, both of you together are whom we work for. What one of you tells us alone we do not carry to the other, and we do not keep secrets that make the work impossible: we say so, and you decide who tells.',
        ),
        materiality: 'material',
      },
    ],
  },
  {
    key: 'group',
    kind: 'disclosure',
    title: 'When you come to a group',
    elements: ['group_roles_and_limits'],
    versions: [
      {
        published: { ago: 557, time: '11:50' },
        text: text(
          'In a group everybody asks that what is said stays there. We keep to it; for the others we can only ask. You say as much or as little as you want, and you may leave the group at any time.',
        ),
        materiality: 'material',
      },
    ],
  },
  {
    key: 'young',
    kind: 'disclosure',
    title: 'For young people and those who care for them',
    elements: ['minor_and_guardian_rights'],
    versions: [
      {
        published: { ago: 557, time: '12:00' },
        text: text(
          'Until you are eighteen somebody who cares for you gives permission, and we ask you as well. Your parents learn that you come and whether you are safe. What you say here stays yours.',
        ),
        materiality: 'material',
      },
    ],
  },
];

export const JUNIPER_DOCUMENTS: readonly DocumentHistory[] = [
  {
    key: 'working',
    kind: 'disclosure',
    title: 'Disclosure statement',
    elements: WORKING,
    versions: [
      { published: { ago: 539, time: '09:00' }, text: working('Juniper Room'), materiality: 'material' },
    ],
  },
  {
    key: 'form',
    kind: 'consent_form',
    title: 'Consent to psychotherapy',
    elements: ['right_to_refuse_or_withdraw', 'copy_provided'],
    versions: [
      {
        published: { ago: 539, time: '09:20' },
        text: text(
          'I have read the disclosure statement and how my therapist stands towards me, I have had time to ask, and I was given a copy. I want to begin, and I can stop whenever I like.',
        ),
        materiality: 'material',
      },
    ],
  },
  {
    key: 'fees',
    kind: 'fee_schedule',
    title: 'Fees and cancellation',
    elements: ['fees_and_cancellation', 'third_party_payer'],
    versions: [
      {
        published: { ago: 539, time: '09:40' },
        text: fees('140 dollars', '48 hours'),
        materiality: 'material',
      },
    ],
  },
  {
    key: 'privacy',
    kind: 'privacy_notice',
    title: 'Confidentiality and your records',
    elements: ['confidentiality_limits', 'records_and_access', 'data_notice'],
    versions: [{ published: { ago: 539, time: '10:00' }, text: PRIVACY, materiality: 'material' }],
  },
  {
    key: 'video',
    kind: 'disclosure',
    title: 'Telehealth',
    elements: ['technology_and_telehealth'],
    versions: [
      {
        published: { ago: 539, time: '10:20' },
        text: video('Nothing is recorded.'),
        materiality: 'material',
      },
    ],
  },
];
