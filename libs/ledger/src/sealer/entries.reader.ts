import { accessLeafHash, type AccessData } from '#libs/access';
import { Catalogue, isIntact, Reader, type Db } from '#libs/event-store';
import type { Instant } from '#libs/kernel';
import { erasedBy, personsIn } from '../verify/erasures.js';
import type { Presented } from '../verify/verify.js';
import type { Tree } from './sealer.sql.js';

/** Up to `limit` entries of a log after a position, each judged by its columns. */
export async function entriesAfter(
  db: Db,
  { practiceId, log }: Tree,
  position: number,
  limit: number,
): Promise<Presented[]> {
  if (log === 'access') return readsAfter(db, practiceId, position, limit);
  const reader = new Reader(() => db, new Catalogue([]));
  const events = await reader.unread(practiceId, position, limit);
  return events.map((event) => {
    const { position: at, leafHash, subjects, sealed, envelope } = event;
    const erases = erasedBy(event);
    return {
      position: at,
      leafHash,
      intact: isIntact(event),
      ...(sealed !== undefined && envelope === undefined ? { lacking: personsIn(practiceId, subjects) } : {}),
      ...(erases === undefined ? {} : { erases }),
    };
  });
}

async function readsAfter(db: Db, practiceId: string, position: number, limit: number): Promise<Presented[]> {
  const reads = await storedReads(db, { practiceId, after: position, limit });
  return reads.map(({ position: at, leafHash, ...entry }) => ({
    position: at,
    leafHash,
    intact: accessLeafHash({ ...entry, practiceId }) === leafHash,
  }));
}

/** One read as its columns say. */
export interface StoredRead {
  position: number;
  accessId: string;
  at: Instant;
  data: AccessData;
  leafHash: string;
}

/** Up to `limit` reads after a position, in the order of the log; of answers that concern one client if one is named. */
export async function storedReads(
  db: Db,
  {
    practiceId,
    after,
    limit,
    clientId,
  }: { practiceId: string; after: number; limit: number; clientId?: string },
): Promise<StoredRead[]> {
  const about =
    clientId === undefined
      ? ''
      : 'and position in (select c.position from access.entry_client c where c.practice_id = $1 and c.client_id = $4 and c.position > $2)';
  const { rows } = await db.query<StoredRead>(
    `select position, access_id as "accessId", recorded_at as at, data, encode(leaf_hash, 'hex') as "leafHash"
     from access.entry where practice_id = $1 and position > $2 ${about} order by position limit $3`,
    [practiceId, after, limit, ...(clientId === undefined ? [] : [clientId])],
  );
  return rows;
}
