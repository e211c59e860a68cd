import { describe, expect, it } from 'vitest';
import {
  about,
  decided,
  facts,
  give,
  signature,
  talked,
  the,
} from '../../../../test/support/consent-giving.js';
import { NOW } from '../../../../test/support/decider-kit.js';
import type { Authority, ConsentCommand, ConsentEvent, GivingFacts } from './consent.js';
import { authoritiesFor, type AuthorityOnRecord } from './guardians.js';

const MOTHER = '0190cccc-0000-7000-8000-000000000001';
const FATHER = '0190cccc-0000-7000-8000-000000000002';
const assent: ConsentEvent = { type: 'AssentRecorded', data: about };
const cannotDecide: ConsentEvent = {
  type: 'ComprehensionRecorded',
  data: { ...about, method: 'teach_back', understood: true, capacity: { attested: false } },
};

const may = (
  guardianId: string,
  jointRule: AuthorityOnRecord['jointRule'],
  more: Partial<AuthorityOnRecord> = {},
): AuthorityOnRecord => ({
  guardianId,
  scope: 'all',
  jointRule,
  legalRepresentative: false,
  validFrom: '2020-01-01',
  ...more,
});

/** What the handler finds on record for the day of NOW and for treatment. */
function onRecord(authorities: AuthorityOnRecord[], minor = true): GivingFacts {
  const day = NOW.slice(0, 10);
  const inForce = authoritiesFor(authorities, { day, purpose: 'treatment', minor });
  const majorityOn = minor ? '2030-01-02' : '2008-01-02';
  return { ...facts, minor, majorityOn, guardians: { onRecord: authorities.length > 0, inForce } };
}

const permit = (
  authorities: AuthorityOnRecord[],
  authority: Partial<Authority> = {},
  more: Partial<Extract<ConsentCommand, { type: 'GiveConsent' }>> = {},
): Extract<ConsentCommand, { type: 'GiveConsent' }> => ({
  ...give,
  by: 'substitute',
  authority: { kind: 'guardian', ...authority },
  facts: onRecord(authorities),
  ...more,
});
const minors = [...talked, assent];
const guardiansOf = (events: ConsentEvent[]) => (events[0]!.data as { guardians?: object[] }).guardians;

