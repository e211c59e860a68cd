import type { Recorded } from '#libs/kernel';
import { correctedIn } from './concerns.js';

/** An event as auditors see it: everything but anybody's words. Clinicians see the reason too, of a psychotherapy note its author only. */
export type ShownEvent = Omit<Recorded, 'practiceId' | 'data'> & {
  data: Readonly<Record<string, unknown>>;
  /** names of the members of `data` that are left out, and `reason` where that is */
  withheld: string[];
  late: boolean;
  correctsEventId?: string;
  /** id of the event that corrects this one */
  correctedBy?: string;
};

export interface Marks {
  /** the fields the event's type declares as personal */
  personal: readonly string[];
  /** whether who looks may read clinical text: a reason is free text and can hold some */
  clinical: boolean;
  late: boolean;
  correctedBy?: string;
}

/** Leaves out personal fields and names them, so that nobody takes what is shown for the whole. */
export function shown(event: Recorded, { personal, clinical, late, correctedBy }: Marks): ShownEvent {
  const { practiceId: _, data, reason, ...envelope } = event;
  const hidesReason = reason !== undefined && !clinical;
  const members = Object.entries(data);
  const correctsEventId = correctedIn(event);
  return {
    ...envelope,
    ...(reason !== undefined && clinical ? { reason } : {}),
    data: Object.fromEntries(members.filter(([name]) => !personal.includes(name))),
    withheld: [
      // Of what was erased only the declaration tells which fields there may have been.
      ...(event.erased ? personal : members.map(([name]) => name).filter((name) => personal.includes(name))),
      ...(hidesReason ? ['reason'] : []),
    ],
    late,
    ...(correctsEventId ? { correctsEventId } : {}),
    ...(correctedBy ? { correctedBy } : {}),
  };
}
