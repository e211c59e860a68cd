import {
  conflict,
  type CommandContext,
  type Decider,
  missing,
  parseStream,
  type Reason,
  type Recorded,
  refuseIfAny,
  same,
} from '#libs/kernel';
import { assess, type AssessedCapacity, type CapacityAssessment } from './capacity.js';
import {
  detailReasons,
  LIKENESSES,
  onlyWhatDiffers,
  type ClientDetails,
  type ClientDetailsChange,
  type Likeness,
} from './details.js';
import {
  endGuardian,
  recordGuardian,
  withEnd,
  type Guardian,
  type GuardianAuthority,
  type GuardianAuthorityEnd,
} from './guardians.js';
import {
  decideMerging,
  evolveMerging,
  mergedAwayReasons,
  UNMERGED,
  type MergeCommand,
  type MergeEvent,
  type Merging,
} from './merging.js';

// events

/** `notADuplicateOf` names the like records that whoever registered this one has looked at. */
export type ClientRegistration = ClientDetails & { notADuplicateOf?: string[] };

export type ClientEvent =
  | { type: 'ClientRegistered'; data: ClientRegistration }
  | { type: 'ClientDetailsChanged'; data: ClientDetailsChange }
  | { type: 'GuardianAuthorityRecorded'; data: GuardianAuthority }
  | { type: 'GuardianAuthorityEnded'; data: GuardianAuthorityEnd }
  | { type: 'CapacityAssessed'; data: CapacityAssessment }
  | MergeEvent;

// state

/** Guardians and assessments in the order they were recorded. */
export type ClientState =
  | { situation: 'none' }
  | {
      situation: 'registered';
      id: string;
      registered: ClientRegistration;
      details: ClientDetails;
      guardians: readonly Guardian[];
      assessments: readonly AssessedCapacity[];
      merging: Merging;
    };
type Registered = Extract<ClientState, { situation: 'registered' }>;

// evolve

function evolve(state: ClientState, event: Recorded<ClientEvent>): ClientState {
  if (event.type === 'ClientRegistered') {
    const { notADuplicateOf: _, ...details } = event.data;
    return {
      situation: 'registered',
      id: parseStream(event.stream).id,
      registered: event.data,
      details,
      guardians: [],
      assessments: [],
      merging: UNMERGED,
    };
  }
  if (state.situation === 'none') throw new Error('a client stream begins with ClientRegistered');
  switch (event.type) {
    case 'ClientDetailsChanged': {
      const { usedName, ...details } = { ...state.details, ...event.data };
      return { ...state, details: usedName == null ? details : { ...details, usedName } };
    }
    case 'GuardianAuthorityRecorded':
      return { ...state, guardians: [...state.guardians, { ...event.data, at: event.occurredAt }] };
    case 'GuardianAuthorityEnded':
      return { ...state, guardians: withEnd(state.guardians, event.data) };
    case 'CapacityAssessed': {
      const assessed = { ...event.data, at: event.occurredAt, by: event.actor.id };
      return { ...state, assessments: [...state.assessments, assessed] };
    }
    default:
      return { ...state, merging: evolveMerging(state.merging, event) };
  }
}

// commands

/** What a caller may ask for. */
export type ClientRequest =
  ({ type: 'RegisterClient' } & ClientRegistration) | ({ type: 'ChangeClientDetails' } & ClientDetailsChange);

/** A record that may be the same person, and why. */
export type Alike = { clientId: string; because: Likeness };

/** `zone` is the practice's IANA zone: whether a birth date lies ahead depends on it. */
export type ClientCommand =
  | ({ type: 'RegisterClient'; zone: string; alike: readonly Alike[] } & ClientRegistration)
  | ({ type: 'ChangeClientDetails'; zone: string } & ClientDetailsChange)
  | ({ type: 'RecordGuardian' } & GuardianAuthority)
  | ({ type: 'EndGuardian' } & GuardianAuthorityEnd)
  | ({ type: 'AssessCapacity' } & CapacityAssessment)
  | MergeCommand;

