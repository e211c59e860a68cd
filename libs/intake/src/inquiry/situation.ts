import { conflict, type Instant, missing, parseStream, type Recorded, unreachable } from '#libs/kernel';
import type { Channel, Declined, Referred, Withdrawn } from './closing.js';
import type { Matched } from './matching.js';
import type { Preferences } from './preferences.js';
import { riskLeftOpen, type OpenRisk, type Redirection, type Screening } from './screening.js';
import { checkedIn, type CheckIn, type Waiting, type Waitlisted } from './waiting.js';

// events

export type Received = {
  clientId?: string;
  channel: Channel;
  /** what brings the client, in words: clinical detail, so only after the data notice */
  concern?: string;
  preferences: Preferences;
  /** clients whom this one names as a conflict: whoever treats them is no match */
  conflictsWith?: string[];
  dataNoticeGiven: boolean;
  /** the closed inquiry this one follows */
  linkedInquiryId?: string;
};

export type Offered = { therapistId: string; firstSlot?: Instant };
export type Accepted = { clientId: string; therapistId: string };

export type InquiryEvent =
  | { type: 'InquiryReceived'; data: Received }
  /** again while the inquiry is open: a clinician's review comes this way */
  | { type: 'InquiryScreened'; data: Screening }
  /** whatever was matched or waited for falls */
  | { type: 'InquiryRedirectedUrgently'; data: Redirection }
  /** a match made before falls */
  | { type: 'InquiryWaitlisted'; data: Waitlisted }
  | { type: 'WaitlistCheckInRecorded'; data: CheckIn }
  /** again for another therapist: an offer made before falls */
  | { type: 'TherapistMatched'; data: Matched }
  | { type: 'InquiryOffered'; data: Offered }
  | { type: 'InquiryAccepted'; data: Accepted }
  | { type: 'InquiryDeclined'; data: Declined }
  | { type: 'InquiryReferred'; data: Referred }
  | { type: 'InquiryWithdrawn'; data: Withdrawn };

// state

/** `preferences` are those of now */
type Facts = { id: string; received: Received; preferences: Preferences; dataNoticeGiven: boolean };
/** `openRisk` stays until a clinician has reviewed it */
type Screened = Facts & { screening: Screening; openRisk?: OpenRisk };
export type Open =
  | ({ situation: 'received' } & Facts)
  | ({ situation: 'redirected_urgent'; redirection: Redirection; openRisk: OpenRisk } & Facts & {
        screening?: Screening;
      })
  | ({ situation: 'screened' } & Screened)
  | ({ situation: 'waitlisted'; waiting: Waiting } & Screened)
  | ({ situation: 'matched'; match: Matched } & Screened)
  | ({ situation: 'offered'; match: Matched; offer: Offered } & Screened);

/** `before` is how it stood when it was closed */
type Closed = { before: Open } & (
  | { situation: 'accepted'; accepted: Accepted }
  | { situation: 'declined'; declined: Declined }
  | { situation: 'referred'; referred: Referred }
  | { situation: 'withdrawn'; withdrawn: Withdrawn }
);

export type InquiryState = { situation: 'none' } | Open | Closed;

// evolve

