import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientRegistry } from '#libs/client';
import {
  EVENT_COLUMNS,
  foldInto,
  keyIsRenewed,
  openPool,
  practiceDb,
  PROJECTIONS,
  refold,
  tableOf,
  tables,
  takeOutOfUse,
  type EventRow,
  type Projection,
} from '#libs/event-store';
import { sha256, uuidv7, type Recorded } from '#libs/kernel';
import { verifyTree } from '#libs/ledger';
import { Erasures, legal, retentionOf, RETENTION_RULES } from '#libs/legal';
import { Vault } from '#libs/vault';
import { EXAMPLES, PRACTICE, STAFF, type Example } from '../../apps/api/src/examples/index.js';
import { CLIENT } from '../../apps/api/src/examples/names.js';
import type { Service } from '../support/http-kit.js';
import { until } from '../support/log-kit.js';
import { startTour, type Answer, type Tour } from '../support/tour.js';
import { openVault } from '../support/vault-kit.js';

/*
 * The tour of the examples is told, a copy is kept of what is stored, and then every client of the practice is erased.
 */

let tour: Tour;
let service: Service;
let stop: () => Promise<void>;
let owner: pg.Pool;
/** sealed columns are read as the service reads them */
let reading: pg.Pool;
let told: Map<Example, Answer>;

beforeAll(async () => {
  const started = await startTour();
  ({ tour, stop } = started);
  service = tour.service;
  told = await started.tell();
  await service.settled();
  owner = new pg.Pool({ connectionString: service.databaseUrl, max: 2 });
  reading = openPool(service.databaseUrl, 2, '');
}, 120_000);
afterAll(async () => {
  await reading.end();
  await owner.end();
  await stop();
});

const ask = (operation: Example['operation'], as: Example['as'], more: Partial<Example> = {}) =>
  tour.send({ title: '', operation, as, ...more }, { 'Idempotency-Key': randomUUID() });
const reasonsIn = ({ text }: Answer) =>
  (JSON.parse(text) as { reasons: { code: string; otherId?: string }[] }).reasons;

async function request(clientId: string): Promise<string> {
  const id = uuidv7();
  const body = { id, clientId, askedBy: 'client' };
  expect(await ask('POST /v1/erasures', 'owner', { body })).toMatchObject({ status: 201 });
  return id;
}
const approve = (id: string, as: Example['as'] = 'owner') =>
  ask('POST /v1/erasures/{id}/decide', as, { path: { id }, body: { decision: 'approved' } });
const execute = (id: string, as: Example['as']) =>
  ask('POST /v1/erasures/{id}/execute', as, { path: { id }, body: {} });
async function register(): Promise<string> {
  const id = uuidv7();
  const body = { id, legalName: `Nobody ${id}`, dateOfBirth: '1990-01-01', languages: ['en'], contacts: [] };
  expect(await ask('POST /v1/clients', 'coordinator', { body })).toMatchObject({ status: 201 });
  return id;
}

/** As whoever carries it out does. */
const erase = (clientId: string) =>
  practiceDb(service.store.worker, PRACTICE).query('select log.erase($1, $2)', [PRACTICE, [clientId]]);
const nameOf = async (clientId: string) => {
  const { rows } = await reading.query<{ key: string; row: Buffer }>(
    `select key, row from ${tableOf(clientRegistry)} where practice_id = $1 and key = $2`,
    [PRACTICE, clientId],
  );
  return (await service.store.rows.open(clientRegistry, PRACTICE, rows)).get(clientId)?.legalName;
};
const outOfUse = () => tables.outOfUse(service.store.worker, service.app.get(PROJECTIONS));

