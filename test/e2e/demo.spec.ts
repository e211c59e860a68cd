import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CommandBus } from '@nestjs/cqrs';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FINDING_KINDS } from '#libs/audit';
import { StatusReader } from '#libs/consent';
import {
  DEMO_PRACTICE_ID,
  DEMO_STAFF,
  DEMO_TOUR,
  loadDemo,
  MovableClock,
  SECOND_DEMO_PRACTICE_ID,
} from '#libs/demo';
import { Catalogue, EventStore, closePools, foldInto, openPool, openPools } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import {
  addDays,
  addMonths,
  localDate,
  sha256,
  systemClock,
  wallTime,
  type Recorded,
  parseStream,
} from '#libs/kernel';
import { judgeBundle, Sealer } from '#libs/ledger';
import { practice, type PracticeEvent } from '#libs/practice';
import type { Dimensions } from '#libs/stance';
import type { Vault } from '#libs/vault';
import { AppModule, DECIDERS, PROJECTIONS } from '../../apps/api/src/app.module.js';
import { createApp } from '../../apps/api/src/create-app.js';
import { textsOfFile } from '../../apps/cli/src/bundle-file.js';
import { exportBundle } from '../../apps/cli/src/export.command.js';
import { openReplay } from '../../apps/cli/src/replay.command.js';
import { createDatabase } from '../support/database.js';
import { openVault } from '../support/vault-kit.js';

const SECRET = Buffer.alloc(32);
const NOW = new Date().toISOString();
const TODAY = localDate(NOW, 'Europe/Berlin');

type Pools = ReturnType<typeof openPools> & { vault: Vault };

/** As first-start loads: a context of its own, whose clock the loader moves. */
async function load(
  pools: Pools,
  { now = NOW, stopAfter = Infinity } = {},
): Promise<{ steps: number; milliseconds: number }> {
  const clock = new MovableClock();
  const context = await NestFactory.createApplicationContext(
    AppModule.with({ ...pools, secret: SECRET, clock, follow: false }),
    { logger: ['error', 'warn'] },
  );
  const began = performance.now();
  let steps = 0;
  const onProgress = (done: number, total: number) => {
    steps = total;
    if (done === stopAfter) throw new Error('the power went out');
  };
  try {
    const [first] = await context
      .get(EventStore)
      .reader.streams(DEMO_PRACTICE_ID, [`practice-${DEMO_PRACTICE_ID}`]);
    const registered = first as Extract<Recorded<PracticeEvent>, { type: 'PracticeRegistered' }> | undefined;
    await loadDemo({
      bus: context.get(CommandBus),
      clock,
      now,
      onProgress,
      ...(registered ? { registered } : {}),
    });
    return { steps, milliseconds: performance.now() - began };
  } finally {
    await context.close();
  }
}

/** Everything about every event but what is drawn by lot: ids of events and what depends on them. */
async function log({ worker }: Pools): Promise<string[]> {
  const { rows } = await worker.query<{ line: string }>(
    "select concat_ws(' ', practice_id, position, stream, version, type, occurred_at, recorded_at, meta->>'commandId', meta->'actor'->>'id', meta->>'reason') as line from log.event order by practice_id, position",
  );
  return rows.map(({ line }) => line);
}

function withoutPersonal(catalogue: Catalogue, { reason: _, ...event }: Recorded): Recorded {
  if (event.sealed === undefined) return event;
  const { personal } = catalogue.declaration(event.stream, event.type);
  const left = Object.entries(event.data).filter(([name]) => !personal.includes(name));
  return { ...event, data: Object.fromEntries(left), erased: true };
}

const opened: (() => Promise<unknown>)[] = [];
/** A database with nothing in it. */
async function freshPools(): Promise<Pools> {
  const database = await createDatabase();
  const keys = openVault(database.url);
  const both = openPools(database.url, 10);
  const pools = { ...both, vault: keys.vault };
  opened.push(async () => {
    await closePools(both);
    await keys.stop();
    await database.drop();
  });
  return pools;
}

let pools: Pools;
let app: NestFastifyApplication;
const tokens: Record<string, string> = {};
let loaded: { steps: number; milliseconds: number };

/** what was there when the load was cut off in the middle */
let half: string[];

beforeAll(async () => {
  pools = await freshPools();
  app = await createApp({ ...pools, secret: SECRET }); // keeps the read models, as at the first start
  await expect(load(pools, { stopAfter: 1_300 })).rejects.toThrow('the power went out');
  half = await log(pools);
  loaded = await load(pools, { now: new Date(Date.parse(NOW) + 3_600_000).toISOString() });
  process.stdout.write(
    `demo practice: ${loaded.steps} commands in ${(loaded.milliseconds / 1000).toFixed(1)} s\n`,
  );
  for (const [role, id] of Object.entries(DEMO_STAFF))
    tokens[role] = await app.get(Tokens).issue(DEMO_PRACTICE_ID, id, role);
  const position = await numberOf(
    `(select position from log.head where practice_id = '${DEMO_PRACTICE_ID}')`,
  );
  await vi.waitFor(() => get(`/v1/consent-statuses?minPosition=${position}`), 60_000);
}, 240_000);
afterAll(async () => {
  await app.close();
  for (const close of opened) await close();
});

