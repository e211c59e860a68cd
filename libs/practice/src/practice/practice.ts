import {
  addMinutes,
  conflict,
  type CommandContext,
  type Decider,
  isZone,
  missing,
  type Reason,
  reasonIf,
  type Recorded,
  refuseIfAny,
  same,
  unreachable,
} from '#libs/kernel';
import { changed, LIMITS, policyAt, type PolicyChange, type PolicyEntry } from './policy.js';
import { decideRestore, type Behind, type Restored } from './restoring.js';

// events

/** `zone` is an IANA name, `locale` a BCP 47 tag, `rulePack` the id of the rules new relationships open under. */
export type PracticeDetails = {
  name: string;
  zone: string;
  locale: string;
  jurisdiction?: string;
  rulePack: string;
  /** invented people only; shown on every page */
  demo: boolean;
};

export type PracticeEvent =
  | { type: 'PracticeRegistered'; data: PracticeDetails }
  | { type: 'PracticePolicySet'; data: { policy: PolicyChange } }
  | { type: 'LogRestored'; data: Restored };

// state

export type PracticeState =
  | { situation: 'none' }
  /** `policies` in the order they were recorded: ask `policyAt` */
  | {
      situation: 'registered';
      details: PracticeDetails;
      policies: readonly PolicyEntry[];
      /** the last time that an older state of the log was accepted */
      restored?: Restored;
    };

// evolve

function evolve(state: PracticeState, event: Recorded<PracticeEvent>): PracticeState {
  switch (event.type) {
    case 'PracticeRegistered':
      return { situation: 'registered', details: event.data, policies: [] };
    case 'PracticePolicySet':
      if (state.situation === 'none') throw new Error('a practice stream begins with PracticeRegistered');
      return {
        ...state,
        policies: [...state.policies, { from: event.occurredAt, policy: event.data.policy }],
      };
    case 'LogRestored':
      if (state.situation === 'none') throw new Error('a practice stream begins with PracticeRegistered');
      return { ...state, restored: event.data };
    default:
      return unreachable(event);
  }
}

// commands

export type PracticeCommand =
  /** `rulePacks`: ids of those there are */
  | ({ type: 'RegisterPractice'; rulePacks: readonly string[] } & PracticeDetails)
  | { type: 'SetPolicy'; policy: PolicyChange }
  /** whoever runs Candor, and nobody through the API */
  | { type: 'AcceptRestore'; behind: readonly Behind[]; why: string };

// decide

function decide(state: PracticeState, command: PracticeCommand, context: CommandContext): PracticeEvent[] {
  switch (command.type) {
    case 'RegisterPractice': {
      const { type: _, rulePacks, ...details } = command;
      if (state.situation === 'registered') {
        if (same(details, state.details)) return [];
        conflict(
          'already_registered',
          'This practice is registered already. Register the other one under its own id.',
        );
      }
      refuseIfAny([...detailsReasons(details), ...rulePackReasons(details.rulePack, rulePacks)]);
      return [{ type: 'PracticeRegistered', data: details }];
    }
    case 'SetPolicy': {
      if (state.situation === 'none') missing('practice');
      refuseIfAny([...policyReasons(command.policy), ...backdatedReasons(context)]);
      const held = policyAt(state.policies, context.occurredAt);
      if (same(changed(held, command.policy), held)) return [];
      return [{ type: 'PracticePolicySet', data: { policy: command.policy } }];
    }
    case 'AcceptRestore':
      if (state.situation === 'none') missing('practice');
      return decideRestore(state.restored, command);
    default:
      return unreachable(command);
  }
}

const detailsReasons = ({ name, zone, locale }: PracticeDetails): Reason[] => [
  ...reasonIf(!name.trim(), 'name_missing', 'Give the name of the practice.'),
  ...reasonIf(
    !isZone(zone),
    'zone_unknown',
    `"${zone}" is no IANA time zone. Give one such as Europe/Berlin.`,
  ),
  ...reasonIf(
    !isLocale(locale),
    'locale_unknown',
    `"${locale}" is no BCP 47 language tag. Give one such as en-GB.`,
  ),
];

/** @param known ids of the rule packs there are */
const rulePackReasons = (rulePack: string, known: readonly string[]): Reason[] =>
  reasonIf(
    !known.includes(rulePack),
    'rule_pack_unknown',
    `There is no rule pack "${rulePack}". Choose one of ${known.join(', ')}.`,
  );

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** A clock may be a little behind; nobody sets a policy for sessions that were held without it. */
const LATEST_MINUTES_AGO = 2;

/** A policy is a decision and no fact that comes to light later: set for days past, it would change what held on them. */
const backdatedReasons = ({ occurredAt, now }: CommandContext): Reason[] =>
  reasonIf(
    occurredAt < addMinutes(now, -LATEST_MINUTES_AGO),
    'policy_set_for_the_past',
    'A policy holds from the moment it is set. Leave occurredAt out.',
  );

function policyReasons(policy: PolicyChange): Reason[] {
  const { staleEffects, ...numbers } = policy;
  const reasons = Object.entries(numbers).map(([name, value]) =>
    outOfRange(name, value, LIMITS[name as keyof typeof numbers]),
  );
  for (const [reason, effect] of Object.entries(staleEffects ?? {}))
    if (effect)
      reasons.push(outOfRange(`staleEffects.${reason}.graceDays`, effect.graceDays, LIMITS.graceDays));
  return reasons.flat();
}

function outOfRange(
  name: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
): Reason[] {
  const fits = value === undefined || (Number.isInteger(value) && value >= least && value <= most);
  return reasonIf(!fits, 'policy_out_of_range', `Give ${name} as a whole number from ${least} to ${most}.`);
}

/** The organisation itself. Its stream's id is the practice id. */
export const practice: Decider<PracticeState, PracticeEvent, PracticeCommand> = {
  category: 'practice',
  events: {
    PracticeRegistered: { schema: 1, personal: [] },
    PracticePolicySet: { schema: 1, personal: [] },
    LogRestored: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: () => [],
};