describe('a guardian’s permission', () => {
  it('by a sole guardian on record is given with their one signature', () =>
    expect(guardiansOf(decided(minors, permit([may(MOTHER, 'sole')], { guardianId: MOTHER })))).toEqual([
      { guardianId: MOTHER, jointRule: 'sole' },
    ]));

  it('is refused while nobody is on record as guardian, whatever document is named with the consent', () => {
    const named = { name: 'Invented Guardian', reference: 'birth certificate' };
    for (const authority of [named, { guardianId: MOTHER }, { ...named, guardianId: MOTHER }])
      the
        .given(...minors)
        .when(permit([], authority))
        .thenRefused('authority_not_on_record');
  });

  it('is refused with the command to use first', () =>
    expect(() => decided(minors, permit([]))).toThrow(/record-guardian/));

  it('of somebody named in words alone is refused, though somebody is on record: it may be somebody else', () =>
    the
      .given(...minors)
      .when(permit([may(MOTHER, 'sole')], { name: 'Invented Uncle', reference: 'birth certificate' }))
      .thenRefused('guardian_not_named'));

  it('needs an authority in force that day', () => {
    for (const over of [{ validTo: '2026-06-14' }, { endedOn: '2026-06-15' }, { validFrom: '2026-06-16' }])
      for (const authority of [{ guardianId: MOTHER }, { name: 'Invented', reference: 'old order' }])
        the
          .given(...minors)
          .when(permit([may(MOTHER, 'sole', over)], authority))
          .thenRefused('authority_not_in_force');
    expect(
      decided(
        minors,
        permit([may(MOTHER, 'sole', { validTo: '2026-06-15', endedOn: '2026-06-16' })], {
          guardianId: MOTHER,
        }),
      ),
    ).toHaveLength(2);
  });

  it('needs an authority whose scope covers the purpose', () => {
    the
      .given(...minors)
      .when(permit([may(MOTHER, 'sole', { scope: ['research'] })], { guardianId: MOTHER }))
      .thenRefused('authority_not_in_force');
    expect(
      decided(minors, permit([may(MOTHER, 'sole', { scope: ['treatment'] })], { guardianId: MOTHER })),
    ).toHaveLength(2);
  });

  it('of either of two is enough, and it is said whose', () => {
    const either = [may(MOTHER, 'either'), may(FATHER, 'either')];
    expect(guardiansOf(decided(minors, permit(either, { guardianId: FATHER })))).toEqual([
      { guardianId: FATHER, jointRule: 'either' },
    ]);
    the
      .given(...minors)
      .when(permit(either, { name: 'Invented Guardian', reference: 'birth certificate' }))
      .thenRefused('guardian_not_named');
  });

  it('of two who decide together needs the signature of each', () => {
    const both = [may(MOTHER, 'both'), may(FATHER, 'both')];
    the
      .given(...minors)
      .when(permit(both, { guardianId: MOTHER }))
      .thenRefused('second_guardian_missing');
    const twice = { cosigned: [{ guardianId: MOTHER, signature }] };
    the
      .given(...minors)
      .when(permit(both, { guardianId: MOTHER }, twice))
      .thenRefused('second_guardian_missing');
    const unsigned = { cosigned: [{ guardianId: FATHER, signature: { ...signature, signedName: ' ' } }] };
    the
      .given(...minors)
      .when(permit(both, { guardianId: MOTHER }, unsigned))
      .thenRefused('signature_empty');
    const cosigned = { cosigned: [{ guardianId: FATHER, signature }] };
    expect(guardiansOf(decided(minors, permit(both, { guardianId: MOTHER }, cosigned)))).toEqual([
      { guardianId: MOTHER, jointRule: 'both' },
      { guardianId: FATHER, jointRule: 'both' },
    ]);
  });

  it('of one of two who decide together is refused also while the other is not on record', () => {
    the
      .given(...minors)
      .when(permit([may(MOTHER, 'both')], { guardianId: MOTHER }))
      .thenRefused('second_guardian_not_on_record');
  });

  it('of somebody else than the one who decides alone is refused', () => {
    the
      .given(...minors)
      .when(permit([may(MOTHER, 'sole'), may(FATHER, 'either')], { guardianId: FATHER }))
      .thenRefused('sole_guardian_missing');
  });

  it('never replaces the minor’s own assent or dissent, which is recorded beside it', () => {
    the
      .given(...talked)
      .when(permit([may(MOTHER, 'sole')], { guardianId: MOTHER }))
      .thenRefused('assent_not_recorded');
    const dissent: ConsentEvent = { type: 'DissentRecorded', data: about };
    expect(decided([...talked, dissent], permit([may(MOTHER, 'sole')], { guardianId: MOTHER }))).toHaveLength(
      2,
    );
  });

  it('given again by another guardian the same day is another consent', () => {
    const either = [may(MOTHER, 'either'), may(FATHER, 'either')];
    const first = decided(minors, permit(either, { guardianId: MOTHER }));
    const renew = { ...permit(either, { guardianId: MOTHER }), type: 'RenewConsent' as const };
    const renewed = decided([...minors, ...first], renew);
    const before = [...minors, ...first, ...renewed];
    expect(decided(before, renew)).toEqual([]);
    expect(decided(before, { ...renew, authority: { kind: 'guardian', guardianId: FATHER } })).toHaveLength(
      2,
    );
  });
});

describe('renewing', () => {
  it('again the same day appends nothing, unless something happened that it had not covered', () => {
    const renew = { ...give, type: 'RenewConsent' as const };
    const first = decided(talked, give);
    const renewed = decided([...talked, ...first], renew);
    const before = [...talked, ...first, ...renewed];
    expect(decided(before, renew)).toEqual([]);
    expect(decided(before, { ...renew, facts: { ...facts, lastChange: before.length + 1 } })).toHaveLength(2);
  });
});

