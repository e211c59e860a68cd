import type { Example } from './example.js';
import { CODE, MADE, STAFF } from './names.js';

/** A way in for somebody who works here, and what she does with it. Secrets are made by the service: these are stand-ins. */
export const SIGN_IN: readonly Example[] = [
  {
    title: 'Ilka gets a link, which is shown only this once',
    operation: 'POST /v1/staff/{id}/invite',
    as: 'owner',
    path: { id: STAFF.therapist },
    body: { reason: 'She begins on Monday.' },
    makes: { invitation: MADE.invitation },
  },
  {
    title: 'Ilka opens it and scans the code into her authenticator app',
    operation: 'POST /v1/invitations/open',
    as: 'anyone',
    body: { invitation: MADE.invitation },
  },
  {
    title: 'Ilka chooses a password and puts the recovery codes away',
    operation: 'POST /v1/invitations/accept',
    as: 'anyone',
    body: {
      invitation: MADE.invitation,
      email: 'ilka@willow-lane.example',
      password: 'seven herons by the weir',
      code: CODE,
    },
  },
  {
    title: 'Ilka signs in; the session is in a cookie',
    operation: 'POST /v1/sign-in',
    as: 'anyone',
    body: { email: 'ilka@willow-lane.example', password: 'seven herons by the weir', code: CODE },
    makes: { sessionId: MADE.session },
  },
  {
    title: 'Who is asking, in which roles, and for how long',
    operation: 'GET /v1/me',
    as: 'therapist',
  },
  {
    title: 'Where Ilka is signed in',
    operation: 'GET /v1/me/sessions',
    as: 'therapist',
  },
  {
    title: 'Ilka ends a session on a computer that she has left',
    operation: 'POST /v1/me/sessions/{id}/end',
    as: 'therapist',
    path: { id: MADE.session },
    body: { reason: 'Left open in the library.' },
  },
  {
    title: 'Signing out is harmless when the session is over',
    operation: 'POST /v1/sign-out',
    as: 'anyone',
    body: { everywhere: true },
  },
  {
    title: 'A token with which the tablet in the hall may read, and nothing else',
    operation: 'POST /v1/tokens',
    as: 'coordinator',
    body: { label: 'Calendar on the tablet in the hall', scopes: ['read'], expiresOn: '2026-06-30' },
    makes: { id: MADE.token },
  },
  {
    title: 'Every token there is in the practice; nobody can read one again',
    operation: 'GET /v1/tokens',
    as: 'owner',
  },
  {
    title: 'The tablet is gone: its token is good for nothing from now on',
    operation: 'POST /v1/tokens/{id}/withdraw',
    as: 'owner',
    path: { id: MADE.token },
    body: { reason: 'The tablet is lost.' },
  },
  {
    title: 'Who was let in since when, and by whom',
    operation: 'GET /v1/sign-ins',
    as: 'auditor',
    query: { kind: 'account_enrolled' },
  },
];
