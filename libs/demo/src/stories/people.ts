import { client, unit, type JointRule } from '#libs/client';
import { commandFor } from '#libs/event-store';
import { deriveId } from '#libs/kernel';
import type { DaysAgo } from '../calendar.js';
import { clientIdOf, treated, type Case, type Guardian, type Treated } from '../case.js';
import { AddUnitMember, ChangeClientDetails, RegisterClient, SettleMerge } from '../commands.js';
import { personOf } from '../people.js';
import { isRegistered } from './intake.js';

export const guardianNamed = (name: string): Guardian => ({
  id: deriveId('demo', 'guardian', name),
  name: `${name} (invented)`,
});

export interface Deciding {
  readonly jointRule: JointRule;
  readonly document: string;
  /** one word */
  readonly relations: readonly string[];
  readonly since: DaysAgo;
}

/** Those who decide for somebody show the paper that says so. */
export function guardiansAreRecorded(
  one: Case,
  member: Treated,
  guardians: readonly Guardian[],
  { jointRule, document, relations, since }: Deciding,
): void {
  guardians.forEach(({ id: guardianId, name }, index) => {
    const authority = {
      guardianId,
      name,
      relation: relations[index]!,
      scope: 'all' as const,
      jointRule,
      document,
      validFrom: one.world.calendar.dateOf(since),
    };
    one.story.enter({ what: 'guardian is recorded', id: member.id, by: one.by('coordinator') }, (meta) =>
      commandFor(client, meta, { type: 'RecordGuardian', ...authority }),
    );
  });
  one.guardians.set(member, guardians);
}

/** Whether somebody can decide about being treated. */
export function capacityIsAssessed(one: Case, member: Treated, capable: boolean, note: string): void {
  one.story.enter({ what: 'capacity is assessed', id: member.id, by: one.byTherapist }, (meta) =>
    commandFor(client, meta, { type: 'AssessCapacity', decision: 'treatment', capable, note }),
  );
}

/** Lives elsewhere from now on, where other rules hold. */
export function isElsewhere(one: Case, member: Treated, jurisdiction: string): void {
  one.story.enter(
    { what: `is in ${jurisdiction} now`, id: member.id, by: one.by('coordinator') },
    (meta) => new ChangeClientDetails(meta, { type: 'ChangeClientDetails', jurisdiction }),
  );
}

/** One more comes to the group. */
export function joins(one: Case, personKey: string): Treated {
  const member = treated(personOf(personKey), one.world.calendar.today);
  isRegistered(one, member);
  one.story.enter(
    { what: 'joins', id: one.unitId, by: one.by('coordinator') },
    (meta) => new AddUnitMember(meta, { type: 'AddUnitMember', clientId: member.id }),
  );
  one.members = [...one.members, member];
  return member;
}

/** One of the group goes; the others go on. */
export function leaves(one: Case, member: Treated): void {
  one.story.enter({ what: 'leaves', id: one.unitId, by: one.by('coordinator') }, (meta) =>
    commandFor(unit, meta, { type: 'RemoveUnitMember', clientId: member.id }),
  );
  one.members = one.members.filter((other) => other !== member);
}

/**
 * Calls again, is taken for somebody new with the birth date misheard, and is then found to be the same: one person asks
 * for the records to be merged, another looks at both and confirms.
 */
export function isRegisteredTwice(one: Case, member: Treated, misheard: string): void {
  const twice = clientIdOf(`${member.key} again`);
  const details = {
    legalName: member.legalName,
    dateOfBirth: misheard,
    languages: [...member.languages],
    contacts: [{ kind: 'email' as const, value: member.contact, preferred: true }],
  };
  one.story.enter(
    { what: 'is entered a second time', id: twice, by: one.by('coordinator'), creates: true },
    (meta) => new RegisterClient(meta, { type: 'RegisterClient', ...details }),
  );
  one.story
    .later(35)
    .enter(
      { what: 'records may be one person’s', id: twice, by: one.by('coordinator') },
      (meta) => new SettleMerge(meta, { type: 'ProposeMerge', otherClientId: member.id }),
    );
  one.story
    .later(90)
    .enter(
      { what: 'records are merged', id: twice, by: one.by('owner') },
      (meta) => new SettleMerge(meta, { type: 'ConfirmMerge', otherClientId: member.id }),
    );
}
