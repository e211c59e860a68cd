import { conflict, type Decider, type Reason, type Recorded, refuseIfAny, unreachable } from '#libs/kernel';

// events

export const UNIT_KINDS = ['individual', 'couple', 'family', 'group'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export type UnitEvent = { type: 'UnitFormed'; data: { kind: UnitKind; members: string[] } };

// state

export type UnitState =
  { situation: 'none' } | { situation: 'formed'; kind: UnitKind; members: readonly string[] };

// evolve

function evolve(_: UnitState, event: Recorded<UnitEvent>): UnitState {
  switch (event.type) {
    case 'UnitFormed':
      return { situation: 'formed', kind: event.data.kind, members: event.data.members };
    default:
      return unreachable(event.type);
  }
}

// commands

/** `members` are ids of clients; the handler has made sure that they are registered. */
export type UnitCommand = { type: 'FormUnit'; kind: UnitKind; members: string[] };

// decide

function decide(state: UnitState, command: UnitCommand): UnitEvent[] {
  switch (command.type) {
    case 'FormUnit': {
      const { kind, members } = command;
      if (state.situation === 'formed') {
        if (state.kind === kind && sameMembers(state.members, members)) return [];
        conflict('already_formed', 'This unit is formed already. Form the other one under an id of its own.');
      }
      refuseIfAny([...countProblems(kind, members), ...twiceProblems(members)]);
      return [{ type: 'UnitFormed', data: { kind, members } }];
    }
    default:
      return unreachable(command.type);
  }
}

const sameMembers = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((member) => others.includes(member));

/** How many people each kind has: fewest, most, in words. */
const SIZES: Record<UnitKind, readonly [number, number, string]> = {
  individual: [1, 1, 'An individual unit has exactly one member.'],
  couple: [2, 2, 'A couple has exactly two members.'],
  family: [2, Infinity, 'A family has at least two members.'],
  group: [2, Infinity, 'A group has at least two members.'],
};

function countProblems(kind: UnitKind, members: readonly string[]): Reason[] {
  const [fewest, most, rule] = SIZES[kind];
  const count = new Set(members).size;
  if (count >= fewest && count <= most) return [];
  return [{ code: 'member_count', detail: `${rule} Name them all, or choose another kind.` }];
}

function twiceProblems(members: readonly string[]): Reason[] {
  const twice = new Set(members.filter((member, index) => members.indexOf(member) !== index));
  return [...twice].map((member) => ({
    code: 'member_twice',
    detail: `Client ${member} is named twice. Name each member once.`,
  }));
}

/** Those who are treated together. */
export const unit: Decider<UnitState, UnitEvent, UnitCommand> = {
  category: 'unit',
  events: { UnitFormed: { schema: 1, personal: [] } },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : state.members),
};
