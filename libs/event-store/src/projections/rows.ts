import { createHmac } from 'node:crypto';
import { canonicalJson, DomainError } from '#libs/kernel';
import { SealBroken, type Vault } from '#libs/vault';
import type { Db } from '../log/pool.js';
import { tableOf, type Projection } from './projection.js';

/** A row as SQL gives it. */
export interface SealedRow {
  key: string;
  row: Buffer;
}

const columnsOf = ({ columns = {} }: Projection) =>
  Object.entries(columns).map(([column, { type }]) => [column, type === 'blind' ? 'text' : type] as const);

/** The columns of a projection's own, as `create table` wants them. */
export const columnsIn = (projection: Projection): string =>
  columnsOf(projection)
    .map(([column, type]) => `"${column}" ${type}${type.startsWith('text') ? ' collate "C"' : ''},`)
    .join(' ');

/**
 * The contents of read models. A row is sealed whole with the practice's key for read models, which can be thrown away
 * with all rows, because they can be folded again; its columns hold what SQL may ask about. `digest` tells whether two
 * rows say the same, to whoever has the key.
 */
export class Rows {
  constructor(private readonly vault: Vault) {}

  /** The rows of some keys. */
  async of<Row extends object>(
    db: Db,
    projection: Projection<Row>,
    practiceId: string,
    keys: readonly string[],
  ): Promise<Map<string, Row>> {
    if (keys.length === 0) return new Map();
    const { rows } = await db.query<SealedRow>({
      name: `rows ${tableOf(projection)}`,
      text: `select key, row from ${tableOf(projection)} where practice_id = $1 and key = any($2::text[])`,
      values: [practiceId, keys],
    });
    return this.open(projection, practiceId, rows);
  }

  /** Rows as SQL gave them, opened, in their order. */
  async open<Row extends object>(
    projection: Projection<Row>,
    practiceId: string,
    stored: readonly SealedRow[],
  ): Promise<Map<string, Row>> {
    const texts = await this.vault
      .open(
        practiceId,
        stored.map(({ key, row }) => ({ envelope: row, subjects: [], place: placeOf(projection, key) })),
      )
      .catch((error: unknown) => {
        throw error instanceof SealBroken ? broken(projection) : error;
      });
    return new Map(
      stored.map(({ key }, index) => [key, JSON.parse(texts[index] ?? beingFolded(projection)) as Row]),
    );
  }

  async upsert(
    db: Db,
    projection: Projection,
    practiceId: string,
    rows: readonly (readonly [key: string, row: object])[],
    table = tableOf(projection),
  ): Promise<void> {
    if (rows.length === 0) return;
    const texts = rows.map(([, row]) => canonicalJson(row));
    const sealed = await this.vault.seal(
      practiceId,
      rows.map(([key], index) => ({
        kind: 'read_models',
        subjects: [],
        place: placeOf(projection, key),
        text: texts[index]!,
      })),
    );
    const digest = await this.keyed(practiceId, 'rows');
    const blinds = await this.blinds(practiceId, projection);
    const records = rows.map(([key, row], index) => ({
      key,
      row: `\\x${sealed[index]!.toString('hex')}`,
      digest: `\\x${digest(`${key}\n${texts[index]!}`)}`,
      ...Object.fromEntries(
        Object.entries(projection.columns ?? {}).map(([column, { of }]) => {
          const value = of(row, key);
          return [column, typeof value === 'string' ? (blinds.get(column)?.(value) ?? value) : value];
        }),
      ),
    }));
    const columns = [
      ['key', 'text'],
      ['row', 'bytea'],
      ['digest', 'bytea'],
      ...columnsOf(projection),
    ] as const;
    const names = columns.map(([column]) => `"${column}"`).join();
    await db.query({
      name: `upsert ${table}`,
      text: `insert into ${table} (practice_id, ${names})
             select $1, ${names} from jsonb_to_recordset($2::jsonb) as x(${columns.map(([column, type]) => `"${column}" ${type}`).join()})
             on conflict (practice_id, key) do update set ${columns.map(([column]) => `"${column}" = excluded."${column}"`).join()}`,
      values: [practiceId, JSON.stringify(records)],
    });
  }

  /** What stands in a blind column in place of a value: equal values have equal entries, and that is all it tells. */
  async blind(
    practiceId: string,
    projection: Pick<Projection, 'name'>,
    column: string,
    value: string,
  ): Promise<string> {
    return (await this.keyed(practiceId, `${projection.name}.${column}`))(value);
  }

  private async blinds(
    practiceId: string,
    projection: Projection,
  ): Promise<Map<string, (value: string) => string>> {
    const blind = Object.entries(projection.columns ?? {}).filter(([, { type }]) => type === 'blind');
    const found = new Map<string, (value: string) => string>();
    for (const [column] of blind)
      found.set(column, await this.keyed(practiceId, `${projection.name}.${column}`));
    return found;
  }

  /** HMAC-SHA256 under a key of the practice, lower-case hex. */
  private async keyed(practiceId: string, what: string): Promise<(value: string) => string> {
    const key = (await this.vault.deriveIndexKey(practiceId, what)) ?? beingFolded({ name: what });
    return (value) => createHmac('sha256', key).update(value).digest('hex');
  }
}

/** As RFC 8785 JSON. */
const placeOf = ({ name, version }: Pick<Projection, 'name' | 'version'>, key: string): string =>
  `{"key":${JSON.stringify(key)},"readModel":"${name}/${version}"}`;

const broken = ({ name }: Pick<Projection, 'name'>) =>
  new DomainError(
    'unavailable',
    'read_model_broken',
    `Somebody has changed rows of ${name}. Ask whoever runs Candor to fold it again: npm run candor rebuild ${name}`,
  );

/** @throws DomainError */
export const beingFolded = ({ name }: Pick<Projection, 'name'>): never => {
  throw new DomainError(
    'unavailable',
    'read_model_being_folded',
    `The read model ${name} is being folded anew. Ask again in a moment.`,
  );
};
