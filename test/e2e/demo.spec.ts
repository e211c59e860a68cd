import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CommandBus } from '@nestjs/cqrs';
import type pg from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StatusReader } from '#libs/consent';
import {
  DEMO_PRACTICE_ID,
  DEMO_STAFF,
  DEMO_TOUR,
  loadDemo,
  MovableClock,
  SECOND_DEMO_PRACTICE_ID,
} from '#libs/demo';
import { Catalogue, EventStore, openPool } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { addDays, addMonths, localDate, sha256, systemClock, type Recorded } from '#libs/kernel';
import { practice, type PracticeEvent } from '#libs/practice';
import type { Dimensions } from '#libs/stance';
import { AppModule, DECIDERS } from '../../apps/api/src/app.module.js';
import { createApp } from '../../apps/api/src/create-app.js';
import { createDatabase } from '../support/database.js';

const SECRET = Buffer.alloc(32);
const NOW = new Date().toISOString();
const TODAY = localDate(NOW, 'Europe/Berlin');

/** As first-start loads: a context of its own, whose clock the loader moves. */
async function load(
  pool: pg.Pool,
  { now = NOW, stopAfter = Infinity } = {},
): Promise<{ steps: number; milliseconds: number }> {
  const clock = new MovableClock();
  const context = await NestFactory.createApplicationContext(
    AppModule.with({ pool, secret: SECRET, clock, follow: false }),
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
async function log(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    "select concat_ws(' ', practice_id, position, stream, version, type, occurred_at, recorded_at, meta->>'commandId', meta->'actor'->>'id', meta->>'reason') as line from log.event order by practice_id, position",
  );
  return rows.map(({ line }) => line);
}

const opened: (() => Promise<unknown>)[] = [];
async function freshPool(): Promise<pg.Pool> {
  const database = await createDatabase();
  const pool = openPool(database.url, 5);
  opened.push(() => pool.end().then(database.drop));
  return pool;
}

let pool: pg.Pool;
let app: NestFastifyApplication;
const tokens: Record<string, string> = {};
let loaded: { steps: number; milliseconds: number };

beforeAll(async () => {
  pool = await freshPool();
  loaded = await load(pool);
  process.stdout.write(
    `demo practice: ${loaded.steps} commands in ${(loaded.milliseconds / 1000).toFixed(1)} s\n`,
  );
  app = await createApp({ pool, secret: SECRET });
  for (const [role, id] of Object.entries(DEMO_STAFF))
    tokens[role] = await app.get(Tokens).issue(DEMO_PRACTICE_ID, id, role);
  const position = await numberOf(
    `(select position from log.head where practice_id = '${DEMO_PRACTICE_ID}')`,
  );
  await vi.waitFor(() => get(`/v1/consent-statuses?minPosition=${position}`), 20_000);
}, 60_000);
afterAll(async () => {
  await app.close();
  for (const close of opened) await close();
});

async function get<T = Record<string, unknown>>(
  path: string,
  role: keyof typeof DEMO_STAFF = 'auditor',
): Promise<T> {
  const answer = await request(app.getHttpServer()).get(path).set('Authorization', `Bearer ${tokens[role]}`);
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
const numberOf = async (sql: string) => (await pool.query<{ n: number }>(`select ${sql} as n`)).rows[0]!.n;

describe('the demo practice', () => {
  it('has sixty clients, two practices and five therapists who stand differently towards them', async () => {
    expect(await numberOf("(select count(*) from log.event where type = 'ClientRegistered')")).toBe(60);
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
    const { rows } = await pool.query<{ therapist: string; dimensions: Dimensions }>(
      "select distinct on (data->>'therapistId') data->>'therapistId' as therapist, data->'dimensions' as dimensions from log.event where type = 'StancePublished' and data->>'setting' = 'individual' order by 1, version",
    );
    expect(rows).toHaveLength(5);
    const said = (pick: (dimensions: Dimensions) => unknown) =>
      new Set(rows.map(({ dimensions }) => JSON.stringify(pick(dimensions)))).size;
    expect([
      said((stance) => stance.informationSources),
      said((stance) => stance.challenge),
      said((stance) => stance.unconditionality),
    ]).toEqual([5, 5, 5]);
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

  it('has somebody who comes of age next month, by themself', async () => {
    const comingOfAge = async (at?: string) =>
      (await board(at)).filter(({ reasons }) => reasons.some(({ code }) => code === 'majority_reached'))
        .length;
    expect(await comingOfAge(`${addDays(TODAY, 26)}T12:00:00Z`)).toBe((await comingOfAge()) + 1);
  });

  it('has couples, corrected and late entries, and sessions of every outcome', async () => {
    const { rows } = await pool.query<{ type: string; n: number }>(
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
    expect(
      await numberOf(
        "(select count(*) from log.event where recorded_at > occurred_at + interval '72 hours' and meta->>'reason' is not null)",
      ),
    ).toBeGreaterThan(1);
    expect(
      await numberOf(
        `(select count(*) from log.event where type = 'SessionScheduled' and data->>'start' > '${NOW}')`,
      ),
    ).toBeGreaterThan(10);
  });

  it('has been lived in for eighteen months, on both clocks, and knows nothing of the future', async () => {
    const { rows } = await pool.query<{ first: string; last: string; months: number; ahead: number }>(
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
});

describe('the loader', () => {
  it('appends nothing the second time', async () => {
    const before = await log(pool);
    await load(pool, { now: new Date(Date.parse(NOW) + 40 * 86_400_000).toISOString() });
    expect(await log(pool)).toEqual(before);
  });

  it('goes on where it was cut off, also on another day, and ends with the same log', async () => {
    const other = await freshPool();
    await expect(load(other, { stopAfter: Math.floor(loaded.steps / 2) })).rejects.toThrow(
      'the power went out',
    );
    const half = await log(other);
    expect(half.length).toBeGreaterThan(500);
    await load(other, { now: new Date(Date.parse(NOW) + 3 * 86_400_000).toISOString() });
    const whole = await log(other);
    expect(whole).toEqual(await log(pool));
    expect(half.every((line) => whole.includes(line))).toBe(true);
  }, 60_000);

  it('refuses a practice that is not marked as a demo', async () => {
    const other = await freshPool();
    const store = new EventStore(other, new Catalogue(DECIDERS), systemClock, () => Promise.resolve(72));
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
      demo: false,
    });
    await expect(load(other)).rejects.toThrow('is not marked as a demo');
    expect(await log(other)).toHaveLength(1);
  });
});
