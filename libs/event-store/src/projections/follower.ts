import type pg from 'pg';
import type { Recorded } from '#libs/kernel';
import type { EventStore } from '../event-store.js';
import { inOnePacket, isOutage, isTrouble, onConnection } from '../log/pool.js';
import { Due } from './due.js';
import { LogBroken } from '../log/reader.js';
import type { Projection } from './projection.js';
import { foldUntilPoison, tables, type Checkpoint } from './tables.js';
import { WakeUps } from './wake-ups.js';

const BATCH = 500;
const POLL_MS = 1_000;

/**
 * Keeps read models up to date. Polling is the truth; a signal after each append, of this process or another, makes it
 * sooner. Rows and checkpoint commit together and the checkpoint row is the mutex, so any number of followers may run.
 */
export class Follower {
  private readonly due: Due<string>;
  private readonly wakeUps: WakeUps;
  private stopListening?: () => void;

  constructor(
    private readonly store: EventStore,
    private readonly projections: readonly Projection[],
    private readonly report: (message: string) => void,
  ) {
    this.wakeUps = new WakeUps(store.worker, (practiceId) => this.due.note(practiceId));
    this.due = new Due<string>({
      keyOf: (practiceId) => practiceId,
      work: async (practiceId) => {
        while (!this.due.stopped && (await this.advance(practiceId)));
      },
      poll: async () => {
        await this.wakeUps.listen();
        return tables.behind(this.store.worker, this.projections);
      },
      everyMs: POLL_MS,
      failed: (error, practiceId) => {
        if (practiceId !== undefined)
          report(`read models of practice ${practiceId} wait for the next poll: ${String(error)}`);
        else if (!isOutage(error)) report(`read models could not be polled: ${String(error)}`);
      },
    });
  }

  async start(): Promise<void> {
    for (const projection of this.projections) await tables.create(this.store.worker, projection);
    this.stopListening = this.store.onAppended((practiceId) => {
      this.due.note(practiceId);
      this.wakeUps.tell(practiceId);
    });
    await this.due.start();
  }

  async stop(): Promise<void> {
    this.stopListening?.();
    await this.wakeUps.stop();
    await this.due.stop();
  }

  /** Takes everything there is now. */
  async catchUp(practiceId: string): Promise<void> {
    while (await this.advance(practiceId));
  }

  /** One batch of one practice, in one transaction. @returns whether there may be more */
  private advance(practiceId: string): Promise<boolean> {
    return onConnection(this.store.worker, async (client) => {
      let [, behind] = await inOnePacket(client, () =>
        Promise.all([client.query('begin'), tables.lockBehind(client, this.projections, practiceId)]),
      );
      if (behind.length === 0) {
        // Committed at once: whoever finds us at work on our first batch need not wait for it to pass by.
        if ((await tables.addCheckpoints(client, this.projections, practiceId)) > 0)
          await client.query('commit; begin');
        behind = await tables.lockBehind(client, this.projections, practiceId);
      }
      const more = behind.length > 0 && (await this.take(client, practiceId, behind));
      await client.query('commit');
      return more;
    });
  }

  private async take(db: pg.PoolClient, practiceId: string, behind: readonly Checkpoint[]): Promise<boolean> {
    const from = Math.min(...behind.map(({ position }) => position));
    const { events, unreadable } = await this.read(db, practiceId, from);
    const fold = async ({ projection: name, position }: Checkpoint) => {
      const projection = this.projections.find((candidate) => candidate.name === name)!;
      const ahead = events.filter((event) => event.position > position);
      const rows = await this.store.rows.of(db, projection, practiceId, [
        ...new Set(ahead.flatMap((event) => safely(() => projection.keys(event)))),
      ]);
      const { touched, poison = unreadable && unreadable.position > position ? unreadable : undefined } =
        foldUntilPoison(projection, rows, ahead);
      await this.store.rows.upsert(
        db,
        projection,
        practiceId,
        [...touched].map((key) => [key, rows.get(key)!] as const),
      );
      return {
        projection,
        position: poison ? poison.position - 1 : (ahead.at(-1)?.position ?? position),
        poison,
      };
    };
    // All at once: each waits for its own rows only, and the database is asked in few packets.
    const folded = await inOnePacket(db, () => Promise.all(behind.map(fold)));
    await tables.moveTo(db, practiceId, folded);
    for (const { projection, poison } of folded)
      if (poison) {
        await tables.halt(db, projection, practiceId, poison.position, poison.because);
        this.report(
          `${projection.name} of practice ${practiceId} halted at position ${poison.position}: ${poison.because}`,
        );
      }
    return events.length === BATCH || unreadable !== undefined;
  }

  /** A batch of events; when one of them is unreadable, those before it and what is wrong with it. */
  private async read(
    db: pg.PoolClient,
    practiceId: string,
    from: number,
  ): Promise<{ events: Recorded[]; unreadable?: { position: number; because: string } }> {
    const reader = this.store.reader.within(db);
    try {
      return { events: await reader.after(practiceId, from, BATCH) };
    } catch (error) {
      if (isTrouble(error)) throw error;
      const events: Recorded[] = [];
      for (let position = from; ; position++) {
        try {
          const [event] = await reader.after(practiceId, position, 1);
          if (!event && error instanceof LogBroken)
            return { events, unreadable: { position: position + 1, because: error.message } };
          if (!event) return { events };
          events.push(event);
        } catch (poison) {
          return { events, unreadable: { position: position + 1, because: String(poison) } };
        }
      }
    }
  }
}

/** What cannot even be asked for its keys is found again by the fold, which halts on it. */
export function safely(keys: () => readonly string[]): readonly string[] {
  try {
    return keys();
  } catch {
    return [];
  }
}