async function get<T = Record<string, unknown>>(path: string, who: string = 'auditor'): Promise<T> {
  const answer = await request(app.getHttpServer()).get(path).set('Authorization', `Bearer ${tokens[who]}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as T;
}

interface BoardRow {
  relationshipId: string;
  clientId: string;
  purpose: string;
  status: string;
  reasons: { code: string; changedDimensions?: string[] }[];
  therapistId: string;
}
const board = async (at?: string) =>
  (await get<{ data: BoardRow[] }>(`/v1/consent-statuses?limit=200${at ? `&at=${at}` : ''}`)).data;

const count = (codes: readonly string[]) =>
  codes.reduce<Record<string, number>>(
    (counts, code) => ({ ...counts, [code]: (counts[code] ?? 0) + 1 }),
    {},
  );
/** The whole history of the demo practice. */
async function everyEvent(): Promise<Recorded[]> {
  const all: Recorded[] = [];
  for await (const batch of app.get(EventStore).reader.batches(DEMO_PRACTICE_ID)) all.push(...batch);
  return all;
}
const numberOf = async (sql: string) =>
  (await pools.worker.query<{ n: number }>(`select ${sql} as n`)).rows[0]!.n;

describe('the demo practice', () => {
  it('has seventy-one clients, two practices and six therapists who stand differently towards them', async () => {
    // one of them was entered twice
    expect(await numberOf("(select count(*) from log.event where type = 'ClientRegistered')")).toBe(72);
    expect(
      await numberOf(
        `(select count(*) from log.event where type = 'ClientRegistered' and practice_id = '${SECOND_DEMO_PRACTICE_ID}')`,
      ),
    ).toBe(4);
    expect(
      await numberOf(
        "(select count(*) from log.event where type = 'PracticeRegistered' and (data->>'demo')::boolean)",
      ),
    ).toBe(2);
    const { rows } = await pools.worker.query<{ therapist: string; dimensions: Dimensions }>(
      "select distinct on (data->>'therapistId') data->>'therapistId' as therapist, data->'dimensions' as dimensions from log.event where type = 'StancePublished' and data->>'setting' = 'individual' order by 1, version",
    );
    expect(rows).toHaveLength(6);
    const said = (pick: (dimensions: Dimensions) => unknown) =>
      new Set(rows.map(({ dimensions }) => JSON.stringify(pick(dimensions)))).size;
    expect([
      said((stance) => stance.informationSources),
      said((stance) => stance.challenge),
      said((stance) => stance.unconditionality),
    ]).toEqual([6, 6, 6]);
  });

  it('has a therapist who is on the side of the client, and nobody else’s', async () => {
    const { dimensions } = await get<{ dimensions: Dimensions }>(
      `/v1/stances/${DEMO_TOUR.stanceId}/versions/${DEMO_TOUR.from}`,
      'therapist',
    );
    expect(dimensions).toMatchObject({
      partiality: 'partial_to_client',
      allegiance: { to: 'client' },
      informationSources: ['client_account'],
      perspective: { view: 'offers_wider_view' },
      reciprocity: { expected: false, focus: 'client_only' },
      unconditionality: { kinds: ['respect', 'compassion'], degree: 'full' },
      challenge: { willingness: 'will_challenge' },
      advocacy: { for: 'personhood' },
      safety: { shameFree: true },
    });
  });

  it('has consent in every state, and stale for every reason that can be', async () => {
    const rows = await board();
    const states = count(rows.map(({ status }) => status));
    const reasons = count(rows.flatMap((row) => row.reasons.map(({ code }) => code)));
    for (const state of [
      'given',
      'stale',
      'withdrawn',
      'declined',
      'expired',
      'in_discussion',
      'offered',
      'not_sought',
      'deferred_emergency',
    ])
      expect(states[state], state).toBeGreaterThan(0);
    expect(states.given).toBeGreaterThanOrEqual(12);
    for (const reason of [
      'stance_changed',
      'therapist_changed',
      'format_changed',
      'information_source_changed',
      'fee_changed',
      'document_material_change',
      'review_due',
      'majority_reached',
      'partly_withdrawn',
      'emergency_follow_up_overdue',
    ])
      expect(reasons[reason], reason).toBeGreaterThan(0);
  });

  it('has two who come of age within the month, by themselves', async () => {
    const comingOfAge = async (at?: string) =>
      new Set(
        (await board(at))
          .filter(({ reasons }) => reasons.some(({ code }) => code === 'majority_reached'))
          .map(({ clientId }) => clientId),
      ).size;
    expect(await comingOfAge(`${addDays(TODAY, 26)}T12:00:00Z`)).toBe((await comingOfAge()) + 2);
  });

  it('has couples, corrected and late entries, and sessions of every outcome', async () => {
    const { rows } = await pools.worker.query<{ type: string; n: number }>(
      'select type, count(*) as n from log.event group by type',
    );
    const events = Object.fromEntries(rows.map(({ type, n }) => [type, n]));
    for (const type of [
      'ConsentEntryMarkedInError',
      'SessionCancelled',
      'SessionNoShow',
      'ConsentWithdrawnInSession',
      'EmergencyFollowUpDone',
      'BoundaryAmended',
      'InquiryDeclined',
      'SelfDisclosureMade',
      'RelationshipEnded',
      'AssentRecorded',
    ])
      expect(events[type], type).toBeGreaterThan(0);
    expect(events.SessionEnded).toBeGreaterThan(150);
    expect(
      await numberOf(
        "(select count(*) from log.event where type = 'UnitFormed' and data->>'kind' = 'couple')",
      ),
    ).toBe(2);
    const late = (await everyEvent()).filter(
      ({ recordedAt, occurredAt, reason }) =>
        reason !== undefined && Date.parse(recordedAt) - Date.parse(occurredAt) > 72 * 3_600_000,
    );
    expect(late.length).toBeGreaterThan(1);
    expect(
      await numberOf(
        `(select count(*) from log.event where type = 'SessionScheduled' and data->>'start' > '${NOW}')`,
      ),
    ).toBeGreaterThan(10);
  });

  it('leaves nothing that an event calls personal readable in any table', async () => {
    const { catalogue } = app.get(EventStore);
    const said = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value === 'string' && value.length > 12 && value.includes(' ')) said.add(value);
      if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
    };
    for (const { stream, type, data, reason } of await everyEvent()) {
      collect(reason);
      for (const name of catalogue.declaration(stream, type).personal) collect((data as never)[name]);
    }
    expect(said.size).toBeGreaterThan(300);
    const { rows: tables } = await pools.worker.query<{ name: string }>(
      "select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace in ('read'::regnamespace, 'log'::regnamespace)",
    );
    expect(tables.length).toBeGreaterThan(20);
    const readable: string[] = [];
    for (const { name } of tables) {
      const { rows } = await pools.worker.query<{ text: string }>(`select t::text as text from ${name} t`);
      const text = rows.map((row) => row.text).join('\n');
      if (name === 'log.event') expect(text).toContain('ConsentGiven');
      for (const words of said) if (text.includes(words)) readable.push(`${name}: ${words}`);
    }
    expect(readable).toEqual([]);
  });

  it('has been lived in for eighteen months, on both clocks, and knows nothing of the future', async () => {
    const { rows } = await pools.worker.query<{ first: string; last: string; months: number; ahead: number }>(
      `select min(recorded_at) as first, max(recorded_at) as last, count(distinct date_trunc('month', recorded_at)) as months,
        count(*) filter (where recorded_at > '${NOW}' or occurred_at > '${NOW}' or occurred_at > recorded_at) as ahead from log.event`,
    );
    const [{ first, last, months, ahead }] = rows as [(typeof rows)[number]];
    expect(first < `${addMonths(TODAY, -18)}`).toBe(true);
    expect(last > `${addDays(TODAY, -3)}`).toBe(true);
    expect(months).toBeGreaterThanOrEqual(18);
    expect(ahead).toBe(0);
  });

  it('answers the tour: stale since the stance changed, given the day before', async () => {
    const today = await get<{
      overall: string;
      relationships: {
        stance: { changedDimensions: string[]; versionNo: number; acknowledged: { versionNo: number } };
        consents: BoardRow[];
        gate: { result: string };
      }[];
    }>(`/v1/clients/${DEMO_TOUR.clientId}/consent-status`, 'therapist');
    expect(today).toMatchObject({
      overall: 'stale',
      relationships: [
        {
          relationshipId: DEMO_TOUR.relationshipId,
          stance: {
            versionNo: DEMO_TOUR.to,
            acknowledged: { versionNo: DEMO_TOUR.from },
            changedDimensions: ['informationSources'],
          },
          gate: { result: 'refuse' },
        },
      ],
    });
    expect(
      today.relationships[0]!.consents.map(({ purpose, status, reasons }) => [
        purpose,
        status,
        reasons.map(({ code }) => code),
      ]),
    ).toEqual([['treatment', 'stale', ['stance_changed']]]);
    const before = `${addDays(TODAY, -4)}T10:00:00Z`;
    for (const query of [`at=${before}`, `at=${before}&knownAt=${before}`])
      expect(
        await get(`/v1/clients/${DEMO_TOUR.clientId}/consent-status?${query}`, 'therapist'),
      ).toMatchObject({ overall: 'given' });
    const diff = await get<{ changedDimensions: string[]; changes: unknown[] }>(
      `/v1/stances/${DEMO_TOUR.stanceId}/diff?from=${DEMO_TOUR.from}&to=${DEMO_TOUR.to}`,
      'therapist',
    );
    expect(diff.changedDimensions).toEqual(['informationSources']);
    expect(diff.changes.length).toBeGreaterThan(0);
  });

  it('gives the same status from the read model as from the log', async () => {
    const reader = app.get(StatusReader);
    const clocks = { at: NOW, knownAt: NOW };
    for (const relationshipId of new Set((await board()).map((row) => row.relationshipId))) {
      const { status: stored } = await reader.ofRelationship(
        DEMO_PRACTICE_ID,
        relationshipId,
        clocks,
        'current',
      );
      const { status: live } = await reader.ofRelationship(DEMO_PRACTICE_ID, relationshipId, clocks, 'live');
      expect(stored).toEqual(live);
    }
  });

  it('says the same of every client from an export alone, without a key of all but minors', async () => {
    const { connectionString = '' } = pools.pool.options;
    const sealing = openPool(connectionString, 2, 'candor_sealer');
    const seed = Buffer.alloc(32, 3);
    await new Sealer({ pool: sealing, seed, host: 'candor.example', report: () => undefined }).sealAll();
    await sealing.end();
    const folder = await mkdtemp(join(tmpdir(), 'candor-demo-'));
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const exported = async (name: string, withText: boolean) => {
      const out = join(folder, name);
      await exportBundle(app.get(EventStore), { practice: DEMO_PRACTICE_ID, out, withText });
      expect(await judgeBundle(textsOfFile(join(out, 'events.ndjson')))).toMatchObject({ whole: true });
      return openReplay(out);
    };
    const [sealed, readable] = [await exported('sealed', false), await exported('readable', true)];
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });

    const { rows } = await pools.worker.query<{ id: string }>(
      "select substr(stream, 8) as id from log.event where type = 'ClientRegistered' and practice_id = $1",
      [DEMO_PRACTICE_ID],
    );
    const differ: string[] = [];
    for (const { id } of rows.filter((_, n) => n % 2 === 0)) {
      const clocks = { at: NOW, knownAt: NOW };
      const served = await get(`/v1/clients/${id}/consent-status?at=${NOW}&knownAt=${NOW}`);
      expect(JSON.stringify(readable.answer(id, clocks))).toBe(JSON.stringify(served));
      if (JSON.stringify(sealed.answer(id, clocks)) !== JSON.stringify(served)) differ.push(id);
    }
    expect(rows.length).toBeGreaterThan(60);
    const minors = await Promise.all(
      differ.map(
        async (id) => (await get<{ dateOfBirth: string }>(`/v1/clients/${id}`, 'owner')).dateOfBirth,
      ),
    );
    for (const born of minors) expect(addMonths(born, 18 * 12) > addDays(TODAY, -550), born).toBe(true);
  });
});

interface Page<Row> {
  data: Row[];
}
const list = async <Row>(path: string, role: keyof typeof DEMO_STAFF = 'owner'): Promise<Row[]> =>
  (await get<Page<Row>>(`${path}${path.includes('?') ? '&' : '?'}limit=200`, role)).data;

/** All pages. */
async function everything<Row>(path: string, role: keyof typeof DEMO_STAFF): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const answer: Page<Row> & { page: { next?: string } } = await get(
      `${path}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      role,
    );
    rows.push(...answer.data);
    cursor = answer.page.next;
  } while (cursor);
  return rows;
}

