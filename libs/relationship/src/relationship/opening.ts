import type { UnitKind } from '#libs/client';
import { type CommandContext, deriveId, missing, type Reason, reasonIf } from '#libs/kernel';
import type { Format } from '#libs/practice';

/** `members` are the unit's client ids on the day of opening, `rulePack` the id of the pack it opened under. */
export type RelationshipOpening = {
  unitId: string;
  unitKind: UnitKind;
  members: string[];
  therapistId: string;
  format: Format;
  inquiryId?: string;
  rulePack: string;
};

/** What the handler found about the staff member. */
export type TherapistFacts = { isTherapist: boolean; active: boolean };
/** `published`: there is a stance for this kind of unit; `suits`: its partiality fits that kind. */
export type StanceFacts = { published: boolean; suits: boolean };
/** What the handler found under `inquiryId`; client and therapist are those accepted. */
export type InquiryFacts = { accepted: boolean; clientId?: string; therapistId?: string };

export function therapistReasons({ isTherapist, active }: TherapistFacts): Reason[] {
  return [
    ...reasonIf(!isTherapist, 'not_a_therapist', 'This staff member is no therapist. Choose one who is.'),
    ...reasonIf(!active, 'therapist_deactivated', 'This therapist is deactivated. Choose one who is active.'),
  ];
}

/** The same holds for whoever opens and whoever takes over. */
export function stanceReasons(
  unitKind: RelationshipOpening['unitKind'],
  { published, suits }: StanceFacts,
): Reason[] {
  const noneYet = `The therapist has published no stance for this kind of unit (${unitKind}). They publish one first.`;
  const rule =
    unitKind === 'individual'
      ? 'An individual relationship cannot carry a multi-partial stance.'
      : `A ${unitKind} relationship cannot carry a stance partial to one client.`;
  return [
    ...reasonIf(!published, 'stance_not_published', noneYet),
    ...reasonIf(
      published && !suits,
      'stance_does_not_suit',
      `${rule} Publish one that suits, or choose another therapist.`,
    ),
  ];
}

/** A member's record that was merged into another. */
export type MergedAway = { clientId: string; into: string };

/** One person is treated under one record, and not together with themself. */
export const memberReasons = (mergedAway: readonly MergedAway[]): Reason[] =>
  mergedAway.map(({ clientId, into }) => ({
    code: 'member_merged_away',
    detail: `Client ${clientId} of this unit was merged into ${into}. Choose or form a unit with that record.`,
    otherId: into,
  }));

/** Ids of the rule packs there are, and of those with an edition in force on the day of opening. */
export type RulePackFacts = { known: readonly string[]; inForce: readonly string[] };

/** Without an edition in force nothing would say what the people here have to be told. */
export const rulePackReasons = (rulePack: string, { known, inForce }: RulePackFacts): Reason[] => [
  ...reasonIf(
    !known.includes(rulePack),
    'rule_pack_unknown',
    `There is no rule pack ${rulePack}. Choose one of ${inForce.join(', ')}, or have the owner publish it first.`,
  ),
  ...reasonIf(
    known.includes(rulePack) && !inForce.includes(rulePack),
    'rule_pack_not_in_force',
    `No edition of ${rulePack} is in force that day. Choose one of ${inForce.join(', ')}, or have the owner publish an edition.`,
  ),
];

export function inquiryReasons(
  { inquiryId, members, therapistId }: RelationshipOpening,
  inquiry: InquiryFacts | undefined,
  { practiceId, id }: CommandContext,
): Reason[] {
  if (!inquiryId) return [];
  if (!inquiry) missing('inquiry');
  const { accepted, clientId } = inquiry;
  const otherId = id !== relationshipIdOf(practiceId, inquiryId);
  const otherClient = accepted && !(clientId && members.includes(clientId));
  const otherTherapist = accepted && inquiry.therapistId !== therapistId;
  return [
    ...reasonIf(
      otherId,
      'one_relationship_per_inquiry',
      'The inquiry gives the relationship its id. Leave the id out.',
    ),
    ...reasonIf(!accepted, 'inquiry_not_accepted', 'The inquiry is not accepted. Accept it first.'),
    ...reasonIf(
      otherClient,
      'inquiry_other_client',
      'Its client is no member of this unit. Choose their unit.',
    ),
    ...reasonIf(
      otherTherapist,
      'inquiry_other_therapist',
      'It was accepted for another therapist. Choose that one.',
    ),
  ];
}

/** The only id a relationship out of this inquiry can have: one inquiry can never become two relationships. */
export const relationshipIdOf = (practiceId: string, inquiryId: string): string =>
  deriveId('relationship', practiceId, inquiryId);
