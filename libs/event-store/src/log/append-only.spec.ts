import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { begin, positionsOf, startLog, type Log } from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';

const practice = uuidv7();
let log: Log;
let store: EventStore;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
  await store.append(practice, begin(practice));
});
afterAll(() => log.stop());

const REFUSED = { code: '42501' }; // insufficient_privilege
const HARM = [
  `update log.event set data = '{}'`,
  `delete from log.event`,
  `truncate log.event`,
  `update log.command_result set version = 9`,
  `delete from log.command_result`,
  `truncate log.command_result`,
];

describe('the service, in its role', () => {
  test.each([
    ...HARM,
    `insert into log.event select * from log.event`,
    `insert into log.command_result select * from log.command_result`,
    `update log.head set position = 0`,
    `insert into log.head values ('${uuidv7()}')`,
    `delete from log.head`,
    `alter table log.event disable trigger append_only`,
    `drop table log.event`,
    `drop function log.refuse_change cascade`,
    `create table log.mine ()`,
    `update audit.events_v1 set type = 'Other'`,
  ])('may not: %s', async (statement) => {
    await expect(store.pool.query(statement)).rejects.toMatchObject(REFUSED);
    expect(await positionsOf(log, practice)).toEqual([1]);
  });

  test('may read history, and append to it through log.append', async () => {
    expect(await store.reader.after(practice, 0, 10)).toHaveLength(1);
    const { rows } = await store.pool.query('select current_user');
    expect(rows).toEqual([{ current_user: 'candor_app' }]);
  });
});

describe('the owner of the database', () => {
  test.each(HARM)('may not either, with or without replication’s rights: %s', async (statement) => {
    const client = await log.owner.connect();
    try {
      for (const role of ['origin', 'replica', 'local']) {
        await client.query(`set session_replication_role = ${role}`);
        await expect(client.query(statement)).rejects.toMatchObject({
          ...REFUSED,
          message: expect.stringContaining('history is append-only') as string,
        });
      }
    } finally {
      client.release(true);
    }
    expect(await positionsOf(log, practice)).toEqual([1]);
  });
});

test('nobody else may read history or append to it', async () => {
  const client = await log.owner.connect();
  try {
    await client.query('begin; create role passer_by; set local role passer_by');
    for (const statement of [
      `select log.append(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)`,
      'select from log.event',
      'select from audit.events_v1',
    ]) {
      await client.query('savepoint before');
      await expect(client.query(statement)).rejects.toMatchObject(REFUSED);
      await client.query('rollback to before');
    }
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('the audit view has exactly the columns that were promised', async () => {
  const { rows, fields } = await store.of(practice).query('select * from audit.events_v1');

  const columns = fields.map(({ name }) => name);
  expect(columns.join(' ')).toBe(
    'practice_id position event_id stream version type occurred_at recorded_at leaf_hash',
  );
  expect(rows).toHaveLength(1);
});