export function evolve(state: InquiryState, event: Recorded<InquiryEvent>): InquiryState {
  if (event.type === 'InquiryReceived') {
    const { preferences, dataNoticeGiven } = event.data;
    const { id } = parseStream(event.stream);
    return { situation: 'received', id, received: event.data, preferences, dataNoticeGiven };
  }
  const open = inHistory(isOpen(state) && state);
  switch (event.type) {
    case 'InquiryScreened': {
      const screening = event.data;
      const dataNoticeGiven = open.dataNoticeGiven || screening.dataNoticeGiven === true;
      const openRisk = riskLeftOpen(screening, 'openRisk' in open ? open.openRisk : undefined);
      if (open.situation === 'received' || open.situation === 'redirected_urgent')
        return { situation: 'screened', ...factsOf(open), dataNoticeGiven, screening, openRisk };
      return { ...open, dataNoticeGiven, screening, openRisk };
    }
    case 'InquiryRedirectedUrgently': {
      const { screening, openRisk: before } = { openRisk: undefined, screening: undefined, ...open };
      const openRisk = before === 'urgent' ? before : event.data.risk;
      const screenedBefore = screening ? { screening } : {};
      return {
        situation: 'redirected_urgent',
        ...factsOf(open),
        ...screenedBefore,
        openRisk,
        redirection: event.data,
      };
    }
    case 'InquiryWaitlisted': {
      const facts = screened(open);
      const preferences = event.data.preferences ?? facts.preferences;
      const waiting = { ...event.data, stillWaiting: true, since: event.occurredAt };
      return { situation: 'waitlisted', ...facts, preferences, waiting };
    }
    case 'WaitlistCheckInRecorded': {
      const waitlisted = inHistory(open.situation === 'waitlisted' && open);
      return { ...waitlisted, waiting: checkedIn(waitlisted.waiting, event.data, event.occurredAt) };
    }
    case 'TherapistMatched':
      return { situation: 'matched', ...screened(open), match: event.data };
    case 'InquiryOffered': {
      const match = inHistory('match' in open && open.match);
      return { situation: 'offered', ...screened(open), match, offer: event.data };
    }
    case 'InquiryAccepted':
      inHistory(open.situation === 'offered');
      return { situation: 'accepted', accepted: event.data, before: open };
    case 'InquiryDeclined':
      return { situation: 'declined', declined: event.data, before: open };
    case 'InquiryReferred':
      return { situation: 'referred', referred: event.data, before: open };
    case 'InquiryWithdrawn':
      return { situation: 'withdrawn', withdrawn: event.data, before: open };
    default:
      return unreachable(event);
  }
}

const isOpen = (state: InquiryState): state is Open => state.situation !== 'none' && !('before' in state);

/** How it stands, or stood when it was closed. */
export const openPart = (state: InquiryState): Open | undefined =>
  state.situation === 'none' ? undefined : 'before' in state ? state.before : state;

const factsOf = ({ id, received, preferences, dataNoticeGiven }: Facts): Facts => ({
  id,
  received,
  preferences,
  dataNoticeGiven,
});

/** Just what every step from screening on carries along, so that an offer does not outlive a new match. */
function screened(open: Open): Screened {
  inHistory(open.situation !== 'received' && open.situation !== 'redirected_urgent');
  const { screening, openRisk } = open as Screened;
  return { ...factsOf(open), screening, openRisk };
}

/** `decide` never lets such an event out: whoever folds this reads a damaged log and must hear of it. */
function inHistory<T>(found: T | false): T {
  if (found === false) throw new Error('the events of this inquiry are out of order');
  return found;
}

// what a step needs

/** @throws DomainError when there is none, or it is closed */
export function open(state: InquiryState): Open {
  if (state.situation === 'none') missing('inquiry');
  if (!isOpen(state))
    conflict('inquiry_closed', 'This inquiry is closed and stays so. Receive a new one linked to it.');
  return state;
}

export type FromScreened = Exclude<Open, { situation: 'received' | 'redirected_urgent' }>;
type FromMatched = Extract<FromScreened, { match: Matched }>;
export type FromOffered = Extract<Open, { situation: 'offered' }>;

export function screenedFirst(inquiry: Open): FromScreened {
  if (inquiry.situation === 'received') conflict('screen_first', 'Screen this inquiry first.');
  if (inquiry.situation === 'redirected_urgent')
    conflict('screen_again_first', 'It was redirected urgently. A clinician screens again first.');
  return inquiry;
}

export function matchedFirst(inquiry: FromScreened): FromMatched {
  return 'match' in inquiry ? inquiry : conflict('match_first', 'Match a therapist first.');
}

export function offeredFirst(inquiry: FromMatched): FromOffered {
  return inquiry.situation === 'matched'
    ? conflict('offer_first', 'Offer the matched therapist first.')
    : inquiry;
}
