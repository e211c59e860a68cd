export * from './event-store.js';
export type { Append } from './log/append-queue.js';
export {
  Catalogue,
  digestOf,
  isIntact,
  leafHashOf,
  UnknownEventType,
  type EventRow,
  type Pending,
  type Stored,
} from './log/events.js';
export { isOutage, onConnection, openPool, openPools, closePools, practiceDb, type Db } from './log/pool.js';
export { COLUMNS as EVENT_COLUMNS, Reader } from './log/reader.js';
export type { Head } from './log/reader.js';
export { Due } from './projections/due.js';
export { Follower } from './projections/follower.js';
export {
  foldInto,
  tableOf,
  blind,
  members,
  text,
  texts,
  type Column,
  type Projection,
} from './projections/projection.js';
export { rebuild } from './projections/rebuild.js';
export { alone, keyIsRenewed, refold, takeOutOfUse, takeStaleOutOfUse } from './projections/refold.js';
export { tellKeysAreGone, WakeUps } from './projections/wake-ups.js';
export type { SealedRow } from './projections/rows.js';
export { tables } from './projections/tables.js';
export { byStream, View } from './projections/view.js';
export * from './event-store.module.js';
