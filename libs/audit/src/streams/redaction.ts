import type { AnyDecider, Recorded } from '#libs/kernel';

/** What may not be shown of a state, by the name of a member and by what it says. */
export interface Personal {
  /** every field that the events of this kind of stream declare as personal */
  names: ReadonlySet<string>;
  /** every text that the events of this one stream hold in such a field */
  texts: ReadonlySet<string>;
}

/** SHA-256 without anything that says what of: whoever can guess the words can check the guess. */
const BARE_HASH = /^[0-9a-f]{64}$/;

/** What is personal in a stream, by its events: names from their declarations, texts from the fields so declared. */
export function personalIn(decider: AnyDecider, events: readonly Recorded[]): Personal {
  const names = new Set(Object.values(decider.events).flatMap(({ personal }) => personal));
  const texts = new Set<string>();
  for (const { type, data } of events)
    for (const name of decider.events[type]?.personal ?? [])
      for (const text of textsIn((data as Record<string, unknown>)[name])) texts.add(text);
  return { names, texts };
}

/** Codes such as `email` stand for nobody; they are left out with the field they are in, and shown elsewhere. */
const isCode = (text: string): boolean => /^[a-z]+(_[a-z]+)*$/.test(text) && text.length <= 40;

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return isCode(value) ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Whether a member of a state, or a list of texts, is left out: by its name, or because of what it says. */
export const isPersonal = (name: string, value: unknown, { names, texts }: Personal): boolean =>
  names.has(name) ||
  (Array.isArray(value) ? value : [value]).some(
    (each) => typeof each === 'string' && (texts.has(each) || BARE_HASH.test(each)),
  );

export interface Redacted {
  value: unknown;
  /** names of what was left out, sorted */
  withheld: string[];
}

/**
 * A folded state without what its events call personal: members of those names, whatever else says the same text under
 * another name, and hashes of what somebody said. A name that is personal in one event is left out in all, which rather
 * hides too much.
 * @param state a JSON value
 */
export function withoutPersonal(state: unknown, personal: Personal): Redacted {
  const withheld = new Set<string>();
  const redact = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(redact);
    if (!isObject(value)) return value;
    const members: [string, unknown][] = [];
    for (const [name, member] of Object.entries(value))
      if (isPersonal(name, member, personal)) withheld.add(name);
      else members.push([name, redact(member)]);
    return Object.fromEntries(members);
  };
  return { value: redact(state), withheld: [...withheld].sort() };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