describe('An erasure', () => {
  it('is refused with everything that stands against it, and the log does not grow', async () => {
    const id = await request(CLIENT.mira);
    const before = await service.position();
    const answer = await approve(id);
    expect(answer.status, answer.text).toBe(422);
    const codes = reasonsIn(answer).map(({ code }) => code);
    expect(codes).toContain('relationship_open');
    expect(await service.position()).toBe(before);
  });

  it('takes two people, and is refused by who is neither owner nor supervisor', async () => {
    const id = await request(await register());
    expect((await approve(id, 'auditor')).status).toBe(403);
    expect((await approve(id)).status).toBe(200);
    const alone = await execute(id, 'owner');
    expect([alone.status, reasonsIn(alone)[0]?.code]).toEqual([422, 'second_person_needed']);
    expect(await execute(id, 'auditor')).toMatchObject({ status: 200 });
  });

  it('that is judged while somebody places a hold is judged again, and refused', async () => {
    const clientId = await register();
    const id = await request(clientId);
    await approve(id);
    const { store } = service;
    const append = store.append.bind(store);
    store.append = async (practiceId, what) => {
      if (what.events.some(({ type }) => type === 'SubjectKeyDestroyed')) {
        store.append = append;
        const body = { clientId, grounds: 'complaint', reason: 'She has complained about us.' };
        expect(await ask('POST /v1/legal-holds', 'owner', { body })).toMatchObject({ status: 201 });
      }
      return append(practiceId, what);
    };
    const answer = await execute(id, 'supervisor');
    expect([answer.status, reasonsIn(answer)]).toMatchObject([422, [{ code: 'legal_hold' }]]);
  });

  it('a row that another process seals with a key that is gone is folded anew', async () => {
    const other = openVault(service.databaseUrl);
    const sealed = (key: string) =>
      other.vault.seal(PRACTICE, [
        {
          kind: 'read_models',
          subjects: [],
          place: JSON.stringify({ key, readModel: `${clientRegistry.name}/${clientRegistry.version}` }),
          text: '{}',
        },
      ]);
    await sealed(CLIENT.mira);
    const id = await request(await register());
    await approve(id);
    expect(await execute(id, 'supervisor')).toMatchObject({ status: 200 });
    const [late] = await sealed(CLIENT.mira);
    const row = async () => {
      const { rows } = await reading.query<{ key: string; row: Buffer }>(
        `select key, row from ${tableOf(clientRegistry)} where practice_id = $1 and key = $2`,
        [PRACTICE, CLIENT.mira],
      );
      return service.store.rows.open(clientRegistry, PRACTICE, rows);
    };
    await owner.query(`update ${tableOf(clientRegistry)} set row = $1 where key = $2`, [late, CLIENT.mira]);
    await expect(row()).rejects.toMatchObject({ code: 'read_model_being_folded' });

    await until(async () => {
      await service.app.get(Erasures).poll();
      return row().then(
        (rows) => rows.get(CLIENT.mira)?.legalName === 'Mirabel Okafor',
        () => false,
      );
    });
    await other.stop();
  });

  it('takes the keys that it names and no other: what was said since can be read', async () => {
    const clientId = await register();
    const vault = service.app.get(Vault);
    await intend(clientId);
    const place = '{"said":"since"}';
    await vault.seal(PRACTICE, [{ kind: 'psychotherapy_notes', subjects: [clientId], place, text: 'since' }]);

    await service.app.get(Erasures).poll();

    expect(await vault.live(PRACTICE, clientId)).toEqual([{ kind: 'psychotherapy_notes', version: 1 }]);
  });

  it('is done again when the keys come back with a backup of the vault', async () => {
    const clientId = await register();
    const vault = service.app.get(Vault);
    const { rows: backup } = await owner.query<Record<string, unknown>>(
      'select wrapped, commitment, practice_key from vault.data_key where subject_id = $1',
      [clientId],
    );
    await intend(clientId);
    await service.app.get(Erasures).poll();
    expect(await vault.live(PRACTICE, clientId)).toEqual([]);
    await owner.query(
      'update vault.data_key set wrapped = $2, commitment = $3, practice_key = $4, destroyed_at = null where subject_id = $1',
      [clientId, ...Object.values(backup[0]!)],
    );
    expect(await vault.live(PRACTICE, clientId)).toHaveLength(1);

    await service.app.get(Erasures).poll();

    expect(await vault.live(PRACTICE, clientId)).toEqual([]);
  });

  it('leaves no row that another process had folded before the keys were gone', async () => {
    const clientId = await register();
    await service.settled();
    const projections = service.app.get<readonly Projection[]>(PROJECTIONS);
    const { vault, worker } = service.store;
    const destroy = vault.destroy.bind(vault);
    let folded: unknown;
    vi.spyOn(vault, 'destroy').mockImplementationOnce(async (...which) => {
      await vault.renew(PRACTICE, PRACTICE, 'read_models');
      await vault.destroyOlder(PRACTICE, PRACTICE, 'read_models');
      await keyIsRenewed(service.store, PRACTICE);
      await refold(service.store, projections, PRACTICE);
      folded = await nameOf(clientId);
      return destroy(...which);
    });
    await intend(clientId);

    await service.app.get(Erasures).poll();

    expect([folded, await nameOf(clientId)]).toEqual([`Nobody ${clientId}`, '']);
    expect((await tables.outOfUse(worker, projections)).size).toBe(0);
  });

  it('says to whoever asks meanwhile that they come back in a moment', async () => {
    await takeOutOfUse(service.store, service.app.get(PROJECTIONS), PRACTICE);
    const answer = await ask('GET /v1/erasures', 'owner');
    const asked = [answer.status, (JSON.parse(answer.text) as { code: string }).code];
    await service.app.get(Erasures).poll();
    expect(asked).toEqual([503, 'read_model_being_folded']);
    expect(await ask('GET /v1/erasures', 'owner')).toMatchObject({ status: 200 });
  });

  it('needs no words to fold anew what is said to be wordless', async () => {
    const { reader } = service.store;
    for (const projection of service.app.get<readonly Projection[]>(PROJECTIONS)) {
      if (!projection.wordless) continue;
      const [whole, clear] = [new Map<string, object>(), new Map<string, object>()];
      for await (const batch of reader.batches(PRACTICE)) foldInto(projection, whole, batch);
      for await (const batch of reader.batches(PRACTICE, 0, 1000, 'clear'))
        foldInto(projection, clear, batch);
      expect(clear.size, projection.name).toBeGreaterThan(50);
      expect(clear, projection.name).toEqual(whole);
    }
  });

  it('of whom no key was destroyed is refused by the database itself', async () => {
    await expect(erase(CLIENT.mira)).rejects.toThrow('no key of this person was destroyed');
    await expect(
      service.store.of(PRACTICE).query('select log.erase($1, $2)', [PRACTICE, [CLIENT.mira]]),
    ).rejects.toThrow('permission denied');
    await expect(owner.query('delete from log.sealed')).rejects.toThrow('append-only');
    await expect(owner.query('truncate log.sealed')).rejects.toThrow('append-only');
  });
});

