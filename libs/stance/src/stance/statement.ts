import { contentHash } from '#libs/kernel';
import { clientIsOnlySource, isFromTheClient, type Dimensions } from './dimensions.js';
import { LOCALES, type Locale, type LocaleCode } from './locales/index.js';
import { fill, joined, sentence, spoken, tidy } from './words.js';

/**
 * The version of the phrases and of their arrangement. Whoever changes a word in locales/ or a paragraph here counts it
 * up and keeps the former phrases beside the new, because an auditor regenerates old statements byte for byte.
 * Version 1 called a client who also fills in questionnaires the only source.
 */
export const TEMPLATE_VERSION = 2;

/** Everything a statement is made of: no name, no date, no clock. */
export interface StatementParts {
  readonly dimensions: Dimensions;
  /** by OWN_WORDS_KEYS */
  readonly ownWords: Readonly<Record<string, string>>;
  readonly locale: LocaleCode;
  /** default: the newest */
  readonly templateVersion?: number;
}

/**
 * What the client reads: plain text, paragraphs with an empty line between them, no line end at the end.
 * @throws Error for a template version this build does not have
 */
export function renderStatement(parts: StatementParts): string {
  const { dimensions, ownWords, templateVersion = TEMPLATE_VERSION } = parts;
  if (templateVersion !== 1 && templateVersion !== TEMPLATE_VERSION)
    throw new Error(`no statement template of version ${templateVersion}`);
  const locale = LOCALES[parts.locale];
  const own = (...keys: string[]) => keys.flatMap((key) => ownWords[key] ?? []).map(tidy);
  return [
    ...own('opening'),
    whereIStand(dimensions, locale),
    ...own('partiality', 'allegiance'),
    safetyAndItsLimits(dimensions, locale),
    ...own('safety'),
    acceptanceAndChallenge(dimensions, locale),
    ...own('unconditionality', 'challenge'),
    whatIKnowAndHowISeeIt(dimensions, locale, templateVersion),
    ...own('informationSources', 'perspective'),
    whoseTimeItIs(dimensions, locale),
    ...own('reciprocity', 'selfDisclosure'),
    whatIStandUpFor(dimensions, locale),
    ...own('advocacy'),
    howIAsk(dimensions, locale),
    ...own('feedback'),
    ...(dimensions.approach ? [howIWork(dimensions.approach, locale)] : []),
    ...own('approach'),
    locale.statement.closing,
    ...own('closing'),
  ].join('\n\n');
}

/** The statement with its hash over UTF-8, `sha256:<hex>`. */
export function statementOf(parts: StatementParts): { statement: string; contentHash: string } {
  const statement = renderStatement(parts);
  return { statement, contentHash: contentHash(statement) };
}

const paragraph = (...sentences: (string | false | undefined)[]): string =>
  sentences.filter(Boolean).join(' ');

function whereIStand({ partiality, allegiance }: Dimensions, { statement: say }: Locale): string {
  return paragraph(say.neutrality, say.partiality[partiality], say.allegiance[allegiance.to]);
}

/** One paragraph, so that nobody can show the promise of safety without its limits. */
function safetyAndItsLimits({ safety, allegiance }: Dimensions, locale: Locale): string {
  const say = locale.statement;
  const limits = spoken(allegiance.yieldsWhen, locale.yieldsWhen);
  // an empty line in the invitation would part the promise from its limits
  const invitation = sentence(safety.invitation).replace(/\n\s*\n/g, '\n');
  const promise = paragraph(say.shameFree[`${safety.shameFree}`], invitation);
  if (limits.length === 0) return paragraph(promise, say.limitsNotStated);
  return [paragraph(promise, say.limits), ...limits.map((limit) => `- ${limit}`)].join('\n');
}

/** One paragraph: acceptance does not mean never being challenged. */
function acceptanceAndChallenge({ unconditionality, challenge }: Dimensions, locale: Locale): string {
  const say = locale.statement;
  const kinds = joined(offeredKinds(unconditionality, locale), locale);
  return paragraph(
    kinds === ''
      ? say.unconditionality.not_claimed
      : fill(say.unconditionality[unconditionality.degree], { kinds }),
    say.acceptanceIsNotSilence,
    fill(say.challenge[challenge.willingness], { style: say.challengeStyle[challenge.style] }),
  );
}

/** The kinds of unconditionality in words; `other` as a quotation of the therapist. */
export function offeredKinds({ kinds, ownWords }: Dimensions['unconditionality'], locale: Locale): string[] {
  const named = spoken(
    kinds.filter((kind) => kind !== 'other'),
    locale.kinds,
  );
  const quoted = kinds.includes('other') && ownWords !== undefined;
  return quoted ? [...named, fill(locale.quoted, { words: tidy(ownWords).replace(/\s+/g, ' ') })] : named;
}

function whatIKnowAndHowISeeIt(
  { informationSources, perspective }: Dimensions,
  locale: Locale,
  templateVersion: number,
): string {
  const say = locale.statement;
  const nobodyElse = templateVersion === 1 ? say.onlySource : say.nobodyElse;
  const whatIKnow = clientIsOnlySource({ informationSources })
    ? say.onlySource
    : informationSources.every(isFromTheClient)
      ? nobodyElse
      : say.severalSources;
  const sources = joined(spoken(informationSources, locale.sources), locale);
  const informedBy = joined(spoken(perspective.informedBy, locale.informedBy), locale);
  return paragraph(
    sources && fill(whatIKnow, { sources }),
    say.view[perspective.view],
    informedBy && fill(say.informedBy, { list: informedBy }),
  );
}

function whoseTimeItIs({ reciprocity, selfDisclosure }: Dimensions, locale: Locale): string {
  const say = locale.statement;
  const topics = joined(spoken(selfDisclosure.topicsNever, locale.topics), locale);
  return paragraph(
    say.focus[reciprocity.focus],
    say.reciprocity[`${reciprocity.expected}`],
    say.selfDisclosure[selfDisclosure.degree],
    topics && fill(say.topicsNever, { list: topics }),
  );
}

function whatIStandUpFor({ advocacy }: Dimensions, { statement: say }: Locale): string {
  return paragraph(say.advocacy[advocacy.for], say.notInCourt[`${advocacy.notInCourt}`]);
}

function howIAsk({ feedback }: Dimensions, { statement: say }: Locale): string {
  const { everySessions, measure } = feedback;
  return paragraph(
    everySessions === 1 ? say.feedbackEachTime : fill(say.feedbackEvery, { count: String(everySessions) }),
    measure !== undefined && fill(say.measure, { measure: tidy(measure) }),
    say.feedbackAnytime,
  );
}

function howIWork({ codes, words }: NonNullable<Dimensions['approach']>, locale: Locale): string {
  const list = joined(spoken(codes, locale.approaches), locale);
  return paragraph(list && fill(locale.statement.approach, { list }), words !== undefined && sentence(words));
}
