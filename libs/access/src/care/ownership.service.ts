import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Asking, Concern, Ownership } from '#libs/identity';
import { idsIn } from '../concerns/ids.js';
import { CareReader } from './care.reader.js';

/** Break-glass: whom somebody may look at for a while though they are not theirs. */
export interface Grants {
  /** @returns those of the clients whom an open grant lets this staff member see at this moment */
  holds(asking: Asking, clientIds: readonly string[]): Promise<ReadonlySet<string>>;
}
export const GRANTS = Symbol('grants');

/** Whose clients are whose, and whom somebody reaches by break-glass. */
@Injectable()
export class CareOwnership implements Ownership {
  constructor(
    @Inject(CareReader) private readonly care: CareReader,
    @Optional() @Inject(GRANTS) private readonly grants?: Grants,
  ) {}

  readonly idsIn = (value: unknown): Set<string> => idsIn(value);

  async concerns(asking: Asking, ids: Iterable<string>): Promise<ReadonlyMap<string, Concern>> {
    const concerns = await this.care.concerns(asking, ids);
    const strangers = [...concerns.values()].filter(
      ({ clients, reaches }) => clients.length > 0 && reaches.size === 0,
    );
    if (!this.grants || strangers.length === 0) return concerns;
    const held = await this.grants.holds(asking, [...new Set(strangers.flatMap(({ clients }) => clients))]);
    return new Map(
      [...concerns].map(([id, { clients, reaches }]) => {
        const glass = clients.length > 0 && clients.every((client) => held.has(client));
        return [id, { clients, reaches: glass ? new Set([...reaches, 'break_glass' as const]) : reaches }];
      }),
    );
  }
}
