import {
  canonicalJson,
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

export const CHANNELS = ['phone', 'email', 'web', 'in_person', 'referral'] as const;
export const FORMATS = ['in_person', 'video', 'phone'] as const;
export const RISKS = ['none', 'raised', 'urgent'] as const;
export const DECLINED_BY = ['client', 'practice'] as const;

/** What the client asks for. `stance` names wished values of stance dimensions (domain.md §3). */
export type Preferences = {
  format?: (typeof FORMATS)[number];
  unitKind?: 'individual' | 'couple' | 'family' | 'group';
  languages?: string[];
  stance?: { dimension: string; value: string }[];
  excludedTherapistIds?: string[];
};

export type Received = {
  clientId?: string;
  channel: (typeof CHANNELS)[number];
  /** what brings the client, in words: clinical detail, so only after the data notice */
  concern?: string;
  preferences: Preferences;
  dataNoticeGiven: boolean;
  /** the closed inquiry this one follows */
  linkedInquiryId?: string;
};

export type Screening = {
  risk: (typeof RISKS)[number];
  suitable: boolean;
  /** clinical detail too */
  summary?: string;
  /** the staff member whose review closes a raised or urgent risk */
  reviewedByClinician?: string;
  /** the data notice was given by now, if it was not at first contact */
  dataNoticeGiven?: boolean;
};

type Matched = { therapistId: string; reasons: string[]; inClientsOwnWords?: string };
type Offered = { therapistId: string; firstSlot?: Instant };
type Accepted = { clientId: string; therapistId: string };
type Declined = { reasonCode: string; nextStep: string; by: (typeof DECLINED_BY)[number] };

export type InquiryEvent =
  | { type: 'InquiryReceived'; data: Received }
  /** again while the inquiry is open: a clinician's review comes this way */
  | { type: 'InquiryScreened'; data: Screening }
  /** again for another therapist: an offer made before falls */
  | { type: 'TherapistMatched'; data: Matched }
  | { type: 'InquiryOffered'; data: Offered }
  | { type: 'InquiryAccepted'; data: Accepted }
  | { type: 'InquiryDeclined'; data: Declined };

// state

type Facts = { received: Received; dataNoticeGiven: boolean };
/** `openRisk` stays until a clinician has reviewed it: screening again as `none` does not close it */
type Screened = Facts & { screening: Screening; openRisk?: 'raised' | 'urgent' };
type Open =
  | ({ situation: 'received' } & Facts)
  | ({ situation: 'screened' } & Screened)
  | ({ situation: 'matched'; match: Matched } & Screened)
  | ({ situation: 'offered'; match: Matched; offer: Offered } & Screened);

export type InquiryState =
  | { situation: 'none' }
  | Open
  /** `before` is how it stood when it was closed */
  | { situation: 'accepted'; received: Received; accepted: Accepted; before: Open }
  | { situation: 'declined'; received: Received; declined: Declined; before: Open };

// evolve

function evolve(state: InquiryState, event: Recorded<InquiryEvent>): InquiryState {
  switch (event.type) {
    case 'InquiryReceived':
      return { situation: 'received', received: event.data, dataNoticeGiven: event.data.dataNoticeGiven };
    case 'InquiryScreened': {
      const open = inHistory(isOpen(state) && state);
      const screening = event.data;
      const dataNoticeGiven = open.dataNoticeGiven || screening.dataNoticeGiven === true;
      if (open.situation === 'received')
        return {
          ...open,
          situation: 'screened',
          dataNoticeGiven,
          screening,
          openRisk: riskLeftOpen(screening),
        };
      return { ...open, dataNoticeGiven, screening, openRisk: riskLeftOpen(screening, open.openRisk) };
    }
    case 'TherapistMatched':
      return { situation: 'matched', ...screened(state), match: event.data };
    case 'InquiryOffered':
      return {
        situation: 'offered',
        ...screened(state),
        match: inHistory('match' in state && state.match),
        offer: event.data,
      };
    case 'InquiryAccepted': {
      const before = inHistory(isOpen(state) && state.situation === 'offered' && state);
      return { situation: 'accepted', received: before.received, accepted: event.data, before };
    }
    case 'InquiryDeclined': {
      const before = inHistory(isOpen(state) && state);
      return { situation: 'declined', received: before.received, declined: event.data, before };
    }
    default:
      return unreachable(event);
  }
}

const isOpen = (state: InquiryState): state is Open =>
  state.situation !== 'none' && state.situation !== 'accepted' && state.situation !== 'declined';

/** Just what every step from screening on carries along, so that an offer does not outlive a new match. */
function screened(state: InquiryState): Screened {
  const { received, dataNoticeGiven, screening, openRisk } = inHistory('screening' in state && state);
  return { received, dataNoticeGiven, screening, openRisk };
}

/** What a screening leaves for a clinician to review. @param before what was open until then */
export function riskLeftOpen({ risk, reviewedByClinician }: Screening, before?: 'raised' | 'urgent') {
  if (reviewedByClinician) return undefined;
  return risk === 'none' ? before : risk;
}

/** `decide` never lets such an event out: whoever folds this reads a damaged log and must hear of it. */
function inHistory<T>(found: T | false): T {
  if (found === false) throw new Error('the events of this inquiry are out of order');
  return found;
}

// commands

/** What a caller may ask for. `inClientsOwnWords`: how the client set their own exclusion or wish aside. */
export type InquiryRequest =
  | ({ type: 'ReceiveInquiry' } & Received)
  | ({ type: 'ScreenInquiry' } & Screening)
  | ({ type: 'MatchTherapist' } & Matched)
  | ({ type: 'OfferInquiry' } & Offered)
  | ({ type: 'AcceptInquiry' } & Accepted)
  | ({ type: 'DeclineInquiry' } & Declined);

/** `reviewerIsClinician`: the reviewer named is an active therapist or supervisor. */
type ScreeningFacts = { reviewerIsClinician?: boolean };

/**
 * What of the stance or format goes against the client's wishes, and what else stands between the two, each in a
 * sentence that names no other client.
 */
type MatchFacts = { isActiveTherapist: boolean; stanceConflicts: string[]; knownConflicts: string[] };

/** The request together with what the handler fetched for it. */
export type InquiryCommand =
  | Exclude<InquiryRequest, { type: 'ScreenInquiry' | 'MatchTherapist' }>
  | (Extract<InquiryRequest, { type: 'ScreenInquiry' }> & ScreeningFacts)
  | (Extract<InquiryRequest, { type: 'MatchTherapist' }> & MatchFacts);

// decide

function decide(state: InquiryState, command: InquiryCommand, { actor }: CommandContext): InquiryEvent[] {
  switch (command.type) {
    case 'ReceiveInquiry': {
      const { type: _, ...data } = command;
      if (state.situation !== 'none') {
        if (same(state.received, data)) return [];
        conflict(
          'already_received',
          'This inquiry was received already. Receive the other one under an id of its own.',
        );
      }
      refuseIfAny(beforeDataNotice('concern', data.concern, data.dataNoticeGiven));
      return [{ type: 'InquiryReceived', data }];
    }
    case 'ScreenInquiry': {
      const { type: _, reviewerIsClinician, ...data } = command;
      const inquiry = open(state);
      if ('screening' in inquiry && same(inquiry.screening, data)) return [];
      const reviewedByCaller = reviewerIsClinician === true && data.reviewedByClinician === actor.id;
      refuseIfAny(screeningProblems(data, reviewedByCaller, inquiry.dataNoticeGiven));
      return [{ type: 'InquiryScreened', data }];
    }
    case 'MatchTherapist': {
      const { therapistId, reasons, inClientsOwnWords } = command;
      const inquiry = screenedFirst(open(state));
      if (therapistOf(inquiry) === therapistId) return [];
      refuseIfAny([...unsuitable(inquiry.screening), ...matchProblems(inquiry.received, command)]);
      return [{ type: 'TherapistMatched', data: { therapistId, reasons, inClientsOwnWords } }];
    }
    case 'OfferInquiry': {
      const { type: _, ...data } = command;
      const inquiry = matchedFirst(screenedFirst(open(state)));
      if (inquiry.situation === 'offered' && same(inquiry.offer, data)) return [];
      if (therapistOf(inquiry) !== data.therapistId)
        conflict('not_the_matched_therapist', 'Another therapist is matched. Match this one first.');
      refuseIfAny(unsuitable(inquiry.screening));
      return [{ type: 'InquiryOffered', data }];
    }
    case 'AcceptInquiry': {
      const { type: _, ...data } = command;
      if (state.situation === 'accepted' && same(state.accepted, data)) return [];
      const inquiry = offeredFirst(matchedFirst(screenedFirst(open(state))));
      if (inquiry.offer.therapistId !== data.therapistId)
        conflict(
          'not_the_offered_therapist',
          'Another therapist was offered. Match and offer this one first.',
        );
      if ((inquiry.received.clientId ?? data.clientId) !== data.clientId)
        conflict(
          'not_the_inquiring_client',
          'This inquiry is by another client. Receive one for this client.',
        );
      refuseIfAny([...unsuitable(inquiry.screening), ...unreviewed(inquiry)]);
      return [{ type: 'InquiryAccepted', data }];
    }
    case 'DeclineInquiry': {
      const { type: _, ...data } = command;
      if (state.situation === 'declined' && same(state.declined, data)) return [];
      open(state);
      refuseIfAny(declineProblems(data));
      return [{ type: 'InquiryDeclined', data }];
    }
    default:
      return unreachable(command);
  }
}

const same = (some: object, other: object): boolean => canonicalJson(some) === canonicalJson(other);

function open(state: InquiryState): Open {
  if (state.situation === 'none') missing('inquiry');
  if (!isOpen(state))
    conflict('inquiry_closed', 'This inquiry is closed and stays so. Receive a new one linked to it.');
  return state;
}

type FromScreened = Exclude<Open, { situation: 'received' }>;
type FromMatched = Exclude<FromScreened, { situation: 'screened' }>;

function screenedFirst(inquiry: Open): FromScreened {
  return inquiry.situation === 'received' ? conflict('screen_first', 'Screen this inquiry first.') : inquiry;
}

function matchedFirst(inquiry: FromScreened): FromMatched {
  return inquiry.situation === 'screened' ? conflict('match_first', 'Match a therapist first.') : inquiry;
}

function offeredFirst(inquiry: FromMatched): Extract<Open, { situation: 'offered' }> {
  return inquiry.situation === 'matched'
    ? conflict('offer_first', 'Offer the matched therapist first.')
    : inquiry;
}

function therapistOf(inquiry: FromScreened): string | undefined {
  return inquiry.situation === 'screened' ? undefined : inquiry.match.therapistId;
}

function screeningProblems(screening: Screening, reviewedByCaller: boolean, noticed: boolean): Reason[] {
  const { summary, reviewedByClinician } = screening;
  return [
    ...beforeDataNotice('summary', summary, noticed || screening.dataNoticeGiven === true),
    ...reasonIf(
      Boolean(reviewedByClinician) && !reviewedByCaller,
      'reviewer_not_clinician',
      'A review is entered by the therapist or supervisor who made it. Have them screen again, naming themself.',
    ),
  ];
}

const beforeDataNotice = (what: string, words: string | undefined, noticed: boolean): Reason[] =>
  reasonIf(
    Boolean(words) && !noticed,
    'data_notice_first',
    `The ${what} is clinical detail. Give the data notice first, or leave it out.`,
  );

const unsuitable = ({ suitable }: Screening): Reason[] =>
  reasonIf(
    !suitable,
    'screened_unsuitable',
    'Screened as not suitable. Decline with a next step, or screen again.',
  );

const unreviewed = ({ openRisk }: Screened): Reason[] =>
  reasonIf(
    openRisk !== undefined,
    'risk_not_reviewed',
    `The risk is ${openRisk}. Have a clinician review it and screen again themself.`,
  );

/** Only what the client excluded gives way to the client's own words; a known conflict does not. */
function matchProblems({ preferences }: Received, match: Matched & MatchFacts): Reason[] {
  const known = [
    ...reasonIf(
      !match.isActiveTherapist,
      'not_an_active_therapist',
      'This staff member is no active therapist. Match one who is.',
    ),
    ...match.knownConflicts.map((words) => ({
      code: 'known_conflict',
      detail: `${words} Match another therapist.`,
    })),
  ];
  if (match.inClientsOwnWords?.trim()) return known;
  const excluded = preferences.excludedTherapistIds?.includes(match.therapistId) ?? false;
  const instead = "Match another therapist, or enter in the client's own words that they want this one.";
  return [
    ...reasonIf(excluded, 'therapist_excluded', `The client excluded this therapist. ${instead}`),
    ...match.stanceConflicts.map((words) => ({ code: 'stance_conflict', detail: `${words} ${instead}` })),
    ...known,
  ];
}

const declineProblems = ({ reasonCode, nextStep }: Declined): Reason[] => [
  ...reasonIf(!reasonCode.trim(), 'reason_code_missing', 'Say why, with a reason code.'),
  ...reasonIf(
    !nextStep.trim(),
    'next_step_missing',
    'Say what the client can do next, such as where to ask.',
  ),
];

/** One request for therapy, from first contact until it is accepted or declined. */
export const inquiry: Decider<InquiryState, InquiryEvent, InquiryCommand> = {
  category: 'inquiry',
  events: {
    InquiryReceived: { schema: 1, personal: ['concern'] },
    InquiryScreened: { schema: 1, personal: ['summary'] },
    TherapistMatched: { schema: 1, personal: ['inClientsOwnWords'] },
    InquiryOffered: { schema: 1, personal: [] },
    InquiryAccepted: { schema: 1, personal: [] },
    InquiryDeclined: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects,
};

function subjects(state: InquiryState): readonly string[] {
  if (state.situation === 'none') return [];
  const clientId = state.situation === 'accepted' ? state.accepted.clientId : state.received.clientId;
  return clientId ? [clientId] : [];
}
