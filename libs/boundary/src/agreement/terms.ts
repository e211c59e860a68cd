import { type Reason, reasonIf } from '#libs/kernel';
import type { Dimensions } from '#libs/stance';
import { DISCLOSURE_DEGREES, needsParticulars, particularsOf, type AnyParticulars } from './particulars.js';
import { isFixed, type BoundaryTopic } from './topics.js';

export const BOUNDARY_RULES = ['never', 'by_arrangement', 'within_limits'] as const;

/**
 * What is agreed: `words` is how it was put to the client, `limits` goes with `within_limits`, `particulars` are what
 * can be set about the topic, `reviewEveryMonths` is the practice's interval unless told.
 */
export type Terms = {
  rule: (typeof BOUNDARY_RULES)[number];
  limits?: string;
  words: string;
  particulars?: AnyParticulars;
  reviewEveryMonths?: number;
};

/** The part of a stance that an agreement can contradict. */
export type StanceFacts = Pick<Dimensions, 'selfDisclosure' | 'advocacy'>;

export const termsOf = ({ rule, limits, words, particulars, reviewEveryMonths }: Terms): Terms => ({
  rule,
  ...(limits === undefined ? {} : { limits }),
  words,
  ...(particulars === undefined ? {} : { particulars }),
  ...(reviewEveryMonths === undefined ? {} : { reviewEveryMonths }),
});

/** What is wrong with the terms themselves. */
export function termsReasons(topic: BoundaryTopic, terms: Terms): Reason[] {
  const { rule, limits, words, particulars } = terms;
  const never = rule === 'never';
  return [
    ...reasonIf(
      isFixed(topic) && !never,
      'topic_is_fixed',
      'There is never sexual contact. Use the rule `never`.',
    ),
    ...reasonIf(
      topic === 'fees_and_cancellation' && never,
      'rule_does_not_fit',
      'Fees are not forbidden but set. Use `by_arrangement` or `within_limits` and name the amounts.',
    ),
    ...reasonIf(
      needsParticulars(topic) && !never && particulars === undefined,
      'particulars_missing',
      `Say in \`particulars\` what ${topic} comes to.`,
    ),
    ...reasonIf(
      never && particulars !== undefined && topic !== 'fees_and_cancellation',
      'nothing_to_set',
      'With `never` there is nothing to set. Leave `particulars` out, or use another rule.',
    ),
    ...reasonIf(
      rule === 'within_limits' && !limits?.trim() && particulars === undefined,
      'limits_missing',
      'Say in `limits` or `particulars` what the limits are.',
    ),
    ...reasonIf(!words.trim(), 'words_missing', 'Say in `words` what both sides would agree to.'),
    ...reasonIf(
      topic === 'fees_and_cancellation' && currenciesIn(terms).size > 1,
      'currencies_differ',
      'Name all amounts in one currency.',
    ),
  ];
}

function currenciesIn(terms: Terms): Set<string> {
  const { fee, lateCancelFee, noShowFee } = particularsOf('fees_and_cancellation', terms) ?? {};
  return new Set([fee, lateCancelFee, noShowFee].flatMap((amount) => (amount ? [amount.currency] : [])));
}

/** Nobody agrees that sessions may be recorded before everyone has consented to it. Without `gaps` nobody has looked. */
export const recordingReasons = (
  topic: BoundaryTopic,
  { rule }: Terms,
  gaps: readonly Reason[] = [
    {
      code: 'recording_not_judged',
      detail: 'Whether everyone consents to recording is not known. Agree on the rule `never`.',
    },
  ],
): Reason[] => (topic === 'recording' && rule !== 'never' ? [...gaps] : []);

/** Terms must not contradict what the therapist states; each reason names the values of the stance. */
export function stanceReasons(topic: BoundaryTopic, terms: Terms, stance?: StanceFacts): Reason[] {
  if (!stance || terms.rule === 'never') return [];
  if (topic === 'self_disclosure') return disclosureReasons(terms, stance);
  if (topic !== 'legal_involvement') return [];
  const { acts = [], onlyOnCourtOrder = false } = particularsOf('legal_involvement', terms) ?? {};
  const speaks = acts.some((act) => act === 'testimony' || act === 'expert_opinion');
  return reasonIf(
    stance.advocacy.notInCourt && speaks && !onlyOnCourtOrder,
    'contradicts_stance',
    'By the published stance (advocacy: notInCourt true) the therapist does not speak in court. Take testimony and expert_opinion out, set onlyOnCourtOrder, or publish another stance first.',
  );
}

function disclosureReasons(terms: Terms, { selfDisclosure }: StanceFacts): Reason[] {
  const { degree, topicsNever } = selfDisclosure;
  if (degree === 'none')
    return reasonIf(
      true,
      'contradicts_stance',
      'By the published stance (selfDisclosure: none) the therapist discloses nothing. Use the rule `never`, or publish another stance first.',
    );
  const agreed = particularsOf('self_disclosure', terms);
  const rank = DISCLOSURE_DEGREES.indexOf(degree);
  const never = (agreed?.topics ?? []).filter((one) => topicsNever.includes(one));
  return [
    ...reasonIf(
      agreed?.degree !== undefined && DISCLOSURE_DEGREES.indexOf(agreed.degree) > rank,
      'contradicts_stance',
      `By the published stance (selfDisclosure: ${degree}) the therapist discloses less than ${agreed?.degree}. Use at most ${degree}, or publish another stance first.`,
    ),
    ...reasonIf(
      never.length > 0,
      'contradicts_stance',
      `By the published stance (topicsNever: ${topicsNever.join(', ')}) the therapist never speaks of ${never.join(', ')}. Take that out, or publish another stance first.`,
    ),
  ];
}
