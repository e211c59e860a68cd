import { describe, expect, it } from 'vitest';
import { forDecider, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { client, type ClientEvent } from './client.js';
import type { MergeCommand } from './merging.js';

const registered: ClientEvent = {
  type: 'ClientRegistered',
  data: { legalName: 'Mirabel Okafor', dateOfBirth: '1991-02-28', languages: ['en'], contacts: [] },
};
const about = (otherClientId = 'kept') => ({ otherClientId });
const asked = { type: 'ClientsMergeProposed', data: about() } as const;
const merged = { type: 'ClientsMerged', data: { ...about(), kept: 'other' } } as const;
const askedToPart = { type: 'ClientsUnmergeProposed', data: about() } as const;
const parted = { type: 'ClientsUnmerged', data: about() } as const;
const keeps = (otherClientId: string) =>
  ({ type: 'ClientsMerged', data: { otherClientId, kept: 'this' } }) as const;
const command = (type: MergeCommand['type'], otherClientId = 'kept') => ({ type, otherClientId }) as const;
const colleague = { actor: { id: 'a colleague', role: 'owner' } };
const { given } = forDecider(client);

describe('merging', () => {
  it('one person asks for a merge, a second one confirms it', () => {
    given(registered).when(command('ProposeMerge')).then(asked);
    given(registered, asked).when(command('ConfirmMerge'), colleague).then(merged);
  });

  it('nobody confirms what they asked for themself', () => {
    given(registered, asked)
      .when(command('ConfirmMerge'), { actor: { id: STAFF, role: 'coordinator' } })
      .thenRefused('second_person_needed');
    given(registered, asked, merged, askedToPart)
      .when(command('ConfirmUnmerge'), { actor: { id: STAFF, role: 'coordinator' } })
      .thenRefused('second_person_needed');
  });

  it('two who are treated together are not merged: a couple of one person is none', () => {
    const shared = [{ unitId: 'couple', relationshipId: 'theirs' }];
    given(registered)
      .when({ ...command('ProposeMerge'), shared })
      .thenRefused('treated_together');
    given(registered, asked)
      .when(
        { ...command('ConfirmMerge'), shared: [...shared, { unitId: 'group', relationshipId: 'g' }] },
        colleague,
      )
      .thenRefused('treated_together', 'treated_together');
    given(registered, asked)
      .when({ ...command('ConfirmMerge'), shared: [] }, colleague)
      .then(merged);
    given(registered, asked, merged)
      .when({ ...command('ConfirmMerge'), shared }, colleague)
      .thenNothing();
  });

  it('only what was asked is confirmed, about the same records', () => {
    given(registered).when(command('ConfirmMerge'), colleague).thenRefused('not_asked');
    given(registered, asked).when(command('ConfirmMerge', 'third'), colleague).thenRefused('not_asked');
    given(registered, asked, merged).when(command('ConfirmUnmerge'), colleague).thenRefused('not_asked');
    given(registered, asked).when(command('ConfirmUnmerge'), colleague).thenRefused('not_asked');
  });

  it('a merge moves nothing: the record that goes keeps all it had and says where to go', () => {
    const before = given(registered).state;
    const { state } = given(registered, asked, merged);
    expect(state).toEqual({ ...before, merging: { mergedHere: [], mergedInto: 'kept' } });
    given(registered).when(command('NoteMerged', 'gone')).then(keeps('gone'));
    expect(given(registered, keeps('gone')).state).toMatchObject({ merging: { mergedHere: ['gone'] } });
  });

  it('a merge is undone by two people again, and can be made anew', () => {
    given(registered, asked, merged).when(command('ProposeUnmerge')).then(askedToPart);
    given(registered, asked, merged, askedToPart).when(command('ConfirmUnmerge'), colleague).then(parted);
    given(registered, keeps('kept')).when(command('NoteUnmerged')).then(parted);
    expect(given(registered, keeps('gone'), { ...parted, data: about('gone') }).state).toMatchObject({
      merging: { mergedHere: [] },
    });
    given(registered, asked, merged, askedToPart, parted).when(command('ProposeMerge')).then(asked);
    given(registered).when(command('ProposeUnmerge')).thenRefused('not_merged');
  });

  it('no record is merged into itself, into one that was merged away, or when others were merged into it', () => {
    given(registered).when(command('ProposeMerge', THING)).thenRefused('same_record');
    given(registered)
      .when({ ...command('ProposeMerge'), type: 'ProposeMerge', otherMergedInto: 'third' })
      .thenRefused('other_merged_away');
    given(registered, asked)
      .when({ ...command('ConfirmMerge'), type: 'ConfirmMerge', otherMergedInto: 'third' }, colleague)
      .thenRefused('other_merged_away');
    given(registered, keeps('gone')).when(command('ProposeMerge')).thenRefused('keeps_other_records');
    given(registered, asked, keeps('gone'))
      .when(command('ConfirmMerge'), colleague)
      .thenRefused('keeps_other_records');
    given(registered, asked, merged).when(command('ProposeMerge', 'third')).thenRefused('merged_away');
  });

  it('one thing is asked at a time; what was asked can be taken back', () => {
    given(registered, asked).when(command('ProposeMerge', 'third')).thenRefused('proposal_open');
    given(registered, asked)
      .when(command('DropMergeProposal'))
      .then({ type: 'ClientsProposalDropped', data: about() });
    given(registered, asked, { type: 'ClientsProposalDropped', data: about() })
      .when(command('ConfirmMerge'), colleague)
      .thenRefused('not_asked');
    given(registered, asked).when(command('DropMergeProposal', 'third')).thenRefused('not_asked');
  });

  it('a record that was merged away takes no new details and no new guardian, but whatever protects the person', () => {
    const ines = {
      guardianId: 'ines',
      name: 'Ines Okafor',
      scope: 'all',
      jointRule: 'sole',
      document: 'order',
      validFrom: '2026-01-01',
    } as const;
    const away = [registered, { type: 'GuardianAuthorityRecorded', data: ines }, asked, merged] as const;
    given(...away)
      .when({ type: 'ChangeClientDetails', zone: 'Europe/Berlin', usedName: 'M' })
      .thenRefused('merged_away');
    given(...away)
      .when({ type: 'RecordGuardian', ...ines, guardianId: 'tunde' })
      .thenRefused('merged_away');
    given(...away)
      .when({ type: 'EndGuardian', guardianId: 'ines', endedOn: '2026-06-15' })
      .then({ type: 'GuardianAuthorityEnded', data: { guardianId: 'ines', endedOn: '2026-06-15' } });
    given(...away)
      .when({ type: 'AssessCapacity', decision: 'treatment', capable: false })
      .then({ type: 'CapacityAssessed', data: { decision: 'treatment', capable: false } });
  });
});
