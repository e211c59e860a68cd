import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { EXAMPLE_FOR_ONE } from '#libs/stance';
import { startService, type Service, type TestRole } from '../support/http-kit.js';

let service: Service;
let stop: () => Promise<void>;
let therapistId: string;
let clientId: string;
const mira = { legalName: 'Mirabel Okafor', dateOfBirth: '1991-02-28', languages: ['en'], contacts: [] };
const request = {
  channel: 'phone',
  concern: 'panic since May',
  preferences: { format: 'video' },
  dataNoticeGiven: true,
};
const second = () => ({ Authorization: `Bearer ${service.tokenOf('coordinator', 'second')}` });

const receive = async (more: object = {}, headers = {}) =>
  (await service.done('coordinator', '/v1/inquiries', { ...request, ...more }, headers)).id;
const seen = (version: number) => ({ 'If-Match': `"${version}"` });
const screen = (id: string, more: object = {}, version = 1) =>
  service.done(
    'therapist',
    `/v1/inquiries/${id}/screen`,
    { risk: 'none', suitable: true, ...more },
    seen(version),
  );

beforeAll(async () => {
  ({ service, stop } = await startService());
  await service.addPractice('second');
  therapistId = service.first.staff.therapist;
  clientId = (await service.done('coordinator', '/v1/clients', mira)).id;
  const stance = await service.done('therapist', '/v1/stances', {
    therapistId,
    locale: 'en',
    dimensions: EXAMPLE_FOR_ONE,
  });
  await service.done('therapist', `/v1/stances/${stance.id}/publish`);
});
afterAll(() => stop());

/** Asks a list for nothing older than what is there now. */
const list = async (role: TestRole, path: string) => {
  const position = await service.store.reader.position(service.first.id);
  return service.get(role, `${path}${path.includes('?') ? '&' : '?'}minPosition=${position}`);
};

