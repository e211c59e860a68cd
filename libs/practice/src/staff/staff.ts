import {
  conflict,
  type CommandContext,
  type Decider,
  type Instant,
  missing,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  type Role,
  ROLES,
  same,
  unreachable,
} from '#libs/kernel';
import { absenceReasons, weekReasons, type Absence, type Availability } from './availability.js';
import { credentialReasons, supervisorReasons, withCredential } from './supervision.js';
import type { Credential, Supervision, SupervisorFacts } from './supervision.js';

// events

/** How a therapist can meet clients. */
export const FORMATS = ['in_person', 'video', 'phone'] as const;
export type Format = (typeof FORMATS)[number];

/** `credentials` as shown to clients, `languages` as BCP 47 tags; without `formats` nothing is known of them. */
export type StaffDetails = {
  name: string;
  roles: Role[];
  credentials?: string;
  languages?: string[];
  formats?: Format[];
};

export type StaffEvent =
  | { type: 'StaffRegistered'; data: StaffDetails }
  | { type: 'RolesChanged'; data: { roles: Role[] } }
  | { type: 'CredentialRecorded'; data: Credential }
  /** without `from` it begins when it occurred */
  | { type: 'SupervisionAssigned'; data: { supervisorId: string; from?: Instant } }
  | { type: 'SupervisionEnded'; data: { supervisorId: string } }
  | { type: 'AvailabilitySet'; data: Availability }
  | { type: 'AbsenceRecorded'; data: Absence }
  | { type: 'AbsenceCancelled'; data: Absence }
  | { type: 'StaffDeactivated'; data: Record<never, never> };

// state

export type StaffState =
  | { situation: 'none' }
  /** `roles` are today's, `registered` is what was entered at first; ask `isTraineeOn`, `supervisorsAt` and `isAvailable` */
  | {
      situation: 'active' | 'deactivated';
      registered: StaffDetails;
      roles: readonly Role[];
      recordedCredentials: readonly Credential[];
      supervisions: readonly Supervision[];
      availability: readonly Availability[];
      absences: readonly Absence[];
    };
type Registered = Exclude<StaffState, { situation: 'none' }>;

// evolve

function evolve(state: StaffState, event: Recorded<StaffEvent>): StaffState {
  switch (event.type) {
    case 'StaffRegistered': {
      const { data: registered } = event;
      const { roles } = registered;
      return { situation: 'active', registered, roles, ...NOTHING_YET };
    }
    case 'RolesChanged':
      return { ...begun(state), roles: event.data.roles };
    case 'CredentialRecorded': {
      const { recordedCredentials } = begun(state);
      return { ...begun(state), recordedCredentials: withCredential(recordedCredentials, event.data) };
    }
    case 'SupervisionAssigned': {
      const { supervisorId, from = event.occurredAt } = event.data;
      return { ...begun(state), supervisions: [...begun(state).supervisions, { supervisorId, from }] };
    }
    case 'SupervisionEnded': {
      const supervisions = begun(state).supervisions.map((one) =>
        one === lasting(begun(state), event.data.supervisorId) ? { ...one, to: event.occurredAt } : one,
      );
      return { ...begun(state), supervisions };
    }
    case 'AvailabilitySet':
      return { ...begun(state), availability: [...begun(state).availability, event.data] };
    case 'AbsenceRecorded':
      return { ...begun(state), absences: [...begun(state).absences, event.data] };
    case 'AbsenceCancelled':
      return {
        ...begun(state),
        absences: begun(state).absences.filter((absence) => !same(absence, event.data)),
      };
    case 'StaffDeactivated':
      return { ...begun(state), situation: 'deactivated' };
    default:
      return unreachable(event);
  }
}

const NOTHING_YET = { recordedCredentials: [], supervisions: [], availability: [], absences: [] };

function begun(state: StaffState) {
  if (state.situation === 'none') throw new Error('a staff stream begins with StaffRegistered');
  return state;
}

const lasting = ({ supervisions }: Registered, supervisorId: string): Supervision | undefined =>
  supervisions.find((one) => one.supervisorId === supervisorId && one.to === undefined);

// commands

export type StaffCommand =
  | ({ type: 'RegisterStaff' } & StaffDetails)
  | { type: 'ChangeRoles'; roles: Role[] }
  | ({ type: 'RecordCredential' } & Credential)
  | { type: 'AssignSupervisor'; supervisorId: string; from?: Instant; supervisor: SupervisorFacts }
  | { type: 'EndSupervision'; supervisorId: string }
  | ({ type: 'SetAvailability' } & Availability)
  | ({ type: 'RecordAbsence' | 'CancelAbsence' } & Absence)
  | { type: 'DeactivateStaff' };
type CommandOf<Type extends StaffCommand['type']> = Extract<StaffCommand, { type: Type }>;

// decide

