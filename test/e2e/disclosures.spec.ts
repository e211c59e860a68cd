import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consent, consentIdOf } from '#libs/consent';
import { uuidv7 } from '#libs/kernel';
import { startService, type Service, type TestRole, type Who } from '../support/http-kit.js';
import { givenClient, givenConsent, givenRelationship, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
beforeAll(async () => ({ service, stop } = await startService(clock)));
afterAll(() => stop());

const INSURANCE = 'Invented Insurance';
const words = /Invented Insurance|to pay|dates of sessions|four dates/;

const wanted = ({ clientId, relationshipId }: Story, more: object = {}) => ({
  clientId,
  relationshipId,
  recipient: INSURANCE,
  purpose: 'to pay for it',
  what: 'dates of sessions',
  basis: 'authorization',
  ...more,
});
const request = (story: Story, more: object = {}) =>
  service.done('coordinator', '/v1/disclosures', wanted(story, more));
const make = (id: string, what = 'four dates', more: object = {}) =>
  service.post('therapist', `/v1/disclosures/${id}/make`, { what, channel: 'letter', ...more });
const page = async (id: string, role: TestRole = 'therapist') =>
  (await service.get(role, `/v1/disclosures/${id}`)).body;
const accounting = async (clientId: string, position: number, more = '', who: Who = 'therapist') =>
  (await service.get(who, `/v1/disclosures?clientId=${clientId}&minPosition=${position}${more}`)).body;
const authorization = ({ relationshipId, clientId }: Story) =>
  consentIdOf(service.first.id, relationshipId, clientId, 'disclosure_authorization');
const withdraw = (story: Story, more: object = {}) =>
  happens(service, consent, authorization(story), {
    type: 'WithdrawConsent',
    by: 'self',
    channel: 'phone',
    ...more,
  });

async function authorized() {
  const story = await givenRelationship(service);
  await givenConsent(service, story, {
    purpose: 'disclosure_authorization',
    recipients: [INSURANCE, 'Dr. Invented'],
  });
  return { story, ...(await request(story)) };
}

describe('a disclosure over HTTP', () => {
  it('is requested, made under the authorization of the client, and accounted for', async () => {
    const { story, id } = await authorized();
    expect(await page(id)).toMatchObject({ id, version: 1, status: 'requested', ...wanted(story) });
    const answer = await make(id);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.body.events).toMatchObject([{ type: 'DisclosureMade' }]);
    expect(await page(id)).toMatchObject({
      version: 2,
      status: 'made',
      disclosed: 'four dates',
      channel: 'letter',
      consentId: authorization(story),
      madeAt: expect.any(String),
    });
    const { data } = await accounting(story.clientId, answer.body.position);
    expect(data).toMatchObject([{ disclosureId: id, recipient: INSURANCE, status: 'made' }]);
    expect((await accounting(uuidv7(), 0)).data).toEqual([]);
    await service.refused(409, 'already_made', () => make(id, 'five dates'));
    await service.refused(409, 'already_made', () =>
      service.post('therapist', `/v1/disclosures/${id}/refuse`, { reasonCode: 'other' }),
    );
  });

  it('on authorization is refused while the client has not given it, or once it is withdrawn', async () => {
    const story = await givenRelationship(service);
    const { id } = await request(story);
    await service.refused(422, 'consent_not_sought', () => make(id));
    await givenConsent(service, story);
    await service.refused(422, 'consent_not_sought', () => make(id));
    await givenConsent(service, story, {
      purpose: 'disclosure_authorization',
      recipients: [INSURANCE, 'Dr. Invented'],
    });
    await withdraw(story);
    await service.refused(422, 'consent_withdrawn', () => make(id));
    const before = (await page(id)).requestedAt as string;
    await service.refused(422, 'refused_for_several_reasons', () =>
      make(id, 'four dates', { occurredAt: before }),
    );
    await service.done('therapist', `/v1/disclosures/${id}/refuse`, {
      reasonCode: 'not_authorized',
      words: 'She withdrew it.',
    });
    expect(await page(id)).toMatchObject({ status: 'refused', reasonCode: 'not_authorized' });
  });

  it('is not made towards a recipient the client has excluded, while others still may be told', async () => {
    const { story, id } = await authorized();
    await withdraw(story, { scope: { kind: 'recipient', recipient: 'invented insurance' } });
    await service.refused(422, 'withdrawn_towards_recipient', () => make(id));
    const other = await request(story, { recipient: 'Dr. Invented' });
    expect((await make(other.id)).status).toBe(200);
  });

  it('is never made towards somebody the client did not name, however well it is meant', async () => {
    const { story, id } = await authorized();
    const other = await request(story, { recipient: 'Dr. Invented junior' });
    await service.refused(422, 'recipient_not_named', () => make(other.id));
    const same = await request(story, { recipient: ' ＩＮＶＥＮＴＥＤ   insurance' });
    expect([(await make(id)).status, (await make(same.id)).status]).toEqual([200, 200]);
  });

  it('is not made when the client withdraws at the same moment', async () => {
    const { story, id } = await authorized();
    const append = service.store.append.bind(service.store);
    let once = true;
    const spy = vi.spyOn(service.store, 'append').mockImplementation(async (practiceId, change) => {
      if (once && change.stream === `disclosure-${id}`) {
        once = false;
        await withdraw(story);
      }
      return append(practiceId, change);
    });
    const answer = await make(id);
    spy.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([422, 'consent_withdrawn']);
    expect(await page(id)).toMatchObject({ version: 1, status: 'requested' });
  });

  it('that a court orders needs no authorization, and names the order', async () => {
    const story = await givenRelationship(service);
    await service.refused(422, 'reference_missing', () =>
      service.post('coordinator', '/v1/disclosures', wanted(story, { basis: 'court_order' })),
    );
    const { id } = await request(story, { basis: 'court_order', reference: 'Order 12' });
    expect((await make(id)).status).toBe(200);
    const shown = await page(id);
    expect(shown).toMatchObject({ status: 'made', basis: 'court_order', reference: 'Order 12' });
    expect(shown.consentId).toBeUndefined();
  });

  it('belongs to a client of this practice and to a relationship of theirs', async () => {
    const story = await givenRelationship(service);
    const ask = (more: object) => () => service.post('coordinator', '/v1/disclosures', wanted(story, more));
    await service.refused(404, 'not_found', ask({ clientId: uuidv7() }));
    await service.refused(404, 'not_found', ask({ relationshipId: uuidv7() }));
    await service.refused(422, 'not_their_relationship', ask({ clientId: await givenClient(service) }));
    await service.refused(400, 'invalid_request', ask({ basis: 'curiosity' }));
    await service.refused(403, 'forbidden', () => service.post('auditor', '/v1/disclosures', wanted(story)));
    const { id } = await request(story);
    await service.refused(403, 'forbidden', () =>
      service.post('coordinator', `/v1/disclosures/${id}/make`, { what: 'x', channel: 'phone' }),
    );
  });

  it('shows names and words to the clinicians of the client only', async () => {
    const { story, id } = await authorized();
    const { body } = await make(id);
    for (const role of ['coordinator', 'auditor', 'owner'] as const)
      for (const path of [`/${id}`, `?clientId=${story.clientId}&minPosition=${body.position}`]) {
        const { text } = await service.get(role, `/v1/disclosures${path}`);
        expect(text).toContain('"status":"made"');
        expect(text).not.toMatch(words);
      }
    for (const role of ['therapist', 'supervisor'] as const)
      expect(JSON.stringify(await page(id, role))).toMatch(words);
    for (const path of [`events?stream=disclosure-${id}`, `streams/disclosure-${id}/state`])
      expect((await service.get('auditor', `/v1/${path}`)).text).not.toMatch(words);
  });

  it('is accounted for over six years, and before that when asked', async () => {
    const story = await givenRelationship(service);
    const { id, position } = await request(story, { basis: 'court_order', reference: 'Order 12' });
    const days = (count: number) => void (ahead += count * 86_400_000);
    days(6 * 365 - 2);
    // tokens do not last that long
    await service.letIn(story.therapistId);
    const later = (more = '') => accounting(story.clientId, position, more, story.therapistId);
    expect((await later()).data).toMatchObject([{ disclosureId: id }]);
    days(5);
    const now = await later();
    expect(now.data).toEqual([]);
    expect(now.from).toMatch(/T(22|23):00:00.000Z$/);
    const all = await later('&from=2000-01-01T00:00:00Z');
    expect(all.data).toMatchObject([{ disclosureId: id }]);
  });
});
