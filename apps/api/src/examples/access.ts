import type { Example } from './example.js';
import { CLIENT, GRANT } from './names.js';

/** Who looked, who got to see somebody in an emergency, and who was told no. */
export const ACCESS: readonly Example[] = [
  {
    title: 'Tomas calls from a bridge; his therapist cannot be reached, and the trainee takes the call',
    operation: 'POST /v1/break-glass-grants',
    as: 'trainee',
    body: {
      id: GRANT.bridge,
      clientId: CLIENT.tomas,
      reasonCode: 'imminent_harm',
      minutes: 60,
      reason: 'He calls from a bridge, and his therapist is on a plane.',
    },
  },
  {
    title: 'He is safe: no need to look any longer',
    operation: 'POST /v1/break-glass-grants/{id}/close',
    as: 'trainee',
    path: { id: GRANT.bridge },
    body: {},
  },
  {
    title: 'What waits for somebody else to judge it',
    operation: 'GET /v1/break-glass-grants',
    as: 'supervisor',
    query: { reviewDue: 'true' },
  },
  {
    title: 'The supervisor asks what was looked at, and finds it right',
    operation: 'POST /v1/break-glass-grants/{id}/review',
    as: 'supervisor',
    path: { id: GRANT.bridge },
    body: { finding: 'justified' },
  },
  {
    title: 'One grant, with the reason and the review',
    operation: 'GET /v1/break-glass-grants/{id}',
    as: 'owner',
    path: { id: GRANT.bridge },
  },
  {
    title: 'Who looked at Mira',
    operation: 'GET /v1/access-log',
    as: 'auditor',
    query: { clientId: CLIENT.mira },
  },
  {
    title: 'The same as a text, to hand to her',
    operation: 'GET /v1/access-log',
    as: 'therapist',
    query: { clientId: CLIENT.mira },
    accept: 'text/plain',
  },
  {
    title: 'Whose reads of the last weeks are worth a question',
    operation: 'GET /v1/access-log/unusual',
    as: 'auditor',
    query: { days: 60 },
  },
  {
    title: 'What was done in spite of what spoke against it',
    operation: 'GET /v1/decisions',
    as: 'auditor',
    query: { kind: 'overridden' },
  },
];
