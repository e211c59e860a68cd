import type { Example } from './example.js';
import { BOUNDARY, CLIENT, CROSSING, RELATIONSHIP, STAFF } from './names.js';

/** What is agreed about the frame, and what is done when it was left. */
export const BOUNDARIES: readonly Example[] = [
  {
    title: 'Gifts: the therapist proposes what could hold',
    operation: 'POST /v1/boundaries',
    as: 'therapist',
    at: '2026-01-15T09:00:00.000Z',
    body: {
      relationshipId: RELATIONSHIP.mira,
      topic: 'gifts',
      terms: { rule: 'never', words: 'We do not give each other presents.' },
    },
  },
  {
    title: 'What was proposed is talked about',
    operation: 'POST /v1/boundaries/{id}/discuss',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: { versionNo: 1, summary: 'She asks what happens to what she draws.' },
  },
  {
    title: 'Nothing is agreed by silence: Mira agrees for herself',
    operation: 'POST /v1/boundaries/{id}/agree',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: { versionNo: 1, party: { clientId: CLIENT.mira }, how: 'spoken' },
  },
  {
    title: 'The therapist agrees, too: now it is in force',
    operation: 'POST /v1/boundaries/{id}/agree',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: { versionNo: 1, party: { staffId: STAFF.therapist }, how: 'spoken' },
  },
  {
    title: 'An exception is planned, with her agreement beforehand',
    operation: 'POST /v1/boundaries/{id}/plan-crossing',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: {
      crossingId: CROSSING.drawing,
      rationale: 'A drawing is what she has to say goodbye to her flat with.',
      expectedBenefit: 'Something of hers is received.',
      risks: 'She may feel she owes more.',
      clientAgreements: [{ clientId: CLIENT.mira, how: 'spoken', at: '2026-01-15T08:50:00Z' }],
    },
  },
  {
    title: 'What was planned happens',
    operation: 'POST /v1/boundaries/{id}/record-crossing',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: { crossingId: CROSSING.drawing, words: 'She brought the drawing; I took it and said what I saw.' },
  },
  {
    title: 'A crossing on a topic about which nothing was agreed',
    operation: 'POST /v1/crossings/record',
    as: 'therapist',
    body: {
      relationshipId: RELATIONSHIP.mira,
      topic: 'between_session_contact',
      crossingId: CROSSING.nights,
      words: 'I answered a message at midnight, and again the next night.',
    },
  },
  {
    title: 'Whoever crossed does not assess it: somebody else does',
    operation: 'POST /v1/boundaries/{id}/assess-crossing',
    as: 'supervisor',
    path: { id: BOUNDARY.contact },
    body: {
      crossingId: CROSSING.nights,
      outcome: 'harmful',
      assessment: 'She now waits for an answer every night.',
    },
  },
  {
    title: 'The crossing is talked about with Mira',
    operation: 'POST /v1/boundaries/{id}/discuss-crossing',
    as: 'therapist',
    path: { id: BOUNDARY.contact },
    body: {
      crossingId: CROSSING.nights,
      clientIds: [CLIENT.mira],
      summary: 'What the nights are like for her.',
    },
  },
  {
    title: 'Mira tells it herself; nobody can change her words',
    operation: 'POST /v1/boundaries/{id}/add-client-account',
    as: 'therapist',
    path: { id: BOUNDARY.contact },
    body: {
      crossingId: CROSSING.nights,
      clientId: CLIENT.mira,
      how: 'dictated',
      account: 'I was glad, and then I could not sleep.',
    },
  },
  {
    title: 'What was done to repair the crossing',
    operation: 'POST /v1/boundaries/{id}/repair-crossing',
    as: 'therapist',
    path: { id: BOUNDARY.contact },
    body: { crossingId: CROSSING.nights, repair: 'Apologised; messages are answered the next day by noon.' },
  },
  {
    title: 'The owner of the practice is told of the crossing',
    operation: 'POST /v1/boundaries/{id}/escalate-crossing',
    as: 'supervisor',
    path: { id: BOUNDARY.contact },
    body: {
      crossingId: CROSSING.nights,
      to: 'practice_owner',
      staffId: STAFF.owner,
      grounds: 'It went on for two nights.',
    },
  },
  {
    title: 'Which crossings are still open',
    operation: 'GET /v1/crossings',
    as: 'supervisor',
    query: { relationshipId: RELATIONSHIP.mira, open: 'true' },
  },
  {
    title: 'They look again at what they agreed about gifts',
    operation: 'POST /v1/boundaries/{id}/review',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: { versionNo: 1, outcome: 'to_be_amended', summary: 'Small things of her own making are fine.' },
  },
  {
    title: 'Other terms are proposed; what is in force holds until both have agreed',
    operation: 'POST /v1/boundaries/{id}/amend',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: {
      terms: {
        rule: 'within_limits',
        words: 'You may bring what you have made yourself.',
        particulars: {
          directions: ['from_client'],
          occasions: ['handmade'],
          atMost: { amountMinor: 1000, currency: 'EUR' },
        },
      },
    },
  },
  {
    title: 'All that is proposed and agreed in one relationship',
    operation: 'GET /v1/boundaries',
    as: 'therapist',
    query: { relationshipId: RELATIONSHIP.mira },
  },
  {
    title: 'An agreement is needed no longer; its versions stay readable',
    operation: 'POST /v1/boundaries/{id}/end',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
    body: { reasonCode: 'no_longer_needed' },
  },
  {
    title: 'One agreement with all its versions and crossings',
    operation: 'GET /v1/boundaries/{id}',
    as: 'therapist',
    path: { id: BOUNDARY.gifts },
  },
];
