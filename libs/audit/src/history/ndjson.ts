import type { ShownEvent } from './shown.js';

const line = (record: object): string => `${JSON.stringify(record)}\n`;

/**
 * A history as lines: a header, each event, and a footer that tells a whole file from one that was cut off.
 */
export async function* ndjson(
  header: object,
  batches: AsyncIterable<readonly ShownEvent[]>,
): AsyncGenerator<string> {
  yield line({ kind: 'header', ...header });
  let count = 0;
  let lastLeafHash: string | null = null;
  for await (const batch of batches) {
    count += batch.length;
    lastLeafHash = batch.at(-1)?.leafHash ?? lastLeafHash;
    yield batch.map((event) => line({ kind: 'event', ...event })).join('');
  }
  yield line({ kind: 'footer', count, lastLeafHash });
}
