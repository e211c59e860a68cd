import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPool } from '#libs/event-store';
import { parseCheckpoint, Sealer, verifierOf } from '#libs/ledger';
import { verify as verifyIn } from '../../apps/cli/src/verify.command.js';
import { startService, type Service } from '../support/http-kit.js';
import { givenClient } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let sealer: Sealer;
beforeAll(async () => {
  const started = await startService();
  service = started.service;
  const pool = openPool(service.databaseUrl, 2, 'candor_sealer');
  sealer = new Sealer({ pool, seed: Buffer.alloc(32, 5), host: 'candor.example', report: () => undefined });
  stop = async () => {
    await pool.end();
    await started.stop();
  };
});
afterAll(() => stop());

const text = async (path: string) => {
  const answer = await service.get('auditor', path);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.text;
};

describe('an auditor', () => {
  test('is told that nothing is sealed before it is', async () => {
    const { status, body } = await service.get('auditor', '/v1/ledger/checkpoint');

    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  test('gets a signed checkpoint, and the proof that an event is below it', async () => {
    for (let n = 0; n < 5; n++) await givenClient(service);
    await sealer.sealAll();

    const { body: standing } = await service.get('auditor', '/v1/ledger');
    const note = await text('/v1/ledger/checkpoint');
    const checkpoint = parseCheckpoint(verifierOf(standing.verifierKey).open(note)!)!;
    expect(checkpoint).toMatchObject({
      origin: `candor.example/log/${service.first.id}`,
      size: standing.position,
    });

    const proof = await text('/v1/ledger/proofs/3');
    expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 2\n/);
    expect(proof.endsWith(`\n\n${note}`)).toBe(true);
  });

  test('gets tiles and entries by the names that others give them, and no others', async () => {
    const { body: standing } = await service.get('auditor', '/v1/ledger');
    const tile = await service.get('auditor', `/v1/ledger/tile/0/000.p/${standing.size}`);
    const entries = await service.get('auditor', `/v1/ledger/tile/entries/000.p/${standing.size}`);

    expect(tile.headers['content-type']).toContain('application/octet-stream');
    expect((tile.body as Buffer).length).toBe(32 * standing.size);
    expect((entries.body as Buffer).length).toBe(34 * standing.size);
    for (const name of [
      '0/000',
      `0/000.p/${standing.size + 1}`,
      '1/000.p/1',
      '0/x000/000',
      '..%2f..%2fcheckpoint',
      '0/000.p/01',
    ])
      expect((await service.get('auditor', `/v1/ledger/tile/${name}`)).status, name).toBe(404);
  });

  test('gets the proof that the log grew from an earlier checkpoint', async () => {
    const { body: before } = await service.get('auditor', '/v1/ledger');
    await givenClient(service);
    await sealer.sealAll();

    const { body } = await service.get(
      'auditor',
      `/v1/ledger/consistency?from=${before.size}&to=${before.size + 1}`,
    );
    expect(body.proof.length).toBeGreaterThan(0);
    for (const [query, status] of [
      ['from=2&to=99999', 404],
      ['from=3&to=2', 422],
      ['from=-1&to=2', 400],
      ['to=2', 400],
    ] as const)
      expect((await service.get('auditor', `/v1/ledger/consistency?${query}`)).status, query).toBe(status);
  });

  test('gets the same for the log of who has read what', async () => {
    const clientId = await givenClient(service);
    await service.get('owner', `/v1/clients/${clientId}`);
    await sealer.sealAll();

    const { body: standing } = await service.get('auditor', '/v1/access-ledger');
    const checkpoint = parseCheckpoint(
      verifierOf(standing.verifierKey).open(await text('/v1/access-ledger/checkpoint'))!,
    );
    expect(checkpoint).toMatchObject({
      origin: `candor.example/access/${service.first.id}`,
      size: standing.size,
    });
    expect(await text('/v1/access-ledger/proofs/1')).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 0\n/);
  });

  test('is told whether history is whole, and how far it is signed', async () => {
    await givenClient(service);
    const { body: before } = await service.get('auditor', '/v1/integrity');
    await sealer.sealAll();
    const { body: after } = await service.get('auditor', '/v1/integrity');

    expect(before).toMatchObject({ whole: true, logs: [{ log: 'events', lag: 1 }, { log: 'access' }] });
    expect(after).toMatchObject({
      whole: true,
      logs: [{ lag: 0, generation: 1, firstBad: null, behind: null, ageSeconds: expect.any(Number) }, {}],
      haltedReadModels: [],
    });
  });

  test('asks for another practice and finds nothing of it', async () => {
    await service.addPractice('second');
    const { status } = await service
      .get('auditor', '/v1/ledger')
      .set('Authorization', `Bearer ${service.tokenOf('auditor', 'second')}`);

    expect(status).toBe(404);
  });
});

test('nobody else asks for proofs', async () => {
  for (const role of ['coordinator', 'therapist', 'supervisor'] as const)
    expect((await service.get(role, '/v1/ledger/checkpoint')).status).toBe(403);
});

describe('candor verify', () => {
  const CLI = fileURLToPath(new URL('../../dist/apps/cli/src/main.js', import.meta.url));
  const verify = (...options: string[]) => {
    const { status, stdout } = spawnSync(process.execPath, [CLI, 'verify', ...options], {
      env: { ...process.env, DATABASE_URL: service.databaseUrl },
      encoding: 'utf8',
    });
    return [status, stdout] as const;
  };

  test('ends with 0 when all is whole, 2 when it could not run, and 1 at the first bad position', async () => {
    await sealer.sealAll();
    const { id } = service.first;
    expect(verify('--practice', id)).toEqual([0, expect.stringContaining(`practice ${id}: WHOLE`)]);
    expect(verify('--practice', 'nobody')).toEqual([2, '']);
    await expect(verifyIn(service.store.worker, { key: 'x' })).rejects.toThrow('add --practice');

    const owner = new pg.Client(service.databaseUrl);
    await owner.connect();
    await owner.query('alter table log.event disable trigger append_only');
    await owner.query(
      `update log.event set meta = meta || '{"reason":"x"}' where practice_id = $1 and position = 4`,
      [id],
    );
    await owner.end();

    expect(verify()).toEqual([1, expect.stringContaining(`practice ${id}: TAMPERED, first bad position 4`)]);
  }, 60_000);
});