interface Past {
  type: string;
  actor: { id: string };
  data: object;
}
const timelineOf = (clientId: string) => list<Past>(`/v1/clients/${clientId}/timeline`, 'auditor');

const clientNamed = async (name: string): Promise<string> => {
  const found = await list<{ clientId: string; mergedInto?: string }>(
    `/v1/clients?q=${encodeURIComponent(name)}`,
    'coordinator',
  );
  return found.find(({ mergedInto }) => mergedInto === undefined)!.clientId;
};
interface Caseload {
  relationshipId: string;
}
const relationshipOf = async (clientId: string): Promise<string> =>
  (await list<Caseload>(`/v1/relationships?clientId=${clientId}`))[0]!.relationshipId;
const consentsOf = async (clientId: string, at?: string) =>
  (await board(at)).filter((row) => row.clientId === clientId);
const treatmentOf = async (name: string, at?: string) =>
  (await consentsOf(await clientNamed(name), at)).find(({ purpose }) => purpose === 'treatment')!;

describe('those who are treated together, and those who decide for others', () => {
  it('a couple: what she agreed to holds, what he agreed to is stale since he moved', async () => {
    expect(await treatmentOf('Carla Wendelstein')).toMatchObject({ status: 'given' });
    expect(await treatmentOf('Henk Adu')).toMatchObject({
      status: 'stale',
      reasons: [{ code: 'jurisdiction_changed' }],
    });
  });

  it('a family: both parents signed together for a son who comes of age within the month', async () => {
    const clientId = await clientNamed('Elio Eik');
    const { guardians } = await get<{ guardians: object[] }>(`/v1/clients/${clientId}`, 'coordinator');
    expect(guardians).toMatchObject([{ jointRule: 'both' }, { jointRule: 'both' }]);
    const { unitKind } = (await list<{ unitKind: string }>(`/v1/relationships?clientId=${clientId}`))[0]!;
    expect(unitKind).toBe('family');
    expect(await treatmentOf('Elio Eik')).toMatchObject({ status: 'given' });
    expect(await treatmentOf('Elio Eik', `${addDays(TODAY, 21)}T12:00:00Z`)).toMatchObject({
      status: 'stale',
      reasons: [{ code: 'majority_reached' }],
    });
    const past = await timelineOf(clientId);
    const together = ['treatment', 'joint_work_confidentiality'];
    expect(past.filter(({ type }) => type === 'AssentRecorded')).toHaveLength(2);
    expect(past.filter(({ type }) => type === 'ConsentGiven')).toMatchObject(
      together.map((purpose) => ({
        data: { purpose, by: 'substitute', guardians: [{ jointRule: 'both' }, { jointRule: 'both' }] },
      })),
    );
  });

  it('a group: one joined later, one left, everybody who is there consents for themself', async () => {
    const newcomer = await clientNamed('Okan Weidenbach');
    const gone = await clientNamed('Tilda Rosenquist');
    const relationshipId = await relationshipOf(await clientNamed('Signe Barthelmess'));
    const members = (await board()).filter(
      (row) => row.relationshipId === relationshipId && row.purpose === 'group_participation',
    );
    expect(members.map(({ clientId }) => clientId)).toContain(newcomer);
    expect(members.map(({ clientId }) => clientId)).not.toContain(gone);
    expect(members.map(({ status }) => status)).toEqual(['given', 'given', 'given']);
  });

  it('a mandate that says what is reported', async () => {
    const relationshipId = await relationshipOf(await clientNamed('Kasimir Delacroix'));
    const { mandates } = await get<{ mandates: object[] }>(`/v1/relationships/${relationshipId}`, 'owner');
    expect(mandates).toHaveLength(1);
  });

  it('somebody whom a representative decided for, and who can decide again', async () => {
    const { capacity } = await get<{ capacity: object[] }>(
      `/v1/clients/${await clientNamed('Arvid Mensching')}`,
      'owner',
    );
    expect(capacity).toMatchObject([{ capable: false }, { capable: true }]);
    expect(await treatmentOf('Arvid Mensching')).toMatchObject({
      status: 'stale',
      reasons: [{ code: 'capacity_changed' }],
    });
  });

  it('two records of one person, merged by two people', async () => {
    const found = await list<{ clientId: string; mergedInto?: string }>('/v1/clients?q=Wanja', 'coordinator');
    expect(found).toHaveLength(2);
    const kept = found.find(({ mergedInto }) => mergedInto === undefined)!;
    const gone = found.find(({ mergedInto }) => mergedInto !== undefined)!;
    expect(gone.mergedInto).toBe(kept.clientId);
    const two = (await timelineOf(gone.clientId)).filter(({ type }) => type.startsWith('ClientsMerge'));
    expect(new Set(two.map(({ actor }) => actor.id)).size).toBe(2);
  });
});

