import type { Example } from './example.js';
import { CLIENT, CONSENT, RELATIONSHIP } from './names.js';

const CONSENT_STREAM = `consent-${CONSENT.mira}`;

/** What happened, what was known when, and the proof that nobody changed it. */
export const HISTORY: readonly Example[] = [
  {
    title: 'All events of one relationship, one to a line',
    operation: 'GET /v1/events',
    as: 'auditor',
    at: '2026-03-03T08:00:00.000Z',
    query: { relationshipId: RELATIONSHIP.mira },
    accept: 'application/x-ndjson',
  },
  {
    title: 'Events as they happen, from the beginning on',
    operation: 'GET /v1/events/stream',
    as: 'auditor',
    query: { after: 0 },
    accept: 'text/event-stream',
  },
  {
    title: 'What happened to one person, on both clocks',
    operation: 'GET /v1/clients/{id}/timeline',
    as: 'auditor',
    path: { id: CLIENT.mira },
    query: { knownAt: '2026-02-01T00:00:00Z' },
  },
  {
    title: 'What a stream amounted to at a version',
    operation: 'GET /v1/streams/{stream}/state',
    as: 'auditor',
    path: { stream: CONSENT_STREAM },
    query: { version: 3 },
  },
  {
    title: 'What changed in a stream between two versions',
    operation: 'GET /v1/streams/{stream}/diff',
    as: 'auditor',
    path: { stream: CONSENT_STREAM },
    query: { from: 3, to: 8 },
  },
  {
    title: 'What turned out later',
    operation: 'GET /v1/findings',
    as: 'auditor',
    query: { relationshipId: RELATIONSHIP.mira, knownAt: '2026-03-03T08:00:00Z' },
  },
  {
    title: 'How far each read model has come',
    operation: 'GET /v1/projections',
    as: 'auditor',
  },
];

/** The tree over the log: whoever reads it needs to trust nobody here. */
export const LEDGER: readonly Example[] = [
  { title: 'How far the log is sealed', operation: 'GET /v1/ledger', as: 'auditor' },
  {
    title: 'The newest signed checkpoint',
    operation: 'GET /v1/ledger/checkpoint',
    as: 'auditor',
    accept: 'text/plain',
  },
  {
    title: 'The proof that one event is in the log',
    operation: 'GET /v1/ledger/proofs/{position}',
    as: 'auditor',
    path: { position: 1 },
    accept: 'text/plain',
  },
  {
    title: 'The proof that the log only grew',
    operation: 'GET /v1/ledger/consistency',
    as: 'auditor',
    query: { from: 1, to: 2 },
  },
  {
    title: 'A tile of the tree',
    operation: 'GET /v1/ledger/tile/{path}',
    as: 'auditor',
    path: { path: '0/000.p/2' },
    accept: 'application/octet-stream',
  },
  { title: 'Is history whole?', operation: 'GET /v1/integrity', as: 'auditor' },
  { title: 'How far the log of who read what is sealed', operation: 'GET /v1/access-ledger', as: 'auditor' },
  {
    title: 'The newest signed checkpoint of who read what',
    operation: 'GET /v1/access-ledger/checkpoint',
    as: 'auditor',
    accept: 'text/plain',
  },
  {
    title: 'The proof that one read is in the log',
    operation: 'GET /v1/access-ledger/proofs/{position}',
    as: 'auditor',
    path: { position: 1 },
    accept: 'text/plain',
  },
  {
    title: 'The proof that the log of who read what only grew',
    operation: 'GET /v1/access-ledger/consistency',
    as: 'auditor',
    query: { from: 1, to: 2 },
  },
  {
    title: 'A tile of the tree over who read what',
    operation: 'GET /v1/access-ledger/tile/{path}',
    as: 'auditor',
    path: { path: '0/000.p/2' },
    accept: 'application/octet-stream',
  },
];

/** The service itself. */
export const SERVICE: readonly Example[] = [
  { title: 'Does the process run?', operation: 'GET /health/live', as: 'anyone' },
  { title: 'Will it answer?', operation: 'GET /health/ready', as: 'anyone' },
  { title: 'This document', operation: 'GET /openapi.json', as: 'anyone' },
];
