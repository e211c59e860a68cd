import { consentIdOf, type Purpose } from '#libs/consent';
import type { UnitKind } from '#libs/client';
import { dayOfAge, deriveId, localDate, type Actor, type LocalDate } from '#libs/kernel';
import type { Format } from '#libs/practice';
import { relationshipIdOf } from '#libs/relationship';
import type { DaysAgo } from './calendar.js';
import type { Person } from './people.js';
import { actor, type StaffKey, type TherapistKey } from './practices.js';
import { Story, type Step } from './script.js';
import type { World } from './world.js';

/** When the two meet: the same weekday (Monday is 1) and hour every time. */
export interface Slot {
  readonly weekday: number;
  readonly time: string;
}

/** Somebody who decides for a client; `id` is the same wherever they do. */
export interface Guardian {
  readonly id: string;
  readonly name: string;
}

export interface Treated extends Person {
  readonly id: string;
  readonly bornOn: LocalDate;
}

/** One relationship in the making: who, with whom, when and how. Its story is told by the functions in stories/. */
export class Case {
  readonly story: Story;
  /** those who are treated together by now */
  members: readonly Treated[];
  readonly inquiryId: string;
  readonly unitId: string;
  readonly relationshipId: string;
  sessions = 0;
  /** the session that was held last */
  held = '';
  /** sessions held since the client was last asked how the two get on */
  unasked = 0;
  /** how often it was time to ask */
  timesDue = 0;
  /** somebody sends them */
  mandated = false;
  /** those who decide for somebody, by an order or certificate on record */
  readonly guardians = new Map<Treated, readonly Guardian[]>();
  /** the texts on the table, by consent */
  readonly offered = new Map<string, string>();

  constructor(
    readonly world: World,
    /** told from the first inquiry on; also what makes small things differ from case to case */
    readonly number: number,
    readonly unitKind: UnitKind,
    people: readonly Person[],
    /** changes when another one takes over, as does the format */
    public therapist: TherapistKey,
    public format: Format,
    readonly slot: Slot,
    steps: Step[],
  ) {
    const { house, practiceId, calendar } = world;
    const key = people.map((person) => person.key).join(' and ');
    this.story = new Story(`${house.key}/${key}`, practiceId, calendar, steps);
    this.members = people.map((person) => treated(person, calendar.today));
    this.inquiryId = deriveId('demo', 'inquiry', key);
    this.unitId = deriveId('demo', 'unit', key);
    this.relationshipId = relationshipIdOf(practiceId, this.inquiryId);
  }

  by = (member: StaffKey): Actor => actor(this.world.house.key, member);

  get byTherapist(): Actor {
    return this.by(this.therapist);
  }

  get therapistId(): string {
    return this.world.staffId(this.therapist);
  }

  get first(): Treated {
    return this.members[0]!;
  }

  get remote(): boolean {
    return this.format !== 'in_person';
  }

  consentId = ({ id }: Treated, purpose: Purpose): string =>
    consentIdOf(this.world.practiceId, this.relationshipId, id, purpose);

  /** Whether a guardian still decides for somebody, on the day the story has come to. */
  isMinor = ({ bornOn }: Treated): boolean =>
    localDate(this.story.moment, this.world.house.zone) < dayOfAge(bornOn, 18);

  /** Whether somebody else decides for them: a guardian, or a legal representative of an adult. */
  isDecidedFor = (member: Treated): boolean => this.isMinor(member) || this.guardians.has(member);

  /** The first appointment from a day on. */
  visit(from: DaysAgo): this {
    this.story.on(this.world.calendar.next(this.slot.weekday, from), this.slot.time);
    return this;
  }
}

export const treated = (person: Person, today: LocalDate): Treated => ({
  ...person,
  id: clientIdOf(person.key),
  bornOn: bornOn(person, today),
});

export const clientIdOf = (personKey: string): string => deriveId('demo', 'client', personKey);

/** Most have a birthday; two come of age around the day of the load, whenever that is. */
function bornOn({ born }: Person, today: LocalDate): LocalDate {
  if (typeof born === 'string') return born;
  const comesOfAge = shiftDays(today, -born.comesOfAge);
  const year = Number(comesOfAge.slice(0, 4)) - 18;
  // somebody who comes of age on 29 February was born on one, 18 years before being no leap year: 1 March then
  const day = comesOfAge.slice(5) === '02-29' ? '03-01' : comesOfAge.slice(5);
  return `${year}-${day}`;
}

const shiftDays = (date: LocalDate, days: number): LocalDate =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
