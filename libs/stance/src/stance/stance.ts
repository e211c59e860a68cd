import type { UnitKind } from '#libs/client';
import {
  addMinutes,
  conflict,
  deriveId,
  missing,
  refuse,
  refuseIfAny,
  unreachable,
  type CommandContext,
  type Decider,
  type DomainEvent,
  type Instant,
  type Reason,
  type Recorded,
} from '#libs/kernel';
import { changedDimensions, sameContent, type StanceContent } from './diff.js';
import { DIMENSIONS, type Dimension, type Dimensions, type Partiality } from './dimensions.js';
import { LOCALE_CODES, type LocaleCode } from './locales/index.js';
import { unpublishable } from './publishable.js';
import { OWN_WORDS_KEYS, malformed, malformedOwnWords, malformedText } from './shape.js';
import { TEMPLATE_VERSION, statementOf } from './statement.js';

/** A therapist has at most one stance towards individuals and one towards couples, families and groups. */
export type Setting = 'individual' | 'unit';
/** `cosmetic`: who acknowledged the version before need not be asked again. */
export type Materiality = 'material' | 'cosmetic';

/** What a draft without an answer is about: most therapists begin with individuals. */
export const settingOf = (partiality?: Partiality): Setting =>
  partiality === 'multi_partial' ? 'unit' : 'individual';

export const settingOfUnit = (kind: UnitKind): Setting => (kind === 'individual' ? 'individual' : 'unit');

/** Derived, so that a relationship finds the stance of its therapist without a search and none is made twice. */
export const stanceIdOf = (practiceId: string, therapistId: string, setting: Setting): string =>
  deriveId('stance', practiceId, therapistId, setting);

// ---- events

/** The whole draft, at the first time and at every revision. */
export type StanceDrafted = DomainEvent<
  'StanceDrafted',
  StanceContent & { readonly therapistId: string; readonly setting: Setting }
>;
export type StancePublished = DomainEvent<
  'StancePublished',
  {
    readonly therapistId: string;
    readonly setting: Setting;
    /** 1..n */
    readonly versionNo: number;
    readonly locale: LocaleCode;
    readonly dimensions: Dimensions;
    readonly ownWords: Readonly<Record<string, string>>;
    readonly templateVersion: number;
    readonly statement: string;
    /** `sha256:<hex>` over the UTF-8 of `statement` */
    readonly contentHash: string;
    readonly materiality: Materiality;
    /** whose values differ from the version before; empty in the first version */
    readonly changedDimensions: readonly Dimension[];
    /** the therapist's words about the change */
    readonly changeSummary?: string;
  }
>;
/** `versionNo` is the last one. It and all before it stay readable. */
export type StanceRetired = DomainEvent<
  'StanceRetired',
  { readonly therapistId: string; readonly versionNo: number }
>;
export type StanceEvent = StanceDrafted | StancePublished | StanceRetired;

// ---- state

/** A version as the therapist published it, kept for ever for whoever acknowledged it. */
export type PublishedVersion = Omit<StancePublished['data'], 'therapistId' | 'setting'> & {
  readonly publishedAt: Instant;
  readonly eventId: string;
};

type Known = { readonly therapistId: string; readonly setting: Setting };
export type StanceState =
  | { readonly situation: 'none' }
  | (Known & { readonly situation: 'drafted'; readonly draft: StanceContent })
  /** `versions` is never empty, the current one is the last; `draft` is what was written since */
  | (Known & {
      readonly situation: 'published';
      readonly versions: readonly PublishedVersion[];
      readonly draft?: StanceContent;
    })
  | (Known & {
      readonly situation: 'retired';
      readonly versions: readonly PublishedVersion[];
      readonly retiredAt: Instant;
      readonly eventId: string;
    });

/** The newest published version; undefined before the first. It stays the answer after retirement. */
export const currentVersion = (state: StanceState): PublishedVersion | undefined => versionsOf(state).at(-1);

/** The published version `versionNo`, old ones included. */
export const versionOf = (state: StanceState, versionNo: number): PublishedVersion | undefined =>
  versionsOf(state)[versionNo - 1];

const versionsOf = (state: StanceState): readonly PublishedVersion[] =>
  'versions' in state ? state.versions : [];

// ---- evolve

function evolve(state: StanceState, event: Recorded<StanceEvent>): StanceState {
  switch (event.type) {
    case 'StanceDrafted': {
      const { therapistId, setting, ...draft } = event.data;
      if (state.situation === 'published') return { ...state, draft };
      return { situation: 'drafted', therapistId, setting, draft };
    }
    case 'StancePublished': {
      const { therapistId, setting, ...published } = event.data;
      const version = { ...published, publishedAt: event.occurredAt, eventId: event.eventId };
      return { situation: 'published', therapistId, setting, versions: [...versionsOf(state), version] };
    }
    case 'StanceRetired': {
      if (state.situation !== 'published') return state;
      const { therapistId, setting, versions } = state;
      const { occurredAt: retiredAt, eventId } = event;
      return { situation: 'retired', therapistId, setting, versions, retiredAt, eventId };
    }
    default:
      return event satisfies never;
  }
}

