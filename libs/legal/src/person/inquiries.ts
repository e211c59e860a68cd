/** What the log says in the clear of one inquiry, one line per event. */
export type InquiryLine = {
  id: string;
  type: string;
  clientId: string | null;
  linkedInquiryId: string | null;
};

export type AskedAs = { id: string; open: boolean };

const CLOSING: readonly string[] = [
  'InquiryAccepted',
  'InquiryDeclined',
  'InquiryReferred',
  'InquiryWithdrawn',
];

/**
 * The inquiries of one person: under one of their records or under an inquiry's own id, and those that follow one another.
 * What was said before there was a client is sealed with a key of the inquiry.
 * @param ids of records of the person; of an inquiry, while they are no client
 */
export function inquiriesOf(lines: readonly InquiryLine[], ids: readonly string[]): AskedAs[] {
  const clientOf = new Map(lines.flatMap(({ id, clientId }) => (clientId ? [[id, clientId]] : [])));
  const theirs = new Set(
    lines
      .filter(({ id, clientId }) => ids.includes(id) || (clientId && ids.includes(clientId)))
      .map(({ id }) => id),
  );
  const links = lines.flatMap(({ id, linkedInquiryId: other }) => (other ? [[id, other] as const] : []));
  const nobodyElses = (id: string): boolean => {
    const clientId = clientOf.get(id);
    return clientId === undefined || ids.includes(clientId);
  };
  for (let before = -1; before !== theirs.size;) {
    before = theirs.size;
    for (const [one, other] of links)
      if (theirs.has(one) !== theirs.has(other))
        for (const id of [one, other]) if (nobodyElses(id)) theirs.add(id);
  }
  return [...theirs].map((id) => ({
    id,
    open: !lines.some((line) => line.id === id && CLOSING.includes(line.type)),
  }));
}
