import type { Reason } from '#libs/kernel';
import { DIMENSIONS, isFromTheClient, type Dimensions } from './dimensions.js';

/** Everything that keeps a draft of the right shape (shape.ts) from being published; [] when nothing does. */
export function unpublishable(draft: Partial<Dimensions>): Reason[] {
  const open = DIMENSIONS.filter((dimension) => dimension !== 'approach' && draft[dimension] === undefined);
  const reasons = open.map((dimension) => ({ code: 'dimension_missing', detail: `Answer ${dimension}.` }));
  const refuseWhen = (wrong: boolean | undefined, code: string, detail: string) => {
    if (wrong) reasons.push({ code, detail });
  };
  const { partiality, allegiance, informationSources, reciprocity, selfDisclosure, unconditionality } = draft;
  const multiPartial = partiality === 'multi_partial';
  const onOneSide = partiality === 'partial_to_client';

  refuseWhen(
    partiality === 'impartial_evaluator',
    'impartial_evaluator_refused',
    'An evaluator gives no therapy. Choose partial_to_client or multi_partial.',
  );
  refuseWhen(
    multiPartial && reciprocity && reciprocity.focus !== 'unit_members',
    'multi_partial_needs_unit_members',
    'Somebody on the side of each member works for all of them: set reciprocity.focus to unit_members.',
  );
  refuseWhen(
    onOneSide && reciprocity && reciprocity.focus !== 'client_only',
    'partial_to_client_needs_client_only',
    'Somebody on the side of one client works for that client: set reciprocity.focus to client_only.',
  );
  refuseWhen(
    (multiPartial && allegiance?.to === 'client') || (onOneSide && allegiance?.to === 'treatment_unit'),
    'allegiance_contradicts_partiality',
    'The first duty goes to whoever the therapist is partial to: client or treatment_unit.',
  );
  refuseWhen(
    allegiance?.yieldsWhen.length === 0,
    'yields_when_missing',
    'Name in allegiance.yieldsWhen when the promise of safety gives way: a promise without limits cannot be kept.',
  );
  const dutyToMandator = allegiance?.to === 'client_with_duty_to_mandator';
  refuseWhen(
    allegiance && dutyToMandator !== allegiance.yieldsWhen.includes('mandator_report'),
    'mandator_duty_contradictory',
    'A duty to a mandator and mandator_report in allegiance.yieldsWhen belong together: state both or neither.',
  );
  refuseWhen(
    informationSources?.length === 0,
    'information_sources_empty',
    'Name at least one source in informationSources.',
  );
  refuseWhen(
    informationSources && informationSources.length > 0 && !informationSources.some(isFromTheClient),
    'client_not_a_source',
    'Nobody is treated by hearsay: add client_account, observation_in_session or measures to informationSources.',
  );
  refuseWhen(
    reciprocity?.expected,
    'reciprocity_expected',
    'A therapist expects nothing in return: set reciprocity.expected to false.',
  );
  refuseWhen(
    selfDisclosure?.degree === 'none' && selfDisclosure.topicsNever.length > 0,
    'topics_without_self_disclosure',
    'With a degree of none every topic is closed: leave selfDisclosure.topicsNever empty.',
  );
  reasons.push(...contradictoryUnconditionality(unconditionality));
  refuseWhen(
    draft.safety && !draft.safety.shameFree,
    'shame_free_required',
    'Every client is promised a place free of shame: set safety.shameFree to true.',
  );
  refuseWhen(
    draft.approach && draft.approach.codes.length === 0 && draft.approach.words === undefined,
    'approach_empty',
    'Say the approach in codes or words, or leave it out.',
  );
  return reasons;
}

function contradictoryUnconditionality(stated: Dimensions['unconditionality'] | undefined): Reason[] {
  if (!stated) return [];
  const { kinds, degree, ownWords } = stated;
  const reasons: Reason[] = [];
  if (degree === 'not_claimed' && kinds.length > 0)
    reasons.push({
      code: 'not_claimed_names_kinds',
      detail: 'What is not claimed has no kinds: empty unconditionality.kinds or choose another degree.',
    });
  if (degree !== 'not_claimed' && kinds.length === 0)
    reasons.push({ code: 'kinds_missing', detail: 'Name in unconditionality.kinds what is offered.' });
  if (kinds.includes('other') && ownWords === undefined)
    reasons.push({
      code: 'other_needs_own_words',
      detail: 'Say in unconditionality.ownWords what `other` is.',
    });
  if (!kinds.includes('other') && ownWords !== undefined)
    reasons.push({
      code: 'own_words_without_other',
      detail: 'unconditionality.ownWords is read only beside the kind `other`: add it, or remove the words.',
    });
  return reasons;
}
