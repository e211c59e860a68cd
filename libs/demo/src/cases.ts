import { Case, type Slot } from './case.js';
import { INES_CASES } from './cases/ines.js';
import { JONAH_CASES } from './cases/jonah.js';
import { JUNIPER_CASES } from './cases/juniper.js';
import { MIRELA_CASES } from './cases/mirela.js';
import { RAFAEL_CASES } from './cases/rafael.js';
import { SEVERAL_CASES } from './cases/several.js';
import { TAREK_CASES } from './cases/tarek.js';
import { THIRD_PARTY_CASES } from './cases/third-parties.js';
import type { Told } from './cases/told.js';
import { personOf } from './people.js';
import type { TherapistKey } from './practices.js';
import type { Step } from './script.js';
import { asksForTherapy } from './stories/intake.js';
import type { World } from './world.js';

/** The client whose status the README's tour looks at. */
export const TOUR_PERSON = 'amara';

const LINDENHOF_CASES: readonly Told[] = [
  ...JONAH_CASES,
  ...MIRELA_CASES,
  ...RAFAEL_CASES,
  ...INES_CASES,
  ...SEVERAL_CASES,
  ...TAREK_CASES,
  ...THIRD_PARTY_CASES,
];

/** Tells every case of a practice. Each therapist's cases get slots of their own in the week. */
export function casesOf(world: World, steps: Step[]): Case[] {
  const told = world.house.key === 'lindenhof' ? LINDENHOF_CASES : JUNIPER_CASES;
  const taken = new Map<TherapistKey, number>();
  return told.map((one, number) => {
    const { who, together = 'couple', with: therapist, inquiry, asking, format = 'in_person', story } = one;
    const nth = taken.get(therapist) ?? 0;
    taken.set(therapist, nth + 1);
    const people = typeof who === 'string' ? [who] : who;
    const unitKind = people.length > 1 ? together : 'individual';
    const aCase = new Case(
      world,
      number,
      unitKind,
      people.map(personOf),
      therapist,
      format,
      slotOf(nth),
      steps,
    );
    asksForTherapy(aCase, inquiry, asking);
    story(aCase, inquiry);
    return aCase;
  });
}

const HOURS = ['09:00', '11:00', '14:00', '16:00'] as const;
const slotOf = (nth: number): Slot => ({
  weekday: 1 + (nth % 5),
  time: HOURS[Math.floor(nth / 5) % HOURS.length]!,
});
