import { StreamableFile, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { lastValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { EventStore } from '#libs/event-store';
import type { Ownership } from '#libs/identity';
import { DomainError, type Reach } from '#libs/kernel';
import { filled, type Page } from './filled.js';
import { idsIn } from './ids.js';
import { WithinReach } from './within-reach.interceptor.js';

const id = (n: number): string => `0190aaaa-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [MINE, THEIRS, NOTE, STAFF] = [id(1), id(2), id(3), id(4)];
/** A note of mine about their client, as whoever handed the client over has it. */
const REACHES: Record<string, { clients: string[]; reaches: Set<Reach> }> = {
  [MINE]: { clients: [MINE], reaches: new Set(['own']) },
  [THEIRS]: { clients: [THEIRS], reaches: new Set() },
  [NOTE]: { clients: [THEIRS], reaches: new Set(['author']) },
  [STAFF]: { clients: [], reaches: new Set() },
};
const ownership: Ownership = {
  idsIn: (value) => idsIn(value),
  concerns: async (_, ids) =>
    new Map([...ids].flatMap((one) => (REACHES[one] ? [[one, REACHES[one]] as const] : []))),
};
const store = { clock: { now: () => '2026-06-15T09:00:00.000Z' } } as unknown as EventStore;

function answered(answer: unknown, { reaches = ['own', 'author'] as Reach[], params = {}, query = {} } = {}) {
  const request = {
    method: 'GET',
    params,
    query,
    reaches: new Set(reaches),
    principal: { practiceId: id(8), staffId: id(9) },
  };
  const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
  const next: CallHandler = { handle: () => of(answer) };
  return lastValueFrom(new WithinReach(store, ownership).intercept(context, next));
}
const page = (...data: object[]) => ({ data, page: { limit: 50 } });

/** A list of things, asked page by page; counts how often, and how many rows of it were looked at. */
function listOf(things: readonly string[]) {
  const counted = { asked: 0, rows: 0 };
  const ask = async (cursor: string, limit: number): Promise<Page> => {
    const from = Number(cursor);
    const data = things.slice(from, from + limit).map((clientId) => ({ clientId }));
    counted.asked++;
    counted.rows += data.length;
    return {
      data,
      page: { limit, ...(from + limit < things.length ? { next: String(from + limit) } : {}) },
    };
  };
  const within = async (rows: readonly unknown[]) =>
    rows.flatMap((row, index) => ((row as { clientId: string }).clientId === MINE ? [index] : []));
  const pageFrom = async (cursor: string, limit: number) => filled(await ask(cursor, limit), ask, within);
  return { counted, pageFrom };
}
const theirs = (count: number) => Array.from({ length: count }, () => THEIRS);

describe('A page', () => {
  it('is full as long as there is something within reach, and has a next one only then', async () => {
    const things = [...theirs(3), MINE, ...theirs(7), MINE, MINE, ...theirs(20), MINE, ...theirs(40)];
    for (const limit of [1, 2, 3, 4, 50]) {
      const { pageFrom } = listOf(things);
      const sizes: number[] = [];
      for (let next: string | undefined = '0'; next !== undefined;) {
        const { data, page }: Page = await pageFrom(next, limit);
        expect(page.limit).toBe(limit);
        sizes.push(data.length);
        next = page.next;
      }
      const full = Array.from({ length: Math.floor(4 / limit) }, () => limit);
      expect(sizes, `limit ${limit}`).toEqual(4 % limit === 0 ? full : [...full, 4 % limit]);
    }
  });

  it('of a colleague’s things alone is empty and has no next one', async () => {
    expect(await listOf(theirs(120)).pageFrom('0', 1)).toEqual({ data: [], page: { limit: 1 } });
  });

  it('costs no more than a bounded number of rows, and says then that there may be more', async () => {
    const { pageFrom, counted } = listOf([...theirs(9_000), MINE]);
    const { data, page } = await pageFrom('0', 50);
    expect([data.length, typeof page.next]).toEqual([0, 'string']);
    expect(counted.asked).toBeLessThanOrEqual(11);
    expect(counted.rows).toBeLessThanOrEqual(2_050);
  });
});

describe('An answer', () => {
  it('leaves out of a list what is not within reach, and keeps the rest of the page as it is', async () => {
    expect(await answered(page({ clientId: THEIRS }, { clientId: MINE }))).toEqual(page({ clientId: MINE }));
  });

  it('is judged by what it is about most closely, not by whatever else it names', async () => {
    const items = [
      { key: NOTE, clientId: THEIRS },
      { clientId: MINE, linkedId: THEIRS },
    ];
    expect(await answered(page(...items))).toEqual(page(...items));
    expect(await answered(page({ key: NOTE, clientId: MINE }), { reaches: ['own'] })).toEqual(page());
  });

  it('is about everybody that it is about: one who is not theirs is enough', async () => {
    expect(await answered(page({ members: [MINE, THEIRS] }))).toEqual(page());
  });

  it('about one thing is refused when that is not within reach', async () => {
    await expect(answered({ id: THEIRS })).rejects.toMatchObject({ code: 'not_your_client' });
    expect(await answered({ id: MINE })).toEqual({ id: MINE });
  });

  it('that names nobody is shown only under the address of somebody', async () => {
    expect(await answered(page({ therapistId: STAFF }))).toEqual(page());
    await expect(answered({ count: 3 })).rejects.toMatchObject({ code: 'not_your_client' });
    const params = { id: MINE };
    expect(await answered(page({ therapistId: STAFF }), { params })).toEqual(page({ therapistId: STAFF }));
  });

  it('is not looked at for whoever reaches all', async () => {
    expect(await answered(page({ clientId: THEIRS }), { reaches: ['all'] })).toEqual(
      page({ clientId: THEIRS }),
    );
  });

  it('that refuses does not name what stands in the way when it is a colleague’s', async () => {
    const request = {
      method: 'POST',
      principal: { practiceId: id(8), staffId: id(9) },
      reaches: new Set(['own']),
    };
    const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
    const reason = (otherId: string) => ({ code: 'taken', detail: `Taken by ${otherId}. Wait.`, otherId });
    const handle = () =>
      throwError(() => new DomainError('refused', 'x', 'Many.', [reason(MINE), reason(THEIRS)]));
    await expect(
      lastValueFrom(new WithinReach(store, ownership).intercept(context, { handle })),
    ).rejects.toMatchObject({
      reasons: [reason(MINE), { code: 'taken', detail: 'Taken by. Wait.' }],
    });
  });

  it('in a stream is only for those who reach all, or about somebody who was asked about', async () => {
    const stream = new StreamableFile(Buffer.from('lines'));
    await expect(answered(stream)).rejects.toThrow(/stream/);
    expect(await answered(stream, { query: { clientId: MINE } })).toBe(stream);
    expect(await answered(stream, { reaches: ['all'] })).toBe(stream);
  });
});
