import { conflict, type CommandContext, reasonIf, refuseIfAny, same } from '#libs/kernel';

export const HOLD_GROUNDS = ['litigation', 'court_order', 'complaint', 'investigation', 'other'] as const;

/** `authority` is who asked for it, `reference` what they call the case; why, in words, is the `reason` of the event. */
export type Placing = {
  clientId: string;
  grounds: (typeof HOLD_GROUNDS)[number];
  authority?: string;
  reference?: string;
};

export type HoldEvent =
  { type: 'LegalHoldPlaced'; data: Placing } | { type: 'LegalHoldLifted'; data: { clientId: string } };

/** While it is placed nothing of the client is erased. */
export type Hold = { kind: 'hold'; clientId: string; placing: Placing; by: string } & (
  { situation: 'placed' } | { situation: 'lifted'; liftedBy: string }
);

/** `erased`: the client's keys are destroyed. */
export type HoldCommand = ({ type: 'PlaceHold'; erased: boolean } & Placing) | { type: 'LiftHold' };

export const holdAfter = (event: Extract<HoldEvent, { type: 'LegalHoldPlaced' }>, by: string): Hold => ({
  kind: 'hold',
  situation: 'placed',
  clientId: event.data.clientId,
  placing: event.data,
  by,
});

export function placeHold(
  known: Hold | undefined,
  { type: _, erased, ...placing }: Extract<HoldCommand, { type: 'PlaceHold' }>,
  { reason }: CommandContext,
): HoldEvent[] {
  if (known) {
    if (same(known.placing, placing)) return [];
    conflict('already_placed', 'This hold is placed already, for something else. Place another one.');
  }
  refuseIfAny([
    ...reasonIf(!reason?.trim(), 'reason_missing', 'Say in "reason" why nothing may be erased.'),
    ...reasonIf(erased, 'already_erased', 'This client is erased. Nothing is left that could be held.'),
  ]);
  return [{ type: 'LegalHoldPlaced', data: placing }];
}

export function liftHold(hold: Hold, { actor, reason }: CommandContext): HoldEvent[] {
  if (hold.situation === 'lifted') return [];
  refuseIfAny([
    ...reasonIf(
      hold.by === actor.id,
      'second_person_needed',
      'You placed this hold yourself. Have another owner lift it.',
    ),
    ...reasonIf(!reason?.trim(), 'reason_missing', 'Say in "reason" why it is no longer needed.'),
  ]);
  return [{ type: 'LegalHoldLifted', data: { clientId: hold.clientId } }];
}
