import { streamOf } from '#libs/kernel';

/**
 * Who is treated by whom, and with whom: what a therapist must not be matched over. One row per client, unit and
 * relationship, by the names of their streams; a client's row leads to the others.
 */
export type Tie =
  | { kind: 'client'; streams: readonly string[] }
  | { kind: 'unit'; unitKind: string; members: readonly string[] }
  | { kind: 'relationship'; therapistId: string; members: readonly string[]; open: boolean };

/** For whom a match is made: the client once there is one, and the clients they named as a conflict. */
export type Asking = { clientId?: string; conflictsWith?: readonly string[] };

/** Therapists who now treat somebody that stands in the way. */
export type Between = { treatRelative: ReadonlySet<string>; treatNamed: ReadonlySet<string> };

/** The rows to read, from those read so far. */
export function pointedTo(
  rows: ReadonlyMap<string, Tie>,
  { clientId, conflictsWith = [] }: Asking,
): string[] {
  const people = [...(clientId ? [clientId] : []), ...conflictsWith, ...relativesOf(rows, clientId)];
  const further = [...rows.values()].flatMap((row) => (row.kind === 'client' ? row.streams : []));
  return [...people.map((id) => streamOf('client', id)), ...further];
}

/** The other members of every couple and family the client belongs to; a group is no family. */
function relativesOf(rows: ReadonlyMap<string, Tie>, clientId: string | undefined): string[] {
  const members = [...rows.values()].flatMap((row) =>
    row.kind === 'unit' &&
    (row.unitKind === 'couple' || row.unitKind === 'family') &&
    row.members.some((member) => member === clientId)
      ? row.members
      : [],
  );
  return [...new Set(members)].filter((member) => member !== clientId);
}

export function between(rows: ReadonlyMap<string, Tie>, { clientId, conflictsWith = [] }: Asking): Between {
  const treating = (people: readonly string[]) =>
    new Set(
      [...rows.values()].flatMap((row) =>
        row.kind === 'relationship' && row.open && row.members.some((member) => people.includes(member))
          ? [row.therapistId]
          : [],
      ),
    );
  return { treatRelative: treating(relativesOf(rows, clientId)), treatNamed: treating(conflictsWith) };
}
