import { addMonths, conflict, localDate, refuse, refuseIfAny, type CommandContext } from '#libs/kernel';
import { signersOf, unmetConditions } from './conditions.js';
import type { CommandOf, ConsentEvent, ConsentState, Given, Giving } from './consent.js';
import { withReceipt } from './receipt.js';
import { recipientIds, recipientReasons } from './recipients.js';
import type { Situation } from './situation.js';

/* Giving and renewing: what it takes, and everything it rests on. */

export function give(
  state: ConsentState,
  situation: Situation,
  command: CommandOf<'GiveConsent'>,
  context: CommandContext,
): ConsentEvent[] {
  const { given, withdrawn, declined, offer: lastOffer } = situation;
  if (given && !withdrawn && !declined && (!lastOffer || lastOffer.occurredAt <= given.occurredAt)) {
    if (restsOn(state, given, command)) return [];
    conflict('already_given', 'This consent was given. Renew it.');
  }
  judge(state, situation, command, context);
  return withReceipt(
    'given',
    { type: 'ConsentGiven', data: givenData(state, command, context, situation) },
    situation,
  );
}

export function renew(
  state: ConsentState,
  situation: Situation,
  command: CommandOf<'RenewConsent'>,
  context: CommandContext,
): ConsentEvent[] {
  const { given, withdrawn } = situation;
  if (!given) refuse('not_given', 'Only a consent that was given can be renewed. Give it first.');
  if (withdrawn)
    refuse('withdrawn', 'The client withdrew. Offer the consent again; it can then be given anew.');
  const sameDay =
    localDate(given.occurredAt, command.facts.zone) === localDate(context.occurredAt, command.facts.zone);
  if (
    given.type === 'ConsentRenewed' &&
    situation.entries.at(-1) === given &&
    sameDay &&
    restsOn(state, given, command)
  )
    return [];
  judge(state, situation, command, context);
  return withReceipt(
    'renewed',
    { type: 'ConsentRenewed', data: givenData(state, command, context, situation) },
    situation,
  );
}

/** The very things a consent was given on are those in force, and nothing has happened since. */
const restsOn = (
  { about }: ConsentState,
  given: Given & { position: number; recipientIds?: string[] },
  command: Giving,
): boolean => {
  const { stance, therapistId, format, jurisdiction, lastChange = 0 } = command.facts;
  const guardians = (list: Given['guardians'] = []) => list.map(({ guardianId }) => guardianId).join();
  return (
    lastChange < given.position &&
    given.by === command.by &&
    given.stance.versionNo === stance?.versionNo &&
    given.stance.stanceId === stance.stanceId &&
    given.therapistId === therapistId &&
    given.format === format &&
    given.jurisdiction === jurisdiction &&
    (given.recipientIds ?? []).join() === recipientIds(about!, command.recipients).join() &&
    guardians(given.guardians) === guardians(signersOf(command.facts, command))
  );
};

function judge(
  { about }: ConsentState,
  situation: Situation,
  command: Giving,
  { occurredAt }: CommandContext,
): void {
  const reasons = [
    ...unmetConditions(situation, command.facts, command),
    ...recipientReasons(about!.purpose, command.recipients),
  ];
  if (!command.facts.relationshipOpen)
    reasons.push({ code: 'relationship_ended', detail: 'The relationship has ended.' });
  const day = localDate(occurredAt, command.facts.zone);
  if (command.expiresOn !== undefined && command.expiresOn < day)
    reasons.push({ code: 'expires_in_the_past', detail: 'expiresOn lies before the day it is given.' });
  if (command.reviewOn !== undefined && command.reviewOn <= day)
    reasons.push({ code: 'review_not_ahead', detail: 'reviewOn must lie after the day it is given.' });
  if (command.validFrom !== undefined && command.validFrom < occurredAt)
    reasons.push({
      code: 'valid_before_given',
      detail: 'A consent looks forward: validFrom cannot lie before it is given.',
    });
  refuseIfAny(reasons);
}

function givenData(
  state: ConsentState,
  command: Giving,
  { occurredAt }: CommandContext,
  situation: Situation,
) {
  const { by, authority, signature, cosigned, recipients, facts } = command;
  const { jurisdiction } = facts;
  const guardians = signersOf(facts, command);
  const validFrom = command.validFrom ?? occurredAt;
  const day = localDate(validFrom, facts.zone);
  return {
    ...state.about!,
    by,
    signature,
    ...(authority ? { authority } : {}),
    ...(cosigned ? { cosigned } : {}),
    ...(recipients ? { recipients } : {}),
    ...(guardians.length > 0 ? { guardians } : {}),
    ...(jurisdiction ? { jurisdiction } : {}),
    validFrom,
    expiresOn: command.expiresOn ?? null,
    reviewOn: command.reviewOn ?? addMonths(day, facts.reviewIntervalMonths),
    stance: facts.stance!,
    documents: situation.offer!.documents,
    therapistId: facts.therapistId,
    format: facts.format,
    rulePack: facts.rulePack,
    majorityOn: by === 'substitute' && facts.minor ? facts.majorityOn : null,
  };
}
