import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tables, type Db } from '#libs/event-store';
import { LOGS, type LogKind } from '../checkpoint/origin.js';
import { sql, type Tree } from '../sealer/sealer.sql.js';

/** How one log stands. */
export interface LogIntegrity {
  log: LogKind;
  origin: string | null;
  verifierKey: string | null;
  generation: number;
  position: number;
  sealedSize: number;
  /** when the newest checkpoint was signed, and how long ago that is */
  sealedAt: string | null;
  ageSeconds: number | null;
  /** entries that are not signed yet */
  lag: number;
  /** the first entry that is not what was hashed, and why nothing after it is signed */
  firstBad: { position: number; because: string } | null;
  /** more was signed than there is: an older state of the database was put back, and nobody has accepted that yet */
  behind: { size: number; generation: number } | null;
}

export interface Integrity {
  /** nothing that was compared speaks against it; what is signed already is compared anew by `candor verify` only */
  whole: boolean;
  logs: LogIntegrity[];
  haltedReadModels: { name: string; version: number; position: number; because: string }[];
}

/** Whether history is whole, as far as it is known without reading all of it. */
@Injectable()
export class IntegrityReader {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  async of(practiceId: string): Promise<Integrity> {
    const db = this.store.of(practiceId);
    const logs = await Promise.all(LOGS.map((log) => this.ofLog(db, { practiceId, log })));
    const checkpoints = await tables.checkpoints(db, practiceId);
    return {
      whole: logs.every(({ firstBad, behind }) => firstBad === null && behind === null),
      logs,
      haltedReadModels: checkpoints.flatMap(({ projection: name, version, haltedAt, haltedBecause }) =>
        haltedAt === null ? [] : [{ name, version, position: haltedAt, because: haltedBecause ?? '' }],
      ),
    };
  }

  private async ofLog(db: Db, tree: Tree): Promise<LogIntegrity> {
    const log = await sql.log(db, tree);
    const newest = log && (await sql.checkpoint(db, tree));
    const position = await sql.position(db, tree);
    const age = newest && Date.parse(this.store.clock.now()) - Date.parse(newest.sealed_at);
    return {
      log: tree.log,
      origin: log?.origin ?? null,
      verifierKey: log?.verifier_key ?? null,
      generation: log?.generation ?? 1,
      position,
      sealedSize: newest?.size ?? 0,
      sealedAt: newest?.sealed_at ?? null,
      ageSeconds: age === undefined ? null : Math.max(0, Math.round(age / 1000)),
      lag: Math.max(0, position - (newest?.size ?? 0)),
      firstBad: log?.halted_at == null ? null : { position: log.halted_at, because: log.because ?? '' },
      behind:
        log?.behind_size == null ? null : { size: log.behind_size, generation: log.behind_generation ?? 1 },
    };
  }
}
