/** What the log says in the clear of two records that may be one person's. */
export type MergeLine = {
  /** of the record that it is entered under */
  id: string;
  type: (typeof MERGING)[number];
  data: { otherClientId: string; kept?: string };
};

export const MERGING = [
  'ClientsMergeProposed',
  'ClientsUnmergeProposed',
  'ClientsProposalDropped',
  'ClientsMerged',
  'ClientsUnmerged',
] as const;

/**
 * Records of which a merge, or that it be undone, is asked and neither confirmed nor dropped, as far as it concerns any
 * of some records.
 * @param lines in the order of the log
 */
export function openProposals(lines: readonly MergeLine[], records: readonly string[]): string[] {
  const open = new Map<string, string>();
  for (const { id, type, data } of lines) {
    if (type === 'ClientsMergeProposed' || type === 'ClientsUnmergeProposed')
      open.set(id, data.otherClientId);
    if (type === 'ClientsProposalDropped' || type === 'ClientsUnmerged') open.delete(id);
    if (type === 'ClientsMerged' && data.kept === 'other') open.delete(id);
  }
  return [...open].filter(([id, other]) => records.includes(id) || records.includes(other)).map(([id]) => id);
}
