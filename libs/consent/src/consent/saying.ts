import { canonicalJson, sha256, type Recorded } from '#libs/kernel';
import type { ConsentEvent, ConsentState } from './consent.js';
import type { ConsentEntry } from './situation.js';

/* Whether the same was said before: an entry is kept without words, and other words are another entry. */

const IN_WORDS: ReadonlySet<string> = new Set<ConsentEvent['type']>([
  'ComprehensionRecorded',
  'VoluntarinessRecorded',
  'AssentRecorded',
  'DissentRecorded',
  'QuestionAnswered',
  'EmergencyFollowUpDone',
]);

/** What an event said, as a hash; nothing of one without words. */
export const sayingIn = (event: Recorded<ConsentEvent>): string[] =>
  IN_WORDS.has(event.type) ? [sayingOf(event.eventId, event)] : [];

const sayingOf = (eventId: string, { type, data }: ConsentEvent): string =>
  sha256(canonicalJson([eventId, type, data]));

/** Whether an entry says the very same as what would be recorded. */
export const saysTheSame = (
  { said }: ConsentState,
  entry: ConsentEntry | undefined,
  [event]: readonly ConsentEvent[],
): boolean => entry !== undefined && event !== undefined && said.includes(sayingOf(entry.eventId, event));
