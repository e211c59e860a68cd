import { type Reason, reasonIf } from '#libs/kernel';
import type { Format } from '#libs/practice';
import type { Dimensions } from '#libs/stance';
import { inWords, states, type Preferences } from './preferences.js';

/** `format` is the one proposed, else the one wished for; `conflicts` are those the client's own words set aside. */
export type Matched = {
  therapistId: string;
  reasons: string[];
  format?: Format;
  inClientsOwnWords?: string;
  conflicts?: Conflict[];
};

/** What stands between a client and a therapist, in a sentence that names no other client. */
export type Conflict = { code: string; detail: string };

/** What was found out about a therapist for one inquiry. */
export type Candidate = {
  therapistId: string;
  name: string;
  isTherapist: boolean;
  active: boolean;
  /** BCP 47; undefined: nobody said */
  languages?: readonly string[];
  /** undefined: nobody said */
  formats?: readonly Format[];
  /** the one published for this kind of unit */
  stance?: Dimensions;
  /** another member of the client's couple or family, now */
  treatsRelative: boolean;
  /** somebody whom the client named as a conflict, now */
  treatsNamed: boolean;
};

/** What the client excluded. Their own words, and nothing else, set it aside. */
export function excludedBy(
  preferences: Preferences,
  candidate: Candidate,
  format = preferences.format,
): Conflict[] {
  const { excludedTherapistIds = [], excludedStance = [], excludedFormats = [] } = preferences;
  const { therapistId, stance, formats } = candidate;
  const offered = format ? [format] : (formats ?? []);
  const noFormatLeft = offered.length > 0 && offered.every((one) => excludedFormats.includes(one));
  return [
    ...reasonIf(
      excludedTherapistIds.includes(therapistId),
      'therapist_excluded',
      'The client excluded this therapist.',
    ),
    ...excludedStance
      .filter((value) => stance && states(stance, value))
      .map(({ dimension, value }) => ({
        code: 'stance_excluded',
        detail: `The client excluded ${inWords(dimension)} “${inWords(value)}”, and that is what the therapist states.`,
      })),
    ...reasonIf(
      noFormatLeft,
      'format_excluded',
      `The client excluded meeting ${offered.map(inWords).join(' or ')}, and that is the format.`,
    ),
  ];
}

/** What stands in the way whatever the client says. */
export function knownConflicts(
  preferences: Preferences,
  candidate: Candidate,
  format = preferences.format,
): Conflict[] {
  const { isTherapist, active, stance, formats, treatsRelative, treatsNamed } = candidate;
  const kind = preferences.unitKind ?? 'individual';
  const notOffered = format !== undefined && formats !== undefined && !formats.includes(format);
  return [
    ...reasonIf(!isTherapist, 'not_a_therapist', 'This staff member is no therapist.'),
    ...reasonIf(!active, 'therapist_deactivated', 'This therapist is deactivated.'),
    ...reasonIf(
      !stance,
      'stance_not_published',
      `The therapist has published no stance for this kind of unit (${kind}).`,
    ),
    ...reasonIf(notOffered, 'format_not_offered', `The therapist does not meet ${inWords(format ?? '')}.`),
    ...reasonIf(
      treatsRelative,
      'treats_family_member',
      'The therapist already treats somebody else of this couple or family.',
    ),
    ...reasonIf(treatsNamed, 'treats_person_named', 'The therapist treats somebody the client named.'),
  ];
}

/** Every reason against a match at once; each says what to do instead. */
export function matchReasons(
  preferences: Preferences,
  candidate: Candidate,
  { format, inClientsOwnWords }: Pick<Matched, 'format' | 'inClientsOwnWords'>,
): Reason[] {
  const excluded = inClientsOwnWords?.trim() ? [] : excludedBy(preferences, candidate, format);
  return [
    ...excluded.map(({ code, detail }) => ({
      code,
      detail: `${detail} Match another therapist, or enter in the client's own words that they want this one.`,
    })),
    ...knownConflicts(preferences, candidate, format).map(({ code, detail }) => ({
      code,
      detail: `${detail} Match another therapist.`,
    })),
  ];
}