describe('boundaries', () => {
  interface Crossed {
    boundaryId: string;
    relationshipId: string;
    crossingId: string;
    status: string;
    underAgreement: boolean;
  }
  it('has crossings in every stage that something is to be done about, and a planned one', async () => {
    const crossings = await list<Crossed>('/v1/crossings');
    const situations = count(crossings.map(({ status }) => status));
    for (const situation of ['planned', 'recorded', 'assessed', 'escalated', 'repaired'])
      expect(situations[situation], situation).toBeGreaterThan(0);
  });

  it('has the client’s own account of one, which coordinators do not see', async () => {
    const [repaired] = (await list<Crossed>('/v1/crossings?status=repaired')) as [Crossed];
    const { therapistId } = await get<{ therapistId: string }>(
      `/v1/relationships/${repaired.relationshipId}`,
      'owner',
    );
    tokens[therapistId] = await app.get(Tokens).issue(DEMO_PRACTICE_ID, therapistId, 'who treats them');
    const { crossings } = await get<{ crossings: { crossingId: string; accounts: object[] }[] }>(
      `/v1/boundaries/${repaired.boundaryId}`,
      therapistId,
    );
    expect(crossings[0]!.accounts).toMatchObject([{ how: 'dictated' }]);
    const seen = await get(`/v1/boundaries/${repaired.boundaryId}`, 'coordinator');
    expect(seen.crossings).toBeUndefined();
  });

  it('has agreements due for review, and an amendment that waits for the other side', async () => {
    expect((await list('/v1/boundaries?reviewDue=true')).length).toBeGreaterThan(0);
    const open = await list<{ stillToAgree: object[] }>('/v1/boundaries?status=amendment_open');
    expect(open).toHaveLength(1);
    expect(open[0]!.stillToAgree).toMatchObject([{ staffId: expect.any(String) }]);
  });
});

