import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  EventStore,
  onConnection,
  outOfUse,
  PROJECTIONS,
  refold,
  takeOutOfUse,
  tellKeysAreGone,
  toRefold,
  type Projection,
} from '#libs/event-store';
import { addMinutes, parseStream, type Recorded } from '#libs/kernel';
import { Vault } from '#libs/vault';
import { legal, type LegalEvent } from '../legal/legal.js';

type Destroyed = Extract<Recorded<LegalEvent>, { type: 'SubjectKeyDestroyed' }>;

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
 * 4. The envelopes. Dies here: rows of read models still hold words, under the practice's key for them.
 * 5. That key is renewed and the old one destroyed. Dies here: no row opens, those of yesterday never again.
 * 6. The read models are folded, one after the other, and are in use again. Dies here: those left are folded next time.
 *
 * Keys before envelopes: the other way round, a copy of the envelopes made meanwhile would still open. Both before rows:
 * rows are folded from whatever still opens.
 */
@Injectable()
export class Erasing {
  private readonly logger = new Logger('erasures');
  /** those that this process has found nothing left to do of */
  private readonly settled = new Set<string>();

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(PROJECTIONS) private readonly projections: readonly Projection[],
  ) {}

  isSettled = (erasureId: string): boolean => this.settled.has(erasureId);

  /** Whatever is left of the erasures of a practice. Never throws: what could not be done now is done later. */
  async carryOut(practiceId: string): Promise<void> {
    try {
      await this.alone(practiceId, () => this.finish(practiceId));
    } catch (error) {
      this.logger.warn(`erasures of practice ${practiceId} go on later: ${String(error)}`);
    }
  }

  private async finish(practiceId: string): Promise<void> {
    const events = (await this.store.reader.categories(practiceId, [
      legal.category,
    ])) as Recorded<LegalEvent>[];
    // Those of years ago are not gone through again whenever there is another.
    const destroyed = events
      .filter((event): event is Destroyed => event.type === 'SubjectKeyDestroyed')
      .filter(({ stream }) => !this.isSettled(parseStream(stream).id));
    await this.destroyKeys(practiceId, destroyed);
    for (const { data } of destroyed)
      await this.store.of(practiceId).query('select log.erase($1, $2)', [practiceId, data.clientId]);
    await this.renewReadModels(practiceId);
    const known = addMinutes(this.store.clock.now(), -MINUTES_UNTIL_SETTLED);
    for (const { stream, recordedAt } of destroyed)
      if (recordedAt <= known) this.settled.add(parseStream(stream).id);
  }

  /** Only those that the log names: what was sealed for the person later has other keys. */
  private async destroyKeys(practiceId: string, destroyed: readonly Destroyed[]): Promise<void> {
    const left: string[] = [];
    for (const { data } of destroyed) {
      const live = await this.vault.live(practiceId, data.clientId);
      if (live.some(({ kind, version }) => data.versions[kind]?.includes(version))) left.push(data.clientId);
    }
    if (left.length === 0) return;
    await takeOutOfUse(this.store, this.projections, practiceId);
    for (const clientId of left) await this.vault.destroy(practiceId, clientId);
    await tellKeysAreGone(this.store.worker, practiceId, left);
  }

  private async renewReadModels(practiceId: string): Promise<void> {
    if ((await outOfUse(this.store)).includes(practiceId))
      await this.vault.renew(practiceId, practiceId, 'read_models');
    if ((await this.vault.destroyOlder(practiceId, practiceId, 'read_models')) > 0)
      await tellKeysAreGone(this.store.worker, practiceId, [practiceId]);
    const live = await this.vault.live(practiceId, practiceId);
    const newest = Math.max(
      0,
      ...live.filter(({ kind }) => kind === 'read_models').map(({ version }) => version),
    );
    for (const projection of await toRefold(this.store, this.projections, practiceId, newest))
      await refold(this.store, projection, practiceId);
  }

  /** One at a time in each practice, in whichever process; who comes second leaves it to the first. */
  private async alone(practiceId: string, work: () => Promise<void>): Promise<void> {
    await onConnection(this.store.worker, async (client) => {
      const lock = `hashtextextended('erasure/' || $1, 0)`;
      const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${lock}) as mine`, [
        practiceId,
      ]);
      if (!rows[0]!.mine) return;
      try {
        await work();
      } finally {
        await client.query(`select pg_advisory_unlock(${lock})`, [practiceId]);
      }
    });
  }
}
