import {
  type CommandContext,
  conflict,
  type Decider,
  localDate,
  missing,
  type Reason,
  reasonIf,
  refuseIfAny,
  same,
  unreachable,
} from '#libs/kernel';
import { declineReasons, referralReasons, type Declined, type Referred, type Withdrawn } from './closing.js';
import { excludedBy, knownConflicts, matchReasons, type Candidate, type Matched } from './matching.js';
import {
  beforeDataNotice,
  redirectionReasons,
  screeningReasons,
  unreviewed,
  unsuitable,
  type Redirection,
  type Screening,
} from './screening.js';
import {
  evolve,
  matchedFirst,
  offeredFirst,
  open,
  openPart,
  screenedFirst,
  type Accepted,
  type FromOffered,
  type FromScreened,
  type InquiryEvent,
  type InquiryState,
  type Offered,
  type Received,
} from './situation.js';
import {
  checkInReasons,
  nextCheckIn,
  waitlistReasons,
  type CheckIn,
  type Waiting,
  type Waitlisted,
} from './waiting.js';

// commands

/** What a caller may ask for. `inClientsOwnWords`: how the client set their own exclusion aside. */
export type InquiryRequest =
  | ({ type: 'ReceiveInquiry' } & Received)
  | ({ type: 'ScreenInquiry' } & Screening)
  | ({ type: 'RedirectInquiryUrgently' } & Redirection)
  | ({ type: 'WaitlistInquiry' } & Omit<Waitlisted, 'nextCheckInOn'>)
  | ({ type: 'RecordCheckIn' } & CheckIn)
  | ({ type: 'MatchTherapist' } & Omit<Matched, 'conflicts'>)
  | ({ type: 'OfferInquiry' } & Offered)
  | ({ type: 'AcceptInquiry' } & Accepted)
  | ({ type: 'DeclineInquiry' } & Declined)
  | ({ type: 'ReferInquiry' } & Referred)
  | ({ type: 'WithdrawInquiry' } & Withdrawn);

/** What is fetched for some requests. */
type FactsFor = {
  ReceiveInquiry: { linked?: { closed: boolean } };
  /** the reviewer named is an active therapist or supervisor */
  ScreenInquiry: { reviewerIsClinician?: boolean };
  /** `zone` is the practice's */
  WaitlistInquiry: { zone: string };
  RecordCheckIn: { zone: string };
  MatchTherapist: { candidate: Candidate };
  AcceptInquiry: { candidate: Candidate };
};

/** The request together with what the handler fetched for it. */
export type InquiryCommand = {
  [T in InquiryRequest['type']]: Extract<InquiryRequest, { type: T }> &
    (T extends keyof FactsFor ? FactsFor[T] : unknown);
}[InquiryRequest['type']];

// decide

