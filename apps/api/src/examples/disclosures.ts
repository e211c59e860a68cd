import type { Example } from './example.js';
import { CLIENT, DISCLOSURE } from './names.js';

/** Who outside asked about a client, and who was told. */
export const DISCLOSURES: readonly Example[] = [
  {
    title: 'A hospital asks in an emergency',
    operation: 'POST /v1/disclosures',
    as: 'coordinator',
    at: '2026-02-10T08:00:00.000Z',
    body: {
      id: DISCLOSURE.physician,
      clientId: CLIENT.tomas,
      recipient: 'Emergency room, City Hospital',
      purpose: 'to keep him safe tonight',
      what: 'whether he takes medication',
      basis: 'imminent_harm',
    },
  },
  {
    title: 'The hospital is told what it needs, no more',
    operation: 'POST /v1/disclosures/{id}/make',
    as: 'trainee',
    path: { id: DISCLOSURE.physician },
    body: { what: 'that he takes none', channel: 'phone' },
  },
  {
    title: 'An employer asks, and names a law',
    operation: 'POST /v1/disclosures',
    as: 'coordinator',
    body: {
      id: DISCLOSURE.employer,
      clientId: CLIENT.mira,
      recipient: 'Northwind Ltd',
      purpose: 'whether she can work',
      what: 'the diagnosis',
      basis: 'required_by_law',
      reference: 'Occupational safety act, as they say',
    },
  },
  {
    title: 'The law does not say so: the employer is refused',
    operation: 'POST /v1/disclosures/{id}/refuse',
    as: 'therapist',
    path: { id: DISCLOSURE.employer },
    body: { reasonCode: 'not_required_by_law', words: 'The act speaks of accidents.' },
  },
  {
    title: 'Who was told about Tomas',
    operation: 'GET /v1/disclosures',
    as: 'auditor',
    query: { clientId: CLIENT.tomas, status: 'made' },
  },
  {
    title: 'One request and what became of it',
    operation: 'GET /v1/disclosures/{id}',
    as: 'therapist',
    path: { id: DISCLOSURE.employer },
  },
];
