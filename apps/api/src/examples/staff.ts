import type { Example } from './example.js';
import { STAFF } from './names.js';

/** Who works here, in which roles, when, and under whose supervision. */
export const STAFF_JOINS: readonly Example[] = [
  {
    title: 'Somebody for the front desk',
    operation: 'POST /v1/staff',
    as: 'owner',
    at: '2026-01-05T09:00:00.000Z',
    body: { id: STAFF.coordinator, name: 'Sefa Lindgren', roles: ['coordinator'], languages: ['en', 'de'] },
  },
  {
    title: 'A therapist, with what clients are told about her training',
    operation: 'POST /v1/staff',
    as: 'owner',
    body: {
      id: STAFF.therapist,
      name: 'Ilka Morgenstern',
      roles: ['therapist'],
      credentials: 'Licensed psychotherapist, person-centred',
      languages: ['en', 'de'],
    },
  },
  {
    title: 'A therapist in training',
    operation: 'POST /v1/staff',
    as: 'owner',
    body: { id: STAFF.trainee, name: 'Pavel Osei', roles: ['therapist'] },
  },
  {
    title: 'A supervisor',
    operation: 'POST /v1/staff',
    as: 'owner',
    body: { id: STAFF.supervisor, name: 'Ruth Almeida', roles: ['supervisor'] },
  },
  {
    title: 'An auditor, who sees what happened and not to whom',
    operation: 'POST /v1/staff',
    as: 'owner',
    body: { id: STAFF.auditor, name: 'Bela Novak', roles: ['auditor'] },
  },
  {
    title: 'A therapist who will not stay long',
    operation: 'POST /v1/staff',
    as: 'owner',
    body: { id: STAFF.formerTherapist, name: 'Casper Wendt', roles: ['therapist'] },
  },
  {
    title: 'What makes Pavel a trainee: his notes are final only with a second signature',
    operation: 'POST /v1/staff/{id}/record-credential',
    as: 'owner',
    path: { id: STAFF.trainee },
    body: {
      kind: 'trainee',
      title: 'Psychotherapist in training',
      issuer: 'Willow Institute',
      validFrom: '2025-10-01',
      validTo: '2027-09-30',
    },
  },
  {
    title: 'Pavel’s supervisor',
    operation: 'POST /v1/staff/{id}/assign-supervisor',
    as: 'owner',
    path: { id: STAFF.trainee },
    body: { supervisorId: STAFF.supervisor },
  },
  {
    title: 'Casper is supervised by her, too',
    operation: 'POST /v1/staff/{id}/assign-supervisor',
    as: 'owner',
    path: { id: STAFF.formerTherapist },
    body: { supervisorId: STAFF.supervisor },
  },
  {
    title: 'Casper is supervised by her no longer',
    operation: 'POST /v1/staff/{id}/end-supervision',
    as: 'owner',
    path: { id: STAFF.formerTherapist },
    body: { supervisorId: STAFF.supervisor },
  },
  {
    title: 'Casper helps at the front desk as well',
    operation: 'POST /v1/staff/{id}/change-roles',
    as: 'owner',
    path: { id: STAFF.formerTherapist },
    body: { roles: ['therapist', 'coordinator'] },
  },
  {
    title: 'Casper leaves; history keeps him',
    operation: 'POST /v1/staff/{id}/deactivate',
    as: 'owner',
    path: { id: STAFF.formerTherapist },
    body: { reason: 'Moved to another town.' },
  },
  {
    title: 'When Ilka works: whole days, and a long Thursday',
    operation: 'POST /v1/staff/{id}/set-availability',
    as: 'therapist',
    path: { id: STAFF.therapist },
    body: {
      weekly: [
        { weekday: 'monday', from: '08:00', to: '18:00' },
        { weekday: 'tuesday', from: '08:00', to: '18:00' },
        { weekday: 'wednesday', from: '08:00', to: '18:00' },
        { weekday: 'thursday', from: '08:00', to: '20:00' },
        { weekday: 'friday', from: '08:00', to: '18:00' },
      ],
    },
  },
  {
    title: 'Ilka will be away for a week in summer',
    operation: 'POST /v1/staff/{id}/record-absence',
    as: 'therapist',
    path: { id: STAFF.therapist },
    body: { from: '2026-08-03', to: '2026-08-07' },
  },
  {
    title: 'Ilka stays after all',
    operation: 'POST /v1/staff/{id}/cancel-absence',
    as: 'therapist',
    path: { id: STAFF.therapist },
    body: { from: '2026-08-03', to: '2026-08-07' },
  },
  {
    title: 'Who works here as a therapist',
    operation: 'GET /v1/staff',
    as: 'coordinator',
    query: { role: 'therapist', status: 'active' },
  },
  {
    title: 'One staff member: roles, credentials, supervision, hours',
    operation: 'GET /v1/staff/{id}',
    as: 'coordinator',
    path: { id: STAFF.trainee },
  },
];
