import type { CommandContext, Decider, Instant, Reason, Recorded } from '#libs/kernel';
import {
  addHours,
  addMinutes,
  conflict,
  missing,
  reasonIf,
  refuseIfAny,
  same,
  unreachable,
} from '#libs/kernel';

// events

export const GRANT_REASONS = [
  'imminent_harm',
  'medical_emergency',
  'colleague_unavailable',
  'legal_duty',
  'other',
] as const;
export const REVIEW_FINDINGS = ['justified', 'more_than_needed', 'not_justified'] as const;

type About = { staffId: string; clientId: string };
/** `until` unless it is closed before; `reviewBy`: somebody else looks at it by then. */
export type Opening = About & {
  reasonCode: (typeof GRANT_REASONS)[number];
  minutes: number;
  until: Instant;
  reviewBy: Instant;
};
export type Review = { finding: (typeof REVIEW_FINDINGS)[number]; words?: string };

/** Why it was opened, in the opener's words, is the `reason` of the first event. */
export type GrantEvent =
  | { type: 'BreakGlassOpened'; data: Opening }
  | { type: 'BreakGlassClosed'; data: About }
  | { type: 'BreakGlassReviewed'; data: About & Review };

// state

type Opened = { opening: Opening; openedAt: Instant };
export type Grant =
  | { situation: 'none' }
  | ({ situation: 'opened' } & Opened)
  | ({ situation: 'closed'; closedAt: Instant } & Opened)
  | ({ situation: 'reviewed'; closedAt?: Instant; review: Review; by: string } & Opened);
type Existing = Exclude<Grant, { situation: 'none' }>;

/** When it ends, or ended: it lets nobody in from then on. */
export const endOf = (grant: Existing): Instant =>
  'closedAt' in grant && grant.closedAt !== undefined ? grant.closedAt : grant.opening.until;

// evolve

function evolve(state: Grant, event: Recorded<GrantEvent>): Grant {
  if (event.type === 'BreakGlassOpened')
    return { situation: 'opened', opening: event.data, openedAt: event.occurredAt };
  if (state.situation === 'none') throw new Error('a grant stream begins with BreakGlassOpened');
  const { opening, openedAt } = state;
  switch (event.type) {
    case 'BreakGlassClosed':
      return { situation: 'closed', opening, openedAt, closedAt: event.occurredAt };
    case 'BreakGlassReviewed': {
      const closed = 'closedAt' in state && state.closedAt !== undefined ? { closedAt: state.closedAt } : {};
      const review = reviewIn(event.data);
      return { situation: 'reviewed', opening, openedAt, ...closed, review, by: event.actor.id };
    }
    default:
      return unreachable(event);
  }
}

// commands

/** `alsoOpen`: grants of the same person for the same client that are open then. */
export type GrantCommand =
  | ({ type: 'OpenBreakGlass'; alsoOpen: readonly string[] } & Pick<
      Opening,
      'clientId' | 'reasonCode' | 'minutes'
    >)
  | { type: 'CloseBreakGlass' }
  | ({ type: 'ReviewBreakGlass' } & Review);
type CommandOf<Type extends GrantCommand['type']> = Extract<GrantCommand, { type: Type }>;

// decide

const MOST_MINUTES = 120;
const LEAST_REASON = 20;
const HOURS_TO_REVIEW = 72;
/** How long ago opening may be: it lets somebody in from now on, not before. */
const LATEST_MINUTES_AGO = 5;

function decide(state: Grant, command: GrantCommand, context: CommandContext): GrantEvent[] {
  if (command.type === 'OpenBreakGlass') return open(state, command, context);
  if (state.situation === 'none') return missing('break-glass grant');
  switch (command.type) {
    case 'CloseBreakGlass':
      return close(state, context);
    case 'ReviewBreakGlass':
      return review(state, reviewIn(command), context);
    default:
      return unreachable(command);
  }
}