function decide(state: InquiryState, command: InquiryCommand, context: CommandContext): InquiryEvent[] {
  switch (command.type) {
    case 'ReceiveInquiry':
      return receive(state, command);
    case 'ScreenInquiry': {
      const { type: _, reviewerIsClinician, ...data } = command;
      const inquiry = open(state);
      const redirected = inquiry.situation === 'redirected_urgent';
      if (!redirected && 'screening' in inquiry && same(inquiry.screening, data)) return [];
      const reviewedByCaller = reviewerIsClinician === true && data.reviewedByClinician === context.actor.id;
      const noticed = inquiry.dataNoticeGiven;
      refuseIfAny(screeningReasons(data, { reviewedByCaller, noticed, redirected }));
      return [{ type: 'InquiryScreened', data }];
    }
    case 'RedirectInquiryUrgently': {
      const { type: _, ...data } = command;
      const inquiry = open(state);
      if (inquiry.situation === 'redirected_urgent' && same(inquiry.redirection, data)) return [];
      refuseIfAny(redirectionReasons(data, inquiry.dataNoticeGiven));
      return [{ type: 'InquiryRedirectedUrgently', data }];
    }
    case 'WaitlistInquiry':
      return waitlist(screenedFirst(open(state)), command, context);
    case 'RecordCheckIn':
      return checkIn(screenedFirst(open(state)), command, context);
    case 'MatchTherapist':
      return match(screenedFirst(open(state)), command);
    case 'OfferInquiry': {
      const { type: _, ...data } = command;
      const inquiry = matchedFirst(screenedFirst(open(state)));
      if (inquiry.situation === 'offered' && same(inquiry.offer, data)) return [];
      if (inquiry.match.therapistId !== data.therapistId)
        conflict('not_the_matched_therapist', 'Another therapist is matched. Match this one first.');
      refuseIfAny(unsuitable(inquiry.screening));
      return [{ type: 'InquiryOffered', data }];
    }
    case 'AcceptInquiry': {
      const { type: _, candidate, ...data } = command;
      if (state.situation === 'accepted' && same(state.accepted, data)) return [];
      return accept(offeredFirst(matchedFirst(screenedFirst(open(state)))), data, candidate);
    }
    case 'DeclineInquiry': {
      const { type: _, ...data } = command;
      if (state.situation === 'declined' && same(state.declined, data)) return [];
      open(state);
      refuseIfAny(declineReasons(data));
      return [{ type: 'InquiryDeclined', data }];
    }
    case 'ReferInquiry': {
      const { type: _, ...data } = command;
      if (state.situation === 'referred' && same(state.referred, data)) return [];
      open(state);
      refuseIfAny(referralReasons(data));
      return [{ type: 'InquiryReferred', data }];
    }
    case 'WithdrawInquiry': {
      const { type: _, ...data } = command;
      if (state.situation === 'withdrawn' && same(state.withdrawn, data)) return [];
      open(state);
      return [{ type: 'InquiryWithdrawn', data }];
    }
    default:
      return unreachable(command);
  }
}

type CommandOf<T extends InquiryCommand['type']> = Extract<InquiryCommand, { type: T }>;

function receive(state: InquiryState, command: CommandOf<'ReceiveInquiry'>): InquiryEvent[] {
  const { type: _, linked, ...data } = command;
  const known = openPart(state);
  if (known) {
    if (same(known.received, data)) return [];
    conflict(
      'already_received',
      'This inquiry was received already. Receive the other one under an id of its own.',
    );
  }
  if (data.linkedInquiryId && !linked) missing('inquiry');
  refuseIfAny([
    ...beforeDataNotice('concern', data.concern, data.dataNoticeGiven),
    ...reasonIf(
      linked?.closed === false,
      'linked_inquiry_open',
      'The inquiry it follows is still open. Go on with that one, or close it first.',
    ),
  ]);
  return [{ type: 'InquiryReceived', data }];
}

function waitlist(
  inquiry: FromScreened,
  { reasonCode, checkInEveryDays, preferences, zone }: CommandOf<'WaitlistInquiry'>,
  { occurredAt }: CommandContext,
): InquiryEvent[] {
  const asked = { reasonCode, checkInEveryDays, ...(preferences ? { preferences } : {}) };
  if (inquiry.situation === 'waitlisted' && inquiry.waiting.stillWaiting && sameWait(inquiry.waiting, asked))
    return [];
  refuseIfAny([...unsuitable(inquiry.screening), ...waitlistReasons(asked)]);
  const nextCheckInOn = nextCheckIn(occurredAt, checkInEveryDays, zone);
  return [{ type: 'InquiryWaitlisted', data: { ...asked, nextCheckInOn } }];
}

const sameWait = (
  { reasonCode, checkInEveryDays, preferences }: Waiting,
  asked: Omit<Waitlisted, 'nextCheckInOn'>,
): boolean => same({ reasonCode, checkInEveryDays, preferences }, asked);

function checkIn(
  inquiry: FromScreened,
  command: CommandOf<'RecordCheckIn'>,
  { occurredAt }: CommandContext,
): InquiryEvent[] {
  const { type: _, zone, ...asked } = command;
  if (inquiry.situation !== 'waitlisted')
    return conflict('not_waitlisted', 'This inquiry is not on the waiting list. Waitlist it first.');
  const { waiting } = inquiry;
  const today = localDate(occurredAt, zone);
  const data = asked.stillWaiting
    ? {
        ...asked,
        nextCheckInOn: asked.nextCheckInOn ?? nextCheckIn(occurredAt, waiting.checkInEveryDays, zone),
      }
    : asked;
  if (waiting.lastCheckIn && localDate(waiting.lastCheckIn.at, zone) === today) {
    const { at: _at, ...before } = waiting.lastCheckIn;
    if (same(before, data)) return [];
  }
  refuseIfAny(checkInReasons(waiting, data, { occurredAt, today }));
  return [{ type: 'WaitlistCheckInRecorded', data }];
}

