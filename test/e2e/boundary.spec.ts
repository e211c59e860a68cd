import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { boundaryBoard } from '#libs/boundary';
import { unit } from '#libs/client';
import { addDays, addHours, addMinutes, localDate, startOfLocalDay } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { stance } from '#libs/stance';
import { startService, type Service } from '../support/http-kit.js';
import { givenClient, givenConsent, givenRelationship, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let story: Story;
/** What the clock shows instead of now. */
let ahead: string | undefined;
beforeAll(
  async () => ({ service, stop } = await startService({ now: () => ahead ?? new Date().toISOString() })),
);
afterAll(() => stop());
beforeEach(async () => void (story = await givenRelationship(service)));

const SMALL_GIFTS = {
  rule: 'within_limits',
  limits: 'up to 10 euros',
  words: 'Small gifts are fine.',
} as const;
const NO_GIFTS = { rule: 'never', words: 'No gifts from now on.' } as const;

const propose = (more: object = {}) =>
  service.done('therapist', '/v1/boundaries', {
    relationshipId: story.relationshipId,
    topic: 'gifts',
    terms: SMALL_GIFTS,
    ...more,
  });

async function agreeAll(id: string, versionNo: number) {
  await service.done('therapist', `/v1/boundaries/${id}/discuss`, {
    versionNo,
    summary: 'She laughed about the flowers.',
  });
  await service.done('therapist', `/v1/boundaries/${id}/agree`, {
    versionNo,
    party: { clientId: story.clientId },
    how: 'spoken',
  });
  return service.done('therapist', `/v1/boundaries/${id}/agree`, {
    versionNo,
    party: { staffId: story.therapistId },
    how: 'written',
  });
}

describe('a boundary agreement over HTTP', () => {
  it('is proposed, discussed, agreed by all, amended, agreed again and ended', async () => {
    const { id, events } = await propose();
    expect(events.map(({ type }) => type)).toEqual(['BoundaryProposed']);
    await agreeAll(id, 1);
    const agreed = await service.get('therapist', `/v1/boundaries/${id}`);
    expect(agreed.body).toMatchObject({
      id,
      version: 4,
      topic: 'gifts',
      status: 'agreed',
      versionNo: 1,
      stillToAgree: [],
      inForce: { ...SMALL_GIFTS, discussions: [{ summary: 'She laughed about the flowers.' }] },
    });

    await service.done(
      'supervisor',
      `/v1/boundaries/${id}/amend`,
      { terms: NO_GIFTS, proposedBy: { clientId: story.clientId } },
      { 'If-Match': '"4"' },
    );
    const open = await service.get('supervisor', `/v1/boundaries/${id}`);
    expect(open.body).toMatchObject({
      status: 'amendment_open',
      versionNo: 1,
      proposedVersionNo: 2,
      inForce: { rule: 'within_limits' },
      proposed: NO_GIFTS,
    });
    await agreeAll(id, 2);
    await service.done('therapist', `/v1/boundaries/${id}/end`, { reasonCode: 'no_longer_needed' });
    expect((await service.get('therapist', `/v1/boundaries/${id}`)).body).toMatchObject({
      status: 'ended',
      last: NO_GIFTS,
      reasonCode: 'no_longer_needed',
    });

    const again = await propose();
    expect([again.id, again.version]).toEqual([id, 10]);
    const board = await service.get(
      'therapist',
      `/v1/boundaries?relationshipId=${story.relationshipId}&minPosition=${again.position}`,
    );
    expect(board.body.data).toMatchObject([
      {
        boundaryId: id,
        topic: 'gifts',
        status: 'proposed',
        proposedVersionNo: 3,
        proposed: { rule: 'within_limits' },
      },
    ]);
    const whole = await service.get('therapist', `/v1/boundaries/${id}`);
    expect(whole.body.proposed).toMatchObject(SMALL_GIFTS);
    expect(whole.body.earlier).toMatchObject([
      { versionNo: 1, ...SMALL_GIFTS },
      { versionNo: 2, ...NO_GIFTS },
    ]);
  });

  it('is shown without anybody’s words to coordinators, auditors and owners', async () => {
    const { id } = await propose();
    const { position } = await agreeAll(id, 1);
    const list = `/v1/boundaries?relationshipId=${story.relationshipId}&minPosition=${position}`;
    for (const role of ['coordinator', 'auditor', 'owner'] as const)
      for (const path of [`/v1/boundaries/${id}`, list]) {
        const { status, text } = await service.get(role, path);
        expect(status).toBe(200);
        expect(text).toContain('within_limits');
        for (const word of ['Small gifts', '10 euros', 'flowers']) expect(text).not.toContain(word);
      }
    for (const role of ['therapist', 'supervisor'] as const) {
      const { text } = await service.get(role, `/v1/boundaries/${id}`);
      for (const word of ['Small gifts', '10 euros', 'flowers']) expect(text).toContain(word);
      // the board keeps nobody's words, whoever looks
      expect((await service.get(role, list)).text).not.toMatch(/Small gifts|10 euros|flowers/);
    }
    const { store, first } = service;
    const rows = await store.rows.of(store.worker, boundaryBoard, first.id, [id]);
    expect(rows.get(id)).toMatchObject({ relationshipId: story.relationshipId });
    for (const word of ['Small gifts', '10 euros', 'flowers'])
      expect(JSON.stringify(rows.get(id))).not.toContain(word);
  });

  it('takes the terms of its topic and no others, and says where they are wrong', async () => {
    const euros = (amountMinor: number, currency = 'EUR') => ({ amountMinor, currency });
    const terms = (particulars: object) => ({
      terms: { rule: 'by_arrangement', words: 'What a session costs.', particulars },
    });
    const fees = { fee: euros(9000), cancellationNoticeHours: 24, lateCancelFee: euros(4500) };
    const wrong = { ...fees, fee: euros(90, 'EURO'), occasions: ['holiday'] };
    const answer = await service.refused(400, 'invalid_request', () =>
      service.post('therapist', '/v1/boundaries', {
        relationshipId: story.relationshipId,
        topic: 'fees_and_cancellation',
        ...terms(wrong),
      }),
    );
    expect(answer.errors).toMatchObject([
      { pointer: '/terms/particulars/fee/currency', code: 'not_a_currency' },
      { pointer: '/terms/particulars/occasions', code: 'unknown_property' },
    ]);
    const { id } = await propose({ topic: 'fees_and_cancellation', ...terms(fees) });
    // an amendment does not name the topic; its terms are judged by it all the same
    const foreign = await service.refused(400, 'invalid_request', () =>
      service.post('therapist', `/v1/boundaries/${id}/amend`, terms({ kinds: ['embrace'] }), {
        'If-Match': '"1"',
      }),
    );
    expect(foreign.errors?.map(({ pointer, code }) => `${pointer} ${code}`)).toContain(
      '/terms/particulars/kinds unknown_property',
    );
    const shown = await service.get('coordinator', `/v1/boundaries/${id}`);
    expect(shown.body.proposed.particulars).toEqual(fees);
    expect(shown.text).not.toContain('costs');
  });

  it('is reviewed, and the board says when the next review is due where the practice is', async () => {
    const { id } = await propose();
    const due = async (reviewDue: boolean, position: number) => {
      const path = `/v1/boundaries?relationshipId=${story.relationshipId}&reviewDue=${reviewDue}&minPosition=${position}`;
      const { body } = await service.get('therapist', path);
      return body.data.map((row: { boundaryId: string }) => row.boundaryId);
    };
    const { position } = await agreeAll(id, 1);
    expect(await due(true, position)).toEqual([]);
    expect(await due(false, position)).toEqual([id]);
    const today = localDate(new Date().toISOString(), 'Europe/Berlin');
    const review = { versionNo: 1, outcome: 'kept', summary: 'Nothing came up.' };
    await service.refused(422, 'review_not_ahead', () =>
      service.post('therapist', `/v1/boundaries/${id}/review`, { ...review, nextReviewOn: today }),
    );
    const nextReviewOn = addDays(today, 2);
    const done = await service.done('therapist', `/v1/boundaries/${id}/review`, { ...review, nextReviewOn });
    expect(done.events.map(({ type }) => type)).toEqual(['BoundaryReviewed']);
    const { body } = await service.get('therapist', `/v1/boundaries/${id}`);
    expect(body).toMatchObject({ status: 'agreed', reviewOn: nextReviewOn });
    // days pass, nothing is entered, no job runs
    ahead = startOfLocalDay(nextReviewOn, 'Europe/Berlin');
    try {
      expect(await due(true, done.position)).toEqual([id]);
      expect(await due(false, done.position)).toEqual([]);
      ahead = addMinutes(ahead, -1);
      expect(await due(true, done.position)).toEqual([]);
    } finally {
      ahead = undefined;
    }
  });

  it('asks those who joined the unit since as soon as it is amended', async () => {
    const family = await givenRelationship(service, { kind: 'family' });
    const body = { relationshipId: family.relationshipId, topic: 'touch', terms: NO_GIFTS };
    const { id } = await service.done('therapist', '/v1/boundaries', body);
    const { state } = await service.store.load(relationship, service.first.id, family.relationshipId);
    const joined = await givenClient(service);
    await happens(service, unit, 'opening' in state ? state.opening.unitId : '', {
      type: 'AddUnitMember',
      clientId: joined,
    });
    await service.done('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 });
    await service.refused(422, 'parties_changed', () =>
      service.post('therapist', `/v1/boundaries/${id}/agree`, {
        versionNo: 1,
        party: { clientId: family.clientId },
        how: 'spoken',
      }),
    );
    await service.done('therapist', `/v1/boundaries/${id}/amend`, { terms: NO_GIFTS }, { 'If-Match': '"2"' });
    const { body: shown } = await service.get('therapist', `/v1/boundaries/${id}`);
    expect(shown.proposedVersionNo).toBe(2);
    expect(shown.stillToAgree).toContainEqual({ clientId: joined });
  });

  it('an amendment while the other side agrees to the version before: one of both, never both', async () => {
    for (let round = 0; round < 12; round++) {
      story = await givenRelationship(service);
      const { id } = await propose();
      const party = (one: object) => ({ versionNo: 1, party: one, how: 'spoken' });
      await service.done('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 });
      const me = party({ staffId: story.therapistId });
      await service.done('therapist', `/v1/boundaries/${id}/agree`, me);
      const amends = () =>
        service.post('therapist', `/v1/boundaries/${id}/amend`, { terms: NO_GIFTS }, { 'If-Match': '"3"' });
      const agrees = () =>
        service.post('supervisor', `/v1/boundaries/${id}/agree`, party({ clientId: story.clientId }));
      const [amended, agreed] =
        round % 2
          ? await Promise.all([amends(), agrees()])
          : (await Promise.all([agrees(), amends()])).toReversed();
      const { body } = await service.get('therapist', `/v1/boundaries/${id}`);
      if (agreed!.status === 200) {
        expect([amended!.status, amended!.body.code]).toEqual([412, 'version_stale']);
        expect(body).toMatchObject({ version: 4, status: 'agreed', versionNo: 1, stillToAgree: [] });
      } else {
        expect([amended!.status, agreed!.status, agreed!.body.reasons?.[0].code]).toEqual([
          200,
          422,
          'version_amended',
        ]);
        expect(body).toMatchObject({ version: 4, status: 'proposed', proposedVersionNo: 2 });
        expect(body).not.toHaveProperty('versionNo');
        expect(body.proposed.agreed).toEqual([]);
      }
    }
  }, 30_000);

  it('is proposed once per topic, whoever proposes', async () => {
    const { id, version } = await propose();
    const same = await propose();
    expect(same).toMatchObject({ id, version, events: [] });
    await service.refused(409, 'already_proposed', () =>
      service.post('therapist', '/v1/boundaries', {
        relationshipId: story.relationshipId,
        topic: 'gifts',
        terms: NO_GIFTS,
      }),
    );
  });

  it('answers a repeated key with the first answer, and refuses it with another body', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const body = { relationshipId: story.relationshipId, topic: 'touch', terms: NO_GIFTS };
    const first = await service.post('therapist', '/v1/boundaries', body, key);
    const again = await service.post('therapist', '/v1/boundaries', body, key);
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(first.headers.location).toBe(`/v1/boundaries/${first.body.id}`);
    await service.refused(422, 'idempotency_key_reused', () =>
      service.post('therapist', '/v1/boundaries', { ...body, topic: 'setting' }, key),
    );
  });

  it('is never agreed before it was discussed, by a stranger, or unseen', async () => {
    const { id } = await propose();
    const answer = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('therapist', `/v1/boundaries/${id}/agree`, {
        versionNo: 2,
        party: { clientId: randomUUID() },
        how: 'spoken',
      }),
    );
    expect(answer.reasons?.map(({ code }) => code)).toEqual([
      'version_unknown',
      'not_discussed',
      'not_a_party',
    ]);
    await service.refused(428, 'if_match_star', () =>
      service.post('therapist', `/v1/boundaries/${id}/amend`, { terms: NO_GIFTS }),
    );
    await service.done('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 });
    await service.refused(412, 'version_stale', () =>
      service.post('therapist', `/v1/boundaries/${id}/amend`, { terms: NO_GIFTS }, { 'If-Match': '"1"' }),
    );
  });

  it('is neither discussed nor agreed before it was proposed', async () => {
    const { id } = await propose();
    const before = { occurredAt: addHours(new Date().toISOString(), -24), reason: 'entered late' };
    await service.refused(422, 'before_last_entry', () =>
      service.post('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1, ...before }),
    );
    await service.done('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 });
    const party = { staffId: story.therapistId };
    await service.refused(422, 'before_last_entry', () =>
      service.post('therapist', `/v1/boundaries/${id}/agree`, {
        versionNo: 1,
        party,
        how: 'spoken',
        ...before,
      }),
    );
  });

  it('does not contradict the stance in force when it is agreed', async () => {
    const { id } = await propose({
      topic: 'self_disclosure',
      terms: { rule: 'by_arrangement', words: 'Now and then.' },
    });
    await service.done('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 });
    const before = { degree: 'rare_for_client_benefit', topicsNever: ['family'] };
    const publish = async (selfDisclosure: object) => {
      await happens(service, stance, story.stanceId, {
        type: 'ReviseStance',
        dimensions: { selfDisclosure },
      });
      await happens(service, stance, story.stanceId, { type: 'PublishStance' });
    };
    await publish({ degree: 'none', topicsNever: [] });
    await service.refused(422, 'contradicts_stance', () =>
      service.post('therapist', `/v1/boundaries/${id}/agree`, {
        versionNo: 1,
        party: { clientId: story.clientId },
        how: 'spoken',
      }),
    );
    await publish(before);
  });

  it('lets nobody agree that sessions are recorded before every member has consented to it', async () => {
    story = await givenRelationship(service, { kind: 'couple' });
    const terms = {
      rule: 'by_arrangement',
      words: 'Now and then, to learn from it.',
      particulars: { media: ['audio'], purposes: ['supervision'], keptDays: 30 },
    };
    const { id } = await propose({ topic: 'recording', terms });
    await service.done('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 });
    const agree = (party: object) =>
      service.post('therapist', `/v1/boundaries/${id}/agree`, { versionNo: 1, party, how: 'spoken' });
    const [one, other] = story.clientIds as [string, string];
    await givenConsent(service, story, { purpose: 'recording', clientId: one });
    for (const party of [{ clientId: one }, { staffId: story.therapistId }])
      await service.refused(422, 'consent_not_sought', () => agree(party));
    await givenConsent(service, story, { purpose: 'recording', clientId: other });
    for (const party of [{ clientId: one }, { clientId: other }, { staffId: story.therapistId }])
      expect((await agree(party)).status).toBe(200);
    expect((await service.get('therapist', `/v1/boundaries/${id}`)).body.status).toBe('agreed');
  });

  it('takes nothing new once the relationship has ended', async () => {
    await happens(service, relationship, story.relationshipId, {
      type: 'EndRelationship',
      by: 'client',
      reasonCode: 'moved_away',
    });
    await service.refused(422, 'relationship_ended', () =>
      service.post('therapist', '/v1/boundaries', {
        relationshipId: story.relationshipId,
        topic: 'gifts',
        terms: NO_GIFTS,
      }),
    );
  });

  it('refuses unknown properties, unknown ids and parties that are not one', async () => {
    const unknown = await service.refused(400, 'invalid_request', () =>
      service.post('therapist', '/v1/boundaries', {
        id: randomUUID(),
        relationshipId: story.relationshipId,
        topic: 'gifts',
        terms: { ...NO_GIFTS, extra: 1 },
      }),
    );
    expect(unknown.errors).toMatchObject([
      { pointer: '/id', code: 'unknown_property' },
      { pointer: '/terms/extra', code: 'unknown_property' },
    ]);
    await service.refused(400, 'invalid_request', () =>
      service.post('therapist', '/v1/boundaries', {
        relationshipId: story.relationshipId,
        topic: 'gifts',
        terms: NO_GIFTS,
        proposedBy: {},
      }),
    );
    await service.refused(404, 'not_found', () =>
      service.post('therapist', '/v1/boundaries', {
        relationshipId: randomUUID(),
        topic: 'gifts',
        terms: NO_GIFTS,
      }),
    );
    await service.refused(404, 'not_found', () =>
      service.post('therapist', '/v1/boundaries', {
        relationshipId: story.relationshipId,
        topic: 'gifts',
        terms: NO_GIFTS,
        proposedBy: { staffId: randomUUID() },
      }),
    );
    for (const verb of ['discuss', 'agree', 'end'])
      await service.refused(404, 'not_found', () =>
        service.post(
          'therapist',
          `/v1/boundaries/${randomUUID()}/${verb}`,
          {
            discuss: { versionNo: 1 },
            agree: { versionNo: 1, party: { clientId: story.clientId }, how: 'spoken' },
            end: { reasonCode: 'no_longer_needed' },
          }[verb],
        ),
      );
    expect((await service.get('therapist', `/v1/boundaries/${randomUUID()}`)).status).toBe(404);
    await service.refused(403, 'forbidden', () => service.post('coordinator', '/v1/boundaries', {}));
  });

  it('looks to another practice as if it did not exist', async () => {
    const { id } = await propose();
    if (!service.practices.other) await service.addPractice('other');
    const token = { Authorization: `Bearer ${service.tokenOf('therapist', 'other')}` };
    expect((await service.get('therapist', `/v1/boundaries/${id}`, token)).status).toBe(404);
    await service.refused(404, 'not_found', () =>
      service.post('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 }, token),
    );
    expect(
      (await service.get('therapist', `/v1/boundaries?relationshipId=${story.relationshipId}`, token)).body
        .data,
    ).toEqual([]);
  });
});
