import type { Example } from './example.js';
import { DOCUMENT } from './names.js';

/** The texts that consents are about. */
export const DOCUMENTS: readonly Example[] = [
  {
    title: 'A text about therapy here, with what it discloses',
    operation: 'POST /v1/documents',
    as: 'coordinator',
    at: '2026-01-07T08:00:00.000Z',
    body: {
      id: DOCUMENT.therapyHere,
      kind: 'consent_form',
      title: 'Therapy at Willow Lane',
      locale: 'en',
      text: 'What we do, what it costs, what it can do for you and what it cannot.',
      elements: ['nature_and_course', 'risks'],
    },
  },
  {
    title: 'A draft is completed before anybody reads it',
    operation: 'POST /v1/documents/{id}/revise',
    as: 'coordinator',
    path: { id: DOCUMENT.therapyHere },
    body: {
      elements: [
        'identity_and_credentials',
        'nature_and_course',
        'methods_and_approach',
        'risks',
        'benefits',
        'alternatives',
        'right_to_refuse_or_withdraw',
        'fees_and_cancellation',
        'third_party_payer',
        'confidentiality_limits',
        'records_and_access',
        'minor_and_guardian_rights',
        'sexual_contact_prohibited',
        'ending_and_referral',
        'data_notice',
      ],
    },
  },
  {
    title: 'A text is published: from now on a consent can name it',
    operation: 'POST /v1/documents/{id}/publish',
    as: 'owner',
    path: { id: DOCUMENT.therapyHere },
    body: { materiality: 'material' },
  },
  {
    title: 'A list of fees that will not last',
    operation: 'POST /v1/documents',
    as: 'coordinator',
    body: {
      id: DOCUMENT.oldFees,
      kind: 'fee_schedule',
      title: 'Fees',
      locale: 'en',
      text: 'A session costs 80 euros.',
      elements: ['fees_and_cancellation'],
    },
  },
  {
    title: 'The list of fees is published',
    operation: 'POST /v1/documents/{id}/publish',
    as: 'owner',
    path: { id: DOCUMENT.oldFees },
    body: { materiality: 'material' },
  },
  {
    title: 'A text is withdrawn: it cannot be offered any more, and stays readable to whoever signed it',
    operation: 'POST /v1/documents/{id}/withdraw',
    as: 'owner',
    path: { id: DOCUMENT.oldFees },
    body: { reason: 'Fees are agreed with each client.' },
  },
  {
    title: 'The consent forms of the practice',
    operation: 'GET /v1/documents',
    as: 'therapist',
    query: { kind: 'consent_form' },
  },
  {
    title: 'One text with its versions',
    operation: 'GET /v1/documents/{id}',
    as: 'therapist',
    path: { id: DOCUMENT.therapyHere },
  },
  {
    title: 'The very words of a version that was published',
    operation: 'GET /v1/documents/{id}/versions/{versionNo}',
    as: 'therapist',
    path: { id: DOCUMENT.therapyHere, versionNo: 1 },
    accept: 'text/plain',
  },
];
