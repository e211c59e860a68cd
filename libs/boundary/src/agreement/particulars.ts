import type { Dimensions } from '#libs/stance';
import {
  flag,
  money,
  objectProblems,
  oneOf,
  schemaOf,
  someOf,
  whole,
  type FieldProblem,
  type Fields,
  type Values,
} from './fields.js';
import { BOUNDARY_TOPICS, type BoundaryTopic } from './topics.js';

/*
 * What can be set about each topic beside its rule: codes and numbers only, no words, so nothing in here is personal.
 */

type Shape<F extends Fields = Fields, Required extends string = string> = {
  fields: F;
  required: readonly Required[];
};
const shape = <F extends Fields, const R extends keyof F & string = never>(
  fields: F,
  ...required: readonly R[]
): Shape<F, R> => ({ fields, required });

/** From the most reserved to the most open, as in the stance. */
export const DISCLOSURE_DEGREES = [
  'none',
  'rare_for_client_benefit',
  'moderate_for_client_benefit',
  'open',
] as const satisfies readonly Dimensions['selfDisclosure']['degree'][];

const SHAPES = {
  between_session_contact: shape({
    channels: someOf('phone', 'text_message', 'email', 'messenger', 'portal'),
    purposes: someOf('scheduling', 'brief_support', 'urgent_matters'),
    answeredWithinHours: whole(1, 336, 24),
    messagesPerWeek: whole(0, 50, 1),
  }),
  social_media_and_search: shape({
    connections: oneOf('none', 'professional_pages_only'),
    searchesByTherapist: oneOf('none', 'with_consent', 'in_emergency_only'),
    searchesAreToldAfterwards: flag(),
  }),
  gifts: shape({
    directions: someOf('from_client', 'from_therapist'),
    occasions: someOf('holiday', 'milestone', 'ending', 'handmade', 'any'),
    atMost: money(1000),
  }),
  multiple_relationships: shape({
    kinds: someOf('shared_community', 'workplace', 'family_or_friends', 'business', 'training'),
    toldBeforehand: flag(),
  }),
  chance_encounters: shape({
    greeting: oneOf('client_decides', 'nod_only', 'greet', 'none'),
    talkedAboutAfterwards: flag(),
  }),
  touch: shape({
    kinds: someOf('handshake', 'hand_on_shoulder', 'embrace', 'body_work'),
    askedEachTime: flag(),
    offeredBy: oneOf('client', 'therapist', 'either'),
  }),
  self_disclosure: shape({
    degree: oneOf('rare_for_client_benefit', 'moderate_for_client_benefit', 'open'),
    topics: someOf('family', 'relationships', 'health', 'sexuality', 'faith', 'politics', 'money'),
  }),
  joint_confidentiality: shape({
    between: oneOf('no_secrets', 'limited_secrets', 'each_alone'),
    exceptions: someOf('danger', 'abuse_report', 'court_order'),
  }),
  fees_and_cancellation: shape(
    {
      fee: money(9000),
      cancellationNoticeHours: whole(0, 720, 24),
      lateCancelFee: money(4500),
      noShowFee: money(9000),
      paidWithinDays: whole(0, 366, 14),
    },
    'fee',
    'cancellationNoticeHours',
    'lateCancelFee',
  ),
  recording: shape(
    {
      media: someOf('audio', 'video'),
      purposes: someOf('supervision', 'client_review', 'training', 'research'),
      keptDays: whole(1, 3660, 30),
      heardBy: someOf('client', 'therapist', 'supervisor', 'training_group'),
    },
    'media',
    'purposes',
    'keptDays',
  ),
  setting: shape({
    places: someOf('practice_room', 'video', 'phone', 'outdoors', 'client_home'),
    changesToldHoursBefore: whole(0, 720, 24),
  }),
  client_events: shape({
    kinds: someOf('celebration', 'funeral', 'graduation', 'performance'),
    staysFor: oneOf('ceremony_only', 'as_arranged'),
    introducedAs: oneOf('not_introduced', 'as_client_wishes'),
  }),
  third_party_contact: shape({
    with: someOf('family', 'partner', 'physician', 'school', 'employer', 'authority'),
    direction: oneOf('therapist_listens', 'therapist_informs', 'both'),
    clientAskedEachTime: flag(),
  }),
  legal_involvement: shape({
    acts: someOf('treatment_summary', 'release_of_records', 'testimony', 'expert_opinion'),
    onlyOnCourtOrder: flag(),
  }),
  ending_and_after: shape({
    closingSessions: whole(0, 20, 2),
    contactAfter: oneOf('none', 'one_letter', 'as_client_wishes'),
    mayComeBack: flag(),
  }),
  sexual_contact: shape({}),
} satisfies Record<BoundaryTopic, Shape>;

/** By topic. */
export type Particulars = {
  [Topic in BoundaryTopic]: (typeof SHAPES)[Topic] extends Shape<infer F, infer R>
    ? Partial<Values<F>> & Pick<Values<F>, R & keyof F>
    : never;
};
export type AnyParticulars = Particulars[BoundaryTopic];

/** The particulars of one topic; they were judged by its shape when they were proposed. */
export const particularsOf = <Topic extends BoundaryTopic>(
  _topic: Topic,
  { particulars }: { particulars?: AnyParticulars },
): Particulars[Topic] | undefined => particulars as Particulars[Topic] | undefined;

/** Whether terms on a topic say nothing without particulars. */
export const needsParticulars = (topic: BoundaryTopic): boolean => SHAPES[topic].required.length > 0;

/** Everything wrong with the shape of particulars on a topic; `pointer` is where they stand in the body. */
export function particularsProblems(
  topic: BoundaryTopic,
  particulars: unknown,
  pointer: string,
): FieldProblem[] {
  const { fields, required } = SHAPES[topic];
  const problems = objectProblems(fields, required, particulars, pointer);
  if (problems.length === 0 && Object.keys(particulars as object).length === 0)
    return [{ pointer, code: 'empty', detail: 'Set at least one thing, or leave this out.' }];
  return problems;
}

/** Every shape by the name of its topic, for the API document. */
export const particularsSchema = {
  anyOf: BOUNDARY_TOPICS.filter((topic) => Object.keys(SHAPES[topic].fields).length > 0).map((topic) => {
    const { fields, required } = SHAPES[topic] as Shape;
    const example = Object.entries(fields).map(([name, { example }]) => [name, example]);
    return {
      title: topic,
      ...schemaOf(fields, required),
      minProperties: 1,
      examples: [Object.fromEntries(example)],
    };
  }),
};