describe('those who ask', () => {
  interface Asking {
    inquiryId: string;
    status: string;
    nextStep: string | null;
    overdue: boolean;
    linkedInquiryId: string | null;
  }
  it('has somebody at every point of the pipeline where something comes next', async () => {
    const asking = await list<Asking>('/v1/inquiries', 'coordinator');
    const waiting = asking.filter(({ status }) => status === 'waitlisted');
    expect(waiting.map(({ overdue }) => overdue).sort()).toEqual([false, true]);
    const statuses = count(asking.map(({ status }) => status));
    expect(statuses).toMatchObject({ redirected_urgent: 1, referred: 1, received: 1, declined: 5 });
    expect(asking.filter(({ linkedInquiryId }) => linkedInquiryId !== null)).toMatchObject([
      { status: 'received', nextStep: 'screen' },
    ]);
  });

  it('ranks therapists for somebody whom a clinician has yet to see, with every reason and conflict', async () => {
    const inquiries = await list<Asking>('/v1/inquiries?status=screened', 'coordinator');
    const { inquiryId } = inquiries.find(({ nextStep }) => nextStep === 'review_risk')!;
    const { suggestions } = await get<{
      suggestions: { name: string; score: number; conflicts: { code: string }[] }[];
    }>(`/v1/inquiries/${inquiryId}/suggestions`, 'coordinator');
    const said = suggestions.map(({ name, score, conflicts }) => [
      name.split(' ')[0],
      score,
      conflicts.map(({ code }) => code),
    ]);
    expect(said).toEqual([
      ['Rafael', 5, []],
      ['Ines', 3, []],
      ['Tarek', 4, ['format_not_offered']],
      ['Jonah', 3, ['treats_person_named']],
      ['Mirela', 2, ['stance_excluded']],
    ]);
  });
});

