import { grant } from '#libs/access';
import { commandFor } from '#libs/event-store';
import { deriveId } from '#libs/kernel';
import type { Case } from '../case.js';
import { OpenBreakGlass } from '../commands.js';
import type { StaffKey } from '../practices.js';

/** Somebody's look at a client who is not theirs. */
export interface Look {
  readonly by: StaffKey;
  readonly grantId: string;
}

type Opening = Omit<OpenBreakGlass['body'], 'type' | 'clientId'>;

/** Somebody who does not treat them breaks the glass, because it cannot wait. It ends by itself. */
export function isLookedAt(one: Case, by: StaffKey, opening: Opening, why: string): Look {
  const grantId = deriveId('demo', 'grant', one.relationshipId, by);
  const clientId = one.first.id;
  one.story.enter(
    { what: 'break-glass is opened', id: grantId, by: one.by(by), creates: true, reason: why },
    (meta) => new OpenBreakGlass(meta, { type: 'OpenBreakGlass', clientId, ...opening }),
  );
  return { by, grantId };
}

/** No longer needed, before its time. */
export function lookIsOver(one: Case, { by, grantId }: Look): void {
  one.story.enter({ what: 'break-glass is closed', id: grantId, by: one.by(by) }, (meta) =>
    commandFor(grant, meta, { type: 'CloseBreakGlass' }),
  );
}

/** By the supervisor: it was right. */
export function lookWasRight(one: Case, { grantId }: Look): void {
  one.story.enter({ what: 'break-glass is reviewed', id: grantId, by: one.by('supervisor') }, (meta) =>
    commandFor(grant, meta, { type: 'ReviewBreakGlass', finding: 'justified' }),
  );
}
