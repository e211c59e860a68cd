import type pg from 'pg';
import { Catalogue, leafHashOf, onConnection, Reader, WakeUps } from '#libs/event-store';
import { textOf } from '../checkpoint/checkpoint.js';
import { signerOf } from '../checkpoint/note.js';
import { growth, nodesIn, type TileAt } from '../tree/tile.js';
import { consistencyProof, isConsistent, rootOf } from '../tree/tree.js';
import { sql, tilesIn, type LogRow } from './sealer.sql.js';

const BATCH = 5_000;
const POLL_MS = 1_000;

export interface SealerOptions {
  /** works as the role `candor_sealer`, which reads the log and writes the tree */
  pool: pg.Pool;
  /** 32 bytes; nobody but the sealer has them */
  seed: Buffer;
  /** the first part of every log's origin, such as the host name of the service */
  host: string;
  report(message: string): void;
}

/** Names a practice's log for ever: its checkpoints begin with it and are signed under it. */
const originOf = (host: string, practiceId: string): string => `${host}/log/${practiceId}`;

/**
 * Puts what was appended into each practice's tree and signs it. Recomputes every leaf from the columns and proves that
 * the tree grew from the last checkpoint before it signs; whatever does not fit halts that log. The row lock makes any
 * number of sealers harmless, and the primary key of checkpoints never lets two roots be signed for one size.
 */
export class Sealer {
  private readonly due = new Set<string>();
  private readonly wakeUps: WakeUps;
  private readonly reader: Reader;
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private stopped = false;

  constructor(private readonly options: SealerOptions) {
    this.wakeUps = new WakeUps(options.pool, (practiceId) => this.noteDue(practiceId));
    this.reader = new Reader(options.pool, new Catalogue([]));
  }

  async start(): Promise<void> {
    await this.poll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.wakeUps.stop();
    await this.running;
  }

  /** Seals everything there is now. */
  async sealAll(): Promise<void> {
    for (const practiceId of await sql.behind(this.options.pool)) await this.seal(practiceId);
  }

  /** Seals what one practice's log has grown by. */
  async seal(practiceId: string): Promise<void> {
    while (await this.step(practiceId));
  }

  private noteDue(practiceId: string): void {
    this.due.add(practiceId);
    this.wake();
  }

  private wake(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.due.size > 0 && !this.stopped) this.wake();
    });
  }

  private async run(): Promise<void> {
    for (const practiceId of this.due) {
      if (this.stopped) return;
      this.due.delete(practiceId);
      await this.seal(practiceId).catch((error: unknown) =>
        this.options.report(`the log of practice ${practiceId} waits for the next poll: ${String(error)}`),
      );
    }
  }

  private async poll(): Promise<void> {
    await this.wakeUps.listen();
    try {
      for (const practiceId of await sql.behind(this.options.pool)) this.due.add(practiceId);
      if (this.due.size > 0) this.wake();
    } catch (error) {
      this.options.report(`the logs could not be polled: ${String(error)}`);
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  /** One batch in one transaction. @returns whether there may be more */
  private step(practiceId: string): Promise<boolean> {
    const signer = signerOf(originOf(this.options.host, practiceId), this.options.seed);
    return onConnection(this.options.pool, async (db) => {
      await db.query('begin');
      const log = await sql.lock(db, practiceId, signer.name, signer.verifierKey);
      const more = log.halted_at === null && (await this.extend(db, practiceId, log, signer));
      await db.query('commit');
      return more;
    });
  }

  private async extend(
    db: pg.PoolClient,
    practiceId: string,
    log: LogRow,
    signer: ReturnType<typeof signerOf>,
  ): Promise<boolean> {
    if (log.origin !== signer.name || log.verifier_key !== signer.verifierKey)
      throw new Error(
        `this log is signed under ${log.verifier_key}, which is not this sealer's key. Start it with the key and the CANDOR_ORIGIN it began with`,
      );
    const events = await this.reader.within(db).unread(practiceId, log.size, BATCH);
    if (events.length === 0) return false;
    const misfit = events.find(
      (event, n) => event.position !== log.size + n + 1 || leafHashOf(event) !== event.leafHash,
    );
    if (misfit)
      return this.halt(
        db,
        practiceId,
        misfit.position,
        'the event is not what was hashed when it was appended',
      );

    const stored = tilesIn(db, practiceId);
    const entries = events.map(({ leafHash }) => Buffer.from(leafHash, 'hex'));
    const grown = new Map<string, Buffer>();
    try {
      for (const { level, index, hashes } of await growth(log.size, entries, stored))
        grown.set(`${level}/${index}`, hashes);
    } catch (error) {
      return this.halt(db, practiceId, log.size, String(error));
    }
    const tileAt: TileAt = async (level, index) => grown.get(`${level}/${index}`) ?? stored(level, index);
    const size = log.size + events.length;
    const root = await rootOf(size, nodesIn(tileAt));
    const last = await sql.checkpoint(db, practiceId);
    const proof = await consistencyProof(log.size, size, nodesIn(tileAt));
    const grewFromLast = last
      ? last.size === log.size && isConsistent(last.size, last.root, size, root, proof)
      : log.size === 0;
    if (!grewFromLast)
      return this.halt(db, practiceId, log.size, 'the tree does not grow from the last signed checkpoint');

    for (const [name, hashes] of grown) {
      const [level, index] = name.split('/').map(Number) as [number, number];
      await sql.putTile(db, practiceId, level, index, hashes);
    }
    const note = signer.sign(textOf({ origin: signer.name, size, root }));
    await sql.addCheckpoint(db, practiceId, { size, root, note });
    return events.length === BATCH;
  }

  private async halt(
    db: pg.PoolClient,
    practiceId: string,
    position: number,
    because: string,
  ): Promise<false> {
    await sql.halt(db, practiceId, position, because);
    this.options.report(`the log of practice ${practiceId} is halted at position ${position}: ${because}`);
    return false;
  }
}
