import type pg from 'pg';
import { Due, onConnection, WakeUps } from '#libs/event-store';
import { textOf } from '../checkpoint/checkpoint.js';
import { signerOf, type Signer } from '../checkpoint/note.js';
import { LOGS, originOf } from '../checkpoint/origin.js';
import { growth, nodesIn, type TileAt } from '../tree/tile.js';
import { consistencyProof, isConsistent, rootOf, type NodeAt } from '../tree/tree.js';
import { entriesAfter } from './entries.reader.js';
import { Memory, type Remembered } from './memory.js';
import { sql, tilesIn, type LogRow, type Tree } from './sealer.sql.js';

const BATCH = 5_000;
const POLL_MS = 1_000;

export interface SealerOptions {
  /** works as the role `candor_sealer`, which reads the log and writes the tree */
  pool: pg.Pool;
  /** 32 bytes; nobody but the sealer has them */
  seed: Buffer;
  /** the first part of every log's origin, such as the host name of the service */
  host: string;
  /** a folder of its own outside the database, where it remembers what it has signed */
  home?: string;
  /** the same where others keep it: what it knows counts as well */
  witness?: string;
  report(message: string): void;
}

/**
 * Puts what was appended into each practice's trees and signs it. Recomputes every leaf from the columns and proves that
 * the tree grew from the last checkpoint before it signs; whatever does not fit halts that log. The row lock makes any
 * number of sealers harmless, and the primary key of checkpoints never lets two roots be signed for one size. A log that
 * is behind what it remembers to have signed is closed until a restore of it is accepted.
 */
export class Sealer {
  private readonly due: Due<Tree>;
  private readonly wakeUps: WakeUps;
  private readonly memory: Memory;

  constructor(private readonly options: SealerOptions) {
    const { pool, seed, home, witness, report } = options;
    this.wakeUps = new WakeUps(pool, (practiceId) => this.due.note({ practiceId, log: 'events' }));
    this.memory = new Memory(
      { ...(home === undefined ? {} : { home }), ...(witness === undefined ? {} : { witness }) },
      (origin) => signerOf(origin, seed).verifierKey,
      report,
    );
    this.due = new Due<Tree>({
      keyOf: ({ practiceId, log }) => `${log}/${practiceId}`,
      work: (tree) => this.sealTree(tree),
      poll: async () => {
        await this.wakeUps.listen();
        return this.grown();
      },
      everyMs: POLL_MS,
      failed: (error, tree) =>
        report(
          tree
            ? `the ${tree.log} of practice ${tree.practiceId} wait for the next poll: ${String(error)}`
            : `the logs could not be polled: ${String(error)}`,
        ),
    });
  }

  async start(): Promise<void> {
    for (const tree of await this.remember()) this.due.note(tree);
    await this.due.start();
  }

  async stop(): Promise<void> {
    await this.wakeUps.stop();
    await this.due.stop();
  }

  /** Takes up what was signed before this process began. @returns the logs it was signed of, to be looked at */
  async remember(): Promise<Tree[]> {
    await this.memory.load();
    return this.signed();
  }

  /** Seals everything there is now. */
  async sealAll(): Promise<void> {
    for (const tree of [...this.signed(), ...(await this.grown())]) await this.sealTree(tree);
  }

  /** Seals what one practice's logs have grown by. */
  async seal(practiceId: string): Promise<void> {
    for (const log of LOGS) await this.sealTree({ practiceId, log });
  }

  private async sealTree(tree: Tree): Promise<void> {
    while (await this.step(tree));
  }

  /** Logs that have more than is sealed of them, or less than was ever signed. */
  private async grown(): Promise<Tree[]> {
    const { pool } = this.options;
    return [...(await sql.due(pool)), ...(await sql.shorter(pool, this.signed()))];
  }

  private signed(): (Tree & { size: number })[] {
    return this.memory.all().map(({ practiceId, kind: log, size }) => ({ practiceId, log, size }));
  }

  /** One batch in one transaction. @returns whether there may be more */
  private step(tree: Tree): Promise<boolean> {
    return onConnection(this.options.pool, async (db) => {
      await db.query('begin');
      const first = this.signer(tree, 1);
      let log = await sql.lock(db, tree, first.name, first.verifierKey);
      if (log.behind_size !== null) log = await this.accepted(db, tree, log);
      const more =
        log.halted_at === null &&
        (await this.holds(db, tree, log)) &&
        log.behind_size === null &&
        (await this.extend(db, tree, log));
      await db.query('commit');
      return more;
    });
  }

  private signer({ practiceId, log }: Tree, generation: number): Signer {
    const { host, seed } = this.options;
    return signerOf(originOf({ host, practiceId, kind: log, generation }), seed);
  }

  private remembered({ practiceId, log }: Tree): Remembered | undefined {
    return this.memory.of({ host: this.options.host, practiceId, kind: log });
  }