describe('sessions and what is written about them', () => {
  interface Planned {
    sessionId: string;
    start: string;
    status: string;
    seriesId?: string;
    roomId?: string;
    recordedAfterwards?: true;
    cancelled?: { late: boolean; fee?: { amountMinor: number } };
  }
  const sessions = () => everything<Planned>('/v1/sessions', 'auditor');

  it('has rooms, working hours and an absence', async () => {
    expect(await list('/v1/rooms')).toHaveLength(5);
    const [mirela] = (await list<{ staffId: string; name: string }>('/v1/staff')).filter(({ name }) =>
      name.startsWith('Mirela'),
    );
    const { availability, absences } = await get<{ availability: object[]; absences: object[] }>(
      `/v1/staff/${mirela!.staffId}`,
    );
    expect([availability.length, absences.length]).toEqual([1, 1]);
  });

  it('has a series that keeps its hour on the wall clock across a clock change', async () => {
    const { seriesId } = (await sessions()).find((one) => one.seriesId !== undefined)!;
    const series = await get<{ zone: string; sessions: { start: string; status: string }[] }>(
      `/v1/session-series/${seriesId}`,
      'coordinator',
    );
    expect(series.sessions).toHaveLength(8);
    const hours = new Set(series.sessions.map(({ start }) => wallTime(start, series.zone).slice(11)));
    const utcHours = new Set(series.sessions.map(({ start }) => start.slice(11)));
    expect([hours.size, utcHours.size]).toEqual([1, 2]);
  });

  it('has sessions entered afterwards, in error, called off late for the agreed fee, and a no-show', async () => {
    const all = await sessions();
    expect(all.filter((one) => one.recordedAfterwards)).toHaveLength(2);
    // one was planned for somebody else, one is said to have been no session
    expect(all.filter(({ status }) => status === 'entered_in_error')).toHaveLength(2);
    expect(all.filter(({ status }) => status === 'no_show').length).toBeGreaterThan(0);
    expect(all.filter(({ cancelled }) => cancelled?.fee)).toMatchObject([
      { cancelled: { late: true, fee: { amountMinor: 4900, currency: 'EUR' } } },
    ]);
  });

  it('has sessions today that may start and others that may not, with all reasons', async () => {
    const { data, summary } = await get<{
      summary: { mayStart: number; mayNotStart: number };
      data: { mayStart: boolean; reasons: { code: string; effect: string }[] }[];
    }>(`/v1/session-readiness?date=${TODAY}&limit=200`, 'coordinator');
    expect(summary.mayStart).toBeGreaterThan(0);
    expect(summary.mayNotStart).toBeGreaterThan(1);
    const against = new Set(
      data.flatMap(({ mayStart, reasons }) =>
        mayStart ? [] : reasons.filter(({ effect }) => effect === 'block').map(({ code }) => code),
      ),
    );
    for (const code of ['stance_changed', 'jurisdiction_changed']) expect(against).toContain(code);
  });

  it('keeps the day free for the tour: its therapist can be booked at any minute', async () => {
    const { summary } = await get<{ summary: { sessions: number } }>(
      `/v1/session-readiness?date=${TODAY}&therapistId=${DEMO_STAFF.therapist}`,
      'coordinator',
    );
    const { availability } = await get<{ availability: object[] }>(`/v1/staff/${DEMO_STAFF.therapist}`);
    expect([summary.sessions, availability]).toEqual([0, []]);
  });

  it('has notes that are signed, cosigned, amended, unfinished, missing, or wait for a cosignature', async () => {
    for (const kind of ['note_missing', 'note_unsigned', 'cosign_missing'])
      expect((await list(`/v1/unsigned-notes?kind=${kind}`)).length, kind).toBeGreaterThan(0);
    const forMe = await list(`/v1/unsigned-notes?supervisorId=${DEMO_STAFF.supervisor}`);
    expect(forMe).toMatchObject([{ kind: 'cosign_missing' }]);
    const notes = await list<{ status: string; cosigned?: object; amendments: number }>('/v1/notes');
    const statuses = count(notes.map(({ status }) => status));
    expect(statuses).toEqual({ draft: 1, awaiting_cosign: 1, final: 3 });
    expect(notes.filter(({ cosigned }) => cosigned)).toHaveLength(1);
    expect(notes.filter(({ amendments }) => amendments > 0)).toHaveLength(1);
  });

  it('has a psychotherapy note that only its author finds', async () => {
    const [mine] = (await list<{ noteId: string }>('/v1/psychotherapy-notes', 'therapist')) as [
      { noteId: string },
    ];
    expect(mine).toBeDefined();
    expect(await list('/v1/psychotherapy-notes', 'supervisor')).toEqual([]);
  });

  it('accounts for a disclosure that was authorized and one that was not', async () => {
    const accounted = await list<{ status: string }>('/v1/disclosures');
    expect(count(accounted.map(({ status }) => status))).toMatchObject({ made: 1, refused: 1 });
  });
});

