import { canonicalJson } from '#libs/kernel';
import { DIMENSIONS, clientIsOnlySource, type Dimension, type Dimensions } from './dimensions.js';
import { LOCALES, type Locale, type LocaleCode } from './locales/index.js';
import { PARTS, type Part } from './locales/locale.js';
import { OWN_WORDS_KEYS } from './shape.js';
import { offeredKinds } from './statement.js';
import { fill, joined, spoken, tidy } from './words.js';

/** What a therapist writes: the values, the words beside them, and the language of both. */
export interface StanceContent {
  readonly locale: LocaleCode;
  readonly dimensions: Partial<Dimensions>;
  readonly ownWords: Readonly<Record<string, string>>;
}

/** One changed dimension; `before` and `after` are plain words, `text` is a sentence for each part that changed. */
export interface Change {
  readonly dimension: Dimension;
  readonly before: string;
  readonly after: string;
  readonly text: string;
}

/** The dimensions whose value differs, in reading order. Lists are sets; the therapist's own words don't count. */
export function changedDimensions(a: Partial<Dimensions>, b: Partial<Dimensions>): Dimension[] {
  return DIMENSIONS.filter((dimension) => valueOf(a, dimension) !== valueOf(b, dimension));
}

/** Where only words differ: keys of `ownWords`, and the two texts that live inside a dimension. */
export function changedWords(a: StanceContent, b: StanceContent): string[] {
  const inside = [
    ...(a.dimensions.safety?.invitation === b.dimensions.safety?.invitation ? [] : ['safety.invitation']),
    ...(a.dimensions.approach?.words === b.dimensions.approach?.words ? [] : ['approach.words']),
  ];
  return [...OWN_WORDS_KEYS.filter((key) => a.ownWords[key] !== b.ownWords[key]), ...inside];
}

/** Whether there is nothing new in `b`: no value, no word, no other language. */
export const sameContent = (a: StanceContent, b: StanceContent): boolean =>
  a.locale === b.locale &&
  canonical(a.dimensions) === canonical(b.dimensions) &&
  canonical(a.ownWords) === canonical(b.ownWords);

/** What changed from `a` to `b`, in the words a client reads; [] when no value did. */
export function describeChanges(
  a: Partial<Dimensions>,
  b: Partial<Dimensions>,
  localeCode: LocaleCode,
): Change[] {
  const locale = LOCALES[localeCode];
  return changedDimensions(a, b).map((dimension) => {
    const parts = PARTS.filter((part) => part.split('.')[0] === dimension);
    const moved = parts.filter((part) => inWords(part, a, locale) !== inWords(part, b, locale));
    // own words may say the same as a code does; then all parts are shown rather than nothing
    const shown = moved.length > 0 ? moved : parts.filter((part) => inWords(part, b, locale) !== '');
    const all = (side: Partial<Dimensions>) =>
      shown.map((part) => inWords(part, side, locale) || locale.changes.notStated).join('; ');
    return {
      dimension,
      before: all(a),
      after: all(b),
      text: shown.map((part) => sentenceOf(part, a, b, locale)).join(' '),
    };
  });
}

/**
 * A value to compare, without the texts that are own words and without what nobody reads (dimensions.ts has the shapes).
 * `unconditionality.ownWords` beside `other` is a value: it says what `other` is.
 */
function valueOf(
  { safety, approach, unconditionality, ...rest }: Partial<Dimensions>,
  dimension: Dimension,
): string {
  const values: { readonly [D in Dimension]?: unknown } = {
    ...rest,
    safety: safety && { shameFree: safety.shameFree },
    approach:
      approach && (approach.codes.length > 0 || approach.words) ? { codes: approach.codes } : undefined,
    unconditionality: unconditionality && {
      ...unconditionality,
      ownWords: unconditionality.kinds.includes('other') ? unconditionality.ownWords : undefined,
    },
  };
  return canonical(values[dimension] ?? null);
}

/** One text for all ways to write the same value: lists are sets. */
const canonical = (value: unknown): string =>
  canonicalJson(
    JSON.parse(JSON.stringify(value), (_, part: unknown) => (Array.isArray(part) ? part.toSorted() : part)),
  );

