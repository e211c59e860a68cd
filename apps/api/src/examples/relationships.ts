import type { Example } from './example.js';
import { CLIENT, INQUIRY, RELATIONSHIP, STAFF, UNIT } from './names.js';

/** One unit, one therapist, one format. */
export const RELATIONSHIPS: readonly Example[] = [
  {
    title: 'A relationship out of an accepted inquiry, which gives it its id',
    operation: 'POST /v1/relationships',
    as: 'coordinator',
    at: '2026-01-12T08:00:00.000Z',
    body: {
      unitId: UNIT.mira,
      therapistId: STAFF.therapist,
      format: 'in_person',
      inquiryId: INQUIRY.mira,
    },
  },
  {
    title: 'Tomas comes without an inquiry, to the therapist in training',
    operation: 'POST /v1/relationships',
    as: 'coordinator',
    body: { id: RELATIONSHIP.tomas, unitId: UNIT.tomas, therapistId: STAFF.trainee, format: 'in_person' },
  },
  {
    title: 'Odile, who is not of age',
    operation: 'POST /v1/relationships',
    as: 'coordinator',
    body: { id: RELATIONSHIP.odile, unitId: UNIT.odile, therapistId: STAFF.therapist, format: 'in_person' },
  },
  {
    title: 'Odile understands what treatment is and what she says yes to',
    operation: 'POST /v1/clients/{id}/assess-capacity',
    as: 'supervisor',
    path: { id: CLIENT.odile },
    body: { decision: 'treatment', capable: true, note: 'Explains it in her own words.' },
  },
  {
    title: 'One client, with guardians and assessments',
    operation: 'GET /v1/clients/{id}',
    as: 'therapist',
    path: { id: CLIENT.odile },
  },
  {
    title: 'Another therapist stands in for a week',
    operation: 'POST /v1/relationships/{id}/arrange-cover',
    as: 'coordinator',
    path: { id: RELATIONSHIP.tomas },
    body: { therapistId: STAFF.therapist, from: '2026-02-02', to: '2026-02-06' },
  },
  {
    title: 'Whom a client is, or was, in therapy with',
    operation: 'GET /v1/relationships',
    as: 'coordinator',
    query: { clientId: CLIENT.mira, status: 'open' },
  },
  {
    title: 'One relationship',
    operation: 'GET /v1/relationships/{id}',
    as: 'therapist',
    path: { id: RELATIONSHIP.mira },
  },
];

/** What can change in a relationship, and its end. Each change asks anew whether consent still holds. */
export const RELATIONSHIPS_CHANGE: readonly Example[] = [
  {
    title: 'A court wants Tomas to come, and to be told that he does',
    operation: 'POST /v1/relationships/{id}/record-mandate',
    as: 'trainee',
    at: '2026-03-02T08:00:00.000Z',
    path: { id: RELATIONSHIP.tomas },
    body: { mandator: 'District court', reports: 'attendance only', since: '2026-02-27' },
  },
  {
    title: 'Another therapist takes Tomas over',
    operation: 'POST /v1/relationships/{id}/reassign',
    as: 'coordinator',
    path: { id: RELATIONSHIP.tomas },
    body: { to: STAFF.therapist },
  },
  {
    title: 'From now on Odile comes over video',
    operation: 'POST /v1/relationships/{id}/change-format',
    as: 'therapist',
    path: { id: RELATIONSHIP.odile },
    body: { to: 'video' },
  },
  {
    title: 'Her school tells its side: she is no longer the only source',
    operation: 'POST /v1/relationships/{id}/add-information-source',
    as: 'therapist',
    path: { id: RELATIONSHIP.odile },
    body: { source: 'collateral_person', description: 'her teacher, at her wish' },
  },
  {
    title: 'Who must be asked for consent again, why and by when',
    operation: 'GET /v1/reconsent-worklist',
    as: 'coordinator',
    query: { therapistId: STAFF.therapist },
  },
  {
    title: 'A relationship ends: Tomas moves to another town',
    operation: 'POST /v1/relationships/{id}/end',
    as: 'therapist',
    path: { id: RELATIONSHIP.tomas },
    body: { by: 'client', reasonCode: 'moved_away' },
  },
  {
    title: 'What is planned and can no longer take place as planned, with every reason',
    operation: 'GET /v1/sessions',
    as: 'coordinator',
    query: { needsAttention: 'true' },
  },
];
