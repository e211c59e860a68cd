import type { AccessData } from '#libs/access';
import { isUuid, type Instant, type Recorded } from '#libs/kernel';
import type { LogKind } from '../checkpoint/origin.js';

/*
 * A bundle is a history that can be checked and read without the database: a file for each log, one JSON text to a line,
 * a header, the entries in the order of the log, and a footer that tells a whole file from one that was cut off. What the
 * header says of keys and checkpoints lies beside it once more for the tools of others.
 */

export const FORMAT = 'candor-bundle/1';
/** What a log is called in a bundle. */
export const FILES: Readonly<Record<LogKind, { entries: string; checkpoint: string; key: string }>> = {
  events: { entries: 'events.ndjson', checkpoint: 'checkpoint', key: 'verifier-key' },
  access: { entries: 'access.ndjson', checkpoint: 'access-checkpoint', key: 'access-verifier-key' },
};

export interface BundleHeader {
  kind: 'header';
  format: typeof FORMAT;
  practiceId: string;
  /**
   * only the streams about this client and those their consent rests on, or the reads of answers that concern them; every
   * entry then brings its own proof
   */
  clientId?: string;
  /** the words of people are in it, readable */
  withText: boolean;
  /** positions of the log, both inclusive; `to` is the size of the checkpoint */
  from: number;
  to: number;
  /** tells which log it is */
  origin: string;
  verifierKey: string;
  /** counted up whenever a restored log was accepted; see `LogRestored` */
  generation: number;
  /** signed note over everything up to `to` */
  checkpoint: string;
  /** older signed notes, oldest first: they narrow down where something was changed, and end earlier generations */
  earlier: string[];
  /** for one client: that the log grew from an older checkpoint of `from` entries, as base64 hashes (RFC 9162) */
  growth?: { from: number; proof: string[] };
}

/** One event as columns, as it is stored: what is personal of it is in the envelope. */
export interface BundleEvent extends Recorded {
  /** base64; missing when there never was one (then there is no `sealed` either), or when it was erased */
  envelope?: string;
  /** what the envelope says, where it was asked for; no hash covers it, only the envelope */
  text?: { data?: Record<string, unknown>; reason?: string };
  /** of one client: where it is in the tree, as base64 hashes (RFC 9162) */
  proof?: string[];
}

/** One read as columns, as it is stored. Of people it holds ids, and of everybody whom that answer concerned. */
export interface BundleRead {
  position: number;
  accessId: string;
  practiceId: string;
  at: Instant;
  data: AccessData;
  leafHash: string;
  /** of one client: where it is in the tree, as base64 hashes (RFC 9162) */
  proof?: string[];
}

export interface BundleFooter {
  kind: 'footer';
  count: number;
  lastPosition: number;
  lastLeafHash: string | null;
}

export const line = (record: object): string => `${JSON.stringify(record)}\n`;

export const eventLine = (event: BundleEvent): string => {
  const { position, eventId, stream, version, type, ...rest } = event;
  return line({ kind: 'event', position, eventId, stream, version, type, ...rest });
};

export const readLine = (read: BundleRead): string => line({ kind: 'read', ...read });

export type EventLine = { kind: 'event' } & BundleEvent;
export type ReadLine = { kind: 'read' } & BundleRead;

/** One line of a bundle; undefined when it is none. Its entry has every column, in the form the log has it, and no other. */
export function parseLine(text: string): BundleHeader | BundleFooter | EventLine | ReadLine | undefined {
  const record = asObject(text);
  switch (record?.kind) {
    case 'header':
      return isHeader(record) ? (record as unknown as BundleHeader) : undefined;
    case 'footer':
      return isFooter(record) ? (record as unknown as BundleFooter) : undefined;
    case 'event':
      return has(EVENT, record) ? (record as unknown as EventLine) : undefined;
    case 'read':
      return has(READ, record) ? (record as unknown as ReadLine) : undefined;
    default:
      return undefined;
  }
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isWhole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isId: Check = (value) => typeof value === 'string' && isUuid(value);
const isInstant: Check = (value) => matches(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const isHash: Check = (value) => matches(value, /^[0-9a-f]{64}$/);
const matches = (value: unknown, pattern: RegExp) => typeof value === 'string' && pattern.test(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const isHeader = (record: Record<string, unknown>): boolean =>
  record.format === FORMAT &&
  isId(record.practiceId) &&
  optional(isId)(record.clientId) &&
  isWhole(record.to) &&
  isWhole(record.generation) &&
  isText(record.origin) &&
  isText(record.verifierKey) &&
  isText(record.checkpoint) &&
  listOf(isText)(record.earlier);

const isFooter = (record: Record<string, unknown>): boolean =>
  isWhole(record.count) && isWhole(record.lastPosition);

const EVENT: Record<string, Check> = {
  kind: (value) => value === 'event',
  position: isWhole,
  eventId: isId,
  practiceId: isId,
  stream: (value) => matches(value, /^[a-z]+-[0-9a-f-]{36}$/),
  version: isWhole,
  type: (value) => matches(value, /^[A-Za-z]+$/),
  schema: isWhole,
  occurredAt: isInstant,
  recordedAt: isInstant,
  actor: isObject,
  subjects: listOf(isText),
  commandId: isId,
  correlationId: isId,
  causationId: isId,
  reason: optional(isText),
  data: isObject,
  leafHash: isHash,
  sealed: optional(isHash),
  envelope: optional((value) => matches(value, /^[A-Za-z0-9+/]+={0,2}$/)),
  text: optional(isObject),
  proof: optional(listOf(isText)),
};

const READ: Record<string, Check> = {
  kind: (value) => value === 'read',
  position: isWhole,
  accessId: isId,
  practiceId: isId,
  at: isInstant,
  data: (value) => isObject(value) && listOf(isText)(value.clientIds),
  leafHash: isHash,
  proof: optional(listOf(isText)),
};

const has = (columns: Record<string, Check>, record: Record<string, unknown>): boolean =>
  Object.entries(columns).every(([name, check]) => check(record[name])) &&
  Object.keys(record).every((name) => name in columns);
