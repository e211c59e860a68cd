import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { care } from '#libs/access';
import {
  alone,
  EventStore,
  keyIsRenewed,
  PROJECTIONS,
  refold,
  tables,
  takeOutOfUse,
  takeStaleOutOfUse,
  tellKeysAreGone,
  type Projection,
} from '#libs/event-store';
import { addMinutes, parseStream, type Recorded } from '#libs/kernel';
import { Vault, type NamedKey } from '#libs/vault';
import type { DestroyedKeys } from '../legal/erasure.js';

type Destroyed = Pick<Recorded, 'stream' | 'recordedAt'> & { data: DestroyedKeys };

const keysNamedIn = ({ clientId: subject, versions }: DestroyedKeys): NamedKey[] =>
  Object.entries(versions).flatMap(([kind, all]) =>
    all.map((version) => ({ subject, kind: kind as NamedKey['kind'], version })),
  );

/** Longer than any process keeps an open key: until then one may have sealed rows with a key that is gone. */
const MINUTES_UNTIL_SETTLED = 6;

/**
 * Does what the log says was done: destroys keys, then what was sealed with them. Every step may be done again, and does
 * only what is left; whoever dies between two of them is followed by somebody who begins anew.
 *
 * 1. `SubjectKeyDestroyed` is in the log. Dies here: keys and words are all there, and the intent; nothing is half gone.
 * 2. The read models leave use, before anything is destroyed: that is how it is known that they must be folded after
 *    it. Dies here: whoever asks them is told to come back, or is answered from the log.
 * 3. The keys. Dies here: what is sealed of the person in the log opens no more, wherever a copy of it is.
 * 4. The envelopes; in the same transaction the read models leave use once more, for whoever has begun to fold them
 *    between 2 and here. Dies here: rows of read models still hold words, under the practice's key for them.
 * 5. That key is renewed and the old one destroyed. Dies here: no row opens, those of yesterday never again.
 * 6. The read models are folded, in one pass over the log, and are in use again. Dies here: those left are folded next
 *    time.
 *
 * Keys before envelopes: the other way round, a copy of the envelopes made meanwhile would still open. Both before rows:
 * rows are folded from whatever still opens. Steps 2 to 4 are done at once, whoever else is at work; 5 and 6 by one at a
 * time.
 */
@Injectable()
export class Erasing implements OnApplicationShutdown {
  private readonly logger = new Logger('erasures');
  /**
   * Those that this process has found nothing left to do of. Not written down: a vault that was put back from a backup has
   * keys again that the log says were destroyed, so every start looks at all of them, with one query for each step.
   */
  private readonly settled = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(PROJECTIONS) private readonly projections: readonly Projection[],
  ) {}

  private readonly isStopped = (): boolean => this.stopped;

  isSettled = (erasureId: string): boolean => this.settled.has(erasureId);

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.underWay);
  }

  /** The keys and envelopes that are left, and nothing that takes long. Never throws, as `carryOut`. */
  async destroyKeys(practiceId: string): Promise<void> {
    await this.destroyed(practiceId)
      .then((destroyed) => this.destroy(practiceId, destroyed))
      .catch((error: unknown) => this.later(practiceId, error));
  }

  /** Whatever is left of the erasures of a practice. Never throws: what could not be done now is done later. */
  async carryOut(practiceId: string): Promise<void> {
    const work = this.finish(practiceId);
    this.underWay.add(work);
    await work;
    this.underWay.delete(work);
  }

  private async finish(practiceId: string): Promise<void> {
    try {
      const now = this.store.clock.now();
      const destroyed = await this.destroyed(practiceId);
      await this.destroy(practiceId, destroyed);
      await alone(this.store, practiceId, this.isStopped, async () => {
        await this.renewReadModels(practiceId);
        if (this.stopped) return;
        for (const { stream, recordedAt } of destroyed)
          if (recordedAt <= addMinutes(now, -MINUTES_UNTIL_SETTLED)) this.settled.add(parseStream(stream).id);
      });
    } catch (error) {
      this.later(practiceId, error);
    }
  }

  private later(practiceId: string, error: unknown): void {
    this.logger.warn(`erasures of practice ${practiceId} go on later: ${String(error)}`);
  }

  /** What the log says, in the clear; those of years ago are not gone through again whenever there is another. */
  private async destroyed(practiceId: string): Promise<Destroyed[]> {
    const { rows } = await this.store.of(practiceId).query<Destroyed>(
      `select stream, recorded_at as "recordedAt", data from log.event
       where practice_id = $1 and stream >= 'legal-' and stream < 'legal.' and type = 'SubjectKeyDestroyed' order by position`,
      [practiceId],
    );
    return rows.filter(({ stream }) => !this.isSettled(parseStream(stream).id));
  }

  /** Only the keys that the log names: what was sealed for the person later has others. */
  private async destroy(practiceId: string, destroyed: readonly Destroyed[]): Promise<void> {
    const left = await this.vault.left(
      practiceId,
      destroyed.flatMap(({ data }) => keysNamedIn(data)),
    );
    if (left.length > 0) {
      await takeOutOfUse(this.store, this.projections, practiceId);
      await this.vault.destroy(practiceId, left);
      await tellKeysAreGone(this.store.worker, practiceId, [...new Set(left.map(({ subject }) => subject))]);
    }
    const persons = [...new Set(destroyed.map(({ data }) => data.clientId))];
    await takeOutOfUse(this.store, this.projections, practiceId, async (db) => {
      const { rows } = await db.query<{ gone: number }>('select log.erase($1, $2::uuid[]) as gone', [
        practiceId,
        persons,
      ]);
      return rows[0]!.gone > 0;
    });
  }

  private async renewReadModels(practiceId: string): Promise<void> {
    do {
      if (await this.isWaiting(practiceId)) {
        await this.vault.renew(practiceId, practiceId, 'read_models');
        await this.vault.destroyOlder(practiceId, practiceId, 'read_models');
        await tellKeysAreGone(this.store.worker, practiceId, [practiceId]);
        await keyIsRenewed(this.store, practiceId);
      }
      const live = await this.vault.live(practiceId, practiceId);
      const newest = live.filter(({ kind }) => kind === 'read_models').at(-1)?.version ?? 0;
      await takeStaleOutOfUse(this.store, this.projections, practiceId, newest);
      // Whose client somebody is must be known before anything else can be asked: a pass of its own, which opens nothing.
      for (const some of [[care], this.projections])
        await refold(this.store, some, practiceId, { isStopped: this.isStopped });
      // Somebody else was erased meanwhile.
    } while (!this.stopped && (await this.isWaiting(practiceId)));
  }

  private async isWaiting(practiceId: string): Promise<boolean> {
    return (await tables.outOfUse(this.store.worker, this.projections)).get(practiceId)?.waiting ?? false;
  }
}
