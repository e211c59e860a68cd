import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { streamOf, systemClock, uuidv7 } from '#libs/kernel';
import {
  append,
  counter,
  meta,
  pending,
  positionsOf,
  startLog,
  startProxy,
  until,
  type Log,
} from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';

let log: Log;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let behindProxy: EventStore;
let practice: string;
let id: string;
beforeAll(async () => {
  log = await startLog();
  proxy = await startProxy(log.url);
  behindProxy = log.open(systemClock, { url: proxy.url });
});
beforeEach(async () => {
  practice = uuidv7();
  id = uuidv7();
  await behindProxy.handle(counter, meta(practice, id, { expected: 0 }), { type: 'Count', by: 1 });
});
afterEach(async () => expect(await positionsOf(log, practice)).toEqual([1, 2]));
afterAll(async () => {
  proxy.stop();
  await log.stop();
});

const next = () => append([pending(practice, streamOf('counter', id), 2)]);

describe('an error is not a "no"', () => {
  test('when the answer is lost after the commit, the command gets the receipt that is stored', async () => {
    const before = proxy.cuts();
    proxy.cutNext('reply');

    const receipt = await behindProxy.handle(counter, meta(practice, id, { expected: 1 }), {
      type: 'Count',
      by: 5,
    });

    const [event] = await behindProxy.reader.after(practice, 1, 10);
    expect(proxy.cuts()).toBe(before + 1);
    expect(receipt).toMatchObject({ replayed: true, version: 2, position: 2 });
    expect(receipt.events).toEqual([
      {
        eventId: event!.eventId,
        type: 'Counted',
        version: 2,
        position: 2,
        leafHash: event!.leafHash,
        ids: {},
      },
    ]);
  });

  test('when the request is lost before it arrives, the command is carried out once', async () => {
    const before = proxy.cuts();
    proxy.cutNext('request');

    const receipt = await behindProxy.handle(counter, meta(practice, id, { expected: 1 }), {
      type: 'Count',
      by: 5,
    });

    expect(proxy.cuts()).toBe(before + 1);
    expect(receipt).toMatchObject({ replayed: false, version: 2, position: 2 });
  });

  test('when the database ends the connection in the middle of an append, the command is carried out once', async () => {
    const store = log.open();
    const blocker = await log.owner.connect();
    await blocker.query('begin');
    await blocker.query('select from log.head where practice_id = $1 for update', [practice]);

    const command = store.handle(counter, meta(practice, id, { expected: 1 }), { type: 'Count', by: 5 });
    await until(async () => {
      const ended = await log.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like '%log.append%'`,
      );
      return ended.rowCount === 1;
    });
    await blocker.query('rollback');
    blocker.release();

    expect(await command).toMatchObject({ replayed: false, version: 2, position: 2 });
  });

  test.each([
    ['58030', 'its disk fails'],
    ['53100', 'its disk is full'],
    ['57014', 'it takes too long'],
  ])(
    'when the database gives up with %s, because %s, the command is carried out once it can',
    async (code) => {
      await log.owner.query(`
      create sequence failures;
      create function fail_once() returns trigger language plpgsql as $$
      begin
        if nextval('public.failures') = 1 then raise exception 'no' using errcode = '${code}'; end if;
        return new;
      end $$;
      create trigger fail_once before insert on log.event for each row execute function fail_once()`);

      const command = meta(practice, id, { expected: 1 });
      const receipt = await log.open().handle(counter, command, { type: 'Count', by: 5 });
      await log.owner.query('drop function fail_once cascade; drop sequence failures');

      expect(receipt).toMatchObject({ replayed: false, version: 2, position: 2 });
    },
  );

  test('a lone append tells that it does not know; the same append again tells what happened', async () => {
    const unsure = next();
    proxy.cutNext('reply');

    await expect(behindProxy.append(practice, unsure)).rejects.toThrow('Connection terminated');

    expect(await behindProxy.append(practice, unsure)).toMatchObject({
      outcome: 'replayed',
      firstPosition: 2,
    });
  });
});
