import { addDays, localDate, startOfLocalDay, type Instant } from '#libs/kernel';
import type { Given } from '../consent/consent.js';
import { authoritiesFor, permissionGaps, type AuthorityOnRecord } from '../consent/guardians.js';
import type { ConsentEntry } from '../consent/situation.js';
import { assessmentsOf, authoritiesKnown, birthKnown, jurisdictionAt } from './people.js';
import type { Stamp } from './facts.js';
import type { Found, Present } from './stale.js';

/*
 * What can change about the person who consented: their age, where they are, who decides for them, whether they can.
 */

type Giving = ConsentEntry & Given;

/** It happened after consent was given, or was not known when it was, whatever its date. */
const isNews = (fact: Stamp, given: Giving): boolean =>
  fact.position > given.position || fact.occurredAt > given.occurredAt;

/** At local midnight, by itself; by the date of birth that is known, not by the one that was known then. */
export function cameOfAge(given: Giving, { client, majorityOn, clocks, zone }: Present): Found[] {
  const day = majorityOn ?? given.majorityOn;
  if (given.by !== 'substitute' || given.majorityOn === null || day === null) return [];
  const midnight = startOfLocalDay(day, zone);
  if (midnight > clocks.at) return [];
  const birth = birthKnown(client, clocks.knownAt);
  return [
    {
      code: 'majority_reached',
      detail: `The client came of age on ${day} and now decides for themself. Ask them.`,
      since: later(midnight, given.occurredAt),
      by: birth && isNews(birth, given) ? birth : given,
    },
  ];
}

/** The permission it was given on would not be enough any more: an authority ended, or another joined. */
export function guardiansChanged(given: Giving, present: Present): Found[] {
  const { client, purpose, clocks, zone } = present;
  if (given.by !== 'substitute' || cameOfAge(given, present).length > 0) return [];
  const onRecord = authoritiesKnown(client, clocks.knownAt);
  const signers = given.guardians?.map(({ guardianId }) => guardianId);
  const isEnough = (day: string) => {
    const inForce = authoritiesFor(onRecord, { day, purpose, minor: given.majorityOn !== null });
    return signers
      ? permissionGaps(inForce, signers).length === 0
      : inForce.every(({ jointRule }) => jointRule !== 'both');
  };
  const first = localDate(given.occurredAt, zone);
  const today = localDate(clocks.at, zone);
  const changes = onRecord.flatMap((authority) => daysOf(authority));
  const days = [...new Set([first, ...changes.filter((day) => day > first && day <= today)])].sort();
  // Only what is amiss still: the day from which on it has been.
  const amiss = days.slice(days.findLastIndex(isEnough) + 1)[0];
  if (!amiss) return [];
  const by = onRecord
    .filter((authority) => daysOf(authority).includes(amiss))
    .map((authority) => (authority.endedOn === amiss ? authority.endedBy : authority.by))
    .at(-1);
  return [
    {
      code: 'guardian_authority_changed',
      detail: 'Who may consent for the client has changed. Ask whoever decides now, and renew the consent.',
      since: later(startOfLocalDay(amiss, zone), given.occurredAt),
      by: by ?? onRecord.findLast((authority) => isNews(authority.by, given))?.by ?? given,
    },
  ];
}

/** The days on which an authority begins or has ceased. */
const daysOf = ({ validFrom, validTo, endedOn }: AuthorityOnRecord): string[] => [
  validFrom,
  ...(validTo === undefined ? [] : [addDays(validTo, 1)]),
  ...(endedOn === undefined ? [] : [endedOn]),
];

/** Found able, or unable, to make this very decision, against what consent was given on. */
export function capacityChanged(given: Giving, { client, purpose, clocks }: Present): Found[] {
  // Whether a minor could decide is not what a guardian's permission rests on.
  if (given.by === 'substitute' && given.majorityOn !== null) return [];
  const newest = assessmentsOf(client, purpose, clocks).findLast((fact) => isNews(fact, given));
  const capableThen = given.by === 'self';
  if (!newest || newest.capable === capableThen) return [];
  return [
    {
      code: 'capacity_changed',
      detail: newest.capable
        ? 'The client was found able to make this decision. Ask them.'
        : 'The client was found unable to make this decision. Find out who decides with them.',
      since: later(newest.occurredAt, given.occurredAt),
      by: newest,
    },
  ];
}

/** The client is elsewhere than when they consented. That it was not known where is no change. */
export function jurisdictionChanged(given: Giving, { client, clocks }: Present): Found[] {
  const now = jurisdictionAt(client, clocks);
  const then =
    given.jurisdiction ??
    jurisdictionAt(client, { at: given.occurredAt, knownAt: given.recordedAt })?.jurisdiction;
  if (!now?.jurisdiction || !then || now.jurisdiction === then) return [];
  return [
    {
      code: 'jurisdiction_changed',
      detail: `The client is now in ${now.jurisdiction}, and consented in ${then}. Check what holds there and renew the consent.`,
      since: later(now.occurredAt, given.occurredAt),
      by: now,
    },
  ];
}

export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);
