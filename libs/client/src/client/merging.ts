import { conflict, type Reason, reasonIf, refuseIfAny, unreachable } from '#libs/kernel';

/**
 * Two records of one person are linked, nothing is moved or deleted. One person asks, another confirms; both are asked at
 * the record that goes. From then on that record says where to go, and the one that is kept says what was merged into it.
 */
export type MergeEvent =
  | { type: 'ClientsMergeProposed'; data: { otherClientId: string } }
  | { type: 'ClientsUnmergeProposed'; data: { otherClientId: string } }
  /** the open proposal, of either kind, is off the table */
  | { type: 'ClientsProposalDropped'; data: { otherClientId: string } }
  /** in both streams; `kept` says which of the two records stays */
  | { type: 'ClientsMerged'; data: { otherClientId: string; kept: 'this' | 'other' } }
  /** in both streams */
  | { type: 'ClientsUnmerged'; data: { otherClientId: string } };

/** `by` is the staff member who asked. */
export type MergeProposal = { kind: 'merge' | 'unmerge'; otherClientId: string; by: string };

export type Merging = {
  /** the record that is kept instead of this one */
  mergedInto?: string;
  /** the records that were merged into this one */
  mergedHere: readonly string[];
  /** the record that this one was last parted from */
  partedFrom?: string;
  proposal?: MergeProposal;
};

export const UNMERGED: Merging = { mergedHere: [] };

export function evolveMerging(state: Merging, event: MergeEvent & { actor: { id: string } }): Merging {
  const { otherClientId } = event.data;
  const { proposal: _, ...settled } = state;
  const others = state.mergedHere.filter((id) => id !== otherClientId);
  switch (event.type) {
    case 'ClientsMergeProposed':
      return { ...state, proposal: { kind: 'merge', otherClientId, by: event.actor.id } };
    case 'ClientsUnmergeProposed':
      return { ...state, proposal: { kind: 'unmerge', otherClientId, by: event.actor.id } };
    case 'ClientsProposalDropped':
      return settled;
    case 'ClientsMerged':
      return event.data.kept === 'this'
        ? { ...state, mergedHere: [...others, otherClientId] }
        : { ...settled, mergedInto: otherClientId };
    case 'ClientsUnmerged': {
      if (state.mergedInto !== otherClientId) return { ...state, mergedHere: others };
      const { mergedInto: _gone, ...apart } = settled;
      return { ...apart, partedFrom: otherClientId };
    }
    default:
      return unreachable(event);
  }
}

/** A unit that both are members of now, and its open relationship. */
export type SharedUnit = { unitId: string; relationshipId: string };

/** `otherMergedInto` is where the other record points to, if it was merged away itself. */
type Asked = { otherClientId: string; otherMergedInto?: string; shared?: readonly SharedUnit[] };

/** All but the last two are for the record that goes; those two are what the record that is kept notes of it. */
export type MergeCommand =
  | ({ type: 'ProposeMerge' } & Asked)
  | ({ type: 'ConfirmMerge' } & Asked)
  | { type: 'ProposeUnmerge'; otherClientId: string }
  | { type: 'ConfirmUnmerge'; otherClientId: string }
  | { type: 'DropMergeProposal'; otherClientId: string }
  | { type: 'NoteMerged'; otherClientId: string }
  | { type: 'NoteUnmerged'; otherClientId: string };

