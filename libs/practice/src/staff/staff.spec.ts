import { describe, expect, it } from 'vitest';
import type { Role } from '#libs/kernel';
import { forDecider, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { staff } from './staff.js';

const registered = (...roles: Role[]) =>
  ({ type: 'StaffRegistered', data: { name: 'Noor Haddad', roles } }) as const;
const deactivated = { type: 'StaffDeactivated', data: {} } as const;
const register = (...roles: Role[]) => ({ type: 'RegisterStaff', name: 'Noor Haddad', roles }) as const;
const change = (...roles: Role[]) => ({ type: 'ChangeRoles', roles }) as const;
const owner = { actor: { id: STAFF, role: 'owner' } };
const coordinator = { actor: { id: STAFF, role: 'coordinator' } };
const operator = { actor: { id: STAFF, role: 'operator' } };
const themself = { actor: { id: THING, role: 'owner' } };
const { given } = forDecider(staff);

describe('staff', () => {
  it('a staff member is registered once, with credentials and languages if there are any', () => {
    const details = {
      name: 'Noor Haddad',
      roles: ['therapist' as const],
      credentials: 'BACP 12345',
      languages: ['ar'],
    };
    given()
      .when({ type: 'RegisterStaff', ...details })
      .then({ type: 'StaffRegistered', data: details });
    given(registered('therapist')).when(register('auditor')).thenRefused('already_registered');
  });

  it('a staff member has at least one role and a name', () => {
    given().when({ type: 'RegisterStaff', name: ' ', roles: [] }).thenRefused('name_missing', 'role_missing');
    given(registered('therapist')).when(change(), owner).thenRefused('role_missing');
  });

  it('roles are changed; the same roles in another order are no change', () => {
    given(registered('therapist'))
      .when(change('supervisor', 'therapist'), coordinator)
      .then({ type: 'RolesChanged', data: { roles: ['therapist', 'supervisor'] } });
    given(registered('therapist', 'supervisor'))
      .when(change('supervisor', 'therapist', 'therapist'), owner)
      .thenNothing();
  });

  it('nobody changes their own roles', () => {
    given(registered('owner')).when(change('owner', 'therapist'), themself).thenRefused('own_roles');
    given(registered('owner')).when({ type: 'DeactivateStaff' }, themself).thenRefused('own_roles');
  });

  it('only an owner makes owners', () => {
    given().when(register('owner'), coordinator).thenRefused('only_owners_make_owners');
    given(registered('auditor'))
      .when(change('owner', 'auditor'), coordinator)
      .thenRefused('only_owners_make_owners');
    given().when(register('owner'), owner).then(registered('owner'));
    given(registered('auditor'))
      .when(change('owner'), owner)
      .then({ type: 'RolesChanged', data: { roles: ['owner'] } });
  });

  it('only an owner takes the role of owner away', () => {
    given(registered('owner')).when(change('auditor'), coordinator).thenRefused('only_owners_make_owners');
    given(registered('owner'))
      .when({ type: 'DeactivateStaff' }, coordinator)
      .thenRefused('only_owners_make_owners');
    given(registered('owner')).when({ type: 'DeactivateStaff' }, owner).then(deactivated);
  });

  it("the platform's operator registers the first owner and nothing after that", () => {
    given().when(register('owner'), operator).then(registered('owner'));
    given(registered('auditor')).when(change('owner'), operator).thenRefused('only_owners_make_owners');
  });

  it('deactivated staff take no commands', () => {
    const past = given(registered('therapist'), deactivated);
    past.when(change('auditor'), owner).thenRefused('staff_deactivated');
    past.when(register('therapist'), owner).thenRefused('already_registered');
    past.when({ type: 'DeactivateStaff' }, owner).thenNothing();
  });

  it('history keeps who somebody was when they started and left', () => {
    expect(
      given(registered('therapist'), { type: 'RolesChanged', data: { roles: ['auditor'] } }, deactivated)
        .state,
    ).toEqual({
      situation: 'deactivated',
      registered: { name: 'Noor Haddad', roles: ['therapist'] },
      roles: ['auditor'],
      recordedCredentials: [],
      supervisions: [],
      availability: [],
      absences: [],
    });
  });

  it('an event before the registration never passes silently', () => {
    expect(() => given(deactivated)).toThrow('begins with StaffRegistered');
  });

  it('somebody who is not registered takes no commands', () => {
    given().when(change('auditor'), owner).thenRefused(); // missing: there is nothing to give a reason about
    given().when({ type: 'DeactivateStaff' }, owner).thenRefused();
  });
});
