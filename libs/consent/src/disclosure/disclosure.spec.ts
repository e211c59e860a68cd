import { describe, expect, it } from 'vitest';
import { forDecider } from '../../../../test/support/decider-kit.js';
import { disclosure, DISCLOSURE_BASES, type DisclosureEvent, type Request } from './disclosure.js';

const id = (n: number) => `0190aaaa-0000-7000-8000-0000000000${n}`;
const about = { clientId: id(11), relationshipId: id(12) };
const wanted: Request = {
  ...about,
  recipient: 'Invented Insurance',
  purpose: 'to pay for it',
  what: 'dates of sessions',
  basis: 'authorization',
};
const request = { type: 'RequestDisclosure', isMember: true, ...wanted } as const;
const requested = (more: Partial<Request> = {}): DisclosureEvent => ({
  type: 'DisclosureRequested',
  data: { ...wanted, ...more },
});
const authorization = { consentId: id(13), reasons: [] };
const make = { type: 'MakeDisclosure', what: 'four dates', channel: 'letter', authorization } as const;
const made = (more: object = {}): DisclosureEvent => ({
  type: 'DisclosureMade',
  data: {
    ...about,
    recipient: wanted.recipient,
    what: 'four dates',
    basis: 'authorization',
    channel: 'letter',
    consentId: id(13),
    ...more,
  },
});
const refuseIt = { type: 'RefuseDisclosure', reasonCode: 'client_objects', words: 'She said no.' } as const;
const refused: DisclosureEvent = {
  type: 'DisclosureRefused',
  data: { ...about, reasonCode: 'client_objects', words: 'She said no.' },
};
const { given } = forDecider(disclosure);

describe('a disclosure', () => {
  it('is requested by somebody for something, on a basis', () => {
    given().when(request).then(requested());
    given(requested())
      .when({ ...request, what: 'everything' })
      .thenRefused('already_requested');
  });

  it('on authorization belongs to a relationship of that client', () => {
    const { relationshipId: _, ...alone } = wanted;
    given()
      .when({ type: 'RequestDisclosure', isMember: false, ...alone })
      .thenRefused('relationship_missing');
    given()
      .when({ ...request, isMember: false })
      .thenRefused('not_their_relationship');
  });

  it('that a law or a court asks for names the law or the order', () => {
    for (const basis of ['required_by_law', 'court_order'] as const) {
      given()
        .when({ ...request, basis })
        .thenRefused('reference_missing');
      given()
        .when({ ...request, basis, reference: 'Order 12' })
        .then(requested({ basis, reference: 'Order 12' }));
    }
  });

  it('is made under the authorization of the client, which is named', () =>
    given(requested()).when(make).then(made()));

  it('on authorization is never made when the client has not given it, or has withdrawn it', () => {
    const reasons = [
      { code: 'consent_withdrawn', detail: 'It was withdrawn.' },
      { code: 'withdrawn_towards_recipient', detail: 'Towards this recipient.' },
    ];
    given(requested())
      .when({ ...make, authorization: { consentId: id(13), reasons } })
      .thenRefused('consent_withdrawn', 'withdrawn_towards_recipient');
    given(requested())
      .when({ type: 'MakeDisclosure', what: 'four dates', channel: 'letter' })
      .thenRefused('not_authorized');
  });

  it.each(DISCLOSURE_BASES.filter((basis) => basis !== 'authorization'))(
    'on the basis %s needs no authorization and claims none',
    (basis) => {
      const { consentId: _, ...data } = (
        made({ basis }) as Extract<DisclosureEvent, { type: 'DisclosureMade' }>
      ).data;
      given(requested({ basis, reference: 'Order 12' }))
        .when(make)
        .then({ type: 'DisclosureMade', data });
    },
  );

  it('is refused with a reason', () => given(requested()).when(refuseIt).then(refused));

  it('that was made or refused is decided: what else is asked is another request', () => {
    given(requested(), made()).when(refuseIt).thenRefused('already_made');
    given(requested(), made())
      .when({ ...make, what: 'five dates' })
      .thenRefused('already_made');
    given(requested(), refused).when(make).thenRefused('already_refused');
    given(requested(), refused)
      .when({ type: 'RefuseDisclosure', reasonCode: 'other' })
      .thenRefused('already_refused');
  });

  it('is not made before it was asked for, nor without saying what was told', () =>
    given(requested())
      .when({ ...make, what: ' ' }, { occurredAt: '2026-06-14T09:00:00.000Z' })
      .thenRefused('what_missing', 'before_the_request'));

  it('that nobody asked for takes no decision', () => {
    given().when(make).thenRefused(); // missing
    given().when(refuseIt).thenRefused();
  });

  it('keeps who is told and every word as personal', () =>
    expect(Object.values(disclosure.events).map(({ personal }) => personal)).toEqual([
      ['recipient', 'purpose', 'what', 'reference'],
      ['recipient', 'what'],
      ['words'],
    ]));
});
