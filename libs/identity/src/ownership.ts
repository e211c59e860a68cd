import type { Instant, Reach } from '#libs/kernel';

/** Whom a thing concerns, and what connects somebody with it. */
export interface Concern {
  /** ids of clients; none for what is somebody's own and no client's, such as a stance */
  readonly clients: readonly string[];
  readonly reaches: ReadonlySet<Reach>;
}

export interface Asking {
  practiceId: string;
  staffId: string;
  at: Instant;
}

/** Knows whose clients are whose. What knows it is built on this lib, so it is handed in. */
export interface Ownership {
  /** Every id of a thing in a request or an answer, whatever it is called there. */
  idsIn(value: unknown): Set<string>;
  /** @returns per id what connects somebody with it; ids of nothing that anybody takes care of are left out */
  concerns(asking: Asking, ids: Iterable<string>): Promise<ReadonlyMap<string, Concern>>;
}
export const OWNERSHIP = Symbol('ownership');
