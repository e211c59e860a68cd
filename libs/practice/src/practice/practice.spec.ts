import { describe, expect, it } from 'vitest';
import { forDecider, NOW } from '../../../../test/support/decider-kit.js';
import { practice } from './practice.js';

const details = {
  name: 'Lindenhof',
  zone: 'Europe/Berlin',
  locale: 'de-DE',
  rulePack: 'generic',
  demo: false,
};
const rulePacks = ['generic', 'us-co'];
const registered = { type: 'PracticeRegistered', data: details } as const;
const set = (hours: number, occurredAt: string) =>
  ({ type: 'PracticePolicySet', data: { policy: { lateEntryHours: hours } }, occurredAt }) as const;
const { given } = forDecider(practice);

describe('practice', () => {
  it('a practice is registered once', () => {
    given()
      .when({ type: 'RegisterPractice', ...details, rulePacks })
      .then(registered);
  });

  it('another practice under the same id is refused', () => {
    given(registered)
      .when({ type: 'RegisterPractice', ...details, rulePacks, name: 'Rosenhof' })
      .thenRefused('already_registered');
  });

  it('everything wrong with a registration is named at once', () => {
    given()
      .when({
        type: 'RegisterPractice',
        name: ' ',
        zone: 'Mars/Olympus',
        locale: 'no locale',
        rulePack: ' ',
        demo: false,
        rulePacks,
      })
      .thenRefused('name_missing', 'zone_unknown', 'locale_unknown', 'rule_pack_unknown');
  });

  it('a rule pack that does not exist registers no practice', () => {
    given()
      .when({ type: 'RegisterPractice', ...details, rulePacks, rulePack: 'us-xx' })
      .thenRefused('rule_pack_unknown');
  });

  it('a practice sets its policy, only what changes', () => {
    const policy = {
      lateEntryHours: 24,
      staleEffects: { fee_changed: { effect: 'block_now', graceDays: 0 } },
    } as const;
    given(registered)
      .when({ type: 'SetPolicy', policy })
      .then({ type: 'PracticePolicySet', data: { policy } });
  });

  it('setting what holds already changes nothing, the default included', () => {
    given(registered)
      .when({ type: 'SetPolicy', policy: { lateEntryHours: 72 } })
      .thenNothing();
    given(registered).when({ type: 'SetPolicy', policy: {} }).thenNothing();
  });

  it('what holds already is judged at the moment the change counts from', () => {
    const inMay = { occurredAt: '2026-05-01T00:00:00.000Z' };
    const changes = [
      registered,
      set(24, '2026-04-01T00:00:00.000Z'),
      set(48, '2026-06-01T00:00:00.000Z'),
    ] as const;
    given(...changes)
      .when({ type: 'SetPolicy', policy: { lateEntryHours: 24 } }, inMay)
      .thenNothing();
    given(...changes)
      .when({ type: 'SetPolicy', policy: { lateEntryHours: 48 } }, inMay)
      .then({ type: 'PracticePolicySet', data: { policy: { lateEntryHours: 48 } } });
  });

  it('a policy is never set for days past, so that what was held on them is judged as it was', () => {
    const policy = { staleEffects: { format_changed: { effect: 'inform', graceDays: 0 } } } as const;
    given(registered)
      .when({ type: 'SetPolicy', policy }, { now: NOW, occurredAt: '2026-06-01T00:00:00.000Z' })
      .thenRefused('policy_set_for_the_past');
  });

  it('a policy out of range is refused, every number by name', () => {
    given(registered)
      .when({
        type: 'SetPolicy',
        policy: {
          lateEntryHours: -1,
          reviewIntervalMonths: 0,
          lateCancelHours: 1.5,
          staleEffects: { stance_changed: { effect: 'inform', graceDays: -1 } },
        },
      })
      .thenRefused(
        'policy_out_of_range',
        'policy_out_of_range',
        'policy_out_of_range',
        'policy_out_of_range',
      );
  });

  it('the largest number in range is accepted, the next one refused', () => {
    const setHours = (lateEntryHours: number) =>
      given(registered).when({ type: 'SetPolicy', policy: { lateEntryHours } });
    setHours(8760).then({ type: 'PracticePolicySet', data: { policy: { lateEntryHours: 8760 } } });
    setHours(8761).thenRefused('policy_out_of_range');
  });

  it('a policy leaves the rest of the practice as it was', () => {
    const from = '2026-04-01T00:00:00.000Z';
    expect(given(registered, set(24, from)).state).toEqual({
      situation: 'registered',
      details,
      policies: [{ from, policy: { lateEntryHours: 24 } }],
    });
  });

  it('a policy before the registration never passes silently', () => {
    expect(() => given(set(24, '2026-04-01T00:00:00.000Z'))).toThrow('begins with PracticeRegistered');
  });

  it('a practice that is not registered has no policy to set', () => {
    given()
      .when({ type: 'SetPolicy', policy: { lateEntryHours: 24 } })
      .thenRefused(); // missing: there is nothing to give a reason about
  });

  describe('whose database was put back to an older state', () => {
    const behind = [{ log: 'events', size: 412, generation: 1, root: 'cm9vdA==' }] as const;
    const restored = (generation: number) =>
      ({
        type: 'LogRestored',
        data: {
          generation,
          behind: [{ log: 'events', size: 412, root: 'cm9vdA==' }],
          why: 'The disk broke.',
        },
      }) as const;
    const accept = { type: 'AcceptRestore', behind, why: 'The disk broke.' } as const;

    it('goes on in a new generation, which says what had been signed before, once', () => {
      given(registered).when(accept).then(restored(2));
      given(registered, restored(2)).when(accept).thenNothing();
    });

    it('begins one that nobody has heard of yet', () => {
      const ofThird = [{ ...behind[0], generation: 3 }];
      given(registered, restored(2))
        .when({ ...accept, behind: ofThird })
        .then(restored(4));
    });

    it('is accepted only with a reason, and only if it was', () => {
      given(registered)
        .when({ type: 'AcceptRestore', behind: [], why: ' ' })
        .thenRefused('nothing_restored', 'reason_missing');
    });
  });
});
