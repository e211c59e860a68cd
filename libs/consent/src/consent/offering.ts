import { deriveId, missing, refuse, type CommandContext } from '#libs/kernel';
import type { CommandOf, ConsentEvent, ConsentState, One, SignedDocument } from './consent.js';
import { saysTheSame } from './saying.js';
import type { ConsentEntry, Situation } from './situation.js';

/* The offer and the conversation that follows it, up to the decision. */

export function offer(
  state: ConsentState,
  { offer: last }: Situation,
  command: CommandOf<'OfferConsent'>,
): ConsentEvent[] {
  if (!command.relationshipOpen)
    refuse('relationship_ended', 'The relationship has ended or does not exist. Open one first.');
  const { type: _, relationshipOpen: _open, ...data } = command;
  const texts = (documents: readonly SignedDocument[]) =>
    documents
      .map(({ documentId, versionNo }) => `${documentId}@${versionNo}`)
      .sort()
      .join();
  const decidedSince =
    last && state.entries.some((entry) => entry.position > last.position && DECISIONS.has(entry.type));
  if (
    last &&
    !decidedSince &&
    texts(last.documents) === texts(data.documents) &&
    last.language === data.language
  )
    return [];
  return [{ type: 'ConsentOffered', data }];
}
const DECISIONS = new Set<string>(['ConsentGiven', 'ConsentRenewed', 'ConsentDeclined', 'ConsentWithdrawn']);

export function disclose(
  situation: Situation,
  { elements, how }: CommandOf<'DiscloseElements'>,
  one: One,
): ConsentEvent[] {
  mustBeOffered(situation);
  if (elements.includes('therapist_stance'))
    refuse(
      'stance_is_acknowledged',
      'The stance is not disclosed in passing: show its current version and record that the client acknowledges it.',
    );
  const fresh = elements.filter((element) => !situation.disclosed.has(element));
  return fresh.flatMap((element) => one('ElementDisclosed', { element, how }));
}

export function raiseQuestion(
  state: ConsentState,
  { question }: CommandOf<'RaiseQuestion'>,
  { id }: CommandContext,
  one: One,
): ConsentEvent[] {
  const questionId = deriveId('question', id, question);
  return asked(state, questionId) ? [] : one('QuestionRaised', { questionId, question });
}

export function answerQuestion(
  state: ConsentState,
  { openQuestions }: Situation,
  { questionId, answer }: CommandOf<'AnswerQuestion'>,
  one: One,
): ConsentEvent[] {
  if (!asked(state, questionId)) missing('question');
  const event = one('QuestionAnswered', { questionId, answer });
  const last = state.entries.findLast(
    (entry) => entry.type === 'QuestionAnswered' && entry.questionId === questionId,
  );
  return !openQuestions.includes(questionId) && saysTheSame(state, last, event) ? [] : event;
}

export function recordComprehension(
  state: ConsentState,
  situation: Situation,
  { type: _, ...data }: CommandOf<'RecordComprehension'>,
  one: One,
): ConsentEvent[] {
  mustBeOffered(situation);
  const { comprehension } = situation;
  const event = one('ComprehensionRecorded', { ...data, capacityAttested: data.capacity.attested });
  return isLast(situation, comprehension) && saysTheSame(state, comprehension, event) ? [] : event;
}

export function recordVoluntariness(
  state: ConsentState,
  situation: Situation,
  { type: _, ...data }: CommandOf<'RecordVoluntariness'>,
  one: One,
): ConsentEvent[] {
  mustBeOffered(situation);
  const { voluntariness } = situation;
  const event = one('VoluntarinessRecorded', data);
  return isLast(situation, voluntariness) && saysTheSame(state, voluntariness, event) ? [] : event;
}

export function recordAssent(
  state: ConsentState,
  situation: Situation,
  { type: asked, words }: CommandOf<'RecordAssent' | 'RecordDissent'>,
  one: One,
): ConsentEvent[] {
  mustBeOffered(situation);
  const type = asked === 'RecordAssent' ? 'AssentRecorded' : 'DissentRecorded';
  const event = one(type, words === undefined ? {} : { words });
  return saysTheSame(state, situation.assent, event) ? [] : event;
}

export function acknowledgeStance(
  { stance: last }: Situation,
  { stanceVersionNo, contentHash, stance }: CommandOf<'AcknowledgeStance'>,
  one: One,
): ConsentEvent[] {
  if (!stance)
    refuse(
      'stance_not_published',
      'The therapist has no published stance for this kind of unit. Publish it first.',
    );
  if (stanceVersionNo !== stance.versionNo)
    refuse(
      'stance_version_outdated',
      `The stance in force is version ${stance.versionNo}. Show the client that one.`,
    );
  if (contentHash !== stance.contentHash)
    refuse(
      'stance_text_differs',
      'The contentHash is not that of this version: the client must have read another text. Show the current one.',
    );
  return last?.stanceId === stance.stanceId && last.versionNo === stanceVersionNo
    ? []
    : one('StanceAcknowledged', { ...stance });
}

const asked = (state: ConsentState, questionId: string) =>
  state.entries.some((entry) => entry.type === 'QuestionRaised' && entry.questionId === questionId);

/** Nothing but talk has come since: saying the same again adds nothing. After a decision it does. */
const isLast = ({ given, offer }: Situation, entry: ConsentEntry | undefined): boolean =>
  entry !== undefined &&
  (!given || entry.occurredAt > given.occurredAt) &&
  (!offer || entry.occurredAt >= offer.occurredAt);

function mustBeOffered(situation: Situation): void {
  if (!situation.offer) refuse('not_offered', 'Offer the consent with its documents first.');
}
