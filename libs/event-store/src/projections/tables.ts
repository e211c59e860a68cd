import { DomainError, type Recorded } from '#libs/kernel';
import type { Db } from '../log/pool.js';
import { tableOf, type Projection } from './projection.js';
import { beingFolded, columnsIn } from './rows.js';

/** How far a projection has come with a practice. `haltedAt` is the position of the event it could not take. */
export interface Checkpoint {
  projection: string;
  version: number;
  practiceId: string;
  position: number;
  haltedAt: number | null;
  haltedBecause: string | null;
}

const CHECKPOINT = `projection, version, practice_id as "practiceId", position, halted_at_position as "haltedAt", halted_because as "haltedBecause"`;

/**
 * Why a read model is out of use while somebody is erased: its key is to be renewed; or it was, and it is being folded.
 * Followers leave it alone, and readers ask the log or are told to come back.
 */
export const OUT_OF_USE = {
  waiting: 'to be folded anew under a new key',
  folding: 'being folded anew',
} as const;
const isOutOfUse = (because: string | null): boolean =>
  because === OUT_OF_USE.waiting || because === OUT_OF_USE.folding;

/** Held until the end of the transaction by whoever makes or replaces tables; taken before any lock on a table. */
export const TAKE_TURNS = 'select pg_advisory_xact_lock(7251902312)';