describe('what is kept and what is erased', () => {
  it('holds a client who left long ago, and names nobody in what it shows of that', async () => {
    const held = await list<{ clientId: string; status: string }>('/v1/legal-holds');
    expect(held).toMatchObject([
      { clientId: await clientNamed('Nadja'), status: 'placed', grounds: 'litigation' },
    ]);
  });

  it('has erased somebody who asked and came to nobody: their words are gone, that they asked is not', async () => {
    const erased = await list<{ id: string; clientId: string; executed: { by: string } }>('/v1/erasures');
    expect(erased).toMatchObject([{ status: 'executed', askedBy: 'client' }]);
    const [{ id, clientId, executed }] = erased as [(typeof erased)[0]];
    const { decided } = await get<{ decided: { by: string } }>(`/v1/erasures/${id}`);
    expect(decided.by).not.toBe(executed.by);
    const theirs = (await everyEvent()).filter(({ stream }) => stream === `inquiry-${clientId}`);
    expect(theirs.map(({ type }) => type)).toContain('InquiryReceived');
    expect(theirs.filter(({ sealed }) => sealed !== undefined).every(({ erased }) => erased)).toBe(true);
    expect(JSON.stringify(await everyEvent())).not.toContain('Burnt out');
    expect(
      await numberOf(
        `(select count(*)::int from log.sealed s join log.event e using (practice_id, position) where e.stream = 'inquiry-${clientId}')`,
      ),
    ).toBe(0);
  });
});

describe('those who look at somebody who is not theirs', () => {
  interface Look {
    clientId: string;
    reasonCode: string;
    review?: { finding: string; by: string };
    reviewOverdue: boolean;
  }
  it('broke the glass twice: one look was closed and found justified, the other nobody has judged', async () => {
    const looks = await list<Look>('/v1/break-glass-grants');
    expect(looks.filter(({ reviewOverdue }) => reviewOverdue)).toMatchObject([
      { clientId: await clientNamed('Emil'), reasonCode: 'colleague_unavailable' },
    ]);
    expect(looks.filter(({ review }) => review)).toMatchObject([
      {
        clientId: await clientNamed('Delia'),
        review: { finding: 'justified', by: DEMO_STAFF.supervisor, late: false },
      },
    ]);
    expect(looks).toHaveLength(2);
  });

  it('supervises the therapist of the tour as well as the trainee', async () => {
    const staff = await list<{ staffId: string; name: string }>('/v1/staff', 'supervisor');
    const nameOf = new Map(staff.map(({ staffId, name }) => [staffId, name.split(' ')[0]]));
    const seen = await list<{ therapistId: string }>('/v1/relationships', 'supervisor');
    expect(new Set(seen.map(({ therapistId }) => nameOf.get(therapistId)))).toEqual(
      new Set(['Jonah', 'Tarek']),
    );
    expect(seen.length).toBeGreaterThan(12);
  });
});

