import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tokens } from '#libs/identity';
import { inquiry } from '#libs/intake';
import { addDays, addHours, uuidv7 } from '#libs/kernel';
import { relationshipIdOf } from '#libs/relationship';
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
const urgent = {
  risk: 'urgent',
  to: 'the crisis service',
  told: ['the crisis service', 'her sister'],
  nextStep: 'Thea calls on Monday.',
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
  it('goes from received to accepted, and the pipeline shows each status', async () => {
    const id = await receive({ clientId });
    const listed = async () => {
      const { body } = await list('coordinator', '/v1/inquiries');
      return body.data.find((row: { inquiryId: string }) => row.inquiryId === id);
    };
    expect(await listed()).toMatchObject({
      status: 'received',
      clientId,
      therapistId: null,
      risk: null,
      format: 'video',
    });
    await screen(id, { risk: 'raised', summary: 'sleeps badly' });
    expect(await listed()).toMatchObject({ status: 'screened', risk: 'raised', openRisk: 'raised' });
    const path = `/v1/inquiries/${id}`;
    await service.done('coordinator', `${path}/match`, { therapistId, reasons: ['Has time.'] }, seen(2));
    expect(await listed()).toMatchObject({ status: 'matched', therapistId });
    await service.done(
      'coordinator',
      `${path}/offer`,
      { therapistId, firstSlot: '2026-09-01T10:00:00+02:00' },
      seen(3),
    );
    expect(await listed()).toMatchObject({ status: 'offered', firstSlot: '2026-09-01T08:00:00.000Z' });
    await service.refused(422, 'risk_not_reviewed', () =>
      service.post('coordinator', `${path}/accept`, { clientId, therapistId }),
    );
    await screen(id, { reviewedByClinician: therapistId }, 4);
    expect(await listed()).toMatchObject({ status: 'offered', openRisk: null });
    await service.done('coordinator', `${path}/accept`, { clientId, therapistId }, seen(5));

    const { body } = await list('auditor', `/v1/inquiries?status=accepted&therapistId=${therapistId}`);
    expect(body.data).toMatchObject([{ inquiryId: id, status: 'accepted' }]);
    expect(
      (await list('auditor', `/v1/inquiries?status=accepted&therapistId=${uuidv7()}`)).body.data,
    ).toEqual([]);
    expect((await service.get('therapist', path)).body).toMatchObject({
      id,
      version: 6,
      status: 'accepted',
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
      status: 'declined',
      declined: no,
      screening: null,
    });
    await service.refused(409, 'inquiry_closed', () =>
      service.post('coordinator', `/v1/inquiries/${id}/screen`, { risk: 'none', suitable: true }, seen(2)),
    );
    const open = await receive();
    await service.refused(422, 'linked_inquiry_open', () =>
      service.post('coordinator', '/v1/inquiries', { ...request, linkedInquiryId: open }),
    );
    const next = await receive({ linkedInquiryId: id });
    expect((await service.get('coordinator', `/v1/inquiries/${next}`)).body).toMatchObject({
      linkedInquiryId: id,
    });
  });

  it('shows concern, summary and own words to therapist and supervisor only', async () => {
    const id = await receive({ preferences: { excludedTherapistIds: [therapistId] } });
    await service.done('therapist', `/v1/inquiries/${id}/redirect-urgently`, {
      ...urgent,
      summary: 'has a plan',
    });
    await screen(id, { summary: 'sleeps badly', reviewedByClinician: therapistId }, 2);
    await service.done('coordinator', `/v1/inquiries/${id}/waitlist`, {
      reasonCode: 'no_capacity',
      checkInEveryDays: 7,
    });
    await service.done('coordinator', `/v1/inquiries/${id}/check-in`, {
      stillWaiting: true,
      words: 'it got worse',
    });
    await service.done('therapist', `/v1/inquiries/${id}/match`, {
      therapistId,
      reasons: [],
      inClientsOwnWords: 'I met her since',
    });
    const gone = await receive();
    await service.done('therapist', `/v1/inquiries/${gone}/withdraw`, {
      channel: 'phone',
      words: 'found a friend',
    });
    const sent = await receive();
    await service.done('therapist', `/v1/inquiries/${sent}/refer`, {
      to: 'Dr. Osei',
      reasonCode: 'needs_inpatient_care',
      handedOver: ['the letter'],
    });
    for (const [role, clinical] of [
      ['coordinator', false],
      ['auditor', false],
      ['owner', false],
      ['therapist', true],
      ['supervisor', true],
    ] as const) {
      const { text } = await service.get(role, `/v1/inquiries/${id}`);
      for (const words of ['panic since May', 'sleeps badly', 'I met her since'])
        expect(text.includes(words), `${role}: ${words}`).toBe(clinical);
      for (const words of ['has a plan', 'it got worse']) expect(text, role).not.toContain(words);
      const withdrawal = (await service.get(role, `/v1/inquiries/${gone}`)).text;
      expect(withdrawal.includes('found a friend'), role).toBe(clinical);
      const { referred } = (await service.get(role, `/v1/inquiries/${sent}`)).body;
      expect([referred.to, referred.handedOver], role).toEqual([
        role === 'auditor' ? undefined : 'Dr. Osei',
        clinical ? ['the letter'] : undefined,
      ]);
      expect((await list(role, '/v1/inquiries?limit=200')).text).not.toMatch(
        /panic|sleeps|I met|a plan|worse|friend|Osei|letter|crisis|sister/,
      );
    }
  });

  it('is not matched against what the client excluded; every conflict is listed and kept with the match', async () => {
    const preferences = {
      excludedTherapistIds: [therapistId],
      excludedFormats: ['video'],
      excludedStance: [
        { dimension: 'challenge', value: 'gentle' },
        { dimension: 'partiality', value: 'multi_partial' },
      ],
      stance: [{ dimension: 'selfDisclosure', value: 'none' }],
    };
    const id = await receive({ preferences });
    await screen(id);
    const match = { therapistId, reasons: [], format: 'video' };
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', `/v1/inquiries/${id}/match`, match),
    );
    expect(reasons).toMatchObject([
      { code: 'therapist_excluded' },
      { code: 'stance_excluded', detail: expect.stringContaining('gentle') },
      { code: 'format_excluded' },
    ]);
    await service.done('coordinator', `/v1/inquiries/${id}/match`, {
      ...match,
      inClientsOwnWords: 'I met her since, I would like to try.',
    });
    expect((await service.get('coordinator', `/v1/inquiries/${id}`)).body.match.conflicts).toMatchObject([
      { code: 'therapist_excluded' },
      { code: 'stance_excluded' },
      { code: 'format_excluded' },
    ]);
  });

  it('excludes nothing by a word that no stance has', async () => {
    const preferences = { excludedStance: [{ dimension: 'challenge', value: 'gently' }] };
    const { errors } = await service.refused(400, 'invalid_request', () =>
      service.post('coordinator', '/v1/inquiries', { ...request, preferences }),
    );
    expect(errors).toMatchObject([{ pointer: '/preferences/excludedStance/0/value', code: 'not_a_choice' }]);
  });

  it('is not matched to who treats another member of the couple, or somebody the client named', async () => {
    const unitOf = async (kind: string, ...members: string[]) =>
      (await service.done('coordinator', '/v1/units', { kind, members })).id;
    const person = async (legalName: string) =>
      (await service.done('coordinator', '/v1/clients', { ...mira, legalName })).id;
    const [partner, neighbour, asking] = [
      await person('Pat Ngata'),
      await person('Nia Abara'),
      await person('Ash Ngata'),
    ];
    await unitOf('couple', asking, partner);
    const open = async (member: string) =>
      (
        await service.done('coordinator', '/v1/relationships', {
          unitId: await unitOf('individual', member),
          therapistId,
          format: 'in_person',
        })
      ).id;
    const relationships = [await open(partner), await open(neighbour)];
    const id = await receive({ clientId: asking, conflictsWith: [neighbour] });
    await screen(id);
    const path = `/v1/inquiries/${id}/match`;
    const match = { therapistId, reasons: [], inClientsOwnWords: 'I do not mind.' };
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', path, match),
    );
    expect(reasons!.map(({ code }) => code)).toEqual(['treats_family_member', 'treats_person_named']);
    for (const word of [partner, neighbour, 'Ngata', 'Abara'])
      expect(JSON.stringify(reasons)).not.toContain(word);

    // who the client is may come out only with the acceptance
    const unknown = await receive();
    await screen(unknown);
    await service.done('coordinator', `/v1/inquiries/${unknown}/match`, { therapistId, reasons: [] });
    await service.done('coordinator', `/v1/inquiries/${unknown}/offer`, { therapistId });
    await service.refused(422, 'treats_family_member', () =>
      service.post('coordinator', `/v1/inquiries/${unknown}/accept`, { clientId: asking, therapistId }),
    );

    // records that turn out to be one person's are one person here, too
    const kept = await person('Nia Abara-Lund');
    await service.done('coordinator', `/v1/clients/${neighbour}/merge`, { otherClientId: kept });
    await service.done('owner', `/v1/clients/${neighbour}/confirm-merge`, { otherClientId: kept });
    const naming = await receive({ conflictsWith: [kept] });
    await screen(naming);
    await service.refused(422, 'treats_person_named', () =>
      service.post('coordinator', `/v1/inquiries/${naming}/match`, match),
    );

    for (const relationship of relationships)
      await service.done('therapist', `/v1/relationships/${relationship}/end`, {
        by: 'agreement',
        reasonCode: 'goals_reached',
      });
    await service.done('coordinator', path, match);
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
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', `/v1/inquiries/${id}/match`, { therapistId: auditor, reasons: [] }),
    );
    expect(reasons!.map(({ code }) => code)).toEqual(['not_a_therapist', 'stance_not_published']);
    await service.refused(403, 'forbidden', () =>
      service.post('therapist', `/v1/inquiries/${id}/offer`, { therapistId }),
    );
  });

  it('is redirected urgently, with what happens next, and goes on after a clinician has screened again', async () => {
    const id = await receive();
    const path = `/v1/inquiries/${id}`;
    await service.refused(400, 'invalid_request', () =>
      service.post('coordinator', `${path}/redirect-urgently`, { ...urgent, nextStep: undefined }),
    );
    const today = new Date().toISOString().slice(0, 10);
    await service.done(
      'coordinator',
      `${path}/redirect-urgently`,
      { ...urgent, followUpOn: addDays(today, -2) },
      seen(1),
    );
    expect((await service.get('coordinator', path)).body).toMatchObject({
      status: 'redirected_urgent',
      redirection: urgent,
      screening: null,
    });
    expect((await service.get('auditor', path)).body.redirection).toEqual({
      risk: 'urgent',
      followUpOn: addDays(today, -2),
    });
    await service.refused(409, 'screen_again_first', () =>
      service.post('coordinator', `${path}/match`, { therapistId, reasons: [] }),
    );
    await service.refused(422, 'clinician_screens_after_redirection', () =>
      service.post('coordinator', `${path}/screen`, { risk: 'none', suitable: true }, seen(2)),
    );
    const row = async () =>
      (await list('coordinator', '/v1/inquiries?limit=200')).body.data.find(
        (one: { inquiryId: string }) => one.inquiryId === id,
      );
    expect(await row()).toMatchObject({
      status: 'redirected_urgent',
      openRisk: 'urgent',
      nextStep: 'follow_up_redirection',
      overdue: true,
    });
    await screen(id, { risk: 'raised', reviewedByClinician: therapistId }, 2);
    expect(await row()).toMatchObject({ status: 'screened', openRisk: null, nextStep: 'match_or_waitlist' });
  });

  it('waits, is asked again, and the list says who waits, how long, what comes next and what is overdue', async () => {
    const now = service.store.clock.now();
    const long = { occurredAt: addHours(now, -24 * 40), reason: 'entered late' };
    const id = await receive(long);
    const path = `/v1/inquiries/${id}`;
    await service.done('therapist', `${path}/screen`, { risk: 'none', suitable: true, ...long }, seen(1));
    await service.refused(400, 'invalid_request', () =>
      service.post('coordinator', `${path}/waitlist`, { reasonCode: 'no_capacity' }),
    );
    await service.done('coordinator', `${path}/waitlist`, {
      reasonCode: 'no_capacity',
      checkInEveryDays: 30,
      ...long,
    });
    const rows = async (query: string) =>
      (await list('coordinator', `/v1/inquiries?limit=200&${query}`)).body.data.filter(
        (one: { inquiryId: string }) => one.inquiryId === id,
      );
    expect(await rows('overdue=true')).toMatchObject([
      { status: 'waitlisted', nextStep: 'check_in', overdue: true, waitingDays: 40 },
    ]);
    expect(await rows(`waitingSince=${addHours(now, -24 * 30)}`)).toHaveLength(1);
    expect(await rows(`waitingSince=${addHours(now, -24 * 50)}`)).toHaveLength(0);
    await service.done('coordinator', `${path}/check-in`, { stillWaiting: true });
    expect(await rows('overdue=true')).toEqual([]);
    expect(await rows('status=waitlisted')).toMatchObject([{ overdue: false, stillWaiting: true }]);
    await service.done('coordinator', `${path}/check-in`, { stillWaiting: false });
    expect(await rows('status=waitlisted')).toMatchObject([{ nextStep: 'close', dueOn: null }]);
    await service.done('coordinator', `${path}/withdraw`, { channel: 'phone' });
    expect(await rows('status=withdrawn')).toMatchObject([{ nextStep: null, waitingDays: null }]);
    expect(await rows(`waitingSince=${addHours(now, -24 * 30)}`)).toEqual([]);
  });

  it('suggests therapists by fit, with reasons and every conflict', async () => {
    const bare = (
      await service.done('owner', '/v1/staff', { name: 'Bea Marsh', roles: ['therapist'], languages: ['pl'] })
    ).id;
    const id = await receive({
      preferences: {
        languages: ['pl'],
        stance: [
          { dimension: 'challenge', value: 'gentle' },
          { dimension: 'selfDisclosure', value: 'none' },
        ],
      },
    });
    const path = `/v1/inquiries/${id}/suggestions`;
    const { body } = await list('coordinator', path);
    expect(body.suggestions).toMatchObject([
      {
        therapistId,
        score: 1,
        reasons: ['About challenge, states “gentle”, as wished.'],
        unmet: [
          expect.stringContaining('self disclosure'),
          'Whether they speak Polish, as wished, is not recorded.',
        ],
        conflicts: [],
      },
      {
        therapistId: bare,
        score: 1,
        reasons: ['Speaks Polish, as wished.'],
        conflicts: [{ code: 'stance_not_published' }],
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('panic');
    expect((await service.get('auditor', path)).status).toBe(403);
    expect((await service.get('coordinator', `/v1/inquiries/${uuidv7()}/suggestions`)).status).toBe(404);
  });

  it('refuses a therapist who does not meet in the format that was asked for', async () => {
    const { id: therapist } = await service.done('owner', '/v1/staff', {
      name: 'Ines Rook',
      roles: ['therapist'],
      formats: ['in_person'],
    });
    const id = await receive({ preferences: { format: 'video' } });
    await service.done(
      'coordinator',
      `/v1/inquiries/${id}/screen`,
      { risk: 'none', suitable: true },
      seen(1),
    );

    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', `/v1/inquiries/${id}/match`, { therapistId: therapist, reasons: ['free'] }),
    );
    expect(reasons?.map(({ code }) => code)).toContain('format_not_offered');
  });

  it('two matches at once end with one match and one conflict', async () => {
    const theo = (await service.done('owner', '/v1/staff', { name: 'Theo', roles: ['therapist'] })).id;
    const theirs = {
      Authorization: `Bearer ${await service.app.get(Tokens).issue(service.first.id, theo, 'theirs')}`,
    };
    const { id: stance } = await service.done(
      'therapist',
      '/v1/stances',
      { therapistId: theo, locale: 'en', dimensions: EXAMPLE_FOR_ONE },
      theirs,
    );
    await service.done('therapist', `/v1/stances/${stance}/publish`, {}, theirs);
    const id = await receive();
    await screen(id);
    const answers = await Promise.all(
      [therapistId, theo].map((one) =>
        service.post('coordinator', `/v1/inquiries/${id}/match`, { therapistId: one, reasons: [] }, seen(2)),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await service.get('coordinator', `/v1/inquiries/${id}`)).body).toMatchObject({
      version: 3,
      match: { therapistId: [therapistId, theo][winner] },
    });
  });

  it('two acceptances and two relationships at once end with one of each', async () => {
    const id = await receive();
    await screen(id);
    await service.done('coordinator', `/v1/inquiries/${id}/match`, { therapistId, reasons: [] });
    await service.done('coordinator', `/v1/inquiries/${id}/offer`, { therapistId });
    const other = (await service.done('coordinator', '/v1/clients', { ...mira, legalName: 'Otto Wren' })).id;
    const accepts = await Promise.all(
      [clientId, other].map((one) =>
        service.post('coordinator', `/v1/inquiries/${id}/accept`, { clientId: one, therapistId }),
      ),
    );
    expect(accepts.map(({ status, body }) => [status, body.code]).sort()).toEqual([
      [200, undefined],
      [409, 'inquiry_closed'],
    ]);
    const accepted = [clientId, other][accepts.findIndex(({ status }) => status === 200)]!;
    const unitId = (
      await service.done('coordinator', '/v1/units', { kind: 'individual', members: [accepted] })
    ).id;
    const row = async () =>
      (await list('coordinator', '/v1/inquiries?status=accepted&limit=200')).body.data.find(
        (one: { inquiryId: string }) => one.inquiryId === id,
      );
    expect(await row()).toMatchObject({ nextStep: 'open_relationship', relationshipId: null });
    const opens = await Promise.all(
      [1, 2].map(() =>
        service.post('coordinator', '/v1/relationships', {
          unitId,
          therapistId,
          format: 'video',
          inquiryId: id,
        }),
      ),
    );
    expect(opens.map(({ status, body }) => [status, body.code]).sort()).toEqual([
      [201, undefined],
      [409, 'already_exists'],
    ]);
    expect(await row()).toMatchObject({
      nextStep: null,
      relationshipId: relationshipIdOf(service.first.id, id),
    });
  });

  it('concerns nobody but itself until its client is known, so that its words can be sealed', async () => {
    const id = await receive();
    const { events } = await service.store.load(inquiry, service.first.id, id);
    expect(events.map(({ subjects }) => subjects)).toEqual([[id]]);
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
      [theirClient, (id) => post('', { ...request, conflictsWith: [id] })],
      [theirInquiry, (id) => post(`/${id}/redirect-urgently`, urgent)],
      [theirInquiry, (id) => post(`/${id}/withdraw`, { channel: 'phone' })],
      [theirInquiry, (id) => service.get('coordinator', `/v1/inquiries/${id}/suggestions`)],
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
