import {
  canonicalJson,
  conflict,
  type CommandContext,
  type Decider,
  missing,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  unreachable,
} from '#libs/kernel';

// events

export const ROLES = ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** `credentials` as shown to clients, `languages` as BCP 47 tags. */
export type StaffDetails = { name: string; roles: Role[]; credentials?: string; languages?: string[] };

export type StaffEvent =
  | { type: 'StaffRegistered'; data: StaffDetails }
  | { type: 'RolesChanged'; data: { roles: Role[] } }
  | { type: 'StaffDeactivated'; data: Record<never, never> };

// state

export type StaffState =
  | { situation: 'none' }
  /** `roles` are today's, `registered` is what was entered at first */
  | { situation: 'active' | 'deactivated'; registered: StaffDetails; roles: readonly Role[] };

// evolve

function evolve(state: StaffState, event: Recorded<StaffEvent>): StaffState {
  switch (event.type) {
    case 'StaffRegistered':
      return { situation: 'active', registered: event.data, roles: event.data.roles };
    case 'RolesChanged':
      return { ...begun(state), roles: event.data.roles };
    case 'StaffDeactivated':
      return { ...begun(state), situation: 'deactivated' };
    default:
      return unreachable(event);
  }
}

function begun(state: StaffState) {
  if (state.situation === 'none') throw new Error('a staff stream begins with StaffRegistered');
  return state;
}

// commands

export type StaffCommand =
  | ({ type: 'RegisterStaff' } & StaffDetails)
  | { type: 'ChangeRoles'; roles: Role[] }
  | { type: 'DeactivateStaff' };

// decide

function decide(state: StaffState, command: StaffCommand, context: CommandContext): StaffEvent[] {
  switch (command.type) {
    case 'RegisterStaff': {
      const { type: _, ...details } = { ...command, roles: inOrder(command.roles) };
      if (state.situation !== 'none') {
        if (state.situation === 'active' && canonicalJson(details) === canonicalJson(state.registered))
          return [];
        conflict(
          'already_registered',
          'This staff member is registered already. Register the other one under an id of their own.',
        );
      }
      refuseIfAny([
        ...reasonIf(!details.name.trim(), 'name_missing', 'Give the name of the staff member.'),
        ...roleProblems([], details.roles, context),
      ]);
      return [{ type: 'StaffRegistered', data: details }];
    }
    case 'ChangeRoles': {
      const staff = active(state);
      const roles = inOrder(command.roles);
      refuseIfAny([...ownRoles(context), ...roleProblems(staff.roles, roles, context)]);
      return canonicalJson(roles) === canonicalJson(staff.roles)
        ? []
        : [{ type: 'RolesChanged', data: { roles } }];
    }
    case 'DeactivateStaff': {
      if (state.situation === 'deactivated') return [];
      const staff = active(state);
      // ends every role the person has, so the same two rules hold; and some owner always remains
      refuseIfAny([...ownRoles(context), ...ownerProblems(staff.roles, [], context)]);
      return [{ type: 'StaffDeactivated', data: {} }];
    }
    default:
      return unreachable(command);
  }
}

function active(state: StaffState) {
  if (state.situation === 'none') missing('staff member');
  if (state.situation === 'deactivated')
    conflict(
      'staff_deactivated',
      'This staff member is deactivated. Register them anew if they have come back.',
    );
  return state;
}

/** One spelling for one set of roles, so that the same roles in another order are no change. */
const inOrder = (roles: readonly Role[]): Role[] => ROLES.filter((role) => roles.includes(role));

const ownRoles = ({ actor, id }: CommandContext): Reason[] =>
  reasonIf(actor.id === id, 'own_roles', 'Nobody changes their own roles. Ask another owner.');

const roleProblems = (before: readonly Role[], after: readonly Role[], context: CommandContext): Reason[] => [
  ...reasonIf(after.length === 0, 'role_missing', 'Give at least one role, or deactivate the staff member.'),
  ...ownerProblems(before, after, context),
];

/** `operator` runs the platform and registers the first owner, when there is no owner who could. */
function ownerProblems(before: readonly Role[], after: readonly Role[], { actor }: CommandContext): Reason[] {
  const touchesOwner = before.includes('owner') !== after.includes('owner');
  const may = actor.role === 'owner' || (actor.role === 'operator' && before.length === 0);
  return reasonIf(
    touchesOwner && !may,
    'only_owners_make_owners',
    'Only an owner gives or takes that role. Ask one.',
  );
}

/** A person who works at the practice. Their names and credentials are not client data: nothing here is sealed. */
export const staff: Decider<StaffState, StaffEvent, StaffCommand> = {
  category: 'staff',
  events: {
    StaffRegistered: { schema: 1, personal: [] },
    RolesChanged: { schema: 1, personal: [] },
    StaffDeactivated: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: () => [],
};
