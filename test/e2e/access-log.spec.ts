import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessLeafHash, care, type AccessData } from '#libs/access';
import { tableOf } from '#libs/event-store';
import { unit } from '#libs/client';
import { uuidv7 } from '#libs/kernel';
import { staff } from '#libs/practice';
import { startService, type Service } from '../support/http-kit.js';
import { givenClient, givenRelationship, givenTherapist, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let mine: Story;
let superuser: pg.Client;
beforeAll(async () => {
  ({ service, stop } = await startService());
  mine = await givenRelationship(service);
  superuser = new pg.Client({ connectionString: service.databaseUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await stop();
});

interface Row {
  position: number;
  access_id: string;
  recorded_at: Date;
  data: AccessData;
  leaf_hash: string;
}

async function entries(practiceId = service.first.id): Promise<Row[]> {
  const { rows } = await superuser.query<Row>(
    `select position::int, access_id, recorded_at, data, encode(leaf_hash, 'hex') as leaf_hash
     from access.entry where practice_id = $1 order by position`,
    [practiceId],
  );
  return rows;
}

const status = (role: 'therapist' | 'owner' | 'auditor' = 'therapist', headers = {}) =>
  service.get(role, `/v1/clients/${mine.clientId}/consent-status`, headers);

describe('The access log', () => {
  it('names who read about whom, when, how and what for, before the answer leaves', async () => {
    const before = (await entries()).length;
    expect((await status()).status).toBe(200);
    const [entry, ...more] = (await entries()).slice(before);
    expect(more).toEqual([]);
    expect(entry!.data).toEqual({
      actor: { id: service.first.staff.therapist, role: 'therapist' },
      via: 'token',
      route: '/v1/clients/:id/consent-status',
      clientIds: [mine.clientId],
      purpose: 'treatment',
      requestId: expect.any(String),
    });
  });

  it('has as many entries as there were reads, counted from 1 without a gap, however many at once', async () => {
    const before = (await entries()).length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => status()));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    const all = await entries();
    expect(all.length - before).toBe(20);
    expect(all.map(({ position }) => position)).toEqual(all.map((_, index) => index + 1));
    expect(new Set(all.slice(before).map(({ data }) => data.requestId)).size).toBe(20);
  });

  it('names each client of a list, and everyone in a unit', async () => {
    const couple = await givenRelationship(service, { kind: 'couple' });
    await service.settled();
    await service.get('coordinator', '/v1/clients').expect(200);
    expect((await entries()).at(-1)!.data.clientIds).toEqual([mine.clientId, ...couple.clientIds].sort());
    await service.get('therapist', `/v1/relationships/${couple.relationshipId}/gate`).expect(200);
    expect((await entries()).at(-1)!.data.clientIds).toEqual([...couple.clientIds].sort());
  });

  it('names a client who joined a moment ago, whether or not the read models have seen it', async () => {
    const family = await givenRelationship(service, { kind: 'family' });
    await happens(service, unit, await unitOf(family), { type: 'AddUnitMember', clientId: mine.clientId });
    await service.get('therapist', `/v1/relationships/${family.relationshipId}/gate`).expect(200);
    expect((await entries()).at(-1)!.data.clientIds).toContain(mine.clientId);
  });

  it('holds nothing of people but ids: not what was searched for', async () => {
    await service.settled();
    await service.get('coordinator', '/v1/clients?q=Sample').expect(200);
    const { data } = (await entries()).at(-1)!;
    expect(data.route).toBe('/v1/clients');
    expect(JSON.stringify(data)).not.toContain('Sample');
  });

  it('is not written for what concerns no client, for what is refused, and for a command', async () => {
    const before = (await entries()).length;
    await service.get('owner', '/v1/practice').expect(200);
    await service.get('therapist', `/v1/clients/${uuidv7()}/consent-status`).expect(404);
    const details = { languages: ['en', 'de'] };
    const seen = { 'If-Match': '"1"' };
    await service.done('coordinator', `/v1/clients/${mine.clientId}/change-details`, details, seen);
    expect((await entries()).length).toBe(before);
  });

  it('names who learnt what happened since, from a command that was out of date', async () => {
    const { id } = await service.done(
      'therapist',
      `/v1/relationships/${mine.relationshipId}/add-information-source`,
      {
        source: 'outside_records',
        description: 'Invented letter.',
      },
    );
    const before = (await entries()).length;
    const answer = await service.post(
      'therapist',
      `/v1/relationships/${id}/change-format`,
      { to: 'video' },
      { 'If-Match': '"1"' },
    );
    expect(answer.status, JSON.stringify(answer.body)).toBe(412);
    expect(answer.body.eventsSince).toHaveLength(1);
    const [entry] = (await entries()).slice(before);
    expect(entry?.data).toMatchObject({
      route: '/v1/relationships/:id/change-format',
      clientIds: [mine.clientId],
    });
  });

  it('keeps what the read was for, as the reader says it; anything else is refused', async () => {
    await status('owner', { 'X-Purpose': 'client_request' }).expect(200);
    expect((await entries()).at(-1)!.data.purpose).toBe('client_request');
    await status('auditor').expect(200);
    expect((await entries()).at(-1)!.data.purpose).toBe('audit');
    const before = (await entries()).length;
    const refused = await status('owner', { 'X-Purpose': 'curiosity' });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
    expect((await entries()).length).toBe(before);
  });

  it('writes every batch of a stream before it leaves', async () => {
    const before = (await entries()).length;
    const { text } = await service.get('auditor', '/v1/events', { Accept: 'application/x-ndjson' });
    expect(text).toContain(mine.clientId);
    expect(text).toContain('"kind":"footer"');
    const written = (await entries()).slice(before);
    expect(written.flatMap(({ data }) => data.clientIds)).toContain(mine.clientId);
    expect(new Set(written.map(({ data }) => data.requestId)).size).toBe(1);
  });

  it('has hashes that anyone can recompute from the columns', async () => {
    for (const { access_id: accessId, recorded_at, data, leaf_hash } of await entries())
      expect(
        accessLeafHash({ accessId, at: recorded_at.toISOString(), data, practiceId: service.first.id }),
      ).toBe(leaf_hash);
  });

  it('shows who looked at many more strangers than others in the same role, and nobody who did their work', async () => {
    const snoop = uuidv7();
    const registers = { type: 'RegisterStaff', name: 'Nosy Sample', roles: ['coordinator'] };
    await happens(service, staff, snoop, registers, { by: 'owner' });
    await service.letIn(snoop);
    const clients = await Promise.all(Array.from({ length: 6 }, () => givenClient(service)));
    for (const id of clients) await service.get(snoop, `/v1/clients/${id}`).expect(200);
    await service.get('coordinator', `/v1/clients/${clients[0]}`).expect(200);
    await status().expect(200);
    const { body } = await service.get('auditor', '/v1/access-log/unusual?days=7').expect(200);
    expect(body.people).toMatchObject([
      {
        staffId: snoop,
        name: 'Nosy Sample',
        role: 'coordinator',
        clients: 6,
        reasons: [{ code: 'many_strangers' }],
      },
    ]);
    await service.refused(403, 'forbidden', () => service.get('supervisor', '/v1/access-log/unusual'));
  });

  it('never goes back in time, whatever another process believes the time to be', async () => {
    const ahead = '2099-01-01T00:00:00.000Z';
    await status().expect(200);
    await superuser.query('update access.head set recorded_at = $2 where practice_id = $1', [
      service.first.id,
      ahead,
    ]);
    await status().expect(200);
    expect((await entries()).at(-1)!.recorded_at.toISOString()).toBe(ahead);
    // whoever has met a fast clock in one practice does not take it along to another, and comes back to it
    const before = Date.now();
    const { id, tokens } = await service.addPractice('with a clock of its own');
    const as = (role: 'coordinator' | 'auditor') => ({ Authorization: `Bearer ${tokens[role]}` });
    const known = { legalName: 'Uma Sample', dateOfBirth: '1990-05-05', languages: ['en'], contacts: [] };
    const { id: client } = await service.done('coordinator', '/v1/clients', known, as('coordinator'));
    const looks = () => service.get('auditor', `/v1/clients/${client}`, as('auditor')).expect(200);
    await looks();
    await Promise.all([looks(), status().expect(200), looks(), status().expect(200)]);
    const theirs = (await entries(id)).map(({ recorded_at }) => recorded_at.getTime());
    expect(theirs).toHaveLength(3);
    for (const at of theirs) expect(at).toBeGreaterThanOrEqual(before);
    for (const at of theirs) expect(at).toBeLessThanOrEqual(Date.now());
    const ours = (await entries()).slice(-3).map(({ recorded_at }) => recorded_at.toISOString());
    expect(ours).toEqual([ahead, ahead, ahead]);
  });
});

describe('When the access log cannot be written', () => {
  it('nobody gets an answer about a client: 503 and none of the data', async () => {
    await superuser.query('revoke execute on function access.log_reads from candor_app');
    try {
      const refused = await status();
      expect([refused.status, refused.body.code]).toEqual([503, 'access_log_unavailable']);
      expect(refused.headers['retry-after']).toBeDefined();
      expect(refused.headers['content-type']).toContain('application/problem+json');
      expect(Object.keys(refused.body as object).sort()).toEqual(
        ['code', 'detail', 'instance', 'status', 'title', 'type'].sort(),
      );
      const lines = { Accept: 'application/x-ndjson' };
      const stream = await service.get('auditor', `/v1/events?clientId=${mine.clientId}`, lines);
      expect([stream.status, stream.body.code]).toEqual([503, 'access_log_unavailable']);
      // begun before it is known whom it concerns, it is cut off there
      await expect(service.get('auditor', '/v1/events', lines)).rejects.toThrow('aborted');
      await service.get('owner', '/v1/practice').expect(200);
    } finally {
      await superuser.query('grant execute on function access.log_reads to candor_app');
    }
    await status().expect(200);
  });
});

describe('The database', () => {
  it('lets nobody change or remove an entry, not even its owner', async () => {
    for (const table of ['access.entry', 'access.entry_client', 'access.decision'])
      for (const statement of [
        `update ${table} set practice_id = practice_id`,
        `delete from ${table}`,
        `truncate ${table}`,
      ])
        await expect(superuser.query(statement), statement).rejects.toThrow('append-only');
  });

  it('shows the service the entries of one practice only, and writes only for the one that is named', async () => {
    const other = await service.addPractice('other');
    const { rows } = await service.store.of(other.id).query('select from access.entry');
    expect(rows).toEqual([]);
    const { rows: unnamed } = await service.store.pool.query('select from access.entry');
    expect(unnamed).toEqual([]);
    await expect(
      service.store
        .of(other.id)
        .query('select access.log_reads($1, now(), $2, $3, $4)', [service.first.id, [], '[]', []]),
    ).rejects.toThrow('practice');
    await expect(
      service.store.of(other.id).query('insert into access.decision values ($1, $1, now())', [other.id]),
    ).rejects.toThrow('permission denied');
  });
});

describe('GET /v1/access-log', () => {
  it('tells an auditor who looked at a client, newest first, page by page, and by whom', async () => {
    const path = `/v1/access-log?clientId=${mine.clientId}&limit=2`;
    const first = await service.get('auditor', path).expect(200);
    expect(first.body.data).toHaveLength(2);
    expect(first.body.data[0].position).toBeGreaterThan(first.body.data[1].position);
    expect(first.body.data[0]).toMatchObject({ clientIds: [mine.clientId], name: expect.any(String) });
    const next = await service.get('auditor', `${path}&cursor=${first.body.page.next}`).expect(200);
    expect(next.body.data[0].position).toBeLessThan(first.body.data[1].position);
    const { therapist } = service.first.staff;
    const by = await service.get('auditor', `/v1/access-log?staffId=${therapist}`).expect(200);
    expect(new Set((by.body.data as { staffId: string }[]).map(({ staffId }) => staffId))).toEqual(
      new Set([therapist]),
    );
    const none = await service.get('auditor', '/v1/access-log?to=2000-01-01T00:00:00Z').expect(200);
    expect(none.body.data).toEqual([]);
    const from = await service.get('auditor', '/v1/access-log?from=2098-01-01T00:00:00Z').expect(200);
    expect(from.body.data.length).toBeGreaterThan(0);
  });

  it('is a read about a client like any other', async () => {
    await service.get('auditor', `/v1/access-log?clientId=${mine.clientId}`).expect(200);
    expect((await entries()).at(-1)!.data).toMatchObject({
      route: '/v1/access-log',
      clientIds: expect.arrayContaining([mine.clientId]),
    });
  });

  it('is for therapists about their own clients only', async () => {
    const { body } = await service.get('therapist', `/v1/access-log?clientId=${mine.clientId}`).expect(200);
    expect(body.data.length).toBeGreaterThan(0);
    const theirs = await givenRelationship(service, { therapistId: await givenTherapist(service) });
    await service.get('owner', `/v1/relationships/${theirs.relationshipId}/gate`).expect(200);
    await service.refused(403, 'not_your_client', () =>
      service.get('therapist', `/v1/access-log?clientId=${theirs.clientId}`),
    );
    const all = await service.get('therapist', '/v1/access-log').expect(200);
    expect(JSON.stringify(all.body.data)).toContain(mine.clientId);
    expect(JSON.stringify(all.body.data)).not.toContain(theirs.clientId);
  });

  it('can be handed to the client as text, without a word about anybody else', async () => {
    const answer = await service.get('auditor', `/v1/access-log?clientId=${mine.clientId}`, {
      Accept: 'text/plain',
    });
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.text).toContain('therapist of first (therapist) | clients, consent status | for treatment');
    expect(answer.text).toMatch(/\d+ reads\. This is the end of the list\.\n$/);
    expect(answer.text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});

describe('When the read model that says whom things concern is halted and has lost its rows', () => {
  it('every read is still written down: what it does not say is read from the log', async () => {
    await service.settled();
    await superuser.query(
      `update read.checkpoint set position = 0, halted_at_position = 1 where projection = 'care'; delete from ${tableOf(care)}`,
    );
    const before = (await entries()).length;
    await service.get('owner', `/v1/relationships/${mine.relationshipId}/gate`).expect(200);
    const [entry, ...more] = (await entries()).slice(before);
    expect(more).toEqual([]);
    expect(entry!.data.clientIds).toEqual([mine.clientId]);
  });

  it('is not told without being written down either when the log is too long to look it up there: 503', async () => {
    const ahead = 'update log.head set position = position + $2 where practice_id = $1';
    await superuser.query(ahead, [service.first.id, 60_000]);
    try {
      const refused = await service.get('owner', `/v1/relationships/${mine.relationshipId}`);
      expect([refused.status, refused.body.code]).toEqual([503, 'care_unknown']);
      expect(refused.text).not.toContain(mine.clientId);
    } finally {
      await superuser.query(ahead, [service.first.id, -60_000]);
    }
    await service.get('owner', `/v1/relationships/${mine.relationshipId}`).expect(200);
  });
});

async function unitOf({ relationshipId }: Story): Promise<string> {
  const { rows } = await superuser.query<{ id: string }>(
    "select data->>'unitId' as id from log.event where stream = 'relationship-' || $1 and version = 1",
    [relationshipId],
  );
  return rows[0]!.id;
}