const NOTHING_AGAINST = {
  today: '2099-01-01',
  retention: retentionOf({ jurisdictions: [], goesOn: false }, RETENTION_RULES, 'UTC'),
  holds: [],
  openInquiries: [],
  openRelationships: [],
  plannedSessions: [],
  sharers: [],
  mergeProposals: [],
  openFollowUps: [],
  openViolations: [],
  therapists: [],
};

/** What the log says once an erasure is executed, whatever spoke against it, and nothing done about it. */
async function intend(clientId: string): Promise<string> {
  const id = uuidv7();
  const vault = service.app.get(Vault);
  const versions: Record<string, number[]> = {};
  for (const { kind, version } of await vault.live(PRACTICE, clientId)) (versions[kind] ??= []).push(version);
  const commands = [
    {
      by: STAFF.owner,
      command: { type: 'RequestErasure', clientId, askedBy: 'client', alsoAsked: [], erased: false },
    },
    {
      by: STAFF.owner,
      command: { type: 'DecideErasure', decision: 'approved', circumstances: NOTHING_AGAINST },
    },
    {
      by: STAFF.supervisor,
      command: {
        type: 'ExecuteErasure',
        circumstances: NOTHING_AGAINST,
        keys: [{ clientId, kinds: Object.keys(versions), versions }],
      },
    },
  ] as const;
  for (const { by, command } of commands) {
    const commandId = uuidv7();
    const meta = {
      practiceId: PRACTICE,
      id,
      commandId,
      requestHash: sha256(commandId),
      expected: 'any',
    } as const;
    await service.store.handle(legal, { ...meta, actor: { id: by, role: 'owner' } }, command as never);
  }
  return id;
}

