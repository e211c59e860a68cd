import type { CommandContext, Decider, Instant, Reason, Recorded } from '#libs/kernel';
import { conflict, missing, reasonIf, refuseIfAny, same, unreachable } from '#libs/kernel';

// events

/** What allows telling somebody: the client's own authorization, or what comes before it. */
export const DISCLOSURE_BASES = [
  'authorization',
  'required_by_law',
  'court_order',
  'imminent_harm',
  'abuse_report',
] as const;
export type DisclosureBasis = (typeof DISCLOSURE_BASES)[number];
export const DISCLOSURE_CHANNELS = ['letter', 'email', 'phone', 'in_person', 'portal', 'fax'] as const;
export const REFUSAL_CODES = [
  'not_authorized',
  'client_objects',
  'not_required_by_law',
  'recipient_not_verified',
  'no_longer_needed',
  'other',
] as const;

type About = { clientId: string; relationshipId?: string };
/** `reference` names the law, the order or the case. */
export type Request = About & {
  recipient: string;
  purpose: string;
  what: string;
  basis: DisclosureBasis;
  reference?: string;
};
/** What was told, to whom and how; when is `occurredAt`. `consentId`: the authorization it was made under. */
export type Made = About & {
  recipient: string;
  what: string;
  basis: DisclosureBasis;
  channel: (typeof DISCLOSURE_CHANNELS)[number];
  consentId?: string;
};
export type Refusal = { reasonCode: (typeof REFUSAL_CODES)[number]; words?: string };

export type DisclosureEvent =
  | { type: 'DisclosureRequested'; data: Request }
  | { type: 'DisclosureMade'; data: Made }
  | { type: 'DisclosureRefused'; data: About & Refusal };

// state

type Requested = { request: Request; requestedAt: Instant };
export type Disclosure =
  | { situation: 'none' }
  | ({ situation: 'requested' } & Requested)
  | ({ situation: 'made'; made: Made; madeAt: Instant } & Requested)
  | ({ situation: 'refused'; refusal: Refusal; refusedAt: Instant } & Requested);
type Existing = Exclude<Disclosure, { situation: 'none' }>;

// evolve

function evolve(state: Disclosure, event: Recorded<DisclosureEvent>): Disclosure {
  const { occurredAt: at } = event;
  if (event.type === 'DisclosureRequested')
    return { situation: 'requested', request: event.data, requestedAt: at };
  if (state.situation === 'none') throw new Error('a disclosure stream begins with DisclosureRequested');
  const { request, requestedAt } = state;
  switch (event.type) {
    case 'DisclosureMade':
      return { situation: 'made', request, requestedAt, made: event.data, madeAt: at };
    case 'DisclosureRefused': {
      const { reasonCode, words } = event.data;
      const refusal = { reasonCode, ...(words === undefined ? {} : { words }) };
      return { situation: 'refused', request, requestedAt, refusal, refusedAt: at };
    }
    default:
      return unreachable(event);
  }
}

// commands

/** `reasons`: why the client's consent does not allow it towards this recipient; none when it does. */
export type Authorization = { consentId: string; reasons: Reason[] };

/** `isMember`: the client is one of the relationship. `authorization` is fetched where the basis is one. */
export type DisclosureCommand =
  | ({ type: 'RequestDisclosure'; isMember: boolean } & Request)
  | {
      type: 'MakeDisclosure';
      what: string;
      channel: Made['channel'];
      authorization?: Authorization;
    }
  | ({ type: 'RefuseDisclosure' } & Refusal);
type CommandOf<Type extends DisclosureCommand['type']> = Extract<DisclosureCommand, { type: Type }>;

// decide

function decide(state: Disclosure, command: DisclosureCommand, context: CommandContext): DisclosureEvent[] {
  if (command.type === 'RequestDisclosure') return request(state, command);
  if (state.situation === 'none') return missing('disclosure');
  switch (command.type) {
    case 'MakeDisclosure':
      return make(state, command, context);
    case 'RefuseDisclosure': {
      const { reasonCode, words } = command;
      const refusal = { reasonCode, ...(words === undefined ? {} : { words }) };
      if (state.situation === 'refused' && same(state.refusal, refusal)) return [];
      refuseIfAny(orderReasons(undecided(state), context));
      return [{ type: 'DisclosureRefused', data: { ...aboutOf(state.request), ...refusal } }];
    }
    default:
      return unreachable(command);
  }
}

function request(state: Disclosure, command: CommandOf<'RequestDisclosure'>): DisclosureEvent[] {
  const { type: _, isMember, ...data } = command;
  if (state.situation !== 'none') {
    if (same(state.request, data)) return [];
    conflict('already_requested', 'This request is entered already. Enter the other one under its own id.');
  }
  const { basis, relationshipId, reference } = data;
  refuseIfAny([
    ...reasonIf(
      basis === 'authorization' && relationshipId === undefined,
      'relationship_missing',
      'Authorization is given within a relationship. Say which.',
    ),
    ...reasonIf(
      relationshipId !== undefined && !isMember,
      'not_their_relationship',
      'This client is not one of that relationship. Check both ids.',
    ),
    ...reasonIf(
      (basis === 'required_by_law' || basis === 'court_order') && !reference?.trim(),
      'reference_missing',
      'Name the law or the order that asks for it as reference.',
    ),
  ]);
  return [{ type: 'DisclosureRequested', data }];
}

function make(
  state: Existing,
  { what, channel, authorization }: CommandOf<'MakeDisclosure'>,
  context: CommandContext,
): DisclosureEvent[] {
  if (state.situation === 'made' && state.made.what === what && state.made.channel === channel) return [];
  const { basis, recipient } = undecided(state).request;
  const authorized = basis === 'authorization';
  refuseIfAny([
    ...(authorized ? (authorization?.reasons ?? [UNAUTHORIZED]) : []),
    ...reasonIf(!what.trim(), 'what_missing', 'Say what was told.'),
    ...orderReasons(state, context),
  ]);
  const under = authorized && authorization ? { consentId: authorization.consentId } : {};
  const data = { ...aboutOf(state.request), recipient, what, basis, channel, ...under };
  return [{ type: 'DisclosureMade', data }];
}

const UNAUTHORIZED: Reason = {
  code: 'not_authorized',
  detail: 'The client has not authorized it. Obtain that first, or refuse the request.',
};

/** What was told cannot be untold, and a refusal stands: whoever asks again makes a new request. */
function undecided(state: Existing): Existing {
  if (state.situation === 'made')
    conflict('already_made', 'This was disclosed already. Enter a new request for what else is asked.');
  if (state.situation === 'refused')
    conflict('already_refused', 'This request was refused. Enter a new one if it comes again.');
  return state;
}

const aboutOf = ({ clientId, relationshipId }: About): About => ({
  clientId,
  ...(relationshipId === undefined ? {} : { relationshipId }),
});

const orderReasons = ({ requestedAt }: Existing, { occurredAt }: CommandContext): Reason[] =>
  reasonIf(
    occurredAt < requestedAt,
    'before_the_request',
    `It was requested at ${requestedAt}. Give a time that is not before it.`,
  );

/** That somebody outside asks to be told about a client, and whether they were. */
export const disclosure: Decider<Disclosure, DisclosureEvent, DisclosureCommand> = {
  category: 'disclosure',
  events: {
    DisclosureRequested: { schema: 1, personal: ['recipient', 'purpose', 'what', 'reference'] },
    DisclosureMade: { schema: 1, personal: ['recipient', 'what'] },
    DisclosureRefused: { schema: 1, personal: ['words'] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : [state.request.clientId]),
};
