import type { Instant, Reason } from '#libs/kernel';
import { canonicalJson, refuseIfAny, sha256, reasonIf } from '#libs/kernel';
import { LONGEST_MINUTES } from './plan.js';
import type { Started } from './start.js';

/** A piece of a session without a pause; `to` is missing while it runs. */
type Stretch = { from: Instant; to?: Instant };

/** `scope`: `all`, or the purpose whose consent was withdrawn */
export type Withdrawal = { clientId: string; scope: string };

/**
 * A session that was started. `seen`: hashes of what was recorded meanwhile, so that nothing is recorded
 * twice. `latest`: the last moment of which anything is recorded.
 */
export type Held = {
  startedAt: Instant;
  started: Started;
  stretches: Stretch[];
  withdrawals: (Withdrawal & { at: Instant })[];
  seen: string[];
  latest: Instant;
  /** it is recorded, from its start or from some moment on */
  recorded: boolean;
};

export const heldSince = (startedAt: Instant, started: Started): Held => ({
  startedAt,
  started,
  stretches: [{ from: startedAt }],
  withdrawals: [],
  seen: [],
  latest: startedAt,
  recorded: started.recording ?? false,
});

export const fingerprint = ({ type, data }: { type: string; data: object }, at: Instant): string =>
  sha256(canonicalJson([type, at, data]));

/** The last moment at which the session began, stopped or went on. */
export function lastMark({ startedAt, stretches }: Held): Instant {
  const last = stretches.at(-1);
  return last?.to ?? last?.from ?? startedAt;
}

/** Stops the stretch that runs, if one does. */
export const stoppedAt = ({ stretches }: Held, at: Instant): Stretch[] =>
  stretches.map((stretch) => (stretch.to === undefined ? { ...stretch, to: at } : stretch));

/**
 * Whole minutes without pauses. `minutesAfterWithdrawal` are those of them after the first withdrawal, `minutesAfterStop`
 * those after something came up that blocks at once; left out where nothing did.
 */
export type Minutes = { minutes: number; minutesAfterWithdrawal: number; minutesAfterStop?: number };

/** As an event tells them. */
export const minutesOf = ({ minutes, minutesAfterWithdrawal, minutesAfterStop }: Minutes): Minutes => ({
  minutes,
  minutesAfterWithdrawal,
  ...(minutesAfterStop === undefined ? {} : { minutesAfterStop }),
});

/** Found outside of the session: the first withdrawal that was not entered in it, and since when something has blocked. */
export type Ended = { consentWithdrawnAt?: Instant; stoppedSince?: Instant };

/** The minutes of a session that ends at `endedAt`. */
export function countMinutes(
  held: Held,
  endedAt: Instant,
  { consentWithdrawnAt, stoppedSince }: Ended,
): Minutes {
  const stretches = stoppedAt(held, endedAt);
  const entered = held.withdrawals.map(({ at }) => at);
  const [first] = [...entered, ...(consentWithdrawnAt === undefined ? [] : [consentWithdrawnAt])].sort();
  return {
    minutes: wholeMinutes(stretches),
    minutesAfterWithdrawal: first === undefined ? 0 : wholeMinutes(stretches, first),
    ...(stoppedSince !== undefined && stoppedSince <= endedAt
      ? { minutesAfterStop: wholeMinutes(stretches, stoppedSince) }
      : {}),
  };
}

/**
 * Those of the minutes that rest on consent: until it was withdrawn or stopped; none of a session that was held in an
 * emergency, for safety, or though the gate would have refused.
 */
export const minutesWithConsent = (
  { minutes, minutesAfterWithdrawal, minutesAfterStop = 0 }: Minutes,
  gateResult: Started['gate']['result'],
): number => (gateResult === 'allow' ? minutes - Math.max(minutesAfterWithdrawal, minutesAfterStop) : 0);

/** Whole minutes of all stretches from `since` on. Rounded once, at the end: three stretches of 90 seconds are four minutes, not three. */
export function wholeMinutes(stretches: readonly Stretch[], since: Instant = ''): number {
  const millis = stretches.reduce((sum, { from, to = from }) => {
    const begin = from > since ? from : since;
    return to > begin ? sum + Date.parse(to) - Date.parse(begin) : sum;
  }, 0);
  return Math.floor(millis / 60_000);
}

export const lengthReasons = (minutes: number): Reason[] =>
  reasonIf(
    minutes > LONGEST_MINUTES,
    'longer_than_12_hours',
    'No session lasts more than 12 hours. Give the time it really ended as occurredAt.',
  );

export const orderReasons = (last: Instant, occurredAt: Instant): Reason[] =>
  reasonIf(
    occurredAt < last,
    'before_last_entry',
    `This session has an entry for ${last}. Give a time that is not before it.`,
  );

/**
 * `consentWithdrawn`: the handler found on the consent streams that consent was withdrawn since the session
 * began. `stoppedBy`: what else has come up since that blocks at once.
 */
export type Fresh = { consentWithdrawn?: boolean; stoppedBy?: readonly Reason[] };

/**
 * Once consent is withdrawn, or has become one that blocks at once, the only accepted next acts are pause, safety contact
 * and end.
 */
export function refuseAfterWithdrawal(
  { withdrawals }: Held,
  { consentWithdrawn = false, stoppedBy = [] }: Fresh = {},
): void {
  refuseIfAny([
    ...reasonIf(
      withdrawals.length > 0 || consentWithdrawn,
      'consent_withdrawn',
      'Consent was withdrawn. Pause, make safety contact, or end the session.',
    ),
    ...stoppedBy,
  ]);
}
