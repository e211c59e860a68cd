import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { expect, it } from 'vitest';
import { AppModule } from '../../../apps/api/src/app.module.js';
import { createDatabase } from '../../../test/support/database.js';
import { openPool } from '#libs/event-store';
import { addDays } from '#libs/kernel';
import { loadDemo, MovableClock } from './index.js';
import { script } from './load.js';

it.skip('tells on any day', () => {
  for (let day = 0; day < 800; day++) {
    const steps = script(addDays('2026-01-01', day));
    if (day === 0) console.log(steps.length);
    expect(new Set(steps.map((s) => s.name)).size).toBe(steps.length);
  }
}, 120000);

const days = (process.env.DAYS ?? '2026-11-23').split(',');
it.each(days)('loads on %s', async (day) => {
  const database = await createDatabase();
  const pool = openPool(database.url, 5);
  const clock = new MovableClock();
  const context = await NestFactory.createApplicationContext(AppModule.with({ pool, secret: Buffer.alloc(32), clock, follow: false }), { logger: ['error', 'warn'] });
  const t = Date.now();
  try {
    const bus = context.get(CommandBus); const spent: Record<string, [number, number]> = {};
    const real = bus.execute.bind(bus);
    bus.execute = (async (c: any) => { const t0 = performance.now(); const r = await real(c); const n = c.constructor.name + (c.body?.type ?? ''); spent[n] = [(spent[n]?.[0] ?? 0) + 1, (spent[n]?.[1] ?? 0) + performance.now() - t0]; return r; }) as any;
    await loadDemo({ bus: context.get(CommandBus), clock, now: `${day}T00:10:00.000Z` });
    const { rows } = await pool.query('select count(*) n, count(distinct meta->>\'commandId\') c from log.event');
    console.table(Object.entries(spent).map(([n,[c,ms]])=>({n,c,ms:Math.round(ms),per:(ms/c).toFixed(2)})).sort((a,b)=>b.ms-a.ms));
    console.log(day, Date.now() - t, 'ms', rows);
  } finally {
    await context.close(); await pool.end(); await database.drop();
  }
}, 120000);
