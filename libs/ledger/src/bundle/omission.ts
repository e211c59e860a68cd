import { parseLine } from './bundle.js';

/**
 * Compares what was exported of one client with the whole log, both judged before and of the same tree: finds the first
 * entry of the whole that names the client and was left out. What their consent rests on besides names nobody.
 */
export async function firstOmitted(
  ofClient: AsyncIterable<string>,
  whole: AsyncIterable<string>,
): Promise<number | undefined> {
  const there = new Set<number>();
  let [clientId, to]: [string | undefined, number] = [undefined, 0];
  for await (const text of ofClient) {
    const record = parseLine(text);
    if (record?.kind === 'header') ({ clientId, to } = record);
    else if (record && record.kind !== 'footer') there.add(record.position);
  }
  for await (const text of whole) {
    const record = parseLine(text);
    if (record?.kind !== 'event' && record?.kind !== 'read') continue;
    const concerned = record.kind === 'event' ? record.subjects : record.data.clientIds;
    if (record.position <= to && concerned.includes(clientId!) && !there.has(record.position))
      return record.position;
  }
  return undefined;
}