// decide

function decide(state: ClientState, command: ClientCommand, context: CommandContext): ClientEvent[] {
  if (command.type === 'RegisterClient') return register(state, command, context);
  if (state.situation === 'none') return missing('client');
  switch (command.type) {
    case 'ChangeClientDetails': {
      const { type: _, zone, ...wished } = command;
      const data = onlyWhatDiffers(state.details, wished);
      refuseIfAny([...goneReasons(state), ...detailReasons(wished, zone, context)]);
      return Object.keys(data).length === 0 ? [] : [{ type: 'ClientDetailsChanged', data }];
    }
    case 'RecordGuardian': {
      const { type: _, ...authority } = command;
      refuseIfAny(goneReasons(state));
      return recordGuardian(state.guardians, authority).map((data) => ({
        type: 'GuardianAuthorityRecorded',
        data,
      }));
    }
    // What protects a person is taken at a record that was merged away, too: consents given under it stand there.
    case 'EndGuardian': {
      const { guardianId, endedOn } = command;
      return endGuardian(state.guardians, { guardianId, endedOn }).map((data) => ({
        type: 'GuardianAuthorityEnded',
        data,
      }));
    }
    case 'AssessCapacity':
      return assess(state.assessments, command, context).map((data) => ({ type: 'CapacityAssessed', data }));
    default:
      return decideMerging(state, command, context.actor.id);
  }
}

function register(
  state: ClientState,
  command: Extract<ClientCommand, { type: 'RegisterClient' }>,
  context: CommandContext,
): ClientEvent[] {
  const { type: _, zone, alike, ...data } = command;
  if (state.situation === 'registered') {
    if (same(data, state.registered)) return [];
    conflict(
      'already_registered',
      'This client is registered already. Change the details, or register the other person under an id of their own.',
    );
  }
  refuseIfAny([...detailReasons(data, zone, context), ...duplicateReasons(alike, data.notADuplicateOf)]);
  return [{ type: 'ClientRegistered', data }];
}

/** What is the same; nobody's birth date is told. */
const IN_WORDS: Record<Likeness, string> = {
  same_birth_date: 'This name and birth date are registered already',
  one_digit_apart: 'This name is registered already with a birth date that differs in one digit only',
  day_and_month_swapped:
    'This name is registered already with day and month of the birth date the other way round',
};

function duplicateReasons(alike: readonly Alike[], looked: readonly string[] = []): Reason[] {
  return LIKENESSES.flatMap((likeness) => {
    const open = alike.filter(({ clientId, because }) => because === likeness && !looked.includes(clientId));
    if (open.length === 0) return [];
    const ids = open.map(({ clientId }) => clientId).join(', ');
    const detail = `${IN_WORDS[likeness]}: ${ids}. Use that record; if it is another person, send notADuplicateOf with each of these ids.`;
    return [{ code: 'possible_duplicate', detail }];
  });
}

const goneReasons = ({ merging: { mergedInto } }: Registered): Reason[] =>
  mergedInto === undefined ? [] : mergedAwayReasons(mergedInto);

/** A person who asks for or receives therapy. */
export const client: Decider<ClientState, ClientEvent, ClientCommand> = {
  category: 'client',
  events: {
    ClientRegistered: { schema: 1, personal: ['legalName', 'usedName', 'dateOfBirth', 'contacts'] },
    ClientDetailsChanged: { schema: 1, personal: ['legalName', 'usedName', 'dateOfBirth', 'contacts'] },
    GuardianAuthorityRecorded: { schema: 1, personal: ['name', 'document'] },
    GuardianAuthorityEnded: { schema: 1, personal: [] },
    CapacityAssessed: { schema: 1, personal: ['note'] },
    ClientsMergeProposed: { schema: 1, personal: [] },
    ClientsUnmergeProposed: { schema: 1, personal: [] },
    ClientsProposalDropped: { schema: 1, personal: [] },
    ClientsMerged: { schema: 1, personal: [] },
    ClientsUnmerged: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : [state.id]),
};