describe('an inquiry over HTTP', () => {
  it('goes from received to accepted, and the pipeline shows each stage', async () => {
    const id = await receive({ clientId });
    const stage = async () => {
      const { body } = await list('coordinator', '/v1/inquiries');
      return body.data.find((row: { inquiryId: string }) => row.inquiryId === id);
    };
    expect(await stage()).toMatchObject({
      stage: 'received',
      clientId,
      therapistId: null,
      risk: null,
      format: 'video',
    });
    await screen(id, { risk: 'raised', summary: 'sleeps badly' });
    expect(await stage()).toMatchObject({ stage: 'screened', risk: 'raised', openRisk: 'raised' });
    const path = `/v1/inquiries/${id}`;
    await service.done('coordinator', `${path}/match`, { therapistId, reasons: ['Has time.'] }, seen(2));
    expect(await stage()).toMatchObject({ stage: 'matched', therapistId });
    await service.done(
      'coordinator',
      `${path}/offer`,
      { therapistId, firstSlot: '2026-09-01T10:00:00+02:00' },
      seen(3),
    );
    expect(await stage()).toMatchObject({ stage: 'offered', firstSlot: '2026-09-01T08:00:00.000Z' });
    await service.refused(422, 'risk_not_reviewed', () =>
      service.post('coordinator', `${path}/accept`, { clientId, therapistId }),
    );
    await screen(id, { reviewedByClinician: therapistId }, 4);
    expect(await stage()).toMatchObject({ stage: 'offered', openRisk: null });
    await service.done('coordinator', `${path}/accept`, { clientId, therapistId }, seen(5));

    const { body } = await list('auditor', `/v1/inquiries?stage=accepted&therapistId=${therapistId}`);
    expect(body.data).toMatchObject([{ inquiryId: id, stage: 'accepted' }]);
    expect((await list('auditor', `/v1/inquiries?stage=accepted&therapistId=${uuidv7()}`)).body.data).toEqual(
      [],
    );
    expect((await service.get('therapist', path)).body).toMatchObject({
      id,
      version: 6,
      stage: 'accepted',
      screening: { risk: 'none', reviewedByClinician: therapistId, openRisk: null },
      match: { therapistId, reasons: ['Has time.'] },
      accepted: { clientId, therapistId },
      declined: null,
    });
  });

  it('is declined with a reason and a next step, and stays closed', async () => {
    const id = await receive();
    const no = { reasonCode: 'no_capacity', nextStep: 'Ask at the Rosenhof.', by: 'practice' };
    await service.refused(400, 'invalid_request', () =>
      service.post('coordinator', `/v1/inquiries/${id}/decline`, { ...no, nextStep: ' ' }),
    );
    await service.done('coordinator', `/v1/inquiries/${id}/decline`, no);
    expect((await service.get('coordinator', `/v1/inquiries/${id}`)).body).toMatchObject({
      stage: 'declined',
      declined: no,
      screening: null,
    });
    await service.refused(409, 'inquiry_closed', () =>
      service.post('coordinator', `/v1/inquiries/${id}/screen`, { risk: 'none', suitable: true }, seen(2)),
    );
    const next = await receive({ linkedInquiryId: id });
    expect((await service.get('coordinator', `/v1/inquiries/${next}`)).body).toMatchObject({
      linkedInquiryId: id,
    });
  });

  it('shows concern, summary and own words to owner, therapist and supervisor only', async () => {
    const id = await receive({ preferences: { excludedTherapistIds: [therapistId] } });
    await screen(id, { summary: 'sleeps badly' });
    await service.done('therapist', `/v1/inquiries/${id}/match`, {
      therapistId,
      reasons: [],
      inClientsOwnWords: 'I met her since',
    });
    for (const [role, clinical] of [
      ['coordinator', false],
      ['auditor', false],
      ['owner', true],
      ['therapist', true],
      ['supervisor', true],
    ] as const) {
      const { text } = await service.get(role, `/v1/inquiries/${id}`);
      for (const words of ['panic since May', 'sleeps badly', 'I met her since'])
        expect(text.includes(words), `${role}: ${words}`).toBe(clinical);
      expect((await list(role, '/v1/inquiries')).text).not.toMatch(/panic|sleeps|I met/);
    }
  });

  it('is not matched against the wishes of the client; every conflict is listed', async () => {
    const wishes = {
      excludedTherapistIds: [therapistId],
      stance: [
        { dimension: 'partiality', value: 'multi_partial' },
        { dimension: 'partiality', value: 'partial_to_client' },
      ],
    };
    const id = await receive({ preferences: wishes });
    await screen(id);
    const match = { therapistId, reasons: [] };
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', `/v1/inquiries/${id}/match`, match),
    );
    expect(reasons).toMatchObject([
      { code: 'therapist_excluded' },
      { code: 'stance_conflict', detail: expect.stringContaining('multi_partial') },
    ]);
    await service.done('coordinator', `/v1/inquiries/${id}/match`, {
      ...match,
      inClientsOwnWords: 'I met her since, I would like to try.',
    });
  });

  it('is matched to an active therapist, and reviewed by the clinician who says so, whoever says otherwise', async () => {
    const id = await receive();
    const { auditor, coordinator, supervisor } = service.first.staff;
    const review = (reviewedByClinician: string) => ({ risk: 'urgent', suitable: true, reviewedByClinician });
    const path = `/v1/inquiries/${id}/screen`;
    for (const reviewer of [auditor, coordinator, supervisor, therapistId])
      await service.refused(422, 'reviewer_not_clinician', () =>
        service.post('coordinator', path, review(reviewer), seen(1)),
      );
    await service.refused(422, 'reviewer_not_clinician', () =>
      service.post('therapist', path, review(supervisor), seen(1)),
    );
    await service.done('supervisor', path, review(supervisor), seen(1));
    await service.refused(422, 'not_an_active_therapist', () =>
      service.post('coordinator', `/v1/inquiries/${id}/match`, { therapistId: auditor, reasons: [] }),
    );
    await service.refused(403, 'forbidden', () =>
      service.post('therapist', `/v1/inquiries/${id}/offer`, { therapistId }),
    );
  });

  it('takes no clinical detail before the data notice', () =>
    service.refused(422, 'data_notice_first', () =>
      service.post('coordinator', '/v1/inquiries', { ...request, dataNoticeGiven: false }),
    ));

  it('is received once per key and screened by who has seen its newest version', async () => {
    const headers = { 'Idempotency-Key': 'inquiry-once' };
    const first = await service.post('coordinator', '/v1/inquiries', request, headers);
    const again = await service.post('coordinator', '/v1/inquiries', request, headers);
    expect([again.status, again.headers['idempotency-replayed'], again.text]).toEqual([
      201,
      'true',
      first.text,
    ]);
    const { id } = first.body;
    await screen(id);
    const path = `/v1/inquiries/${id}/screen`;
    const body = { risk: 'urgent', suitable: true };
    await service.refused(428, 'if_match_missing', () =>
      service.post('therapist', path, body, { 'If-Match': null }),
    );
    await service.refused(428, 'if_match_star', () =>
      service.post('therapist', path, body, { 'If-Match': '*' }),
    );
    const stale = await service.refused(412, 'version_stale', () =>
      service.post('therapist', path, body, seen(1)),
    );
    expect(stale).toMatchObject({ version: 2, eventsSince: [{ type: 'InquiryScreened' }] });
    const { errors } = await service.refused(400, 'invalid_request', () =>
      service.post('therapist', path, { ...body, diagnosis: 'F41.0' }, seen(2)),
    );
    expect(errors).toMatchObject([{ pointer: '/diagnosis', code: 'unknown_property' }]);
  });

  it('and everybody named in one is of this practice: what belongs to another looks exactly like nothing', async () => {
    const none = uuidv7();
    const theirTherapist = service.practices.second!.staff.therapist;
    const theirClient = (await service.done('coordinator', '/v1/clients', mira, second())).id;
    const theirInquiry = await receive({}, second());
    const [received, ours] = [await receive(), await receive()];
    await screen(ours);
    await service.done('coordinator', `/v1/inquiries/${ours}/match`, { therapistId, reasons: [] });
    const post = (path: string, body: object, headers = {}) =>
      service.post('coordinator', `/v1/inquiries${path}`, body, headers);
    const asks: [string, (id: string) => PromiseLike<{ status: number; text: string }>][] = [
      [theirInquiry, (id) => service.get('coordinator', `/v1/inquiries/${id}`)],
      [theirInquiry, (id) => post(`/${id}/screen`, { risk: 'none', suitable: true }, seen(1))],
      [theirInquiry, (id) => post(`/${id}/decline`, { reasonCode: 'a', nextStep: 'b', by: 'client' })],
      [theirInquiry, (id) => post('', { ...request, linkedInquiryId: id })],
      [theirClient, (id) => post('', { ...request, clientId: id })],
      [theirTherapist, (id) => post('', { ...request, preferences: { excludedTherapistIds: [id] } })],
      [
        theirTherapist,
        (id) =>
          post(`/${received}/screen`, { risk: 'none', suitable: true, reviewedByClinician: id }, seen(1)),
      ],
      [theirTherapist, (id) => post(`/${ours}/match`, { therapistId: id, reasons: [] })],
      [theirTherapist, (id) => post(`/${ours}/offer`, { therapistId: id })],
      [theirClient, (id) => post(`/${ours}/accept`, { clientId: id, therapistId })],
    ];
    for (const [theirs, ask] of asks) {
      const [there, nowhere] = [await ask(theirs), await ask(none)];
      expect([there.status, there.text.replaceAll(theirs, none)]).toEqual([404, nowhere.text]);
    }
  });
});
