import type { Instant, Reason } from '#libs/kernel';
import type { Element } from '../rule-pack/elements.js';
import type { Requirement } from '../rule-pack/pack.js';
import type { Authority, Cosignature, Given, Signature } from './consent.js';
import { permissionGaps, type AuthorityOnRecord } from './guardians.js';
import type { Situation } from './situation.js';

/** What giving is judged by beside the conversation itself; fetched when the command arrives. */
export interface Judging {
  required: readonly Requirement[];
  /** the stance in force; null when the therapist has none for this kind of unit */
  stance: { stanceId: string; versionNo: number; contentHash: string } | null;
  /** newest version of each offered document, and whether a newer one than offered is material */
  documents: readonly {
    documentId: string;
    newestVersionNo: number;
    outdated: boolean;
    withdrawn: boolean;
  }[];
  minor: boolean;
  /** old enough, by the rule pack, to decide alone though a minor: then whether they can is attested as of an adult */
  mayDecideAlone?: boolean;
  /** who may decide for the client on that day and for this purpose; `onRecord` when anybody ever could, for anything */
  guardians?: { onRecord: boolean; inForce: readonly AuthorityOnRecord[] };
  /** the newest assessment of whether the client can make this decision */
  assessed?: { capable: boolean; at: Instant };
}

interface Giving {
  by: 'self' | 'substitute';
  authority?: Authority;
  signature: Signature;
  cosigned?: readonly Cosignature[];
}

/** Elements that must still be disclosed, each with the clause that asks for it. */
export const missingElements = (
  situation: Situation,
  required: readonly Requirement[],
): { element: Element; clause: string }[] =>
  required
    .filter(({ element }) =>
      element === 'therapist_stance' ? !situation.stance : !situation.disclosed.has(element),
    )
    .map(({ element, clause }) => ({ element, clause }));

/**
 * Everything that still stands between a person and an informed consent: disclosure, comprehension, capacity,
 * voluntariness, documentation; the sixth, review, begins when it is given.
 * @returns every reason, empty when consent may be given
 */
export function unmetConditions(situation: Situation, judging: Judging, giving: Giving): Reason[] {
  const reasons: Reason[] = [];
  const add = (code: string, detail: string) => reasons.push({ code, detail });
  const decidesAlone = giving.by === 'self' && (!judging.minor || judging.mayDecideAlone);

  if (!situation.offer) add('not_offered', 'Offer the consent with its documents first.');
  for (const { element, clause } of missingElements(situation, judging.required))
    if (element !== 'therapist_stance') add('element_not_disclosed', `Disclose ${element} (${clause}).`);
  for (const document of judging.documents) {
    if (document.withdrawn)
      add('document_withdrawn', `Document ${document.documentId} was withdrawn. Offer a current one.`);
    else if (document.outdated)
      add(
        'document_outdated',
        `Document ${document.documentId} has a newer version, ${document.newestVersionNo}. Offer that one.`,
      );
  }

  if (!judging.stance)
    add(
      'stance_not_published',
      'The therapist has no published stance for this kind of unit. Publish it first.',
    );
  else if (!situation.stance)
    add(
      'stance_not_acknowledged',
      `Show the client version ${judging.stance.versionNo} of the stance and record that they acknowledge it.`,
    );
  else if (
    situation.stance.stanceId !== judging.stance.stanceId ||
    situation.stance.versionNo !== judging.stance.versionNo
  )
    add(
      'stance_acknowledgement_outdated',
      `The stance is now at version ${judging.stance.versionNo}. Show it and record that the client acknowledges it.`,
    );

  if (situation.openQuestions.length > 0)
    add(
      'question_open',
      `${situation.openQuestions.length} of the client's questions are not answered. Answer them.`,
    );
  if (!situation.comprehension)
    add('comprehension_not_recorded', 'Record how you made sure that it was understood.');
  else {
    if (!situation.comprehension.understood)
      add('not_understood', 'It was not understood last time. Explain again and record it.');
    const { assessed } = judging;
    const newer = assessed && assessed.at > situation.comprehension.occurredAt;
    const capacityAttested = newer ? assessed.capable : situation.comprehension.capacityAttested;
    const representative = giving.by === 'substitute' && !judging.minor;
    if (decidesAlone && !capacityAttested)
      add(
        'capacity_not_attested',
        judging.minor
          ? 'Attest that the young person can make this decision, or ask their guardian.'
          : 'Attest that the person can make this decision.',
      );
    if (representative && capacityAttested)
      add(
        'person_can_decide',
        'The person was attested to be able to decide. Nobody else consents for them.',
      );
  }
  if (!situation.voluntariness)
    add('voluntariness_not_recorded', 'Record that the person decides freely, with any pressures.');
  else if (!situation.voluntariness.voluntary)
    add('not_voluntary', 'The person did not decide freely. Consent cannot be given under pressure.');

  if (judging.minor && !decidesAlone) {
    if (giving.by === 'self')
      add(
        'minor_needs_guardian',
        "A minor's guardian gives permission; record the minor's assent beside it.",
      );
    if (!situation.assent) add('assent_not_recorded', "Record the minor's own assent or dissent.");
  }
  if (!judging.minor && giving.authority?.kind === 'guardian')
    add(
      'guardian_of_an_adult',
      'A guardian consents for a minor. For an adult who cannot decide, name a legal representative.',
    );
  if (giving.by === 'substitute') reasons.push(...authorityGaps(judging, giving));
  for (const { signature } of [giving, ...(giving.cosigned ?? [])]) reasons.push(...signatureGaps(signature));
  return reasons;
}