// ---- commands

export interface DraftStance {
  readonly type: 'DraftStance';
  readonly therapistId: string;
  /** the caller derived the stance's id from it: `settingOf(dimensions.partiality)` */
  readonly setting: Setting;
  readonly locale: LocaleCode;
  readonly dimensions: Partial<Dimensions>;
  readonly ownWords?: Readonly<Record<string, string>>;
}

/** What is given replaces: a dimension as a whole, own words key by key; null takes an answer away. */
export interface ReviseStance {
  readonly type: 'ReviseStance';
  readonly locale?: LocaleCode;
  readonly dimensions?: { readonly [D in Dimension]?: Dimensions[D] | null };
  readonly ownWords?: Readonly<Record<string, string | null>>;
}

export interface PublishStance {
  readonly type: 'PublishStance';
  /** default: material where a value changed or nothing was published before, else cosmetic */
  readonly materiality?: Materiality;
  readonly changeSummary?: string;
}

export interface RetireStance {
  readonly type: 'RetireStance';
  /** an owner takes a stance out of use also when its therapist has left */
  readonly asOwner?: boolean;
}

export type StanceCommand = DraftStance | ReviseStance | PublishStance | RetireStance;

// ---- decide

function decide(state: StanceState, command: StanceCommand, context: CommandContext): StanceEvent[] {
  switch (command.type) {
    case 'DraftStance':
      refuseOthers(command, context);
      return draft(state, command);
    case 'ReviseStance':
      refuseOthers(state, context);
      return revise(state, command);
    case 'PublishStance':
      refuseOthers(state, context);
      return publish(state, command, context);
    case 'RetireStance':
      if (!command.asOwner) refuseOthers(state, context);
      return retire(state, context);
    default:
      return unreachable(command);
  }
}

/** A stance is how a therapist stands, in their own name: nobody else puts words into it or takes it away. */
function refuseOthers(of: StanceState | DraftStance, { actor }: CommandContext): void {
  if (!('therapistId' in of) || of.therapistId === actor.id) return;
  refuse('not_your_stance', 'A stance is stated by its own therapist. Ask them to do it themself.');
}

function draft(state: StanceState, command: DraftStance): StanceEvent[] {
  if (state.situation === 'retired') return refuseRetired(state.eventId);
  const { therapistId, setting, locale, dimensions, ownWords = {} } = command;
  const content: StanceContent = { locale, dimensions, ownWords };
  refuseIfAny(unfit(content, setting));
  if (state.situation !== 'none') {
    if (sameContent(latest(state), content)) return [];
    return conflict(
      'stance_exists',
      'This therapist already has a stance for this setting. Revise that one.',
    );
  }
  return [{ type: 'StanceDrafted', data: { therapistId, setting, ...content } }];
}

function revise(state: StanceState, command: ReviseStance): StanceEvent[] {
  if (state.situation === 'none') return missing('stance');
  if (state.situation === 'retired') return refuseRetired(state.eventId);
  const before = latest(state);
  const content: StanceContent = {
    locale: command.locale ?? before.locale,
    dimensions: merge(before.dimensions, command.dimensions ?? {}, DIMENSIONS),
    ownWords: merge(before.ownWords, command.ownWords ?? {}, OWN_WORDS_KEYS) as Record<string, string>,
  };
  const { therapistId, setting } = state;
  refuseIfAny(unfit(content, setting));
  if (sameContent(before, content)) return [];
  return [{ type: 'StanceDrafted', data: { therapistId, setting, ...content } }];
}

function publish(state: StanceState, command: PublishStance, context: CommandContext): StanceEvent[] {
  if (state.situation === 'none') return missing('stance');
  if (state.situation === 'retired') return refuseRetired(state.eventId);
  const { therapistId, setting } = state;
  const content = latest(state);
  const current = currentVersion(state);
  // a newer template says the same in other words: publishing it is up to the therapist
  if (current && sameContent(current, content) && current.templateVersion === TEMPLATE_VERSION) return [];

  const changed = current ? changedDimensions(current.dimensions, content.dimensions) : [];
  const { materiality = current && changed.length === 0 ? 'cosmetic' : 'material', changeSummary } = command;
  refuseIfAny([
    ...unpublishable(content.dimensions),
    ...tooLightly(materiality, current, changed),
    ...backdated(current, context),
    ...(changeSummary === undefined ? [] : malformedText(changeSummary, 'changeSummary')),
  ]);

  const { locale, ownWords } = content;
  // `unpublishable` has seen every dimension
  const dimensions = content.dimensions as Dimensions;
  return [
    {
      type: 'StancePublished',
      data: {
        therapistId,
        setting,
        versionNo: (current?.versionNo ?? 0) + 1,
        locale,
        dimensions,
        ownWords,
        templateVersion: TEMPLATE_VERSION,
        ...statementOf({ dimensions, ownWords, locale }),
        materiality,
        changedDimensions: changed,
        ...(changeSummary === undefined ? {} : { changeSummary }),
      },
    },
  ];
}

