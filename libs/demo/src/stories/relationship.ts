import { commandFor } from '#libs/event-store';
import type { Format } from '#libs/practice';
import { relationship, type InformationSource } from '#libs/relationship';
import type { DaysAgo } from '../calendar.js';
import type { Case } from '../case.js';
import { ReassignTherapist } from '../commands.js';
import type { TherapistKey } from '../practices.js';

/** Another therapist takes over. */
export function isHandedOver(one: Case, to: TherapistKey): void {
  const therapistId = one.world.staffId(to);
  one.story.enter(
    { what: `is handed over to ${to}`, id: one.relationshipId, by: one.by('owner') },
    (meta) => new ReassignTherapist(meta, { to: therapistId }),
  );
  one.therapist = to;
}

export function changesFormat(one: Case, to: Format): void {
  one.story.enter({ what: `changes to ${to}`, id: one.relationshipId, by: one.byTherapist }, (meta) =>
    commandFor(relationship, meta, { type: 'ChangeFormat', to }),
  );
  one.format = to;
}

/** The client is no longer the only one the therapist knows about them from. */
export function hearsFromElsewhere(
  one: Case,
  source: InformationSource['source'],
  description: string,
): void {
  one.story.enter(
    { what: `information comes from ${source}`, id: one.relationshipId, by: one.byTherapist },
    (meta) => commandFor(relationship, meta, { type: 'AddInformationSource', source, description }),
  );
}

/** Somebody sends the client and hears of them, which is told before anybody is asked to agree. */
export function isMandated(one: Case, mandator: string, reports: string, since: DaysAgo): void {
  const day = one.world.calendar.dateOf(since);
  one.story.enter({ what: 'mandate is recorded', id: one.relationshipId, by: one.byTherapist }, (meta) =>
    commandFor(relationship, meta, { type: 'RecordMandate', mandator, reports, since: day }),
  );
  one.mandated = true;
}

export function relationshipEnds(
  one: Case,
  by: 'client' | 'therapist' | 'agreement',
  reasonCode: string,
): void {
  one.story.enter({ what: 'relationship ends', id: one.relationshipId, by: one.byTherapist }, (meta) =>
    commandFor(relationship, meta, { type: 'EndRelationship', by, reasonCode }),
  );
}
