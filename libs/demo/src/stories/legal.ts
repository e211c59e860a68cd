import { deriveId } from '#libs/kernel';
import type { DaysAgo } from '../calendar.js';
import type { Case } from '../case.js';
import { BeginLegal, DecideErasure, ExecuteErasure } from '../commands.js';
import { actor, type StaffKey } from '../practices.js';
import { Story, type Step } from '../script.js';
import type { World } from '../world.js';

/** Nothing of somebody is erased from now on, however long ago they left. */
export function isHeld(one: Case, held: { authority: string; reference: string }, why: string): void {
  const { id: clientId } = one.first;
  one.story.enter(
    {
      what: 'legal hold is placed',
      id: deriveId('demo', 'hold', clientId),
      by: one.by('owner'),
      creates: true,
      reason: why,
    },
    (meta) => new BeginLegal(meta, { type: 'PlaceHold', clientId, grounds: 'litigation', ...held }),
  );
}

/** Somebody who only asked wants nothing of it kept: one approves, another one does it. */
export function isErased(world: World, inquiryId: string, ago: DaysAgo, steps: Step[]): void {
  const { house, practiceId, calendar } = world;
  const story = new Story(`${house.key}/erased ${inquiryId}`, practiceId, calendar, steps);
  const id = deriveId('demo', 'erasure', inquiryId);
  const enter = (what: string, by: StaffKey, more: { creates?: boolean; reason?: string }, make: Make) =>
    story.enter({ what, id, by: actor(house.key, by), ...more }, make);
  story.on(calendar.workday(ago), '12:20');
  enter(
    'asks to be erased',
    'owner',
    { creates: true },
    (meta) => new BeginLegal(meta, { type: 'RequestErasure', clientId: inquiryId, askedBy: 'client' }),
  );
  enter(
    'erasure is approved',
    'owner',
    { reason: 'Nobody was treated, so nothing has to be kept.' },
    (meta) => new DecideErasure(meta, { type: 'DecideErasure', decision: 'approved' }),
  );
  story.on(calendar.workday(ago - 1), '16:30');
  enter('is erased', 'supervisor', {}, (meta) => new ExecuteErasure(meta));
}

type Make = Parameters<Story['enter']>[1];