/** All SQL of the read models' tables and checkpoints. */
export const tables = {
  /** Several processes may do this at once: `if not exists` looks before it locks, so they take turns. */
  async create(db: Db, projection: Projection, table = tableOf(projection)): Promise<void> {
    const name = table.slice('read.'.length);
    const indexes = (projection.indexes ?? []).map(
      (expression, index) =>
        `create index if not exists ${name}_${index} on ${table} (practice_id, ${expression});`,
    );
    await db.query(`
      ${TAKE_TURNS};
      create table if not exists ${table} (
        practice_id uuid not null, key text collate "C" not null, row bytea not null, digest bytea not null, ${columnsIn(projection)}
        primary key (practice_id, key));
      ${indexes.join('\n')}
      grant select on ${table} to candor_app;
      do $$ begin
        if not exists (select from pg_policy where polrelid = '${table}'::regclass) then
          create policy practice on ${table} to candor_app using (practice_id = log.practice());
          alter table ${table} enable row level security;
        end if;
      end $$`);
  },

  /** @returns how many were missing */
  async addCheckpoints(db: Db, projections: readonly Projection[], practiceId: string): Promise<number> {
    const { rowCount } = await db.query(
      `insert into read.checkpoint (projection, version, practice_id)
       select p.name, p.version, $3 from unnest($1::text[], $2::int[]) as p(name, version) on conflict do nothing`,
      [projections.map(({ name }) => name), projections.map(({ version }) => version), practiceId],
    );
    return rowCount ?? 0;
  },

  /** The checkpoints that are free and neither halted nor at the end, locked until the transaction ends. */
  async lockBehind(db: Db, projections: readonly Projection[], practiceId: string): Promise<Checkpoint[]> {
    const { rows } = await db.query<Checkpoint>({
      name: 'checkpoint.lock_behind',
      text: `select ${CHECKPOINT} from read.checkpoint c
             where practice_id = $3 and (projection, version) in (select * from unnest($1::text[], $2::int[])) and halted_at_position is null
               and position < (select h.position from log.head h where h.practice_id = $3)
             order by projection for update skip locked`,
      values: [projections.map(({ name }) => name), projections.map(({ version }) => version), practiceId],
    });
    return rows;
  },

  async moveTo(
    db: Db,
    practiceId: string,
    reached: readonly { projection: Projection; position: number }[],
  ): Promise<void> {
    await db.query({
      name: 'checkpoint.move',
      text: `update read.checkpoint c set position = r.position
             from unnest($2::text[], $3::int[], $4::bigint[]) as r(projection, version, position)
             where c.practice_id = $1 and c.projection = r.projection and c.version = r.version`,
      values: [
        practiceId,
        reached.map(({ projection }) => projection.name),
        reached.map(({ projection }) => projection.version),
        reached.map(({ position }) => position),
      ],
    });
  },

  async halt(
    db: Db,
    projection: Projection,
    practiceId: string,
    position: number,
    because: string,
  ): Promise<void> {
    await db.query(
      'update read.checkpoint set halted_at_position = $4, halted_because = $5 where projection = $1 and version = $2 and practice_id = $3',
      [projection.name, projection.version, practiceId, position, because.slice(0, 500)],
    );
  },

  /** The practices of which read models are out of use, and whether the key of any of those is yet to be renewed. */
  async outOfUse(db: Db, projections: readonly Projection[]): Promise<Map<string, { waiting: boolean }>> {
    const { rows } = await db.query<{ practice_id: string; waiting: boolean }>(
      `select practice_id, bool_or(halted_because = $3) as waiting from read.checkpoint
       where halted_because in ($3, $4) and (projection, version) in (select * from unnest($1::text[], $2::int[]))
       group by practice_id`,
      [
        projections.map(({ name }) => name),
        projections.map(({ version }) => version),
        OUT_OF_USE.waiting,
        OUT_OF_USE.folding,
      ],
    );
    return new Map(rows.map(({ practice_id: practiceId, waiting }) => [practiceId, { waiting }]));
  },

  /** Practices with events that some projection has not taken and could. */
  async behind(db: Db, projections: readonly Projection[]): Promise<string[]> {
    const { rows } = await db.query<{ practice_id: string }>(
      `select distinct h.practice_id from log.head h cross join unnest($1::text[], $2::int[]) as p(name, version)
       left join read.checkpoint c on c.practice_id = h.practice_id and c.projection = p.name and c.version = p.version
       where h.position > coalesce(c.position, 0) and c.halted_at_position is null`,
      [projections.map(({ name }) => name), projections.map(({ version }) => version)],
    );
    return rows.map((row) => row.practice_id);
  },

  async checkpoint(
    db: Db,
    { name, version }: Projection,
    practiceId: string,
  ): Promise<Checkpoint | undefined> {
    const { rows } = await db.query<Checkpoint>({
      name: 'checkpoint.one',
      text: `select ${CHECKPOINT} from read.checkpoint where practice_id = $1 and projection = $2 and version = $3`,
      values: [practiceId, name, version],
    });
    return rows[0];
  },

  /** @throws DomainError `unavailable` while it is folded anew: some rows may be there and others not */
  async inUse(db: Db, projection: Projection, practiceId: string): Promise<Checkpoint | undefined> {
    const checkpoint = await tables.checkpoint(db, projection, practiceId);
    if (isOutOfUse(checkpoint?.haltedBecause ?? null)) beingFolded(projection);
    return checkpoint;
  },

  /** How far a read model has come. @throws DomainError `unavailable` when it is halted: rather no list than one that misleads */
  async position(db: Db, projection: Projection, practiceId: string): Promise<number> {
    const { position = 0, haltedAt } = (await tables.inUse(db, projection, practiceId)) ?? {};
    if (haltedAt)
      throw new DomainError(
        'unavailable',
        'read_model_halted',
        `The list ${projection.name} stopped at position ${haltedAt}. Ask whoever runs Candor to look at /v1/projections.`,
      );
    return position;
  },

  /** Those of every projection. */
  async checkpoints(db: Db, practiceId: string): Promise<Checkpoint[]> {
    const { rows } = await db.query<Checkpoint>(
      `select ${CHECKPOINT} from read.checkpoint where practice_id = $1 order by projection, version`,
      [practiceId],
    );
    return rows;
  },
};

/** Folds each event once; on the first that cannot be taken, says which and why and leaves the rows as before it. */
export function foldUntilPoison<Row extends object>(
  projection: Projection<Row>,
  rows: Map<string, Row>,
  events: readonly Recorded[],
): { touched: Set<string>; poison?: { position: number; because: string } } {
  const touched = new Set<string>();
  for (const event of events) {
    try {
      const changed = projection
        .keys(event)
        .map((key) => [key, projection.evolve(rows.get(key), event, key)] as const);
      for (const [key, row] of changed) {
        rows.set(key, row);
        touched.add(key);
      }
    } catch (error) {
      return { touched, poison: { position: event.position, because: mistakeIn(event, error) } };
    }
  }
  return { touched };
}

/** Where it went wrong, without the message: that could quote what somebody said. */
function mistakeIn({ type, stream }: Recorded, error: unknown): string {
  const { name, stack = '' } = error instanceof Error ? error : { name: 'something that is no error' };
  const place = /^\s+at (.+)$/m.exec(stack)?.[1];
  return `${type} of ${stream} cannot be folded: ${name}${place ? ` at ${place}` : ''}`;
}
