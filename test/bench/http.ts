import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CommandBus } from '@nestjs/cqrs';
import { commandFor, EventStore, closePools, openPools } from '#libs/event-store';
import { Outgoing } from '#libs/access';
import { Tokens } from '#libs/identity';
import { sha256, systemClock, uuidv7 } from '#libs/kernel';
import { staff } from '#libs/practice';
import type { Sealed, Text, Vault } from '#libs/vault';
import { createApp } from '../../apps/api/src/create-app.js';
import { vaultOn } from './append.js';
import { compare, load, type Figure, type Run } from './harness.js';
import { consentHistory } from './history.js';
import type { Scale } from './main.js';

const CONNECTIONS = 16;

/** Leaves everything as it is, to see what sealing costs. */
const CLEAR = {
  seal: (_practiceId: string, texts: readonly Text[]) =>
    Promise.resolve(texts.map(({ text }) => Buffer.from(text))),
  open: (_practiceId: string, sealed: readonly Sealed[]) =>
    Promise.resolve(sealed.map(({ envelope }) => envelope.toString())),
  deriveIndexKey: () => Promise.resolve(Buffer.alloc(32)),
  destroyed: () => Promise.resolve(new Set()),
  close: () => undefined,
} as unknown as Vault;

/**
 * The answer everything else exists for, and a command, over HTTP: next to an empty route of the same server, and next to
 * the same service with nothing sealed and no read written down.
 * @param unguardedUrl a database for the latter
 */
export async function benchHttp(
  url: string,
  { rounds, millis }: Scale,
  note: (line: string) => void,
  unguardedUrl: string,
): Promise<Figure[]> {
  const ours = await serve(url, vaultOn(url).vault);
  const unguarded = await serve(unguardedUrl, CLEAR);
  const hook = unguarded.app.get(Outgoing) as unknown as { write: () => Promise<void> };
  hook.write = () => Promise.resolve();

  const empty = (): Promise<Run> => load(CONNECTIONS, millis, () => ours.call('/health/live'));
  const figures: Figure[] = [];
  for (const [what, work, reference, target] of [
    ['GET consent-status, 16 connections, next to an empty route', status(ours, millis), empty],
    [
      'GET consent-status of a given moment (folded from the log)',
      status(ours, millis, () => `?at=${new Date().toISOString()}`),
      empty,
    ],
    [
      'GET consent-status, sealed and written down, next to neither',
      status(ours, millis),
      status(unguarded, millis),
      0.6,
    ],
    [
      'POST an inquiry, sealed under a key made for it, next to the same in the clear',
      inquiry(ours, millis),
      inquiry(unguarded, millis),
      0.7,
    ],
    [
      'POST a client’s question, its words sealed, next to the same in the clear',
      question(ours, millis),
      question(unguarded, millis),
      0.7,
    ],
    ['POST a document, 16 connections', command(ours, millis), empty],
  ] as const) {
    note(what);
    figures.push({ ...(await compare(what, rounds, work, reference, target)), unit: 'req/s' });
  }
  for (const { stop } of [ours, unguarded]) await stop();
  return figures;
}

interface Served {
  app: NestFastifyApplication;
  clients: readonly string[];
  consents: readonly string[];
  call(path: string, body?: object): Promise<void>;
  stop(): Promise<void>;
}

/** A service with a history of consents, asked by somebody who may ask everything. */
async function serve(url: string, vault: Vault): Promise<Served> {
  const pools = openPools(url, 20);
  const app = await createApp({ ...pools, vault, secret: Buffer.alloc(32), clock: systemClock });
  const { practiceId } = await consentHistory(app.get(EventStore), 2_000);
  const id = uuidv7();
  const commandId = uuidv7();
  const meta = {
    practiceId,
    id,
    commandId,
    requestHash: sha256(commandId),
    actor: { id, role: 'operator' },
    expected: 0 as const,
  };
  await app
    .get(CommandBus)
    .execute(
      commandFor(staff, meta, { type: 'RegisterStaff', name: 'Invented', roles: ['owner', 'coordinator'] }),
    );
  const Authorization = `Bearer ${await app.get(Tokens).issue(practiceId, id, 'bench')}`;
  const { rows } = await pools.worker.query<{ id: string }>(
    "select substr(stream, 8) as id from log.event where type = 'ClientRegistered' limit 100",
  );
  const { rows: consents } = await pools.worker.query<{ id: string }>(
    "select substr(stream, 9) as id from log.event where type = 'ConsentOffered' limit 100",
  );
  await app.listen(0, '127.0.0.1');
  const address = await app.getUrl();
  return {
    app,
    clients: rows.map((row) => row.id),
    consents: consents.map((row) => row.id),
    async call(path, body) {
      const answer = await fetch(`${address}${path}`, {
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
        headers: {
          Authorization,
          ...(body
            ? { 'Content-Type': 'application/json', 'Idempotency-Key': uuidv7(), 'If-Match': '*' }
            : {}),
        },
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    },
    async stop() {
      await app.close();
      await closePools(pools);
    },
  };
}

const status =
  ({ clients, call }: Served, millis: number, more = () => '') =>
  () =>
    load(CONNECTIONS, millis, (writer, turn) =>
      call(`/v1/clients/${clients[(writer * 31 + turn) % clients.length]!}/consent-status${more()}`),
    );

const command =
  ({ call }: Served, millis: number) =>
  () =>
    load(CONNECTIONS, millis, () =>
      call('/v1/documents', {
        kind: 'consent_form',
        title: 'Invented for measuring',
        locale: 'en',
        text: 'About as long as a short text would be, in plain words.',
        elements: ['risks', 'benefits'],
      }),
    );

const inquiry =
  ({ call }: Served, millis: number) =>
  () =>
    load(CONNECTIONS, millis, () =>
      call('/v1/inquiries', {
        channel: 'phone',
        dataNoticeGiven: true,
        concern: 'Invented for measuring: sleeps badly since the move and would like to talk.',
        preferences: { unitKind: 'individual', format: 'in_person' },
      }),
    );

const question =
  ({ consents, call }: Served, millis: number) =>
  () =>
    load(CONNECTIONS, millis, (writer, turn) =>
      call(`/v1/consents/${consents[(writer * 31 + turn) % consents.length]!}/raise-question`, {
        question: `Invented for measuring, ${uuidv7()}: who can read what I say here, and for how long?`,
      }),
    );
