import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { startService, type Service } from '../support/http-kit.js';
import { givenRelationship, givenTherapist, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let superuser: pg.Client;
let story: Story;
let sessionId: string;
beforeAll(async () => {
  ({ service, stop } = await startService());
  superuser = new pg.Client({ connectionString: service.databaseUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await stop();
});
beforeEach(async () => {
  story = await givenRelationship(service);
  sessionId = uuidv7();
  await service.done('coordinator', '/v1/sessions', {
    id: sessionId,
    relationshipId: story.relationshipId,
    start: new Date(Date.now() + 5 * 60_000).toISOString(),
    durationMinutes: 50,
    modality: 'in_person',
    override: true,
    reason: 'They all come at the same time today.',
  });
});

const start = (body: object = {}) => service.post('therapist', `/v1/sessions/${sessionId}/start`, body);
const decisions = async (query = '') =>
  (await service.get('auditor', `/v1/decisions?clientId=${story.clientId}&${query}`).expect(200)).body.data;
const ready = () => service.get('owner', '/health/ready');
const NOT_WRITTEN = 'decision_log_unwritten';

describe('The decision log', () => {
  it('keeps a session start that the gate refused: who, what, every reason, what was judged, and no words', async () => {
    const refused = await start({ reason: 'She has come all the way from Bremen.' });
    expect(refused.status).toBe(422);
    const [kept, ...more] = await decisions('kind=refused');
    expect(more).toEqual([]);
    expect(kept).toMatchObject({
      kind: 'refused',
      actor: { id: service.first.staff.therapist, role: 'therapist' },
      route: '/v1/sessions/:id/start',
      thingId: sessionId,
      clientIds: [story.clientId],
      codes: (refused.body.reasons as { code: string }[]).map(({ code }) => code),
    });
    expect(kept.judged).toContainEqual({ stream: `session-${sessionId}`, version: 1 });
    expect(JSON.stringify(kept)).not.toContain('Bremen');
    expect(await decisions('code=consent_not_sought&kind=refused')).toHaveLength(1);
    expect(await decisions('code=stance_changed')).toHaveLength(0);
    expect(await decisions('to=2000-01-01T00:00:00Z')).toHaveLength(0);
  });

  it('keeps nothing of a typing mistake, of an old version and of what is not there', async () => {
    await start({ nonsense: true }).expect(400);
    await service.post('therapist', `/v1/sessions/${sessionId}/start`, {}, { 'If-Match': '"7"' }).expect(412);
    await service.post('therapist', `/v1/sessions/${uuidv7()}/start`).expect(404);
    expect(await decisions('kind=refused')).toEqual([]);
  });

  it('shows acts in spite of what spoke against them beside it, the newest first', async () => {
    await start().expect(422);
    await service.done('therapist', `/v1/sessions/${sessionId}/start`, { emergencyBasis: 'imminent_harm' });
    await service.settled();
    const [emergency, refusal] = await decisions();
    expect(emergency).toMatchObject({
      kind: 'overridden',
      type: 'SessionStarted',
      stream: `session-${sessionId}`,
    });
    expect(emergency.codes).toEqual(['emergency', 'consent_not_sought']);
    expect(refusal.kind).toBe('refused');
    const page = await service.get('auditor', '/v1/decisions?limit=1').expect(200);
    const next = await service
      .get('auditor', `/v1/decisions?limit=1&cursor=${page.body.page.next}`)
      .expect(200);
    expect(next.body.data[0].id < page.body.data[0].id).toBe(true);
  });

  it('is for auditors and owners, and for supervisors about those they answer for', async () => {
    await start().expect(422);
    for (const role of ['therapist', 'coordinator'] as const)
      await service.refused(403, 'forbidden', () => service.get(role, '/v1/decisions'));
    const theirs = await givenRelationship(service, { therapistId: await givenTherapist(service) });
    const note = { clientId: theirs.clientId, reasonCode: 'other', minutes: 60, reason: 'too short' };
    await service.post('therapist', '/v1/break-glass-grants', note).expect(422);
    expect(
      (await service.get('auditor', `/v1/decisions?clientId=${theirs.clientId}`)).body.data,
    ).toHaveLength(1);
    const { body } = await service.get('supervisor', '/v1/decisions').expect(200);
    expect(JSON.stringify(body.data)).toContain(story.clientId);
    expect(JSON.stringify(body.data)).not.toContain(theirs.clientId);
  });

  it('does not turn a refusal into something else when it cannot be written: readiness says so, until it is', async () => {
    await superuser.query('revoke execute on function access.log_decision from candor_app');
    const refused = await start();
    expect(refused.status).toBe(422);
    expect((await ready()).body.code).toBe(NOT_WRITTEN);
    await superuser.query('grant execute on function access.log_decision to candor_app');
    expect((await ready()).body.code).not.toBe(NOT_WRITTEN);
    expect(await decisions('kind=refused')).toHaveLength(1);
  });
});
