import { expect, it } from 'vitest';
import { openProposals, type MergeLine } from './merging.js';

const line = (id: string, type: MergeLine['type'], otherClientId: string, kept?: string): MergeLine => ({
  id,
  type,
  data: { otherClientId, ...(kept ? { kept } : {}) },
});
const MERGED = [
  line('kept', 'ClientsMergeProposed', 'gone'),
  line('kept', 'ClientsMerged', 'gone', 'this'),
  line('gone', 'ClientsMerged', 'kept', 'other'),
];

it('a merge that is asked for stands open for both records, and for nobody else', () => {
  const asked = [
    line('mira', 'ClientsMergeProposed', 'myra'),
    line('tomas', 'ClientsMergeProposed', 'thomas'),
  ];
  expect(openProposals(asked, ['mira'])).toEqual(['mira']);
  expect(openProposals(asked, ['myra'])).toEqual(['mira']);
  expect(openProposals(asked, ['somebody'])).toEqual([]);
});

it('one that was dropped is over', () =>
  expect(
    openProposals(
      [line('mira', 'ClientsMergeProposed', 'myra'), line('mira', 'ClientsProposalDropped', 'myra')],
      ['mira', 'myra'],
    ),
  ).toEqual([]));

it('that a merge be undone is asked until it is', () => {
  const asked = [...MERGED, line('gone', 'ClientsUnmergeProposed', 'kept')];
  expect(openProposals(asked, ['kept', 'gone'])).toContain('gone');
  expect(openProposals([...asked, line('gone', 'ClientsUnmerged', 'kept')], ['gone'])).not.toContain('gone');
});
