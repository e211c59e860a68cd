import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  addMinutes,
  conflict,
  DomainError,
  sha256,
  streamOf,
  systemClock,
  uuidv7,
  type Clock,
} from '#libs/kernel';
import {
  append,
  counter,
  gate,
  meetingOf,
  meta,
  oneTo,
  pending,
  positionsOf,
  startLog,
  type Log,
} from '../../../test/support/log-kit.js';
import type { EventStore, Receipt, Transaction } from './event-store.js';

const ONE = { type: 'Count', by: 1 } as const;
const CLOSE = { type: 'Close' } as const;

let log: Log;
let store: EventStore;
let practice: string;
let id: string;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
});
afterAll(() => log.stop());
beforeEach(async () => {
  practice = uuidv7();
  id = uuidv7();
  await store.handle(counter, meta(practice, id, { expected: 0 }), ONE);
});

const grown = () => positionsOf(log, practice);

describe('the receipt', () => {
  test('says what happened, where, and its hash', async () => {
    const receipt = await store.handle(counter, meta(practice, id, { expected: 1 }), ONE);

    const [, event] = await store.reader.after(practice, 0, 10);
    expect(receipt).toEqual({
      id,
      version: 2,
      position: 2,
      events: [
        {
          eventId: event!.eventId,
          type: 'Counted',
          version: 2,
          position: 2,
          leafHash: event!.leafHash,
          ids: {},
        },
      ],
      replayed: false,
    });
  });

  test('of a command that changes two streams lists the events of both', async () => {
    const other = uuidv7();

    const receipt = await store.transact(counter, meta(practice, id), async (transaction) => {
      await transaction.decide(counter, id, ONE);
      await transaction.decide(counter, other, ONE);
    });

    expect(receipt).toMatchObject({ id, version: 2, position: 3, events: [{ version: 2 }, { version: 1 }] });
    expect(await store.load(counter, practice, other)).toMatchObject({ version: 1, state: { total: 1 } });
  });

  test('of a command without effect says where the log stood', async () => {
    await store.handle(counter, meta(practice, id), CLOSE);

    const receipt = await store.handle(counter, meta(practice, id), CLOSE);

    expect(receipt).toEqual({ id, version: 2, position: 2, events: [], replayed: false });
    expect(await grown()).toEqual([1, 2]);
  });
});

describe('a command that is sent again', () => {
  test('fifty times at once, to two processes, has one effect and fifty equal answers', async () => {
    const other = uuidv7();
    const command = meta(practice, other, { expected: 0 });
    const stores = [store, log.open()];

    const receipts = await Promise.all(oneTo(50).map((n) => stores[n % 2]!.handle(counter, command, ONE)));

    expect(receipts.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => JSON.stringify({ ...receipt, replayed: true }))).size).toBe(1);
    expect(await grown()).toEqual([1, 2]);
  });

  test('is answered, not refused, when its first copy gets there while the second is being looked at', async () => {
    const command = meta(practice, uuidv7(), { expected: 0, occurredAt: hoursAgo(2) });
    const [arrived, proceed] = [gate(), gate()];
    const slow = log.open(systemClock, {
      late: async () => {
        arrived.open(); // it has looked for its own answer, and found none
        await proceed.opened;
        return 24;
      },
    });

    const second = slow.handle(counter, command, ONE);
    await arrived.opened;
    const first = await store.handle(counter, command, ONE);
    proceed.open();

    expect(await second).toEqual({ ...first, replayed: true });
  });

  test('gets its old answer although it would be refused by now', async () => {
    const command = meta(practice, id, { expected: 1 });
    const first = await store.handle(counter, command, ONE);
    await store.handle(counter, meta(practice, id), CLOSE);

    expect(await store.handle(counter, command, ONE)).toEqual({ ...first, replayed: true });
  });

  test('without an effect then, has none now', async () => {
    const command = meta(practice, id);
    await store.transact(counter, command, async () => undefined);

    const again = await store.handle(counter, command, ONE);

    expect(again).toMatchObject({ events: [], position: 1, replayed: true });
    expect(await grown()).toEqual([1]);
  });

  test('with another request is refused, and nothing happens', async () => {
    const command = meta(practice, id);
    await store.handle(counter, command, ONE);

    const reused = store.handle(counter, { ...command, requestHash: sha256('another') }, ONE);

    await expect(reused).rejects.toMatchObject({ kind: 'key_reused', code: 'idempotency_key_reused' });
    expect(await grown()).toEqual([1, 2]);
  });

  test('after a refusal is judged anew: a refusal is not remembered', async () => {
    const command = meta(practice, id, { expected: 2 });
    await expect(store.handle(counter, command, ONE)).rejects.toBeInstanceOf(DomainError);
    await store.handle(counter, meta(practice, id), ONE);

    expect(await store.handle(counter, command, ONE)).toMatchObject({ version: 3, replayed: false });
  });
});

