import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { missing, refuse } from '#libs/kernel';
import { proofText } from '../checkpoint/checkpoint.js';
import { sql, tilesIn, type CheckpointRow, type LogRow, type Tree } from '../sealer/sealer.sql.js';
import { HASH_SIZE, nodesIn, parsePath, TILE_WIDTH } from '../tree/tile.js';
import { consistencyProof, inclusionProof } from '../tree/tree.js';

/** Reads what the sealer has signed. It knows no key: whoever doubts it verifies the signatures. */
@Injectable()
export class Proofs {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /** How far the log is sealed and under which key. @throws DomainError `missing` before the first checkpoint */
  async standing(tree: Tree): Promise<{ log: LogRow; newest: CheckpointRow; position: number }> {
    const db = this.store.of(tree.practiceId);
    const log = await sql.log(db, tree);
    const newest = log && (await sql.checkpoint(db, tree));
    if (!newest) return missing('checkpoint of this log: nothing is sealed yet. The checkpoint');
    return { log, newest, position: await sql.position(db, tree) };
  }

  /** The proof that the entry at a position is in the log, as C2SP tlog-proof. @throws DomainError `missing` */
  async ofEntry(tree: Tree, position: number): Promise<string> {
    const { newest } = await this.standing(tree);
    if (position < 1 || position > newest.size) return missing('sealed entry at this position');
    const proof = await inclusionProof(position - 1, newest.size, this.nodes(tree));
    return proofText(position - 1, proof, newest.note);
  }

  /** The proof that the log of `to` events began as the log of `from` events, in base64. @throws DomainError */
  async ofGrowth(tree: Tree, from: number, to: number): Promise<string[]> {
    const { newest } = await this.standing(tree);
    if (from > to) refuse('from_after_to', 'Send the smaller size in from, the larger in to.');
    if (to > newest.size) return missing('checkpoint of that size');
    return (await consistencyProof(from, to, this.nodes(tree))).map((hash) => hash.toString('base64'));
  }

  /** The bytes of a tile or an entry bundle, by its name as C2SP tlog-tiles has it. @throws DomainError `missing` */
  async tile(tree: Tree, path: string): Promise<Buffer> {
    const { newest } = await this.standing(tree);
    const named = parsePath(path) ?? missing('tile');
    const { level, index, width } = named;
    const held =
      Math.floor(newest.size / TILE_WIDTH ** (level === 'entries' ? 0 : level)) - index * TILE_WIDTH;
    if (held < width) return missing('tile');
    if (level === 'entries') return this.entries(tree, index, width);
    const hashes = await tilesIn(this.store.of(tree.practiceId), tree)(level, index);
    return hashes?.subarray(0, width * HASH_SIZE) ?? missing('tile');
  }

  /** Each entry behind its length in two bytes. An entry is the leaf hash of an event, or of a read. */
  private async entries(tree: Tree, index: number, width: number): Promise<Buffer> {
    const hashes = await sql.entries(this.store.of(tree.practiceId), tree, index * TILE_WIDTH, width);
    return Buffer.concat(hashes.flatMap((hash) => [Buffer.of(0, HASH_SIZE), hash]));
  }

  private nodes(tree: Tree) {
    return nodesIn(tilesIn(this.store.of(tree.practiceId), tree));
  }
}
