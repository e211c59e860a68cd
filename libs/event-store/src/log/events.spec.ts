import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson, sha256, streamOf, uuidv7 } from '#libs/kernel';
import { append, counter, pending, saying, startLog, type Log } from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';
import { Catalogue, encode, isIntact, leafHashOf, UnknownEventType, type Stored } from './events.js';

let log: Log;
let store: EventStore;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
});
afterAll(() => log.stop());

/** The envelope as an auditor with other tools would canonicalize and hash it. */
function rfc8785({ position: _, leafHash: _hash, envelope: _envelope, sealed, ...rest }: Stored): string {
  return canonicalize({ ...rest, sealed: sealed ? `sha256:${sealed}` : null })!;
}

describe('the leaf of an event', () => {
  test('is the RFC 8785 form of its envelope, and survives the way through the database', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(saying, { minLength: 1, maxLength: 10 }), async (said) => {
        const practice = uuidv7();
        const stream = streamOf('counter', uuidv7());
        const events = said.map((words, index) => pending(practice, stream, index + 1, words));

        const appended = await store.append(practice, append(events));

        const stored = await store.reader.unread(practice, 0, 10);
        expect(stored).toHaveLength(said.length);
        for (const [index, event] of stored.entries()) {
          const { before, after } = encode(event);
          expect(before + event.recordedAt + after).toBe(rfc8785(event));
          expect(event.leafHash).toBe(sha256(rfc8785(event)));
          expect(event.leafHash).toBe(leafHashOf(event));
          expect(isIntact(event)).toBe(true);
          expect(appended).toHaveProperty(['leafHashes', index], event.leafHash);
        }
        const readBack = await store.reader.streams(practice, [stream]);
        for (const [index, event] of readBack.entries()) {
          expect(canonicalJson(event.data)).toBe(canonicalJson(said[index]!.data));
          expect(event.reason).toBe(said[index]!.reason);
        }
      }),
      { seed: 6962, numRuns: 40 },
    );
  });

  test('differs when anything in the envelope differs, but not with the place in the log', async () => {
    const practice = uuidv7();
    const one = pending(practice, streamOf('counter', uuidv7()), 1, { reason: 'forgotten' });
    await store.append(practice, append([one]));
    const [event] = (await store.reader.unread(practice, 0, 1)) as [Stored];

    const {
      position: _position,
      leafHash: _leafHash,
      data: _data,
      actor: _actor,
      subjects: _subjects,
      envelope: _envelope,
      ...plain
    } = event;
    const changed = [
      ...Object.keys(plain).map((name) => ({
        ...event,
        [name]: name === 'version' || name === 'schema' ? 9 : 'x',
      })),
      { ...event, data: { by: 2 } },
      { ...event, actor: { ...event.actor, onBehalfOf: 'somebody' } },
      { ...event, subjects: ['somebody'] },
      { ...event, sealed: undefined },
      { ...event, reason: 'in the clear' },
    ];

    expect(changed).toHaveLength(17);
    for (const other of changed) expect(leafHashOf(other)).not.toBe(event.leafHash);
    expect(leafHashOf({ ...event, position: 9, leafHash: '', envelope: undefined })).toBe(event.leafHash);
  });
});

describe('an event that this program does not know', () => {
  const catalogue = new Catalogue([counter]);
  const row = { stream: 'counter-1', type: 'Counted', schema: 1 };

  test('is refused, not skipped: by its type, by its stream, by a newer schema', () => {
    expect(() => catalogue.check(row)).not.toThrow();
    expect(() => catalogue.check({ ...row, type: 'Rounded' })).toThrow(UnknownEventType);
    expect(() => catalogue.check({ ...row, stream: 'abacus-1' })).toThrow(UnknownEventType);
    expect(() => catalogue.check({ ...row, schema: 2 })).toThrow(UnknownEventType);
  });
});
