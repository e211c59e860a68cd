import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenBreakGlass } from '#libs/access';
import { addHours, addMinutes, deriveId, sha256, uuidv7, type DomainError } from '#libs/kernel';
import { startService, type Service } from '../support/http-kit.js';
import { givenRelationship, givenTherapist, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
/** A client of a colleague of the therapist with a token. */
let story: Story;
/** What the clock shows instead of now. */
let ahead: string | undefined;
const now = () => ahead ?? new Date().toISOString();
beforeAll(async () => ({ service, stop } = await startService({ now })));
afterAll(() => stop());
beforeEach(async () => {
  ahead = undefined;
  story = await givenRelationship(service, { therapistId: await givenTherapist(service) });
});

const opening = (more: object = {}) => ({
  clientId: story.clientId,
  reasonCode: 'imminent_harm',
  minutes: 60,
  reason: 'She calls from a bridge and her therapist is in the air.',
  ...more,
});
const open = (more: object = {}) => service.done('therapist', '/v1/break-glass-grants', opening(more));
const one = async (id: string) =>
  (await service.get('supervisor', `/v1/break-glass-grants/${id}`).expect(200)).body;

describe('breaking the glass over HTTP', () => {
  it('opens, closes and is reviewed by somebody else, and every step is read back', async () => {
    const { id, events } = await open();
    expect(events.map(({ type }) => type)).toEqual(['BreakGlassOpened']);
    expect(await one(id)).toMatchObject({
      id,
      version: 1,
      staffId: service.first.staff.therapist,
      clientId: story.clientId,
      open: true,
      reviewDue: false,
      reason: opening().reason,
    });
    await service.done('therapist', `/v1/break-glass-grants/${id}/close`);
    expect(await one(id)).toMatchObject({ open: false, reviewDue: true, reviewOverdue: false });
    await service.done('supervisor', `/v1/break-glass-grants/${id}/review`, {
      finding: 'more_than_needed',
      words: 'Half an hour would have done.',
    });
    expect(await one(id)).toMatchObject({
      reviewDue: false,
      review: { finding: 'more_than_needed', by: service.first.staff.supervisor, late: false },
      words: 'Half an hour would have done.',
    });
  });

  it('lets the therapist in to that client until it ends, and every look names the grant', async () => {
    const look = () => service.get('therapist', `/v1/clients/${story.clientId}/consent-status`);
    await service.refused(403, 'not_your_client', look);
    const { id } = await open({ minutes: 10 });
    await look().expect(200);
    const { body } = await service.get('auditor', `/v1/access-log?clientId=${story.clientId}`).expect(200);
    expect(body.data[0]).toMatchObject({ staffId: service.first.staff.therapist, grantId: id });
    ahead = addMinutes(now(), 11);
    await service.refused(403, 'not_your_client', look);
  });

  it('is refused with every reason, for whoever is no client here, and to coordinators', async () => {
    const post = (body: object) => () => service.post('therapist', '/v1/break-glass-grants', body);
    const refused = await service.refused(
      422,
      'refused_for_several_reasons',
      post(opening({ minutes: 121, reason: 'because' })),
    );
    expect(refused.reasons!.map(({ code }) => code)).toEqual(['longer_than_120_minutes', 'reason_too_short']);
    await service.refused(404, 'not_found', post(opening({ clientId: uuidv7() })));
    await service.refused(403, 'forbidden', () =>
      service.post('coordinator', '/v1/break-glass-grants', opening()),
    );
  });

  it('lets only one of two in that the same person opens at once for the same client', async () => {
    const actor = { id: service.first.staff.therapist, role: 'therapist' };
    const { clientId } = story;
    const { reason } = opening();
    const body = { type: 'OpenBreakGlass', clientId, reasonCode: 'other', minutes: 60 } as const;
    // all of them have looked, and seen that nothing is open, before the first of them opens
    const append = service.store.append.bind(service.store);
    let decided = 0;
    let allHave: () => void;
    const everybody = new Promise<void>((resolve) => (allHave = resolve));
    const spy = vi.spyOn(service.store, 'append').mockImplementation(async (...asked) => {
      if (++decided === 4) allHave();
      await everybody;
      return append(...asked);
    });
    const opens = Array.from({ length: 4 }, () => {
      const id = uuidv7();
      const meta = {
        practiceId: service.first.id,
        id,
        commandId: id,
        requestHash: sha256(id),
        actor,
        reason,
      };
      return service.app
        .get(CommandBus)
        .execute(new OpenBreakGlass({ ...meta, expected: 0 }, body))
        .then(
          () => 'opened',
          (error: DomainError) => error.code,
        );
    });
    expect((await Promise.all(opens)).sort()).toEqual([
      ...Array.from({ length: 3 }, () => 'already_open_for_this_client'),
      'opened',
    ]);
    spy.mockRestore();
  });

  it('lets nobody in to a colleague’s client by calling a grant for a client of their own as something of theirs', async () => {
    const own = await givenRelationship(service);
    for (const id of [story.clientId, story.relationshipId]) {
      const named = opening({ clientId: own.clientId, id });
      await service.refused(409, 'id_taken', () =>
        service.post('therapist', '/v1/break-glass-grants', named),
      );
      await service.refused(403, 'not_your_client', () =>
        service.get('therapist', `/v1/clients/${story.clientId}`),
      );
    }
    // an id that can be foreseen: of the note that the colleague will write about a session
    const foreseen = deriveId('note', service.first.id, uuidv7(), story.therapistId);
    await service.refused(400, 'invalid_request', () =>
      service.post('therapist', '/v1/break-glass-grants', opening({ clientId: own.clientId, id: foreseen })),
    );
  });

  it('can be opened again after it has ended, and shows what waits for its review and what is overdue', async () => {
    const first = await open({ minutes: 10 });
    ahead = addMinutes(now(), 11);
    const second = await open({ minutes: 10 });
    await service.settled();
    const list = async (query: string) => {
      const { body } = await service
        .get('auditor', `/v1/break-glass-grants?clientId=${story.clientId}&${query}`)
        .expect(200);
      return (body.data as { id: string }[]).map(({ id }) => id);
    };
    expect(await list('open=true')).toEqual([second.id]);
    expect(await list('reviewDue=true')).toEqual([first.id]);
    ahead = addHours(now(), 80);
    expect(await list('reviewDue=true')).toEqual([first.id, second.id]);
    expect(await one(first.id)).toMatchObject({ reviewOverdue: true });
    const { body } = await service.get('auditor', `/v1/access-log?clientId=${story.clientId}`).expect(200);
    expect(body.grants).toMatchObject([{ reviewOverdue: true }, { reviewOverdue: true }]);
    const findings = await service
      .get('auditor', `/v1/findings?kind=break_glass_not_reviewed&clientId=${story.clientId}`)
      .expect(200);
    expect(findings.body.data).toHaveLength(2);
    const { text } = await service.get('auditor', `/v1/access-log?clientId=${story.clientId}`, {
      Accept: 'text/plain',
    });
    expect(text).toContain('imminent harm | not reviewed, overdue since');
  });

  it('keeps the words from auditors, and the grants of others from therapists', async () => {
    const { id } = await service.done('supervisor', '/v1/break-glass-grants', opening());
    const { body } = await service.get('auditor', `/v1/break-glass-grants/${id}`).expect(200);
    expect(body).not.toHaveProperty('reason');
    await service.refused(403, 'not_your_client', () =>
      service.get('therapist', `/v1/break-glass-grants/${id}`),
    );
    await service.settled();
    const mine = await service.get('therapist', '/v1/break-glass-grants').expect(200);
    expect((mine.body.data as { id: string }[]).map(({ id }) => id)).not.toContain(id);
    await service.refused(422, 'own_grant', () => {
      ahead = addHours(now(), 3);
      return service.post('supervisor', `/v1/break-glass-grants/${id}/review`, { finding: 'justified' });
    });
  });

  it('tells who reviews what waits, what is due first at the beginning, however its id was chosen', async () => {
    const late = await open({ minutes: 5, id: 'ffffffff-ffff-7fff-bfff-fffffffffff0' });
    ahead = addMinutes(now(), 60);
    const early = await open({ minutes: 5, id: '00000000-0000-7000-8000-000000000001' });
    ahead = addHours(now(), 72);
    const due = async (who: 'owner' | 'supervisor', cursor = '') => {
      const query = `?reviewDue=true&clientId=${story.clientId}&limit=1${cursor && `&cursor=${cursor}`}`;
      return (await service.get(who, `/v1/break-glass-grants${query}`).expect(200)).body;
    };
    for (const who of ['owner', 'supervisor'] as const) {
      const first = await due(who);
      expect(first.data).toMatchObject([{ id: late.id, reviewOverdue: true, reviewBy: expect.any(String) }]);
      const second = await due(who, first.page.next);
      expect(second.data).toMatchObject([{ id: early.id, reviewOverdue: false }]);
      expect(second.page).not.toHaveProperty('next');
    }
    await service.done('owner', `/v1/break-glass-grants/${late.id}/review`, { finding: 'justified' });
    expect((await due('owner')).data).toMatchObject([{ id: early.id }]);
  });
});
