import { afterAll, beforeAll, expect, test } from 'vitest';
import { Follower, keyIsRenewed, refold, takeOutOfUse, type EventStore } from '#libs/event-store';
import { streamOf, uuidv7 } from '#libs/kernel';
import { append, oneTo, pending, startLog, type Log } from '../../../../test/support/log-kit.js';
import { eventIndex } from './event-index.projection.js';
import { History } from './history.sql.js';

const practice = uuidv7();
const client = uuidv7();
let log: Log;
let store: EventStore;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
  const stream = streamOf('counter', uuidv7());
  const events = oneTo(12).map((version) => pending(practice, stream, version, { subjects: [client] }));
  await store.append(practice, append(events));
  const follower = new Follower(store, [eventIndex], () => undefined);
  await follower.start();
  await follower.stop();
  await follower.catchUp(practice);
});
afterAll(() => log.stop());

test('A history of a client has no hole when its index is folded anew while it is read: it ends with an error', async () => {
  const history = new History(store);
  const standing = await history.standing(practice);
  expect(standing).toEqual({ position: 12, indexed: 12 });
  const read: number[] = [];
  const reading = async () => {
    for await (const batch of history.events(practice, { clientId: client }, standing, 0, 4)) {
      read.push(...batch.map(({ position }) => position));
      if (read.length > 4) continue;
      await takeOutOfUse(store, [eventIndex], practice);
      await keyIsRenewed(store, practice);
      // cut off when only the first rows of the new index are there
      let batches = 0;
      await refold(store, [eventIndex], practice, { events: 3, rows: 2, isStopped: () => ++batches > 2 });
      expect((await history.standing(practice)).indexed).toBeLessThan(12);
      await expect(history.ofRelationships(practice, [client], standing)).rejects.toThrow('folded anew');
      await expect(history.indexedCorrections(practice, [client], standing)).rejects.toThrow('folded anew');
    }
  };

  await expect(reading()).rejects.toThrow('folded anew');
  expect(read).toEqual([1, 2, 3, 4]);
});