describe('who has not seen the newest version', () => {
  test('is told what happened since, and nothing is appended', async () => {
    await store.handle(counter, meta(practice, id), ONE);
    await store.handle(counter, meta(practice, id), CLOSE);

    const stale = store.handle(counter, meta(practice, id, { expected: 1 }), ONE);

    await expect(stale).rejects.toMatchObject({
      kind: 'stale',
      extra: {
        version: 3,
        eventsSince: [
          { type: 'Counted', version: 2, position: 2 },
          { type: 'Closed', version: 3, position: 3 },
        ],
      },
    });
    expect(await grown()).toEqual([1, 2, 3]);
  });

  test('of many at one version one succeeds, the others are told what it did', async () => {
    const stores = [store, log.open()];

    const all = await Promise.allSettled(
      oneTo(20).map((n) => stores[n % 2]!.handle(counter, meta(practice, id, { expected: 1 }), ONE)),
    );

    const [won, lost] = [fulfilled(all), refused(all)];
    expect([won.length, lost.length]).toEqual([1, 19]);
    for (const error of lost)
      expect(error).toMatchObject({
        kind: 'stale',
        extra: { version: 2, eventsSince: [{ eventId: won[0]!.events[0]!.eventId }] },
      });
  });

  test('cannot make what exists, nor change what does not', async () => {
    const again = store.handle(counter, meta(practice, id, { expected: 0 }), ONE);

    await expect(again).rejects.toMatchObject({
      kind: 'conflict',
      code: 'already_exists',
      extra: { version: 1 },
    });
    const nowhere = store.handle(counter, meta(practice, uuidv7(), { expected: 1 }), ONE);
    await expect(nowhere).rejects.toMatchObject({ kind: 'missing' });
    expect(await grown()).toEqual([1]);
  });

  test('who takes it as it is, is let in one after another', async () => {
    const stores = [store, log.open()];

    const receipts = await Promise.all(
      oneTo(15).map((n) => stores[n % 2]!.handle(counter, meta(practice, id), ONE)),
    );

    expect(receipts.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(
      oneTo(15).map((n) => n + 1),
    );
    expect(await store.load(counter, practice, id)).toMatchObject({ state: { total: 16 } });
  });
});

describe('two commands that each look at what the other changes', () => {
  /** Closes one counter, which the rules allow only while the other is open. */
  const closeUnless =
    (mine: string, other: string, haveBothLooked: () => Promise<void>) =>
    async (transaction: Transaction) => {
      const { closed } = await transaction.read(counter, other);
      if (closed) conflict('other_closed', 'One must stay open.');
      await haveBothLooked();
      await transaction.decide(counter, mine, CLOSE);
    };

  test('never both succeed on what they saw: the later one is judged on what is there then', async () => {
    const stores = [store, log.open()];
    for (let round = 0; round < 6; round++) {
      const [one, two] = [uuidv7(), uuidv7()];
      for (const each of [one, two]) await store.handle(counter, meta(practice, each), ONE);
      const bothHaveLooked = meetingOf(2);

      const all = await Promise.allSettled([
        store.transact(counter, meta(practice, one), closeUnless(one, two, bothHaveLooked)),
        stores[round % 2]!.transact(counter, meta(practice, two), closeUnless(two, one, bothHaveLooked)),
      ]);

      expect(fulfilled(all)).toHaveLength(1);
      expect(refused(all)).toMatchObject([{ kind: 'conflict', code: 'other_closed' }]);
    }
  });

  test('nor on what was not there when they looked', async () => {
    const [mine, absent] = [uuidv7(), uuidv7()];
    const [looked, proceed] = [gate(), gate()];
    let attempts = 0;

    const close = store.transact(counter, meta(practice, mine), async (transaction) => {
      attempts++;
      const { total } = await transaction.read(counter, absent);
      looked.open();
      await proceed.opened;
      await transaction.decide(counter, mine, { type: 'Count', by: total + 1 });
    });
    await looked.opened;
    await store.handle(counter, meta(practice, absent), { type: 'Count', by: 41 });
    proceed.open();
    await close;

    expect(attempts).toBe(2);
    expect(await store.load(counter, practice, mine)).toMatchObject({ state: { total: 42 } });
  });
});

describe('what no single stream can keep', () => {
  /** Only one counter of a practice may count to seven. */
  const takeSeven =
    (store: EventStore, mine: string, haveAllLooked: () => Promise<void>) =>
    async (transaction: Transaction) => {
      const position = await store.reader.position(practice);
      const all = await store.reader.categories(practice, ['counter']);
      transaction.noneSince('counter', position);
      await haveAllLooked();
      if (all.some(({ data }) => (data as { by?: number }).by === 7))
        conflict('seven_taken', 'Choose another.');
      await transaction.decide(counter, mine, { type: 'Count', by: 7 });
    };

  test('is kept by looking and guarding the look: of ten at once, in two processes, one gets it', async () => {
    const stores = [store, log.open()];
    const ids = oneTo(10).map(() => uuidv7());
    const allHaveLooked = meetingOf(10);

    const all = await Promise.allSettled(
      ids.map((mine, n) =>
        stores[n % 2]!.transact(
          counter,
          meta(practice, mine),
          takeSeven(stores[n % 2]!, mine, allHaveLooked),
        ),
      ),
    );

    expect(fulfilled(all)).toHaveLength(1);
    expect(refused(all)).toMatchObject(oneTo(9).map(() => ({ code: 'seven_taken' })));
  });

  test('events of other categories do not disturb', async () => {
    const [looked, proceed] = [gate(), gate()];
    let attempts = 0;

    const taken = store.transact(counter, meta(practice, id), async (transaction) => {
      attempts++;
      transaction.noneSince('elsewhere', await store.reader.position(practice));
      looked.open();
      await proceed.opened;
      await transaction.decide(counter, id, ONE);
    });
    await looked.opened;
    await store.handle(counter, meta(practice, uuidv7()), ONE);
    proceed.open();
    await taken;

    expect(attempts).toBe(1);
  });
});

describe('the time a command speaks of', () => {
  const NOW = '2026-06-15T09:00:00.000Z';
  const clock: Clock = { now: () => NOW };
  let then: EventStore;
  beforeAll(() => (then = log.open(clock)));
  const at = (occurredAt: string, more: { reason?: string } = {}) =>
    then.handle(counter, meta(practice, uuidv7(), { occurredAt, ...more }), ONE);

  // The practice begins within this test’s own time.
  beforeEach(async () => {
    practice = uuidv7();
    await then.append(practice, append([pending(practice, streamOf('counter', uuidv7()), 1)]));
  });

  test('may be two minutes ahead, since clocks differ, and no more', async () => {
    await at(addMinutes(NOW, 2));
    await expect(at('2026-06-15T09:02:00.001Z')).rejects.toMatchObject({
      kind: 'refused',
      code: 'occurred_in_the_future',
    });
    expect(await grown()).toEqual([1, 2]);
  });

  test('may be as long ago as the practice allows; before that it needs a reason', async () => {
    const tooLate = '2026-06-14T08:59:59.999Z';
    await at('2026-06-14T09:00:00.000Z');
    await expect(at(tooLate)).rejects.toMatchObject({ kind: 'refused', code: 'late_entry_needs_reason' });
    expect(await grown()).toEqual([1, 2]);

    const late = await at(tooLate, { reason: 'it was on paper' });

    const [event] = await store.reader.after(practice, 2, 1);
    expect(late.position).toBe(3);
    expect(event).toMatchObject({ occurredAt: tooLate, recordedAt: NOW, reason: 'it was on paper' });
  });

  test.each(['2024-02-30T09:00:00Z', 'infinity', 'yesterday'])(
    '"%s" is none, and is not taken for now',
    async (text) => {
      await expect(at(text)).rejects.toMatchObject({ kind: 'malformed', code: 'occurred_at_unreadable' });
      expect(await grown()).toEqual([1]);
    },
  );

  test('is kept in UTC', async () => {
    await at('2026-06-15T10:30:00+02:00');

    const [event] = await store.reader.after(practice, 1, 1);
    expect(event).toMatchObject({ occurredAt: '2026-06-15T08:30:00.000Z' });
  });
});

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const fulfilled = (all: readonly PromiseSettledResult<Receipt>[]) =>
  all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
const refused = (all: readonly PromiseSettledResult<Receipt>[]) =>
  all.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