function sentenceOf(part: Part, a: Partial<Dimensions>, b: Partial<Dimensions>, locale: Locale): string {
  const say = locale.changes;
  const label = say.labels[part];
  const [before, after] = [inWords(part, a, locale), inWords(part, b, locale)];
  if (before === '') return fill(say.begun, { label, after });
  if (after === '') return fill(say.ended, { label, before });
  const [earlier, later] = [items(part, a, locale), items(part, b, locale)];
  const added = later.filter((item) => !earlier.includes(item));
  const removed = earlier.filter((item) => !later.includes(item));
  if (removed.length === 0 && added.length > 0)
    return fill(say.added, { label, before, added: joined(added, locale) });
  if (added.length === 0 && removed.length > 0)
    return fill(say.removed, { label, before, removed: joined(removed, locale) });
  return fill(say.changed, { label, before, after });
}

/** A part as one phrase, '' when nothing is stated. */
function inWords(part: Part, dimensions: Partial<Dimensions>, locale: Locale): string {
  const phrase = joined(items(part, dimensions, locale), locale);
  const only = part === 'informationSources' && clientIsOnlySource(dimensions);
  return only ? fill(locale.changes.onlySource, { sources: phrase }) : phrase;
}

const one = (phrase: string | undefined): string[] => (phrase === undefined ? [] : [phrase]);

/** A part as a list of phrases: one for a single value, each member for a set. */
function items(part: Part, d: Partial<Dimensions>, locale: Locale): string[] {
  const say = locale.changes;
  switch (part) {
    case 'partiality':
      return one(d.partiality && say.partiality[d.partiality]);
    case 'allegiance.to':
      return one(d.allegiance && say.allegiance[d.allegiance.to]);
    case 'allegiance.yieldsWhen':
      return spoken(d.allegiance?.yieldsWhen ?? [], locale.yieldsWhen);
    case 'informationSources':
      return spoken(d.informationSources ?? [], locale.sources);
    case 'perspective.view':
      return one(d.perspective && say.view[d.perspective.view]);
    case 'perspective.informedBy':
      return spoken(d.perspective?.informedBy ?? [], locale.informedBy);
    case 'reciprocity.expected':
      return one(d.reciprocity && say.reciprocity[`${d.reciprocity.expected}`]);
    case 'reciprocity.focus':
      return one(d.reciprocity && say.focus[d.reciprocity.focus]);
    case 'selfDisclosure.degree':
      return one(d.selfDisclosure && say.selfDisclosure[d.selfDisclosure.degree]);
    case 'selfDisclosure.topicsNever':
      return spoken(d.selfDisclosure?.topicsNever ?? [], locale.topics);
    case 'unconditionality.kinds':
      return d.unconditionality ? offeredKinds(d.unconditionality, locale) : [];
    case 'unconditionality.degree':
      return one(d.unconditionality && say.unconditionality[d.unconditionality.degree]);
    case 'challenge.willingness':
      return one(d.challenge && say.challenge[d.challenge.willingness]);
    case 'challenge.style':
      return one(d.challenge && say.challengeStyle[d.challenge.style]);
    case 'advocacy.for':
      return one(d.advocacy && say.advocacy[d.advocacy.for]);
    case 'advocacy.notInCourt':
      return one(d.advocacy && say.notInCourt[`${d.advocacy.notInCourt}`]);
    case 'safety.shameFree':
      return one(d.safety && say.shameFree[`${d.safety.shameFree}`]);
    case 'feedback.everySessions':
      return one(d.feedback && howOften(d.feedback.everySessions, locale));
    case 'feedback.measure':
      return one(d.feedback?.measure && tidy(d.feedback.measure));
    case 'approach.codes':
      return d.approach?.codes.length ? spoken(d.approach.codes, locale.approaches) : one(d.approach?.words);
    default:
      return part satisfies never;
  }
}

const howOften = (count: number, { changes: say }: Locale): string =>
  count === 1 ? say.feedbackEachTime : fill(say.feedbackEvery, { count: String(count) });
