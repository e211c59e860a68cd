import { CommandBus } from '@nestjs/cqrs';
import { commandFor, EventStore, openPool } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { sha256, systemClock, uuidv7 } from '#libs/kernel';
import { staff } from '#libs/practice';
import { createApp } from '../../apps/api/src/create-app.js';
import { compare, load, type Figure, type Run } from './harness.js';
import { consentHistory } from './history.js';
import type { Scale } from './main.js';

const CONNECTIONS = 16;

/** The answer everything else exists for, and one command, over HTTP, next to an empty route of the same server. */
export async function benchHttp(
  url: string,
  { rounds, millis }: Scale,
  note: (line: string) => void,
): Promise<Figure[]> {
  const pool = openPool(url, 20);
  const app = await createApp({ pool, secret: Buffer.alloc(32), clock: systemClock });
  const store = app.get(EventStore);
  const { practiceId } = await consentHistory(store, 2_000);
  const coordinator = uuidv7();
  const commandId = uuidv7();
  await app.get(CommandBus).execute(
    commandFor(
      staff,
      {
        practiceId,
        id: coordinator,
        commandId,
        requestHash: sha256(commandId),
        actor: { id: coordinator, role: 'operator' },
        expected: 0,
      },
      { type: 'RegisterStaff', name: 'Invented', roles: ['owner', 'coordinator', 'therapist'] },
    ),
  );
  const headers = {
    Authorization: `Bearer ${await app.get(Tokens).issue(practiceId, coordinator, 'bench')}`,
  };
  const { rows } = await pool.query<{ id: string }>(
    "select substr(stream, 8) as id from log.event where type = 'ClientRegistered' limit 100",
  );
  await app.listen(0, '127.0.0.1');
  const address = await app.getUrl();

  const call = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${address}${path}`, init);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  };
  const empty = (): Promise<Run> => load(CONNECTIONS, millis, () => call('/health/live'));
  const status = () =>
    load(CONNECTIONS, millis, (writer, turn) =>
      call(`/v1/clients/${rows[(writer * 31 + turn) % rows.length]!.id}/consent-status`, { headers }),
    );
  const command = () =>
    load(CONNECTIONS, millis, () =>
      call('/v1/documents', {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json', 'Idempotency-Key': uuidv7() },
        body: JSON.stringify({
          kind: 'consent_form',
          title: 'Invented for measuring',
          locale: 'en',
          text: 'About as long as a short text would be, in plain words.',
          elements: ['risks', 'benefits'],
        }),
      }),
    );
  const asOf = () =>
    load(CONNECTIONS, millis, (writer, turn) =>
      call(
        `/v1/clients/${rows[(writer * 31 + turn) % rows.length]!.id}/consent-status?at=${new Date().toISOString()}`,
        { headers },
      ),
    );
  const figures: Figure[] = [];
  for (const [what, ours] of [
    ['GET consent-status, 16 connections, next to an empty route', status],
    ['GET consent-status of a given moment (folded from the log)', asOf],
    ['POST a document, 16 connections', command],
  ] as const) {
    note(what);
    figures.push({ ...(await compare(what, rounds, ours, empty)), unit: 'req/s' });
  }
  await app.close();
  await pool.end();
  return figures;
}
