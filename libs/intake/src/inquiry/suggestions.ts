import { compareText } from '#libs/kernel';
import { excludedBy, knownConflicts, type Candidate, type Conflict } from './matching.js';
import { inWords, statedOf, states, type Preferences, type StanceValue } from './preferences.js';

/** `score` counts the wishes met; `reasons` says which, `unmet` which not. */
export type Suggestion = {
  therapistId: string;
  name: string;
  score: number;
  reasons: string[];
  unmet: string[];
  conflicts: Conflict[];
};

/**
 * Therapists by how well they fit: first those nothing stands in the way of, then by wishes met, then by name. Every wish
 * counts the same, so that one more wish never lowers the rank of somebody who meets it.
 */
export function suggestions(preferences: Preferences, candidates: readonly Candidate[]): Suggestion[] {
  return candidates.map((candidate) => suggestion(preferences, candidate)).sort(byFit);
}

function suggestion(preferences: Preferences, candidate: Candidate): Suggestion {
  const wishes = judged(preferences, candidate);
  const reasons = wishes.flatMap(({ met, words }) => (met ? [words] : []));
  return {
    therapistId: candidate.therapistId,
    name: candidate.name,
    score: reasons.length,
    reasons,
    unmet: wishes.flatMap(({ met, words }) => (met ? [] : [words])),
    conflicts: [...excludedBy(preferences, candidate), ...knownConflicts(preferences, candidate)],
  };
}

function byFit(one: Suggestion, other: Suggestion): number {
  const free = Number(one.conflicts.length > 0) - Number(other.conflicts.length > 0);
  return (
    free ||
    other.score - one.score ||
    compareText(one.name, other.name) ||
    compareText(one.therapistId, other.therapistId)
  );
}

type Judged = { met: boolean; words: string };

/** Each wish once, whatever the number of times it was said. */
function judged({ stance = [], format, languages = [] }: Preferences, candidate: Candidate): Judged[] {
  return [
    ...distinct(stance).map((wish) => onStance(wish, candidate)),
    ...(format ? [onFormat(format, candidate)] : []),
    ...[...new Set(languages.map(spelled))].map((language) => onLanguage(language, candidate)),
  ];
}

function onStance(wish: StanceValue, { stance }: Candidate): Judged {
  const dimension = inWords(wish.dimension);
  const wished = inWords(wish.value);
  if (!stance) return { met: false, words: `About ${dimension}, nothing is published.` };
  if (states(stance, wish)) return { met: true, words: `About ${dimension}, states “${wished}”, as wished.` };
  const stated = statedOf(stance, wish.dimension).map((value) => `“${inWords(value)}”`);
  return {
    met: false,
    words: `About ${dimension}, “${wished}” is wished; states ${stated.join(', ') || 'nothing'}.`,
  };
}

function onFormat(format: NonNullable<Preferences['format']>, { formats }: Candidate): Judged {
  if (!formats)
    return { met: false, words: `Whether they meet ${inWords(format)}, as wished, is not recorded.` };
  const met = formats.includes(format);
  return { met, words: met ? `Meets ${inWords(format)}, as wished.` : `Does not meet ${inWords(format)}.` };
}

/** Who speaks `pt-BR` speaks `pt`. */
function onLanguage(language: string, { languages }: Candidate): Judged {
  const name = inEnglish(language);
  if (!languages) return { met: false, words: `Whether they speak ${name}, as wished, is not recorded.` };
  const met = languages
    .map(spelled)
    .some((spoken) => spoken === language || spoken.startsWith(`${language}-`));
  return { met, words: met ? `Speaks ${name}, as wished.` : `Does not speak ${name}.` };
}

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });

/** `pl` reads Polish; what is no language tag reads as it was written. */
function inEnglish(tag: string): string {
  try {
    return LANGUAGES.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const spelled = (tag: string): string => tag.trim().toLowerCase();

const distinct = (wishes: readonly StanceValue[]): StanceValue[] =>
  wishes.filter(
    ({ dimension, value }, index) =>
      wishes.findIndex((other) => other.dimension === dimension && other.value === value) === index,
  );
