import { streamOf } from '#libs/kernel';

/**
 * Who is treated by whom, and with whom: what a therapist must not be matched over. One row per client, unit and
 * relationship, by the names of their streams; a client's row leads to the others.
 */
export type Tie =
  | { kind: 'client'; streams: readonly string[] }
  | { kind: 'unit'; unitKind: string; members: readonly string[] }
  | { kind: 'relationship'; therapistId: string; members: readonly string[]; open: boolean };

/** For whom a match is made: the client once there is one, and the clients they named as a conflict; every record of each. */
export type Asking = { clientIds?: readonly string[]; conflictsWith?: readonly string[] };

/** Therapists who now treat somebody that stands in the way. */
export type Between = { treatRelative: ReadonlySet<string>; treatNamed: ReadonlySet<string> };

/** The rows to read, from those read so far. */
export function pointedTo(
  rows: ReadonlyMap<string, Tie>,
  { clientIds = [], conflictsWith = [] }: Asking,
): string[] {
  const people = [...clientIds, ...conflictsWith, ...relativesOf(rows, clientIds)];
  const further = [...rows.values()].flatMap((row) => (row.kind === 'client' ? row.streams : []));
  return [...people.map((id) => streamOf('client', id)), ...further];
}

/** The other members of every couple and family the client belongs to; a group is no family. */
function relativesOf(rows: ReadonlyMap<string, Tie>, clientIds: readonly string[]): string[] {
  const members = [...rows.values()].flatMap((row) =>
    row.kind === 'unit' &&
    (row.unitKind === 'couple' || row.unitKind === 'family') &&
    row.members.some((member) => clientIds.includes(member))
      ? row.members
      : [],
  );
  return [...new Set(members)].filter((member) => !clientIds.includes(member));
}

export function between(
  rows: ReadonlyMap<string, Tie>,
  { clientIds = [], conflictsWith = [] }: Asking,
): Between {
  const treating = (people: readonly string[]) =>
    new Set(
      [...rows.values()].flatMap((row) =>
        row.kind === 'relationship' && row.open && row.members.some((member) => people.includes(member))
          ? [row.therapistId]
          : [],
      ),
    );
  return { treatRelative: treating(relativesOf(rows, clientIds)), treatNamed: treating(conflictsWith) };
}
