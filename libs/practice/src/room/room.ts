import {
  conflict,
  type Decider,
  missing,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  unreachable,
} from '#libs/kernel';

// events

export type RoomEvent =
  | { type: 'RoomRegistered'; data: { name: string } }
  | { type: 'RoomRenamed'; data: { name: string } }
  | { type: 'RoomClosed'; data: Record<never, never> };

// state

export type Room = { situation: 'none' } | { situation: 'open' | 'closed'; name: string };

// evolve

function evolve(state: Room, event: Recorded<RoomEvent>): Room {
  if (event.type === 'RoomRegistered') return { situation: 'open', name: event.data.name };
  if (state.situation === 'none') throw new Error('a room stream begins with RoomRegistered');
  switch (event.type) {
    case 'RoomRenamed':
      return { ...state, name: event.data.name };
    case 'RoomClosed':
      return { ...state, situation: 'closed' };
    default:
      return unreachable(event);
  }
}

// commands

/** `taken`: another open room has this name; the handler has looked */
export type RoomCommand =
  { type: 'RegisterRoom' | 'RenameRoom'; name: string; taken: boolean } | { type: 'CloseRoom' };

// decide

function decide(state: Room, command: RoomCommand): RoomEvent[] {
  switch (command.type) {
    case 'RegisterRoom': {
      const { name, taken } = command;
      if (state.situation !== 'none') {
        if (state.situation === 'open' && state.name === name) return [];
        conflict('already_registered', 'This room is registered already. Register the other one anew.');
      }
      refuseIfAny(nameReasons(name, taken));
      return [{ type: 'RoomRegistered', data: { name } }];
    }
    case 'RenameRoom': {
      const { name, taken } = command;
      if (open(state).name === name) return [];
      refuseIfAny(nameReasons(name, taken));
      return [{ type: 'RoomRenamed', data: { name } }];
    }
    case 'CloseRoom':
      if (state.situation === 'closed') return [];
      open(state);
      return [{ type: 'RoomClosed', data: {} }];
    default:
      return unreachable(command);
  }
}

function open(state: Room) {
  if (state.situation === 'none') missing('room');
  if (state.situation === 'closed') conflict('room_closed', 'This room is closed. Register it anew.');
  return state;
}

const nameReasons = (name: string, taken: boolean): Reason[] => [
  ...reasonIf(!name.trim(), 'name_missing', 'Give the name of the room.'),
  ...reasonIf(taken, 'name_taken', `Another room is called ${name}. Choose a name that tells them apart.`),
];

/** Where sessions are held. A closed room takes no new sessions; those planned in it stay until they are moved. */
export const room: Decider<Room, RoomEvent, RoomCommand> = {
  category: 'room',
  events: {
    RoomRegistered: { schema: 1, personal: [] },
    RoomRenamed: { schema: 1, personal: [] },
    RoomClosed: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: () => [],
};
