import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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

interface Plan {
  'Relation Name'?: string;
  'Actual Rows': number;
  Plans?: Plan[];
}
const scansOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(scansOf)];

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

  it('keeps what the guard refused before any command saw it: who, which command, which thing, and no words', async () => {
    const reason = 'Because I say so, in Bremen.';
    const asked = (who: string) => service.post(who, `/v1/sessions/${sessionId}/start`, { reason });
    const [colleague, path] = [await givenTherapist(service), `/v1/sessions/${sessionId}/start`];
    await service.refused(403, 'forbidden', () => asked('coordinator'));
    await service.refused(403, 'not_your_client', () => asked(colleague));
    const glass = { clientId: story.clientId, reasonCode: 'other', minutes: 60, reason };
    await service.refused(403, 'forbidden', () => service.post('owner', '/v1/break-glass-grants', glass));
    const kept = await decisions('kind=refused');
    expect(kept).toMatchObject([
      { route: '/v1/break-glass-grants', codes: ['forbidden'], actor: { role: 'owner' } },
      { route: '/v1/sessions/:id/start', codes: ['not_your_client'], actor: { id: colleague } },
      { codes: ['forbidden'], actor: { id: service.first.staff.coordinator }, thingId: sessionId },
    ]);
    expect(JSON.stringify(kept)).not.toContain('Bremen');
    // what is not of safety, or was not let in at all, is not there
    await service.refused(403, 'forbidden', () => service.post('therapist', '/v1/rooms', { name: 'x' }));
    await service.post('nobody', path, {}, { Authorization: 'Bearer made_up' }).expect(401);
    expect(await decisions('kind=refused')).toHaveLength(3);
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

  it('is paged by its index, however long it is', async () => {
    const many = `insert into access.decision
      select $1, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, now(), '{"actor":{},"reasons":[],"clientIds":[],"code":"x"}'
      from generate_series(1, 20000) n`;
    await superuser.query(many, [service.first.id]);
    await superuser.query('analyze access.decision');
    const of = service.store.of.bind(service.store);
    const sent: [text: string, values: unknown[]][] = [];
    const spy = vi.spyOn(service.store, 'of').mockImplementation((practiceId) => {
      const db = of(practiceId);
      const query = (text: string, values: unknown[]) => {
        sent.push([text, values]);
        return db.query(text, values);
      };
      return { query } as typeof db;
    });
    await service.get('auditor', '/v1/decisions').expect(200);
    spy.mockRestore();
    const [text, values] = sent.find(([sql]) => typeof sql === 'string' && sql.includes('access.decision'))!;
    const { rows } = await superuser.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) ${text}`,
      values,
    );
    const plan = rows[0]!['QUERY PLAN'][0].Plan;
    expect(scansOf(plan).find((scan) => scan['Relation Name'] === 'decision')!['Actual Rows']).toBeLessThan(
      60,
    );
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
