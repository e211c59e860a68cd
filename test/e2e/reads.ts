import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES, PRACTICE, type Example } from '../../apps/api/src/examples/index.js';
import type { Answer, Tour } from '../support/tour.js';

/*
 * Whatever an operation of the document answers about a client, the access log names that client. Every query of the tour
 * is sent once more, and what comes back is searched for clients: by their ids, and by every text that was ever entered
 * about them. A new route cannot be forgotten: without an example the document is refused, and with one it is judged here.
 */
export function describeReads(tourOf: () => Tour, answersOf: () => ReadonlyMap<Example, Answer>): void {
  describe('Every read about a client', { timeout: 60_000 }, () => {
    let owner: pg.Pool;
    /** per text by which clients can be recognised, who they are */
    let marks: Map<string, Set<string>>;
    beforeAll(async () => {
      owner = new pg.Pool({ connectionString: tourOf().service.databaseUrl, max: 2 });
      const { rows } = await owner.query<{ position: number; subjects: string[] }>(
        `select position::int, meta->'subjects' as subjects from log.event where practice_id = $1 and meta->'subjects' <> '[]'`,
        [PRACTICE],
      );
      const subjects = new Map(rows.map((row) => [row.position, row.subjects]));
      marks = new Map(rows.flatMap((row) => row.subjects.map((id) => [id, new Set([id])])));
      const ofOthers = new Set<string>();
      for (const [{ body = {} }, { text }] of answersOf())
        for (const { position } of receiptIn(text))
          for (const words of wordsIn(body)) {
            const who = subjects.get(position) ?? [];
            if (who.length === 0) ofOthers.add(words);
            for (const id of who) marks.set(words, (marks.get(words) ?? new Set()).add(id));
          }
      // what is said of staff, in a document or in a stance as well is no mark of a client
      for (const words of ofOthers) marks.delete(words);
    });
    afterAll(() => owner.end());

    it('is in the access log, which names the client, once for each request', async () => {
      const unnamed: string[] = [];
      let concerned = 0;
      const earlier = new Set<string>();
      for (const example of EXAMPLES.filter(
        ({ operation, as }) => operation.startsWith('GET') && as !== 'anyone',
      )) {
        const before = await entries(0);
        const { text } = await tourOf().send(example);
        // a stream that was left may have had its next part in hand
        const written = (await entries(before.length)).filter(({ requestId }) => !earlier.has(requestId));
        const named = new Set(written.flatMap(({ clientIds }) => clientIds));
        const found = [...marks].filter(([mark]) => text.includes(mark));
        if (found.length > 0) concerned++;
        for (const [mark, who] of found)
          if (![...who].some((id) => named.has(id))) unnamed.push(`${example.operation}: ${mark}`);
        const requests = new Set(written.map(({ requestId }) => requestId));
        expect(requests.size, example.operation).toBe(named.size > 0 ? 1 : 0);
        for (const requestId of requests) earlier.add(requestId);
      }
      expect(unnamed).toEqual([]);
      expect(concerned, 'there was something to be found').toBeGreaterThan(30);
    });

    async function entries(after: number): Promise<{ clientIds: string[]; requestId: string }[]> {
      const { rows } = await owner.query<{ data: { clientIds: string[]; requestId: string } }>(
        'select data from access.entry where practice_id = $1 and position > $2 order by position',
        [PRACTICE, after],
      );
      return rows.map(({ data }) => data);
    }
  });
}

function receiptIn(text: string): { position: number }[] {
  if (!text.startsWith('{"id"')) return [];
  const { events } = JSON.parse(text) as { events?: { position: number; leafHash?: string }[] };
  return Array.isArray(events) ? events.filter(({ leafHash }) => leafHash) : [];
}

/** Texts that nobody else would have chosen. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 10 && value.includes(' ') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : [];
}