/** The guardians on record whose permission a giving brings, with the joint rule they decide under. */
export const signersOf = (
  judging: Pick<Judging, 'guardians'>,
  giving: Omit<Giving, 'signature'>,
): NonNullable<Given['guardians']> =>
  giving.by === 'self'
    ? []
    : (judging.guardians ?? NOBODY).inForce
        .filter(({ guardianId }) => namedIn(giving).includes(guardianId))
        .map(({ guardianId, jointRule }) => ({ guardianId, jointRule }));

/** Only an id says who somebody is: whoever is named in words may be somebody else than the one on record. */
const namedIn = ({ authority, cosigned = [] }: Pick<Giving, 'authority' | 'cosigned'>): string[] => [
  ...new Set([
    ...(authority?.guardianId ? [authority.guardianId] : []),
    ...cosigned.map(({ guardianId }) => guardianId),
  ]),
];

/** Whoever consents for somebody else needs an authority on record, in force that day, whose scope covers the purpose. */
function authorityGaps(judging: Judging, giving: Giving): Reason[] {
  const { onRecord, inForce } = judging.guardians ?? NOBODY;
  const one = (code: string, detail: string): Reason[] => [{ code, detail }];
  if (!onRecord)
    return one(
      'authority_not_on_record',
      'Nobody is on record as deciding for the client. Record their authority first with POST /v1/clients/{id}/record-guardian.',
    );
  if (inForce.length === 0)
    return one(
      'authority_not_in_force',
      'No authority on record covers this on that day. Record one with POST /v1/clients/{id}/record-guardian, or ask who decides.',
    );
  const named = namedIn(giving);
  return named.length > 0
    ? permissionGaps(inForce, named)
    : one('guardian_not_named', 'Say with authority.guardianId whose permission this is, as on record.');
}

const NOBODY: NonNullable<Judging['guardians']> = { onRecord: false, inForce: [] };

/** An empty or unsigned form never counts. */
function signatureGaps(signature: Signature): Reason[] {
  const empty = (text: string | undefined) => !text?.trim();
  const gaps: Reason[] = [];
  if (empty(signature.signedName))
    gaps.push({ code: 'signature_empty', detail: 'Give the name that was signed or spoken.' });
  if (signature.method === 'verbal_witnessed' && empty(signature.witnessedBy))
    gaps.push({ code: 'witness_missing', detail: 'Name who witnessed the spoken consent.' });
  if ((signature.method === 'drawn' || signature.method === 'paper_scanned') && empty(signature.image))
    gaps.push({
      code: 'signature_image_missing',
      detail: 'Give the reference of the drawn or scanned signature.',
    });
  return gaps;
}
