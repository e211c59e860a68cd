import { DomainError } from '#libs/kernel';
import type { Sight } from '#libs/http';

/** A place in words can be where a client lives: auditors are not shown it. */
export function shownPlace<T extends { place?: string }>(one: T, { identity }: Pick<Sight, 'identity'>): T {
  if (identity) return one;
  const { place: _, ...shown } = one;
  return shown as T;
}

/** Nor can they find out by asking for one. */
export function refusePlace({ identity }: Pick<Sight, 'identity'>): void {
  if (!identity)
    throw new DomainError(
      'forbidden',
      'place_withheld',
      'Auditors are not shown places in words. Leave "place" out.',
    );
}