  /** The log after its restore was accepted, in its new generation; as it was when nobody has. */
  private async accepted(db: pg.PoolClient, tree: Tree, log: LogRow): Promise<LogRow> {
    const generation = (await sql.generation(db, tree.practiceId)) ?? 1;
    if (generation <= Math.max(log.generation, log.behind_generation ?? 1)) return log;
    const { name, verifierKey } = this.signer(tree, generation);
    return sql.beginGeneration(db, tree, generation, name, verifierKey);
  }

  /** Whether everything that was ever signed is still there, as far as there is a tree over it; if not, closes the log. */
  private async holds(db: pg.PoolClient, tree: Tree, log: LogRow): Promise<boolean> {
    const signed = this.remembered(tree);
    if (!signed || signed.generation < log.generation || isMarked(log, signed)) return true;
    const position = await sql.position(db, tree);
    // Nothing is there that could be closed; it is looked at again when there is.
    if (position === 0) return false;
    const isThere =
      signed.generation === log.generation &&
      signed.size <= position &&
      (signed.size > log.size || (await isRoot(signed, nodesIn(tilesIn(db, tree)))));
    return isThere || this.close(db, tree, signed);
  }

  private async extend(db: pg.PoolClient, tree: Tree, log: LogRow): Promise<boolean> {
    const signer = this.signer(tree, log.generation);
    if (log.origin !== signer.name || log.verifier_key !== signer.verifierKey)
      throw new Error(
        `this log is signed under ${log.verifier_key}, which is not this sealer's key. Start it with the key and the CANDOR_ORIGIN it began with`,
      );
    const signed = this.remembered(tree);
    // Nothing is signed short of what was signed before: only then can the two be compared.
    const limit = Math.max(BATCH, (signed?.size ?? 0) - log.size);
    const batch = await entriesAfter(db, tree, log.size, limit);
    if (batch.length === 0) return false;
    const misfit = batch.find(({ position, intact }, n) => position !== log.size + n + 1 || !intact);
    if (misfit)
      return this.halt(
        db,
        tree,
        misfit.position,
        `${ENTRY[tree.log]} is not what was hashed when it was appended`,
      );

    const stored = tilesIn(db, tree);
    const entries = batch.map(({ leafHash }) => Buffer.from(leafHash, 'hex'));
    const grown = new Map<string, Buffer>();
    try {
      for (const { level, index, hashes } of await growth(log.size, entries, stored))
        grown.set(`${level}/${index}`, hashes);
    } catch (error) {
      return this.halt(db, tree, log.size, String(error));
    }
    const tileAt: TileAt = async (level, index) => grown.get(`${level}/${index}`) ?? stored(level, index);
    const nodes = nodesIn(tileAt);
    const size = log.size + batch.length;
    const root = await rootOf(size, nodes);
    const last = await sql.checkpoint(db, tree);
    const proof = await consistencyProof(log.size, size, nodes);
    const grewFromLast = last
      ? last.size === log.size && isConsistent(last.size, last.root, size, root, proof)
      : log.size === 0;
    if (!grewFromLast)
      return this.halt(db, tree, log.size, 'the tree does not grow from the last signed checkpoint');
    if (
      signed &&
      signed.generation === log.generation &&
      signed.size > log.size &&
      !(await isRoot(signed, nodes))
    )
      return this.close(db, tree, signed);

    for (const [name, hashes] of grown) {
      const [level, index] = name.split('/').map(Number) as [number, number];
      await sql.putTile(db, tree, level, index, hashes);
    }
    const note = signer.sign(textOf({ origin: signer.name, size, root }));
    await sql.addCheckpoint(db, tree, { size, root, note });
    await this.memory.keep(signer.name, note);
    return batch.length === limit;
  }

  private async halt(db: pg.PoolClient, tree: Tree, position: number, because: string): Promise<false> {
    await sql.halt(db, tree, position, because);
    this.options.report(
      `the ${tree.log} of practice ${tree.practiceId} are halted at position ${position}: ${because}`,
    );
    return false;
  }

  private async close(db: pg.PoolClient, tree: Tree, signed: Remembered): Promise<false> {
    await sql.close(db, tree, signed);
    this.options.report(
      `the ${tree.log} of practice ${tree.practiceId} are not those of which ${signed.size} were signed: an older state was put back. Nothing is appended until somebody runs npm run candor -- restore accept --practice ${tree.practiceId} --reason …`,
    );
    return false;
  }
}

const ENTRY = { events: 'the event', access: 'the entry' } as const;

/** Whether the log is known to be behind that very checkpoint. */
const isMarked = (log: LogRow, { generation, size }: Remembered): boolean =>
  log.behind_generation === generation && log.behind_size === size;

/** Whether the tree began as what was signed. */
const isRoot = async ({ size, root }: Remembered, nodes: NodeAt): Promise<boolean> =>
  size === 0 || (await rootOf(size, nodes)).equals(root);
