import { describe, expect, it } from 'vitest';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { staff, type StaffEvent, type StaffState } from './staff.js';
import { isTraineeOn, supervisorsAt, type Credential } from './supervision.js';

const SUPERVISOR = '0190aaaa-0000-7000-8000-0000000000f1';
const OTHER = '0190aaaa-0000-7000-8000-0000000000f2';
const registered: StaffEvent = {
  type: 'StaffRegistered',
  data: { name: 'Noor Haddad', roles: ['therapist'] },
};
const trainee = { kind: 'trainee', title: 'Psychotherapist in training', validTo: '2026-12-31' } as const;
const fit = { isSupervisor: true, active: true };
const assign = { type: 'AssignSupervisor', supervisorId: SUPERVISOR, supervisor: fit } as const;
const assigned = { type: 'SupervisionAssigned', data: { supervisorId: SUPERVISOR } } as const;
const end = { type: 'EndSupervision', supervisorId: SUPERVISOR } as const;
const ended = { type: 'SupervisionEnded', data: { supervisorId: SUPERVISOR } } as const;
const { given } = forDecider(staff);
const at = (occurredAt: string) => ({ occurredAt });

function credentialsOf(state: StaffState): readonly Credential[] {
  return state.situation === 'none' ? [] : state.recordedCredentials;
}
function supervising(state: StaffState, instant: string): string[] {
  return state.situation === 'none' ? [] : supervisorsAt(state.supervisions, instant);
}

describe('credentials', () => {
  it('are recorded; the same kind and title takes the place of the entry before', () => {
    given(registered)
      .when({ type: 'RecordCredential', ...trainee })
      .then({ type: 'CredentialRecorded', data: trainee });
    const later = { ...trainee, validTo: '2026-06-30' };
    given(registered, { type: 'CredentialRecorded', data: trainee })
      .when({ type: 'RecordCredential', ...later })
      .then({ type: 'CredentialRecorded', data: later });
    const { state } = given(
      registered,
      { type: 'CredentialRecorded', data: trainee },
      { type: 'CredentialRecorded', data: later },
    );
    expect(credentialsOf(state)).toEqual([later]);
  });

  it('have a title and end after they begin', () =>
    given(registered)
      .when({
        type: 'RecordCredential',
        kind: 'licence',
        title: ' ',
        validFrom: '2026-02-01',
        validTo: '2026-01-31',
      })
      .thenRefused('title_missing', 'credential_ends_before_it_begins'));

  it('nobody decides about their own time as a trainee', () => {
    const themself = { actor: { id: THING, role: 'owner' } };
    given(registered)
      .when({ type: 'RecordCredential', ...trainee }, themself)
      .thenRefused('own_traineeship');
    given(registered)
      .when({ type: 'RecordCredential', kind: 'licence', title: 'LPC' }, themself)
      .then({ type: 'CredentialRecorded', data: { kind: 'licence', title: 'LPC' } });
  });

  it('a trainee is one on every day the credential holds, first and last included', () => {
    const held = [{ ...trainee, validFrom: '2026-01-01' }];
    expect(
      ['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01'].map((day) => isTraineeOn(held, day)),
    ).toEqual([false, true, true, false]);
    expect(isTraineeOn([{ kind: 'licence', title: 'LPC' }], '2026-01-01')).toBe(false);
  });
});

describe('supervision', () => {
  it('is assigned and ended, and history keeps who supervised when', () => {
    given(registered).when(assign).then(assigned);
    given(registered, assigned).when(end, at('2026-06-16T09:00:00.000Z')).then(ended);
    const { state } = given(registered, assigned, { ...ended, occurredAt: '2026-06-16T09:00:00.000Z' });
    expect(
      ['2026-06-15T08:59:59.999Z', NOW, '2026-06-16T08:59:59.999Z', '2026-06-16T09:00:00.000Z'].map(
        (instant) => supervising(state, instant).length,
      ),
    ).toEqual([0, 1, 1, 0]);
  });

  it('may begin later, never earlier than it was agreed, and can be called off until then', () => {
    const from = '2026-09-01T06:00:00.000Z';
    const then = { type: 'SupervisionAssigned', data: { supervisorId: SUPERVISOR, from } } as const;
    given(registered)
      .when({ ...assign, from })
      .then(then);
    given(registered)
      .when({ ...assign, from: '2026-06-14T00:00:00.000Z' })
      .thenRefused('from_is_past');
    expect(supervising(given(registered, then).state, NOW)).toEqual([]);
    given(registered, then).when(end).then(ended);
    expect(supervising(given(registered, then, ended).state, from)).toEqual([]);
    given(registered, assigned)
      .when(end, { occurredAt: '2026-06-14T09:00:00.000Z', now: NOW })
      .thenRefused('ends_before_it_begins');
  });

  it('nobody supervises themself', () =>
    given(registered)
      .when({ ...assign, supervisorId: THING })
      .thenRefused('supervises_themself'));

  it('only an active staff member with the role supervisor supervises', () => {
    given(registered)
      .when({ ...assign, supervisor: { isSupervisor: false, active: true } })
      .thenRefused('not_a_supervisor');
    given(registered)
      .when({ ...assign, supervisor: { isSupervisor: false, active: false } })
      .thenRefused('not_a_supervisor', 'supervisor_deactivated');
  });

  it('by several people at once is possible, by the same one only once at a time', () => {
    given(registered, assigned).when(assign).thenNothing();
    given(registered, assigned)
      .when({ ...assign, from: '2026-09-01T06:00:00.000Z' })
      .thenRefused('already_supervises');
    given(registered, assigned)
      .when({ ...assign, supervisorId: OTHER })
      .then({ type: 'SupervisionAssigned', data: { supervisorId: OTHER } });
    given(registered, assigned, ended).when(assign).then(assigned);
  });

  it('that never was cannot end, and deactivated staff are not supervised', () => {
    given(registered).when(end).thenRefused('does_not_supervise');
    const gone = given(registered, { type: 'StaffDeactivated', data: {} });
    for (const command of [assign, end, { type: 'RecordCredential', ...trainee } as const])
      gone.when(command, { actor: { id: STAFF, role: 'owner' } }).thenRefused('staff_deactivated');
  });
});