describe('When every client of a practice is erased', { timeout: 120_000 }, () => {
  let clients: string[];
  let projections: readonly Projection[];
  /** what anybody ever entered about a client */
  let words: string[];

  beforeAll(async () => {
    projections = service.app.get<readonly Projection[]>(PROJECTIONS);
    const { rows } = await owner.query<{ id: string }>(
      `select substr(stream, 8) as id from log.event where practice_id = $1 and stream like 'client-%' and version = 1`,
      [PRACTICE],
    );
    // Somebody who asked and is no client is known by their inquiry.
    const { rows: asked } = await owner.query<{ id: string }>(
      `select distinct unnested as id from log.event e, jsonb_array_elements_text(e.meta->'subjects') as unnested
       where practice_id = $1 and stream = 'inquiry-' || unnested and sealed is not null`,
      [PRACTICE],
    );
    clients = [...rows, ...asked].map(({ id }) => id);
    words = await wordsAboutClients();
    await owner.query('create schema yesterday');
    await owner.query('create table yesterday.sealed as select * from log.sealed');
    for (const projection of projections)
      await owner.query(
        `create table yesterday.${projection.name} as select practice_id, key, row from ${tableOf(projection)}`,
      );
    expect(await openable(), 'what was copied can be opened, before').toBeGreaterThan(50);

    // Whoever executes may die anywhere: each of these is cut off at another step.
    const [, second, third] = clients as [string, string, string];
    const vault = service.app.get(Vault);
    for (const clientId of clients) await intend(clientId);
    await takeOutOfUse(service.store, projections, PRACTICE);
    for (const subject of [second, third])
      await vault.destroy(
        PRACTICE,
        (await vault.live(PRACTICE, subject)).map((key) => ({ subject, ...key })),
      );
    await erase(third);
    expect(clients.length).toBeGreaterThan(5);
    await until(async () => {
      await service.app.get(Erasures).poll();
      const live = await Promise.all(clients.map((clientId) => vault.live(PRACTICE, clientId)));
      return live.every((keys) => keys.length === 0) && (await outOfUse()).size === 0;
    });
    await service.settled();
  }, 120_000);

  /** Every event and row of yesterday that opens with the keys of today, and says something about a client. */
  async function openable(): Promise<number> {
    const { rows } = await reading.query<EventRow>(
      `select ${EVENT_COLUMNS}, y.envelope as envelope from log.event e join yesterday.sealed y using (practice_id, position)
       where e.practice_id = $1 and e.meta->'subjects' <> '[]' order by position`,
      [PRACTICE],
    );
    let opened = 0;
    for (const row of rows) {
      const [event] = await service.store.reader.decode(PRACTICE, [row]);
      if (!event!.erased) opened++;
    }
    for (const projection of projections) {
      const { rows: stored } = await reading.query<{ key: string; row: Buffer }>(
        `select key, row from yesterday.${projection.name} where practice_id = $1`,
        [PRACTICE],
      );
      if (stored.length === 0) continue;
      const read = await service.store.rows.open(projection, PRACTICE, stored).catch(() => new Map());
      opened += read.size;
    }
    return opened;
  }

  it('yesterday’s copy of the log and of the read models cannot be opened with today’s keys', async () => {
    expect(await openable()).toBe(0);
  });

  it('no envelope of theirs is left', async () => {
    const { rows } = await owner.query(
      `select position from log.sealed s join log.event e using (practice_id, position) where e.meta->'subjects' ?| $1`,
      [clients],
    );
    expect(rows).toEqual([]);
  });

  it('every read model is folded anew and in use', async () => {
    const { rows } = await owner.query(
      `select projection, halted_because from read.checkpoint c join log.head h using (practice_id)
       where halted_at_position is not null or c.position <> h.position`,
    );
    expect(rows).toEqual([]);
  });

  it('their words are in no table, and what is there of their history is whole', async () => {
    expect(words.length).toBeGreaterThan(30);
    const found: string[] = [];
    const { rows: tables } = await owner.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema', 'yesterday')`,
    );
    let looked = '';
    for (const { name } of tables) {
      const { rows } = await owner.query<{ text: string }>(`select t::text as text from ${name} t`);
      for (const { text } of rows) {
        looked += text.includes(CLIENT.mira) ? 'm' : '';
        for (const word of words) if (text.includes(word)) found.push(`${name}: ${word}`);
      }
    }
    expect(looked, 'the search finds what is there').not.toBe('');
    expect(found).toEqual([]);
    const opened: string[] = [];
    for (const projection of projections) {
      const { rows } = await reading.query<{ key: string; row: Buffer }>(
        `select key, row from ${tableOf(projection)} where practice_id = $1`,
        [PRACTICE],
      );
      const text = JSON.stringify([...(await service.store.rows.open(projection, PRACTICE, rows))]);
      for (const word of words) if (text.includes(word)) opened.push(`${projection.name}: ${word}`);
    }
    expect(opened, 'nor in any row, opened').toEqual([]);

    const verdict = await verifyTree(
      reading,
      { practiceId: PRACTICE, log: 'events' },
      undefined,
      () => undefined,
    );
    expect(verdict).toMatchObject({ whole: true });
    expect((verdict as { erased: number }).erased).toBeGreaterThan(50);
  });

  it('every query is answered, and none fails', async () => {
    const failed: string[] = [];
    const leaking: string[] = [];
    // The document shows the tour itself.
    const queries = EXAMPLES.filter(
      ({ operation }) => operation.startsWith('GET') && !operation.includes('openapi'),
    );
    for (const example of queries) {
      const { status, text } = await tour.send(example);
      if (status >= 400 && told.get(example)!.status < 400)
        failed.push(`${example.operation} (${example.title}): ${status} ${text}`);
      for (const word of words) if (text.includes(word)) leaking.push(`${example.operation}: ${word}`);
    }
    expect(failed).toEqual([]);
    expect(leaking).toEqual([]);
  });

  it('the timeline shows that it is erased, instead of words', async () => {
    const answer = await ask('GET /v1/clients/{id}/timeline', 'supervisor', { path: { id: CLIENT.mira } });
    const { data } = JSON.parse(answer.text) as { data: (Recorded & { withheld: string[] })[] };
    const registered = data.find(({ type }) => type === 'ClientRegistered');
    expect(registered).toMatchObject({ erased: true });
    expect(registered!.data).not.toHaveProperty('legalName');
    expect(data.filter(({ sealed }) => sealed !== undefined).every(({ erased }) => erased)).toBe(true);
  });
});

/** Texts that nobody else would have chosen, in requests whose events concern a client. */
async function wordsAboutClients(): Promise<string[]> {
  const { rows } = await owner.query<{ position: number }>(
    `select position::int from log.event where practice_id = $1 and meta->'subjects' <> '[]' and sealed is not null`,
    [PRACTICE],
  );
  const concerning = new Set(rows.map(({ position }) => position));
  const said = new Set<string>();
  const others = new Set<string>();
  for (const [{ body = {} }, { text }] of told) {
    const positions = text.startsWith('{"id"')
      ? ((JSON.parse(text) as { events?: { position?: number }[] }).events ?? []).map(
          ({ position }) => position,
        )
      : [];
    const about = positions.some((position) => position !== undefined && concerning.has(position));
    for (const word of wordsIn(body)) (about ? said : others).add(word);
  }
  return [...said].filter((word) => !others.has(word));
}

function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 10 && value.includes(' ') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : [];
}