function match(inquiry: FromScreened, command: CommandOf<'MatchTherapist'>): InquiryEvent[] {
  const { type: _, candidate, ...data } = command;
  const { preferences } = inquiry;
  const before = 'match' in inquiry ? inquiry.match : undefined;
  const asBefore = before?.therapistId === data.therapistId && before.format === data.format;
  if (asBefore && before.inClientsOwnWords === data.inClientsOwnWords) return [];
  if (inquiry.situation === 'waitlisted' && !inquiry.waiting.stillWaiting)
    conflict('no_longer_waiting', 'They said that they no longer wait. Waitlist them again, or withdraw it.');
  refuseIfAny([...unsuitable(inquiry.screening), ...matchReasons(preferences, candidate, data)]);
  const conflicts = excludedBy(preferences, candidate, data.format);
  return [{ type: 'TherapistMatched', data: { ...data, ...(conflicts.length > 0 ? { conflicts } : {}) } }];
}

/** Who the client is may be known only now, and the therapist may state something else by now: both are judged again. */
function accept(inquiry: FromOffered, data: Accepted, candidate: Candidate): InquiryEvent[] {
  if (inquiry.offer.therapistId !== data.therapistId)
    conflict('not_the_offered_therapist', 'Another therapist was offered. Match and offer this one first.');
  if ((inquiry.received.clientId ?? data.clientId) !== data.clientId)
    conflict('not_the_inquiring_client', 'This inquiry is by another client. Receive one for this client.');
  const { preferences, screening, openRisk, match: matched } = inquiry;
  const setAside = (matched.conflicts ?? []).map(({ detail }) => detail);
  const excludedSince = excludedBy(preferences, candidate, matched.format).filter(
    ({ detail }) => !setAside.includes(detail),
  );
  refuseIfAny([
    ...unsuitable(screening),
    ...unreviewed(openRisk),
    ...excludedSince.map(({ code, detail }): Reason => ({
      code,
      detail: `${detail} That came up since they were matched. Match another therapist, or this one again with what the client says to it.`,
    })),
    ...knownConflicts(preferences, candidate, matched.format).map(({ code, detail }): Reason => ({
      code,
      detail: `${detail} Match another therapist.`,
    })),
  ]);
  return [{ type: 'InquiryAccepted', data }];
}

/** One request for therapy, from first contact until it ends in a relationship, a referral or a no. */
export const inquiry: Decider<InquiryState, InquiryEvent, InquiryCommand> = {
  category: 'inquiry',
  events: {
    InquiryReceived: { schema: 1, personal: ['concern', 'conflictsWith'] },
    InquiryScreened: { schema: 1, personal: ['summary'] },
    InquiryRedirectedUrgently: { schema: 1, personal: ['to', 'told', 'nextStep', 'summary'] },
    InquiryWaitlisted: { schema: 1, personal: [] },
    WaitlistCheckInRecorded: { schema: 1, personal: ['words'] },
    TherapistMatched: { schema: 1, personal: ['reasons', 'inClientsOwnWords'] },
    InquiryOffered: { schema: 1, personal: [] },
    InquiryAccepted: { schema: 1, personal: [] },
    InquiryDeclined: { schema: 1, personal: ['nextStep'] },
    InquiryReferred: { schema: 1, personal: ['to', 'handedOver'] },
    InquiryWithdrawn: { schema: 1, personal: ['words'] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects,
};

/**
 * Until there is a client the words are those of whoever asked, known only by the inquiry's own id. Once somebody is
 * accepted whose words went before under that id, both are named, so that the one leads to the other.
 */
function subjects(state: InquiryState): readonly string[] {
  const part = openPart(state);
  if (!part) return [];
  const { clientId } = part.received;
  if (clientId) return [clientId];
  return state.situation === 'accepted' ? [state.accepted.clientId, part.id] : [part.id];
}
