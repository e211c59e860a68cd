import type { AnyDecider } from '#libs/kernel';

/** Names of every personal field that the events of a kind of stream declare. */
export const personalNames = (decider: AnyDecider): ReadonlySet<string> =>
  new Set(Object.values(decider.events).flatMap(({ personal }) => personal));

export interface Redacted {
  value: unknown;
  /** names of what was left out, sorted */
  withheld: string[];
}

/**
 * A folded state without what its events call personal: members of those names are left out wherever they
 * occur. A state names things as its events do, so the declaration of the events covers it; a name that is
 * personal in one event is left out in all, which rather hides too much.
 * @param state a JSON value
 */
export function withoutPersonal(state: unknown, names: ReadonlySet<string>): Redacted {
  const withheld = new Set<string>();
  const redact = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(redact);
    if (!isObject(value)) return value;
    const members: [string, unknown][] = [];
    for (const [name, member] of Object.entries(value))
      if (names.has(name)) withheld.add(name);
      else members.push([name, redact(member)]);
    return Object.fromEntries(members);
  };
  return { value: redact(state), withheld: [...withheld].sort() };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