function decide(state: StaffState, command: StaffCommand, context: CommandContext): StaffEvent[] {
  switch (command.type) {
    case 'RegisterStaff': {
      const { type: _, ...details } = { ...command, roles: inOrder(command.roles) };
      if (state.situation !== 'none') {
        if (state.situation === 'active' && same(details, state.registered)) return [];
        conflict(
          'already_registered',
          'This staff member is registered already. Register the other one under an id of their own.',
        );
      }
      refuseIfAny([
        ...reasonIf(!details.name.trim(), 'name_missing', 'Give the name of the staff member.'),
        ...roleReasons([], details.roles, context),
      ]);
      return [{ type: 'StaffRegistered', data: details }];
    }
    case 'ChangeRoles': {
      const staff = active(state);
      const roles = inOrder(command.roles);
      refuseIfAny([...ownRoles(context), ...roleReasons(staff.roles, roles, context)]);
      return same(roles, staff.roles) ? [] : [{ type: 'RolesChanged', data: { roles } }];
    }
    case 'RecordCredential': {
      const { type: _, ...credential } = command;
      const { recordedCredentials } = active(state);
      refuseIfAny(credentialReasons(credential, context.actor.id === context.id));
      const known = recordedCredentials.some((one) => same(one, credential));
      return known ? [] : [{ type: 'CredentialRecorded', data: credential }];
    }
    case 'AssignSupervisor':
      return assignSupervisor(active(state), command, context);
    case 'EndSupervision':
      return endSupervision(active(state), command, context);
    case 'SetAvailability': {
      const { type: _, ...data } = command;
      const { availability } = active(state);
      refuseIfAny([...othersTime(context), ...weekReasons(data)]);
      const newest = availability.at(-1);
      return newest && same(newest, data) ? [] : [{ type: 'AvailabilitySet', data }];
    }
    case 'RecordAbsence': {
      const { type: _, ...data } = command;
      const { absences } = active(state);
      refuseIfAny([...othersTime(context), ...absenceReasons(data)]);
      return absences.some((absence) => same(absence, data)) ? [] : [{ type: 'AbsenceRecorded', data }];
    }
    case 'CancelAbsence': {
      const { type: _, ...data } = command;
      const { absences } = active(state);
      refuseIfAny(othersTime(context));
      return absences.some((absence) => same(absence, data)) ? [{ type: 'AbsenceCancelled', data }] : [];
    }
    case 'DeactivateStaff': {
      if (state.situation === 'deactivated') return [];
      const staff = active(state);
      // ends every role the person has, so the same two rules hold; and some owner always remains
      refuseIfAny([...ownRoles(context), ...ownerReasons(staff.roles, [], context)]);
      return [{ type: 'StaffDeactivated', data: {} }];
    }
    default:
      return unreachable(command);
  }
}

function assignSupervisor(
  staff: Registered,
  { supervisorId, from, supervisor }: CommandOf<'AssignSupervisor'>,
  { id, occurredAt }: CommandContext,
): StaffEvent[] {
  const since = lasting(staff, supervisorId)?.from;
  if (since !== undefined && (from === undefined || from === since)) return [];
  if (since !== undefined)
    conflict('already_supervises', `They supervise since ${since}. End that first, then assign them anew.`);
  refuseIfAny([
    ...supervisorReasons(id, supervisorId, supervisor),
    ...reasonIf(
      from !== undefined && from < occurredAt,
      'from_is_past',
      'Leave from out and give as occurredAt when it was agreed; from is for a later beginning.',
    ),
  ]);
  const data = { supervisorId, ...(from === undefined ? {} : { from }) };
  return [{ type: 'SupervisionAssigned', data }];
}

function endSupervision(
  staff: Registered,
  { supervisorId }: CommandOf<'EndSupervision'>,
  { occurredAt, now }: CommandContext,
): StaffEvent[] {
  const supervision = lasting(staff, supervisorId);
  if (!supervision) {
    if (staff.supervisions.some((one) => one.supervisorId === supervisorId)) return [];
    return conflict('does_not_supervise', 'They do not supervise this staff member. Check the id.');
  }
  refuseIfAny(
    reasonIf(
      // one that has yet to begin is called off
      occurredAt < supervision.from && supervision.from <= now,
      'ends_before_it_begins',
      `It began at ${supervision.from}. Give a time that is not before it.`,
    ),
  );
  return [{ type: 'SupervisionEnded', data: { supervisorId } }];
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

/** The front desk keeps everybody's time, others only their own. */
const othersTime = ({ actor, id }: CommandContext): Reason[] =>
  reasonIf(
    actor.id !== id && actor.role !== 'owner' && actor.role !== 'coordinator',
    'time_of_others',
    "You keep your own working hours and absences. Ask a coordinator for somebody else's.",
  );

/** One spelling for one set of roles, so that the same roles in another order are no change. */
const inOrder = (roles: readonly Role[]): Role[] => ROLES.filter((role) => roles.includes(role));

const ownRoles = ({ actor, id }: CommandContext): Reason[] =>
  reasonIf(actor.id === id, 'own_roles', 'Nobody changes their own roles. Ask another owner.');

const roleReasons = (before: readonly Role[], after: readonly Role[], context: CommandContext): Reason[] => [
  ...reasonIf(after.length === 0, 'role_missing', 'Give at least one role, or deactivate the staff member.'),
  ...ownerReasons(before, after, context),
];

/** `operator` runs the platform and registers the first owner, when there is no owner who could. */
function ownerReasons(before: readonly Role[], after: readonly Role[], { actor }: CommandContext): Reason[] {
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
    CredentialRecorded: { schema: 1, personal: [] },
    SupervisionAssigned: { schema: 1, personal: [] },
    SupervisionEnded: { schema: 1, personal: [] },
    AvailabilitySet: { schema: 1, personal: [] },
    AbsenceRecorded: { schema: 1, personal: [] },
    AbsenceCancelled: { schema: 1, personal: [] },
    StaffDeactivated: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: () => [],
};
