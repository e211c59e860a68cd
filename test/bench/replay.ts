import { performance } from 'node:perf_hooks';
import pg from 'pg';
import Cursor from 'pg-cursor';
import { consentFacts } from '#libs/consent';
import { Catalogue, EventStore, closePools, openPools, rebuild, tables } from '#libs/event-store';
import { systemClock } from '#libs/kernel';
import { DECIDERS } from '../../apps/api/src/app.module.js';
import { vaultOn } from './append.js';
import { compare, median, type Figure, type Run } from './harness.js';
import { consentHistory } from './history.js';
import type { Scale } from './main.js';

/** Folding a long history next to only reading it, and making the consent board anew. */
export async function benchReplay(
  url: string,
  { rounds, events: wanted }: Scale,
  note: (line: string) => void,
): Promise<Figure[]> {
  const { pool, worker } = openPools(url, 8);
  const store = new EventStore(
    pool,
    new Catalogue(DECIDERS),
    systemClock,
    async () => 72,
    vaultOn(url).vault,
    worker,
  );
  const alone = new pg.Client(url);
  await alone.connect();
  note(`writing ${wanted.toLocaleString('en')} events`);
  const { practiceId, events } = await consentHistory(store, wanted);

  const fold = () =>
    timed(async () => {
      const versions = new Map<string, number>();
      let total = 0;
      for await (const batch of store.reader.batches(practiceId))
        for (const event of batch) {
          versions.set(event.stream, event.version);
          total++;
        }
      return total;
    });
  const read = () =>
    timed(async () => {
      const cursor = alone.query(
        new Cursor('select * from log.event where practice_id = $1 order by position', [practiceId]),
      );
      let total = 0;
      for (let rows = await cursor.read(1000); rows.length > 0; rows = await cursor.read(1000))
        total += rows.length;
      await cursor.close();
      return total;
    });
  note('replay');
  const {
    p50: _p50,
    p99: _p99,
    ...replay
  } = await compare(
    `replay of ${events.toLocaleString('en')} events into a fold, next to reading them with a cursor`,
    rounds,
    fold,
    read,
    0.7,
  );

  note('rebuild of the consent board');
  await tables.create(worker, consentFacts);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++)
    rates.push((await timed(async () => (await rebuild(store, consentFacts)).events)).perSecond);
  await alone.end();
  await closePools({ pool, worker });
  const rate = median(rates);
  return [
    { ...replay, unit: 'events/s' },
    {
      what: `rebuild of the consent board from ${events.toLocaleString('en')} events, next to 30,000 events/s`,
      value: rate,
      unit: 'events/s',
      reference: 30_000,
      ratio: rate / 30_000,
      target: 1,
    },
  ];
}

/** @param work returns how many events it went through */
async function timed(work: () => Promise<number>): Promise<Run> {
  const start = performance.now();
  const count = await work();
  return { perSecond: count / ((performance.now() - start) / 1000), latencies: [] };
}
