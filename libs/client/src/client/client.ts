import {
  canonicalJson,
  conflict,
  type CommandContext,
  type Decider,
  isLocalDate,
  type LocalDate,
  localDate,
  missing,
  parseStream,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  unreachable,
} from '#libs/kernel';

// events

export const CONTACT_KINDS = ['email', 'phone', 'post'] as const;
export type Contact = { kind: (typeof CONTACT_KINDS)[number]; value: string; preferred?: boolean };

/** `usedName` is what the person wants to be called, `languages` are BCP 47 tags. */
export type ClientDetails = {
  legalName: string;
  usedName?: string;
  dateOfBirth: LocalDate;
  languages: string[];
  contacts: Contact[];
};

/** Only what changes; `usedName: null` takes it away. */
export type ClientDetailsChange = Partial<Omit<ClientDetails, 'usedName'>> & { usedName?: string | null };

export type ClientEvent =
  | { type: 'ClientRegistered'; data: ClientDetails }
  | { type: 'ClientDetailsChanged'; data: ClientDetailsChange };

// state

export type ClientState =
  | { situation: 'none' }
  | { situation: 'registered'; id: string; registered: ClientDetails; details: ClientDetails };

// evolve

function evolve(state: ClientState, event: Recorded<ClientEvent>): ClientState {
  switch (event.type) {
    case 'ClientRegistered':
      return {
        situation: 'registered',
        id: parseStream(event.stream).id,
        registered: event.data,
        details: event.data,
      };
    case 'ClientDetailsChanged': {
      if (state.situation === 'none') throw new Error('a client stream begins with ClientRegistered');
      const { usedName, ...details } = { ...state.details, ...event.data };
      return { ...state, details: usedName == null ? details : { ...details, usedName } };
    }
    default:
      return unreachable(event);
  }
}

// commands

/** What a caller may ask for. */
export type ClientRequest =
  ({ type: 'RegisterClient' } & ClientDetails) | ({ type: 'ChangeClientDetails' } & ClientDetailsChange);

/** `zone` is the practice's IANA zone, fetched by the handler: whether a birth date lies ahead depends on it. */
export type ClientCommand = ClientRequest & { zone: string };

// decide

function decide(state: ClientState, command: ClientCommand, context: CommandContext): ClientEvent[] {
  switch (command.type) {
    case 'RegisterClient': {
      const { type: _, zone, ...details } = command;
      if (state.situation === 'registered') {
        if (canonicalJson(details) === canonicalJson(state.registered)) return [];
        conflict(
          'already_registered',
          'This client is registered already. Change the details, or register the other person under an id of their own.',
        );
      }
      refuseIfAny(problems(details, zone, context));
      return [{ type: 'ClientRegistered', data: details }];
    }
    case 'ChangeClientDetails': {
      if (state.situation === 'none') missing('client');
      const { type: _, zone, ...wished } = command;
      refuseIfAny(problems(wished, zone, context));
      const data = onlyWhatDiffers(state.details, wished);
      return Object.keys(data).length === 0 ? [] : [{ type: 'ClientDetailsChanged', data }];
    }
    default:
      return unreachable(command);
  }
}

function problems(details: ClientDetailsChange, zone: string, { now }: CommandContext): Reason[] {
  const { legalName, dateOfBirth, contacts } = details;
  const empty = contacts?.some((contact) => !contact.value.trim()) ?? false;
  return [
    ...reasonIf(legalName?.trim() === '', 'legal_name_missing', "Give the client's legal name."),
    ...(dateOfBirth === undefined ? [] : birthProblems(dateOfBirth, localDate(now, zone))),
    ...reasonIf(empty, 'contact_empty', 'Fill in every contact, or leave it out.'),
  ];
}

function birthProblems(birth: string, today: LocalDate): Reason[] {
  const before1900 = /^\d{4}-\d{2}-\d{2}$/.test(birth) && birth < '1900';
  const notADate = !before1900 && !isLocalDate(birth);
  const inFuture = !notADate && birth > today;
  return [
    ...reasonIf(before1900, 'birth_before_1900', 'The date of birth lies before 1900. Check the year.'),
    ...reasonIf(notADate, 'birth_not_a_date', 'Give a date of birth that exists, written YYYY-MM-DD.'),
    ...reasonIf(
      inFuture,
      'birth_in_future',
      'The date of birth lies in the future. Check it with the client.',
    ),
  ];
}

const FIELDS = ['legalName', 'usedName', 'dateOfBirth', 'languages', 'contacts'] as const;

/** What was already so is not repeated: the less identity in an event, the less to seal. */
function onlyWhatDiffers(details: ClientDetails, wished: ClientDetailsChange): ClientDetailsChange {
  const differs = FIELDS.filter(
    (field) =>
      wished[field] !== undefined && canonicalJson(wished[field]) !== canonicalJson(details[field] ?? null),
  );
  return Object.fromEntries(differs.map((field) => [field, wished[field]])) as ClientDetailsChange;
}

/** A person who asks for or receives therapy. */
export const client: Decider<ClientState, ClientEvent, ClientCommand> = {
  category: 'client',
  events: {
    ClientRegistered: { schema: 1, personal: ['legalName', 'usedName', 'dateOfBirth', 'contacts'] },
    ClientDetailsChanged: { schema: 1, personal: ['legalName', 'usedName', 'dateOfBirth', 'contacts'] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : [state.id]),
};
