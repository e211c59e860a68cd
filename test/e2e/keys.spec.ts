import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closePools, openPools } from '#libs/event-store';
import { addDays, localDate, systemClock } from '#libs/kernel';
import { localProvider } from '#libs/vault';
import { createApp } from '../../apps/api/src/create-app.js';
import { withoutKeys } from '../../apps/api/src/sealer.js';
import { startService, Service } from '../support/http-kit.js';
import { openVault, ROOT_KEY } from '../support/vault-kit.js';

const PERSON = {
  legalName: 'Invented Person',
  dateOfBirth: addDays(localDate(systemClock.now(), 'UTC'), -12_000),
  languages: ['en'],
  contacts: [],
};

let service: Service;
let keyless: Service;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  const started = await startService();
  ({ service } = started);
  const down = () => Promise.reject(new Error('the key service is down'));
  const keys = openVault(service.databaseUrl, {
    providers: [{ name: localProvider(ROOT_KEY).name, wrap: down, unwrap: down }],
  });
  const pools = openPools(service.databaseUrl, 5);
  const secret = Buffer.from('for tests only, not a secret at all');
  const app = await createApp({ ...pools, vault: keys.vault, secret, follow: false });
  keyless = new Service(app, service.databaseUrl);
  keyless.practices.first = service.first;
  ends.push(
    () => app.close(),
    () => closePools(pools),
    keys.stop,
    started.stop,
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

describe('while keys cannot be had', () => {
  it('a command with something personal is refused with 503, and the log does not grow', async () => {
    const before = await service.store.reader.position(service.first.id);

    const answer = await keyless.post('coordinator', '/v1/clients', PERSON);

    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: 'keys_unavailable' });
    expect(answer.headers['retry-after']).toBeDefined();
    expect(await service.store.reader.position(service.first.id)).toBe(before);
  });

  it('an answer with something personal is refused with 503 and tells nothing of it', async () => {
    const { id } = await service.done('coordinator', '/v1/clients', PERSON);

    const answer = await keyless.get('therapist', `/v1/clients/${id}`);

    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain(PERSON.legalName);
    expect((await service.get('coordinator', `/v1/clients/${id}`)).body).toMatchObject(PERSON);
  });
});

it('nothing that leads to keys is handed to the sealer', () => {
  const env = {
    CANDOR_ROOT_KEY: 'a',
    CANDOR_ROOT_KEY_PREVIOUS: 'b',
    VAULT_DATABASE_URL: 'c',
    AWS_SECRET_ACCESS_KEY: 'd',
    CANDOR_ORIGIN: 'candor.example',
  };
  expect(withoutKeys(env)).toEqual({ CANDOR_ORIGIN: 'candor.example' });
});
