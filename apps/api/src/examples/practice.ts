import type { Example } from './example.js';
import { PRACTICE_KEY } from './names.js';

/** A practice opens: who it is, what it decides for itself, and the rules it goes by. */
export const PRACTICE_OPENS: readonly Example[] = [
  {
    title: 'Whoever runs the platform registers the practice and its first owner',
    operation: 'POST /v1/practices',
    as: 'operator',
    at: '2026-01-05T08:00:00.000Z',
    idempotencyKey: PRACTICE_KEY,
    body: {
      name: 'Willow Lane Psychotherapy',
      zone: 'Europe/Berlin',
      locale: 'en',
      rulePack: 'generic',
      owner: { name: 'Noor Haddad' },
    },
  },
  {
    title: 'Nobody leaves an entry for later than two days without saying why',
    operation: 'POST /v1/practice/set-policy',
    as: 'owner',
    body: {
      policy: {
        lateEntryHours: 48,
        lateCancelHours: 24,
        staleEffects: { stance_changed: { effect: 'block_next_session', graceDays: 0 } },
      },
    },
  },
  {
    title: 'The policy as it will hold in summer, if nobody changes it',
    operation: 'GET /v1/practice',
    as: 'owner',
    query: { at: '2026-07-01T08:00:00Z' },
  },
  {
    title: 'The practice writes down what the law of its place asks of a consent, clause by clause',
    operation: 'POST /v1/rule-packs',
    as: 'owner',
    body: {
      packId: 'willow-lane',
      title: 'What our chamber asks of us',
      jurisdiction: 'DE-BE',
      profession: 'psychotherapy',
      validFrom: '2026-01-01',
      ageOfConsent: 18,
      requirements: [
        { element: 'therapist_stance', clause: 'House rule 1' },
        { purpose: 'treatment', element: 'nature_and_course', clause: 'Chamber code 7 (1)' },
        { purpose: 'treatment', element: 'risks', clause: 'Chamber code 7 (2)' },
        {
          purpose: 'treatment',
          element: 'minor_and_guardian_rights',
          clause: 'Chamber code 12',
          when: { minor: true },
        },
      ],
    },
  },
  {
    title: 'Every edition of every pack, with its dates and clauses',
    operation: 'GET /v1/rule-packs',
    as: 'owner',
  },
];