describe('consent for an adult who cannot decide', () => {
  const representative = may(MOTHER, 'sole', { legalRepresentative: true });
  const forAdult = (authorities: AuthorityOnRecord[], authority: Partial<Authority>) =>
    permit(authorities, authority, { facts: onRecord(authorities, false) });

  it('is given by a legal representative only', () => {
    the
      .given(...talked, cannotDecide)
      .when(forAdult([may(MOTHER, 'sole')], { guardianId: MOTHER }))
      .thenRefused('guardian_of_an_adult', 'authority_not_in_force');
    the
      .given(...talked, cannotDecide)
      .when(forAdult([may(MOTHER, 'sole')], { kind: 'legal_representative', guardianId: MOTHER }))
      .thenRefused('authority_not_in_force');
    expect(
      guardiansOf(
        decided(
          [...talked, cannotDecide],
          forAdult([representative], { kind: 'legal_representative', guardianId: MOTHER }),
        ),
      ),
    ).toEqual([{ guardianId: MOTHER, jointRule: 'sole' }]);
  });

  it('rests on the newest finding, whether it was assessed or attested', () => {
    const later = '2026-06-15T09:00:00.001Z';
    const found = (capable: boolean, at: string) => ({ ...facts, assessed: { capable, at } });
    const giveAt = (more: object): ConsentCommand => ({ ...give, ...more });
    the
      .given(...talked)
      .when(giveAt({ facts: found(false, later) }))
      .thenRefused('capacity_not_attested');
    expect(decided(talked, giveAt({ facts: found(false, '2026-06-14T09:00:00.000Z') }))).toHaveLength(2);
    the
      .given(...talked, cannotDecide)
      .when(
        forAdult([representative], {
          kind: 'legal_representative',
          guardianId: MOTHER,
        }),
      )
      .then(
        ...decided(
          [...talked, cannotDecide],
          forAdult([representative], { kind: 'legal_representative', guardianId: MOTHER }),
        ),
      );
    const able = { ...onRecord([representative], false), assessed: { capable: true, at: later } };
    the
      .given(...talked, cannotDecide)
      .when(permit([representative], { kind: 'legal_representative', guardianId: MOTHER }, { facts: able }))
      .thenRefused('person_can_decide');
  });
});

describe('withdrawing towards one recipient', () => {
  const towards = (recipient: string): ConsentCommand => ({
    type: 'WithdrawConsent',
    by: 'self',
    channel: 'phone',
    scope: { kind: 'recipient', recipient },
  });

  it('twice appends nothing, however the name is spaced and capitalised; towards another is another', () => {
    const first = decided([...talked], towards('Dr Invented'));
    expect(first[0]).toMatchObject({
      type: 'ConsentWithdrawn',
      data: { scope: { kind: 'recipient' }, recipient: 'Dr Invented' },
    });
    expect(decided([...talked, ...first], towards(' dr  invented '))).toEqual([]);
    expect(decided([...talked, ...first], towards('The invented school'))).toHaveLength(2);
  });

  it('gets a receipt that says which part it was, and that the rest still holds', () => {
    expect(decided(talked, towards('Dr Invented'))[1]).toMatchObject({
      type: 'ReceiptIssued',
      data: { text: expect.stringContaining('Only this part is withdrawn: Dr Invented.') },
    });
  });

  it('keeps no name in what judgements are made of', () => {
    const { state } = the.given(...talked, ...decided(talked, towards('Dr Invented')));
    expect(JSON.stringify(state)).not.toMatch(/invented/i);
  });

  it('of every scope twice appends nothing', () => {
    for (const scope of [
      { kind: 'all' },
      { kind: 'purpose' },
      { kind: 'element', element: 'records_and_access' },
    ] as const) {
      const command: ConsentCommand = { type: 'WithdrawConsent', by: 'self', channel: 'letter', scope };
      const first = decided(talked, command);
      expect(first.map(({ type }) => type)).toEqual(['ConsentWithdrawn', 'ReceiptIssued']);
      expect(decided([...talked, ...first], command)).toEqual([]);
    }
  });
});
