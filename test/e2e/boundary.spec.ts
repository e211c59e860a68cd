import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addHours } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { stance } from '#libs/stance';
import { startService, type Service } from '../support/http-kit.js';
import { givenRelationship, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let story: Story;
beforeAll(async () => ({ service, stop } = await startService()));
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
    const open = await service.get('owner', `/v1/boundaries/${id}`);
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
      { boundaryId: id, topic: 'gifts', status: 'proposed', proposedVersionNo: 3, proposed: SMALL_GIFTS },
    ]);
  });

  it('is shown without anybody’s words to coordinators and auditors', async () => {
    const { id } = await propose();
    const { position } = await agreeAll(id, 1);
    const list = `/v1/boundaries?relationshipId=${story.relationshipId}&minPosition=${position}`;
    for (const role of ['coordinator', 'auditor'] as const)
      for (const path of [`/v1/boundaries/${id}`, list]) {
        const { status, text } = await service.get(role, path);
        expect(status).toBe(200);
        expect(text).toContain('within_limits');
        for (const word of ['Small gifts', '10 euros', 'flowers']) expect(text).not.toContain(word);
      }
    for (const role of ['owner', 'supervisor'] as const)
      expect((await service.get(role, list)).text).toMatch(/Small gifts.*10 euros.*flowers/);
  });

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
    const token = { Authorization: `Bearer ${service.tokenOf('owner', 'other')}` };
    expect((await service.get('owner', `/v1/boundaries/${id}`, token)).status).toBe(404);
    await service.refused(404, 'not_found', () =>
      service.post('owner', `/v1/boundaries/${id}/discuss`, { versionNo: 1 }, token),
    );
    expect(
      (await service.get('owner', `/v1/boundaries?relationshipId=${story.relationshipId}`, token)).body.data,
    ).toEqual([]);
  });
});
