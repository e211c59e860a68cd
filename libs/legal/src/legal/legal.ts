import { conflict, missing, unreachable } from '#libs/kernel';
import type { CommandContext, Decider, Recorded } from '#libs/kernel';
import {
  decideErasure,
  erasureAfter,
  evolveErasure,
  executeErasure,
  requestErasure,
  type Erasure,
  type ErasureCommand,
  type ErasureEvent,
} from './erasure.js';
import { holdAfter, liftHold, placeHold, type Hold, type HoldCommand, type HoldEvent } from './hold.js';

// events

export type LegalEvent = HoldEvent | ErasureEvent;

// state

export type Legal = { situation: 'none' } | Hold | Erasure;

// evolve

function evolve(state: Legal, event: Recorded<LegalEvent>): Legal {
  const { id: by } = event.actor;
  switch (event.type) {
    case 'LegalHoldPlaced':
      return holdAfter(event, by);
    case 'LegalHoldLifted':
      return { ...ofKind(state, 'hold'), situation: 'lifted', liftedBy: by };
    case 'ErasureRequested':
      return erasureAfter(event.data, by);
    default:
      return evolveErasure(ofKind(state, 'erasure'), event, by);
  }
}

function ofKind<Kind extends 'hold' | 'erasure'>(state: Legal, kind: Kind): Extract<Legal, { kind: Kind }> {
  if (state.situation !== 'none' && state.kind === kind) return state as Extract<Legal, { kind: Kind }>;
  throw new Error(`this stream does not begin as a ${kind}`);
}

// commands

export type LegalCommand = HoldCommand | ErasureCommand;

// decide

function decide(state: Legal, command: LegalCommand, context: CommandContext): LegalEvent[] {
  switch (command.type) {
    case 'PlaceHold':
      return placeHold(newOrKnown(state, 'hold'), command, context);
    case 'RequestErasure':
      return requestErasure(newOrKnown(state, 'erasure'), command);
    case 'LiftHold':
      return liftHold(known(state, 'hold'), context);
    case 'DecideErasure':
      return decideErasure(known(state, 'erasure'), command, context);
    case 'ExecuteErasure':
      return executeErasure(known(state, 'erasure'), command, context);
    default:
      return unreachable(command);
  }
}

const IN_WORDS = { hold: 'legal hold', erasure: 'erasure' } as const;

const known = <Kind extends 'hold' | 'erasure'>(state: Legal, kind: Kind): Extract<Legal, { kind: Kind }> =>
  state.situation !== 'none' && state.kind === kind
    ? (state as Extract<Legal, { kind: Kind }>)
    : missing(IN_WORDS[kind]);

function newOrKnown<Kind extends 'hold' | 'erasure'>(
  state: Legal,
  kind: Kind,
): Extract<Legal, { kind: Kind }> | undefined {
  if (state.situation === 'none') return undefined;
  if (state.kind === kind) return state as Extract<Legal, { kind: Kind }>;
  return conflict('id_taken', 'This id is taken by something else. Choose another.');
}

/** What keeps a client's records, or makes an end of them: a legal hold or an erasure. */
export const legal: Decider<Legal, LegalEvent, LegalCommand> = {
  category: 'legal',
  events: {
    LegalHoldPlaced: { schema: 1, personal: ['authority', 'reference'] },
    LegalHoldLifted: { schema: 1, personal: [] },
    ErasureRequested: { schema: 1, personal: ['asker'] },
    ErasureDecided: { schema: 1, personal: [] },
    SubjectKeyDestroyed: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => {
    if (state.situation === 'none') return [];
    return state.kind === 'erasure' && 'records' in state ? state.records : [state.clientId];
  },
};