function retire(state: StanceState, context: CommandContext): StanceEvent[] {
  if (state.situation === 'none') return missing('stance');
  if (state.situation === 'retired') return [];
  const current = currentVersion(state);
  if (!current)
    return conflict('stance_not_published', 'Only a published stance can be retired. Leave the draft.');
  refuseIfAny(backdated(current, context));
  return [{ type: 'StanceRetired', data: { therapistId: state.therapistId, versionNo: current.versionNo } }];
}

/** What the therapist wrote last, published or not. */
function latest(state: Extract<StanceState, { situation: 'drafted' | 'published' }>): StanceContent {
  // `versions` is not empty once published
  return state.draft ?? currentVersion(state)!;
}

/** Why this cannot be a draft for the setting. A draft may be incomplete; publishing judges. */
function unfit({ locale, dimensions, ownWords }: StanceContent, setting: Setting): Reason[] {
  const reasons = [...malformed(dimensions), ...malformedOwnWords(ownWords)];
  if (!LOCALE_CODES.includes(locale))
    reasons.push({ code: 'unknown_locale', detail: `locale must be one of ${LOCALE_CODES.join(', ')}.` });
  if (reasons.length > 0) return reasons;
  const { partiality } = dimensions;
  // an impartial evaluator belongs to neither setting and is refused when published
  const flips =
    partiality !== undefined && partiality !== 'impartial_evaluator' && settingOf(partiality) !== setting;
  if (!flips) return [];
  const clients = setting === 'unit' ? 'couples, families and groups' : 'individuals';
  const detail = `This stance is for ${clients}. Draft another one for ${partiality}.`;
  return [{ code: 'setting_fixed', detail }];
}

/** Changing any value is always material. */
function tooLightly(
  materiality: Materiality,
  current: PublishedVersion | undefined,
  changed: Dimension[],
): Reason[] {
  if (materiality === 'material') return [];
  if (!current)
    return [
      {
        code: 'first_version_is_material',
        detail: 'Nobody has read this stance yet. Publish it as material.',
      },
    ];
  return changed.map((dimension) => ({
    code: 'changed_value_is_material',
    detail: `The value of ${dimension} changed. Publish as material, so that clients are asked again.`,
    eventId: current.eventId,
  }));
}

/** A clock may be a little behind; nobody has read what is published only now. */
const LATEST_MINUTES_AGO = 2;

/**
 * Versions follow each other on both clocks: none is slipped in below one that clients have read, and none under sessions
 * that were held by the one before. The first may be as old as the paper it stood on.
 */
function backdated(
  current: PublishedVersion | undefined,
  { occurredAt, now }: Pick<CommandContext, 'occurredAt' | 'now'>,
): Reason[] {
  if (!current) return [];
  const { versionNo, publishedAt, eventId } = current;
  if (occurredAt < publishedAt) {
    const detail = `Version ${versionNo} was published at ${publishedAt}. Give a later occurredAt.`;
    return [{ code: 'before_current_version', detail, eventId }];
  }
  if (occurredAt >= addMinutes(now, -LATEST_MINUTES_AGO)) return [];
  const detail = `Until now version ${versionNo} was in force, and clients were told so. Leave occurredAt out.`;
  return [{ code: 'in_force_until_now', detail, eventId }];
}

const refuseRetired = (eventId: string): never =>
  refuse(
    'stance_retired',
    'This stance was retired. Its versions stay readable, and it takes no more changes.',
    eventId,
  );

/** Replaces what is given and drops known keys that are null; unknown keys stay, so that they are refused by name. */
function merge(before: object, given: object, known: readonly string[]): Record<string, unknown> {
  const replacing = Object.entries(given).filter(([, value]) => value !== undefined);
  const after = [...new Map([...Object.entries(before), ...replacing])];
  return Object.fromEntries(after.filter(([key, value]) => value !== null || !known.includes(key)));
}

/** One therapist's stance in one setting: `stance-<stanceIdOf(…)>`. */
export const stance: Decider<StanceState, StanceEvent, StanceCommand> = {
  category: 'stance',
  // Nothing to seal: these are words a therapist publishes about themself, for clients to keep; no client is in them.
  events: {
    StanceDrafted: { schema: 1, personal: [] },
    StancePublished: { schema: 1, personal: [] },
    StanceRetired: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  // staff are not clients
  subjects: () => [],
};