function open(state: Grant, command: CommandOf<'OpenBreakGlass'>, context: CommandContext): GrantEvent[] {
  const { clientId, reasonCode, minutes, alsoOpen } = command;
  const { occurredAt, now, reason, actor } = context;
  const asked = { staffId: actor.id, clientId, reasonCode, minutes };
  if (state.situation !== 'none') {
    const { until: _, reviewBy: __, ...known } = state.opening;
    if (same(known, asked)) return [];
    conflict(
      'already_opened',
      'This grant is open already, for something else. Open another one under its own id.',
    );
  }
  refuseIfAny([
    ...reasonIf(
      minutes > MOST_MINUTES,
      'longer_than_120_minutes',
      `Open it for at most ${MOST_MINUTES} minutes. Whoever needs longer opens it again and says why.`,
    ),
    ...reasonIf(
      (reason?.trim().length ?? 0) < LEAST_REASON,
      'reason_too_short',
      `Say in at least ${LEAST_REASON} characters why you need to see this now. Somebody else will read it.`,
    ),
    ...reasonIf(
      occurredAt < addMinutes(now, -LATEST_MINUTES_AGO),
      'opening_is_past',
      'It lets you in from now on. Leave occurredAt out.',
    ),
    ...alsoOpen.map((otherId) => ({
      code: 'already_open_for_this_client',
      detail: `You have an open grant for this client: ${otherId}. Use it, or close it first.`,
      otherId,
    })),
  ]);
  const until = addMinutes(occurredAt, minutes);
  const reviewBy = addHours(occurredAt, HOURS_TO_REVIEW);
  return [{ type: 'BreakGlassOpened', data: { ...asked, until, reviewBy } }];
}

function close(state: Existing, context: CommandContext): GrantEvent[] {
  if ('closedAt' in state && state.closedAt !== undefined) return [];
  const { opening, openedAt } = state;
  if (context.occurredAt >= opening.until)
    conflict('already_ended', `It ended by itself at ${opening.until}. What is left is its review.`);
  refuseIfAny(orderReasons(openedAt, context));
  return [{ type: 'BreakGlassClosed', data: aboutOf(opening) }];
}

function review(state: Existing, found: Review, context: CommandContext): GrantEvent[] {
  const { opening } = state;
  if (state.situation === 'reviewed') {
    if (state.by === context.actor.id && same(state.review, found)) return [];
    conflict('already_reviewed', 'Somebody has reviewed this grant. What else is to be said goes to them.');
  }
  refuseIfAny([
    ...reasonIf(
      context.actor.id === opening.staffId,
      'own_grant',
      'Whoever broke the glass does not judge whether that was right. Ask another owner or supervisor.',
    ),
    ...reasonIf(
      context.occurredAt < endOf(state),
      'still_open',
      `It is open until ${endOf(state)}. Close it first, or review it then.`,
    ),
    ...reasonIf(
      found.finding !== 'justified' && !found.words?.trim(),
      'words_missing',
      'Say what was not right, and what follows from it.',
    ),
  ]);
  return [{ type: 'BreakGlassReviewed', data: { ...aboutOf(opening), ...found } }];
}

const orderReasons = (openedAt: Instant, { occurredAt }: CommandContext): Reason[] =>
  reasonIf(
    occurredAt < openedAt,
    'before_it_was_opened',
    `It was opened at ${openedAt}. Give a time that is not before it.`,
  );

const aboutOf = ({ staffId, clientId }: About): About => ({ staffId, clientId });
const reviewIn = ({ finding, words }: Review): Review => ({
  finding,
  ...(words === undefined ? {} : { words }),
});

/** That somebody got to see a client who is not theirs, for a while, because it could not wait. */
export const grant: Decider<Grant, GrantEvent, GrantCommand> = {
  category: 'grant',
  events: {
    BreakGlassOpened: { schema: 1, personal: [] },
    BreakGlassClosed: { schema: 1, personal: [] },
    BreakGlassReviewed: { schema: 1, personal: ['words'] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : [state.opening.clientId]),
};
