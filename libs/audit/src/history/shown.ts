import type { Recorded } from '#libs/kernel';
import { correctedIn } from './event-index.projection.js';

/** An event as auditors see it: everything but anybody's words. */
export type ShownEvent = Omit<Recorded, 'practiceId' | 'data'> & {
  data: Readonly<Record<string, unknown>>;
  /** names of the members of `data` that are left out */
  withheld: string[];
  late: boolean;
  correctsEventId?: string;
  /** id of the event that corrects this one */
  correctedBy?: string;
};

export interface Marks {
  /** the fields the event's type declares as personal */
  personal: readonly string[];
  late: boolean;
  correctedBy?: string;
}

/** Leaves out personal fields and names them, so that nobody takes what is shown for the whole. */
export function shown(event: Recorded, { personal, late, correctedBy }: Marks): ShownEvent {
  const { practiceId: _, data, ...envelope } = event;
  const members = Object.entries(data);
  const correctsEventId = correctedIn(event);
  return {
    ...envelope,
    data: Object.fromEntries(members.filter(([name]) => !personal.includes(name))),
    withheld: members.map(([name]) => name).filter((name) => personal.includes(name)),
    late,
    ...(correctsEventId ? { correctsEventId } : {}),
    ...(correctedBy ? { correctedBy } : {}),
  };
}
