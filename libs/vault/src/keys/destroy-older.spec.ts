import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { createDatabase } from '../../../../test/support/database.js';
import { openVault } from '../../../../test/support/vault-kit.js';

let database: Awaited<ReturnType<typeof createDatabase>>;
let keys: ReturnType<typeof openVault>;
beforeAll(async () => {
  database = await createDatabase();
  keys = openVault(database.url);
});
afterAll(async () => {
  await keys.stop();
  await database.drop();
});

test('when the key of read models is renewed and the older ones destroyed, what they sealed and their index keys are gone, and new ones are there', async () => {
  const { vault } = keys;
  const practice = uuidv7();
  const place = '{"row":1}';
  const seal = async () =>
    (await vault.seal(practice, [{ kind: 'read_models', subjects: [], place, text: 'words' }]))[0]!;
  const open = async (envelope: Buffer) =>
    (await vault.open(practice, [{ envelope, subjects: [], place }]))[0];
  const yesterday = await seal();
  const index = await vault.deriveIndexKey(practice, 'email');

  await vault.renew(practice, practice, 'read_models');
  expect(await vault.deriveIndexKey(practice, 'email'), 'it outlives a rotation').toEqual(index);
  expect(await open(yesterday)).toBe('words');

  expect(await vault.destroyOlder(practice, practice, 'read_models')).toBe(1);
  expect(await open(yesterday)).toBeUndefined();
  expect(await open(await seal())).toBe('words');
  const anew = await vault.deriveIndexKey(practice, 'email');
  expect(anew).toHaveLength(32);
  expect(anew).not.toEqual(index);
  expect(await vault.live(practice, practice)).toEqual([{ kind: 'read_models', version: 2 }]);
  expect(await vault.destroyOlder(practice, practice, 'read_models'), 'nothing is left to destroy').toBe(0);
});
