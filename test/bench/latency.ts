import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  byStream,
  Catalogue,
  EventStore,
  Follower,
  closePools,
  openPools,
  type Projection,
} from '#libs/event-store';
import { streamOf, systemClock, uuidv7 } from '#libs/kernel';
import { appendOf, happenings, vaultOn } from './append.js';
import { percentile, type Figure } from './harness.js';
import type { Scale } from './main.js';

const counts: Projection<{ count: number }> = {
  name: 'bench_counts',
  version: 1,
  keys: byStream('bench'),
  evolve: (row) => ({ count: (row?.count ?? 0) + 1 }),
};

/** From the acknowledgement of an append to the moment a reader of the read model can see it. */
export async function benchLatency(url: string, { millis }: Scale): Promise<Figure[]> {
  const { pool, worker } = openPools(url, 16);
  const store = new EventStore(
    pool,
    new Catalogue([happenings]),
    systemClock,
    async () => 72,
    vaultOn(url).vault,
    worker,
  );
  const follower = new Follower(store, [counts], () => undefined);
  await follower.start();
  const practiceId = uuidv7();
  const id = uuidv7();
  const waits: number[] = [];
  for (let turn = 1, end = performance.now() + millis * 3; performance.now() < end; turn++) {
    await store.append(practiceId, appendOf(practiceId, streamOf('bench', id), turn));
    const acknowledged = performance.now();
    for (;;) {
      const rows = await store.rows.of(worker, counts, practiceId, [id]);
      if (rows.get(id)?.count === turn) break;
    }
    waits.push(performance.now() - acknowledged);
    await sleep(3);
  }
  await follower.stop();
  await worker.query('drop table read.bench_counts_1');
  await closePools({ pool, worker });
  return [
    {
      what: 'acknowledgement to a visible row of a read model',
      value: percentile(waits, 0.5),
      unit: 'ms',
      p50: percentile(waits, 0.5),
      p99: percentile(waits, 0.99),
    },
  ];
}