/** @param staffId who is asking */
export function decideMerging(
  { id, merging }: { id: string; merging: Merging },
  command: MergeCommand,
  staffId: string,
): MergeEvent[] {
  const { otherClientId } = command;
  const data = { otherClientId };
  const { mergedInto, mergedHere, partedFrom, proposal } = merging;
  switch (command.type) {
    case 'ProposeMerge': {
      if (mergedInto === otherClientId || isOpen(proposal, 'merge', otherClientId)) return [];
      refuseIfAny([...mergeReasons(id, merging, command), ...openReasons(proposal)]);
      return [{ type: 'ClientsMergeProposed', data }];
    }
    case 'ConfirmMerge': {
      if (mergedInto === otherClientId) return [];
      mustBeOpen(proposal, 'merge', otherClientId);
      refuseIfAny([...mergeReasons(id, merging, command), ...samePersonReasons(proposal, staffId)]);
      return [{ type: 'ClientsMerged', data: { otherClientId, kept: 'other' } }];
    }
    case 'ProposeUnmerge': {
      if (isOpen(proposal, 'unmerge', otherClientId)) return [];
      if (mergedInto !== otherClientId)
        conflict(
          'not_merged',
          'This record is not merged into that one. Ask at the record that was merged away.',
        );
      return [{ type: 'ClientsUnmergeProposed', data }];
    }
    case 'ConfirmUnmerge': {
      if (mergedInto === undefined && partedFrom === otherClientId && !proposal) return [];
      mustBeOpen(proposal, 'unmerge', otherClientId);
      refuseIfAny(samePersonReasons(proposal, staffId));
      return [{ type: 'ClientsUnmerged', data }];
    }
    case 'DropMergeProposal':
      if (!proposal) return [];
      mustBeOpen(proposal, proposal.kind, otherClientId);
      return [{ type: 'ClientsProposalDropped', data }];
    case 'NoteMerged':
      return mergedHere.includes(otherClientId)
        ? []
        : [{ type: 'ClientsMerged', data: { otherClientId, kept: 'this' } }];
    case 'NoteUnmerged':
      return mergedHere.includes(otherClientId) ? [{ type: 'ClientsUnmerged', data }] : [];
    default:
      return unreachable(command);
  }
}

/** A chain of records would say where to go only in steps: it is not made. */
const mergeReasons = (
  id: string,
  { mergedInto, mergedHere }: Merging,
  { otherClientId, otherMergedInto, shared = [] }: Asked,
): Reason[] => [
  ...reasonIf(id === otherClientId, 'same_record', 'These are one record. Name the other one.'),
  ...(mergedInto === undefined ? [] : mergedAwayReasons(mergedInto)),
  ...reasonIf(
    mergedHere.length > 0,
    'keeps_other_records',
    `Records were merged into this one: ${mergedHere.join(', ')}. Keep this one and merge the other into it.`,
  ),
  ...(otherMergedInto === undefined
    ? []
    : [
        {
          code: 'other_merged_away',
          detail: `That record was itself merged away. Name the one that is kept: ${otherMergedInto}.`,
        },
      ]),
  ...shared.map(({ unitId, relationshipId }) => ({
    code: 'treated_together',
    detail: `Both are members of unit ${unitId}, and one person is not treated together with themself. Record that one of them left it; where too few would be left, as in a couple, end relationship ${relationshipId}. Then merge.`,
    otherId: relationshipId,
  })),
];

/** What a record that was merged away no longer takes. */
export const mergedAwayReasons = (mergedInto: string): Reason[] => [
  { code: 'merged_away', detail: `This record was merged into ${mergedInto}. Go on there.` },
];

const isOpen = (
  proposal: MergeProposal | undefined,
  kind: MergeProposal['kind'],
  otherClientId: string,
): boolean => proposal?.kind === kind && proposal.otherClientId === otherClientId;

const openReasons = (proposal: MergeProposal | undefined): Reason[] =>
  reasonIf(
    proposal !== undefined,
    'proposal_open',
    'Something else has been asked about this record. Confirm it or drop it first.',
  );

function mustBeOpen(
  proposal: MergeProposal | undefined,
  kind: MergeProposal['kind'],
  otherClientId: string,
): void {
  if (!isOpen(proposal, kind, otherClientId))
    conflict('not_asked', 'Nobody has asked for this. Ask first; somebody else then confirms.');
}

const samePersonReasons = (proposal: MergeProposal | undefined, staffId: string): Reason[] =>
  reasonIf(
    proposal?.by === staffId,
    'second_person_needed',
    'You asked for this yourself. Have another member of staff look at both records and confirm.',
  );
