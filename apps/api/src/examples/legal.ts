import type { Example } from './example.js';
import { CLIENT, ERASURE, HOLD, STAFF } from './names.js';

/** How long records are kept, what holds them, and how somebody is erased. */
export const LEGAL: readonly Example[] = [
  {
    title: 'Until when what there is of Mira is kept, and by which rule',
    operation: 'GET /v1/clients/{id}/retention',
    as: 'coordinator',
    path: { id: CLIENT.mira },
  },
  {
    title: 'A court may want to see Mira’s records: nothing of them may be erased',
    operation: 'POST /v1/legal-holds',
    as: 'owner',
    body: {
      id: HOLD.lawsuit,
      clientId: CLIENT.mira,
      grounds: 'litigation',
      authority: 'Amtsgericht Mitte',
      reference: '17 C 204/26',
      reason: 'Her insurer is being sued, and the court may ask for the records.',
    },
  },
  {
    title: 'What is held of Mira',
    operation: 'GET /v1/legal-holds',
    as: 'auditor',
    query: { clientId: CLIENT.mira },
  },
  {
    title: 'A second owner, for what takes two',
    operation: 'POST /v1/staff',
    as: 'owner',
    body: { id: STAFF.secondOwner, name: 'Anselm Roth', roles: ['owner'] },
  },
  {
    title: 'The lawsuit is over; another owner than placed it lifts the hold',
    operation: 'POST /v1/legal-holds/{id}/lift',
    as: 'secondOwner',
    path: { id: HOLD.lawsuit },
    body: { reason: 'The lawsuit was settled, and the court has sent the records back.' },
  },
  {
    title: 'One hold, with who asked for it',
    operation: 'GET /v1/legal-holds/{id}',
    as: 'owner',
    path: { id: HOLD.lawsuit },
  },
  {
    title: 'Wanja is registered, and never comes',
    operation: 'POST /v1/clients',
    as: 'coordinator',
    body: {
      id: CLIENT.wanja,
      legalName: 'Wanja Brandvold',
      dateOfBirth: '1979-08-30',
      languages: ['en'],
      contacts: [{ kind: 'email', value: 'wanja.brandvold@example.org' }],
    },
  },
  {
    title: 'He asks that everything about him be erased',
    operation: 'POST /v1/erasures',
    as: 'owner',
    body: { id: ERASURE.wanja, clientId: CLIENT.wanja, askedBy: 'client' },
  },
  {
    title: 'What is asked for and not decided',
    operation: 'GET /v1/erasures',
    as: 'supervisor',
    query: { status: 'requested' },
  },
  {
    title: 'Nothing stands against it: he was never treated',
    operation: 'POST /v1/erasures/{id}/decide',
    as: 'owner',
    path: { id: ERASURE.wanja },
    body: { decision: 'approved' },
  },
  {
    title: 'A second person destroys the keys',
    operation: 'POST /v1/erasures/{id}/execute',
    as: 'supervisor',
    path: { id: ERASURE.wanja },
    body: {},
  },
  {
    title: 'How far it has come',
    operation: 'GET /v1/erasures/{id}',
    as: 'auditor',
    path: { id: ERASURE.wanja },
  },
];
