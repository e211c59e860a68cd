import {
  type CommandContext,
  conflict,
  type Decider,
  type Instant,
  missing,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  unreachable,
} from '#libs/kernel';

// events

export const UNIT_KINDS = ['individual', 'couple', 'family', 'group'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export type UnitEvent =
  | { type: 'UnitFormed'; data: { kind: UnitKind; members: string[] } }
  | { type: 'UnitMemberAdded'; data: { clientId: string } }
  | { type: 'UnitMemberLeft'; data: { clientId: string } };

// state

/** One member from an instant on, that instant included, until another, which is not; without `until` a member still. */
export type Stay = { clientId: string; from: Instant; until?: Instant };

/** `members` are those of now; `stays` also those who left, in the order they joined. Ask `membersAt` about a moment. */
export type UnitState =
  | { situation: 'none' }
  | {
      situation: 'formed';
      kind: UnitKind;
      founders: readonly string[];
      members: readonly string[];
      stays: readonly Stay[];
      /** who went with the newest event: it concerns them too */
      leaver?: string;
    };
type Formed = Extract<UnitState, { situation: 'formed' }>;

/**
 * Who were members at a moment, by when they joined and left, whenever it was entered; before the unit was formed those it
 * was formed of, because it is often entered later than it began. What was known on a day is asked by folding only the
 * events recorded until then.
 */
export const membersAt = (state: UnitState, at: Instant): string[] =>
  state.situation === 'none' ? [] : presentAt(state.stays, at);

/** The same by the stays alone, those of the founders first. */
export function presentAt(stays: readonly Stay[], at: Instant): string[] {
  const [first] = stays;
  const moment = first && at < first.from ? first.from : at;
  return stays
    .filter(({ from, until }) => from <= moment && (until === undefined || moment < until))
    .map(({ clientId }) => clientId);
}

/**
 * Who was treated from one instant on, until another if that is over: `members` are those of now or of its end, `stays`
 * everybody who was in it meanwhile, each with when they joined and left the unit.
 */
export function treatedDuring(
  stays: readonly Stay[],
  from: Instant,
  until: Instant | null,
): { members: string[]; stays: Stay[] } {
  const [first] = stays;
  const last = first && until !== null && until < first.from ? first.from : until;
  return {
    members: until === null ? membersNow(stays) : presentAt(stays, until),
    stays: stays.filter(
      (stay) => (last === null || stay.from <= last) && (stay.until === undefined || from < stay.until),
    ),
  };
}

// evolve

function evolve(state: UnitState, event: Recorded<UnitEvent>): UnitState {
  if (event.type === 'UnitFormed') {
    const { kind, members } = event.data;
    const stays = members.map((clientId) => ({ clientId, from: event.occurredAt }));
    return { situation: 'formed', kind, founders: members, members, stays };
  }
  if (state.situation === 'none') throw new Error('a unit stream begins with UnitFormed');
  const { clientId } = event.data;
  switch (event.type) {
    case 'UnitMemberAdded':
      return withStays(state, [...state.stays, { clientId, from: event.occurredAt }]);
    case 'UnitMemberLeft':
      return { ...withStays(state, without(state.stays, clientId, event.occurredAt)), leaver: clientId };
    default:
      return unreachable(event);
  }
}

const withStays = ({ leaver: _, ...state }: Formed, stays: readonly Stay[]): Formed => ({
  ...state,
  members: membersNow(stays),
  stays,
});

const membersNow = (stays: readonly Stay[]): string[] =>
  stays.filter(({ until }) => until === undefined).map(({ clientId }) => clientId);

const without = (stays: readonly Stay[], clientId: string, until: Instant): Stay[] =>
  stays.map((stay) => (stay.clientId === clientId && stay.until === undefined ? { ...stay, until } : stay));

// commands

/** `members` and `clientId` are ids of clients; the handler has made sure that they are registered. */
export type UnitCommand =
  | { type: 'FormUnit'; kind: UnitKind; members: string[] }
  | { type: 'AddUnitMember'; clientId: string }
  | { type: 'RemoveUnitMember'; clientId: string };

// decide

function decide(state: UnitState, command: UnitCommand, { occurredAt }: CommandContext): UnitEvent[] {
  if (command.type === 'FormUnit') return form(state, command);
  if (state.situation === 'none') return missing('unit');
  const { clientId } = command;
  switch (command.type) {
    case 'AddUnitMember':
      return add(state, clientId, occurredAt);
    case 'RemoveUnitMember':
      return remove(state, clientId, occurredAt);
    default:
      return unreachable(command);
  }
}

function form(state: UnitState, { kind, members }: Extract<UnitCommand, { type: 'FormUnit' }>): UnitEvent[] {
  if (state.situation === 'formed') {
    if (state.kind === kind && sameMembers(state.founders, members)) return [];
    conflict('already_formed', 'This unit is formed already. Form the other one under an id of its own.');
  }
  refuseIfAny([...countReasons(kind, members), ...twiceReasons(members)]);
  return [{ type: 'UnitFormed', data: { kind, members } }];
}

function add(state: Formed, clientId: string, occurredAt: Instant): UnitEvent[] {
  const current = state.stays.find((stay) => stay.clientId === clientId && stay.until === undefined);
  if (current?.from === occurredAt) return [];
  if (current)
    conflict('already_member', `Client ${clientId} is a member of this unit. There is nothing to add.`);
  const overlaps = state.stays.some((stay) => stay.clientId === clientId && occurredAt < stay.until!);
  refuseIfAny([
    ...reasonIf(
      occurredAt < formedAt(state),
      'before_forming',
      'The unit was not formed then. Check the time.',
    ),
    ...reasonIf(
      overlaps,
      'member_twice',
      `Client ${clientId} was a member then. Give the time they came back.`,
    ),
    ...sizeReasons(state, [...state.stays, { clientId, from: occurredAt }], occurredAt),
  ]);
  return [{ type: 'UnitMemberAdded', data: { clientId } }];
}

function remove(state: Formed, clientId: string, occurredAt: Instant): UnitEvent[] {
  const theirs = state.stays.filter((stay) => stay.clientId === clientId);
  const current = theirs.find(({ until }) => until === undefined);
  if (!current) {
    if (theirs.some(({ until }) => until === occurredAt)) return [];
    return conflict('not_a_member', `Client ${clientId} is no member of this unit now. Read the unit first.`);
  }
  refuseIfAny([
    ...reasonIf(
      occurredAt < current.from,
      'left_before_joining',
      `Client ${clientId} joined after that. Give the time they left.`,
    ),
    ...sizeReasons(state, without(state.stays, clientId, occurredAt), occurredAt),
  ]);
  return [{ type: 'UnitMemberLeft', data: { clientId } }];
}

const formedAt = ({ stays }: Formed): Instant => stays[0]!.from;

const sameMembers = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((member) => others.includes(member));

/** How many people each kind has: fewest, most, in words. */
const SIZES: Record<UnitKind, readonly [number, number, string]> = {
  individual: [1, 1, 'An individual unit has exactly one member.'],
  couple: [2, 2, 'A couple has exactly two members.'],
  family: [2, Infinity, 'A family has at least two members.'],
  group: [2, Infinity, 'A group has at least two members.'],
};

const fits = (kind: UnitKind, members: readonly string[]): boolean => {
  const [fewest, most] = SIZES[kind];
  const count = new Set(members).size;
  return count >= fewest && count <= most;
};

const countReasons = (kind: UnitKind, members: readonly string[]): Reason[] =>
  reasonIf(!fits(kind, members), 'member_count', `${SIZES[kind][2]} Name them all, or choose another kind.`);

/** A change that is entered late must leave the right number also at every moment after it. */
function sizeReasons(state: Formed, stays: readonly Stay[], occurredAt: Instant): Reason[] {
  const after = { ...state, stays };
  const moments = [occurredAt, ...stays.flatMap(({ from, until }) => [from, until ?? from])];
  const wrong = moments.some((at) => at >= occurredAt && !fits(state.kind, membersAt(after, at)));
  return reasonIf(
    wrong,
    'member_count',
    `${SIZES[state.kind][2]} Form another unit of those who go on, and end what this one has open.`,
  );
}

function twiceReasons(members: readonly string[]): Reason[] {
  const twice = new Set(members.filter((member, index) => members.indexOf(member) !== index));
  return [...twice].map((member) => ({
    code: 'member_twice',
    detail: `Client ${member} is named twice. Name each member once.`,
  }));
}

/** Those who are treated together. */
export const unit: Decider<UnitState, UnitEvent, UnitCommand> = {
  category: 'unit',
  events: {
    UnitFormed: { schema: 1, personal: [] },
    UnitMemberAdded: { schema: 1, personal: [] },
    UnitMemberLeft: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) =>
    state.situation === 'none' ? [] : [...state.members, ...(state.leaver ? [state.leaver] : [])],
};
