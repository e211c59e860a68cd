import type { Asking, Concern } from '#libs/identity';
import { localDate, type Instant, type LocalDate, type Reach } from '#libs/kernel';

/** Somebody stands in, both days whole. */
export type StandIn = { therapistId: string; from: LocalDate; to: LocalDate };
/** `to` is missing while it lasts. */
export type Supervised = { staffId: string; from: Instant; to?: Instant };

/** What is known of one thing, by its id, so that it can be told whom it concerns and who takes care of them. */
export interface CareRow {
  /** clients it concerns or ever concerned */
  clients: readonly string[];
  /** the relationship in which it lives */
  relationshipId?: string;
  /** the unit of a relationship: others may join it later */
  unitId?: string;
  /** whoever treats in one of these treats the client, or the unit: ids of relationships, inquiries, units, records merged */
  links: readonly string[];
  /** the therapist of a relationship or a session; the one an inquiry is matched to; whose stance it is */
  therapistId?: string;
  /** an inquiry that no therapist has been matched to yet */
  unmatched?: boolean;
  standIns: readonly StandIn[];
  /** who wrote the note, or broke the glass */
  authorId?: string;
  /** whom this staff member supervises, or has */
  supervises: readonly Supervised[];
  /** of the practice itself */
  zone?: string;
}

/** The rows that others lead to; asked until there are no more. */
export const ledTo = (rows: ReadonlyMap<string, CareRow>): string[] =>
  [...rows.values()].flatMap(({ links, relationshipId, unitId }) =>
    [...links, relationshipId, unitId].filter((id) => id !== undefined),
  );

/**
 * What connects somebody with a thing; nothing when it is unknown. A relationship is its therapist's, also after it has
 * ended, and a stand-in's while that lasts; whoever handed it over has it no more. What lives in a relationship goes with
 * it: somebody who treats a client in another relationship does not see into this one.
 * @param rows with all they lead to, the practice and whoever asks
 */
export function concernOf(
  id: string,
  rows: ReadonlyMap<string, CareRow>,
  asking: Asking,
): Concern | undefined {
  const row = rows.get(id);
  if (!row) return undefined;
  const { staffId, at } = asking;
  const treating = treatersOf(id, rows, asking);
  const reaches = new Set<Reach>();
  if (treating.has(staffId) || id === staffId) reaches.add('own');
  if (row.authorId === staffId) reaches.add('author');
  if (row.unmatched) reaches.add('unmatched');
  const supervised = (rows.get(staffId)?.supervises ?? []).filter(
    ({ from, to }) => from <= at && (to === undefined || at < to),
  );
  // also of a note whose author has handed the client over: somebody must still cosign it
  if (supervised.some((one) => treating.has(one.staffId) || one.staffId === row.authorId))
    reaches.add('supervisees');
  return { clients: clientsOf(row, rows), reaches };
}

/** A thing within a relationship names its own clients: a session of a group need not be with all of it. */
function clientsOf(row: CareRow, rows: ReadonlyMap<string, CareRow>): readonly string[] {
  const unit = row.unitId ? rows.get(row.unitId) : undefined;
  return [...new Set([...row.clients, ...(unit?.clients ?? [])])];
}

function treatersOf(
  id: string,
  rows: ReadonlyMap<string, CareRow>,
  { practiceId, at }: Asking,
): ReadonlySet<string> {
  const treating = new Set<string>();
  const today = localDate(at, rows.get(practiceId)?.zone ?? 'UTC');
  const seen = new Set<string>();
  const visit = (one: string): void => {
    const row = rows.get(one);
    if (!row || seen.has(one)) return;
    seen.add(one);
    if (row.therapistId) treating.add(row.therapistId);
    // where two of them meet, the one arranged later holds
    const standIn = row.standIns.findLast(({ from, to }) => from <= today && today <= to);
    if (standIn) treating.add(standIn.therapistId);
    if (row.relationshipId) visit(row.relationshipId);
    for (const link of row.links) visit(link);
  };
  visit(id);
  return treating;
}