describe('findings', () => {
  interface Found {
    kind: string;
    code: string;
    clientIds: string[];
    events: { type: string }[];
  }
  const findings = () => everything<Found>('/v1/findings', 'auditor');

  it('has at least one of each kind', async () => {
    const kinds = new Set((await findings()).map(({ kind }) => kind));
    expect(FINDING_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('has one look that nobody has judged in time, and none of the look that was found justified', async () => {
    const found = (await findings()).filter(({ kind }) => kind === 'break_glass_not_reviewed');
    expect(found).toMatchObject([
      {
        code: 'review_missing',
        clientIds: [await clientNamed('Emil')],
        events: [{ type: 'BreakGlassOpened' }],
      },
    ]);
  });

  it('has now and then a session, or some in a row, without the feedback that a stance promises', async () => {
    const missed = (await findings()).filter(({ kind }) => kind === 'feedback_against_stance');
    expect(missed.length, 'a handful').toBeGreaterThanOrEqual(3);
    expect(missed.length, 'a handful').toBeLessThanOrEqual(6);
    const inARow = missed.map(({ events }) => events.filter(({ type }) => type === 'SessionEnded').length);
    // Rafael asks every time, others every few times
    expect(Math.min(...inARow)).toBe(1);
    expect(Math.max(...inARow)).toBeGreaterThan(1);
  });
});

describe('the loader', () => {
  it('appends nothing the second time', async () => {
    const before = await log(pools);
    await load(pools, { now: new Date(Date.parse(NOW) + 40 * 86_400_000).toISOString() });
    expect(await log(pools)).toEqual(before);
  });

  it('goes on where it was cut off, later, and does nothing twice', async () => {
    const whole = await log(pools);
    expect(half.length).toBeGreaterThan(500);
    const there = new Set(whole);
    expect(half.filter((line) => !there.has(line))).toEqual([]);
    const commands = await numberOf(
      `(select count(*)::int from log.command_result where practice_id in ('${DEMO_PRACTICE_ID}', '${SECOND_DEMO_PRACTICE_ID}'))`,
    );
    expect(commands).toBe(loaded.steps);
  });

  it('is folded without what is personal too, as it will be once keys are destroyed', async () => {
    const { reader, catalogue } = app.get(EventStore);
    const states = new Map<string, unknown>();
    const keyed: string[] = [];
    const rows = PROJECTIONS.map((projection) => [projection, new Map()] as const);
    let sealed = 0;
    for await (const batch of reader.batches(DEMO_PRACTICE_ID))
      for (const whole of batch) {
        const event = withoutPersonal(catalogue, whole);
        const decider = catalogue.decider(parseStream(event.stream).category)!;
        const state: unknown = decider.evolve(states.get(event.stream) ?? decider.initial, event);
        states.set(event.stream, state);
        decider.subjects(state);
        for (const [projection, folded] of rows) foldInto(projection, folded, [event]);
        for (const { name, keys } of PROJECTIONS)
          if (keys(event).join() !== keys(whole).join()) keyed.push(`${name}: ${event.type}`);
        if (event.erased) sealed++;
      }
    expect(sealed).toBeGreaterThan(500);
    expect(keyed, 'which rows an event concerns does not hang on what is personal').toEqual([]);
  });

  it('refuses a practice that is not marked as a demo', async () => {
    const other = await freshPools();
    const store = new EventStore(
      other.pool,
      new Catalogue(DECIDERS),
      systemClock,
      () => Promise.resolve(72),
      other.vault,
    );
    const meta = {
      practiceId: DEMO_PRACTICE_ID,
      id: DEMO_PRACTICE_ID,
      commandId: SECOND_DEMO_PRACTICE_ID,
      requestHash: sha256(''),
      actor: { id: DEMO_STAFF.owner, role: 'operator' },
      expected: 0 as const,
    };
    await store.handle(practice, meta, {
      type: 'RegisterPractice',
      name: 'A real one',
      zone: 'Europe/Berlin',
      locale: 'en',
      rulePack: 'generic',
      rulePacks: ['generic'],
      demo: false,
    });
    await expect(load(other)).rejects.toThrow('is not marked as a demo');
    expect(await log(other)).toHaveLength(1);
  });
});
