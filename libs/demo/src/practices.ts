import { deriveId, type Actor } from '#libs/kernel';
import type { Role } from '#libs/kernel';
import { firstOwnerIdOf, type Format } from '#libs/practice';
import type { DaysAgo } from './calendar.js';
import { JUNIPER_DOCUMENTS, LINDENHOF_DOCUMENTS, type DocumentHistory } from './documents.js';
import { JUNIPER_STANCES, LINDENHOF_STANCES, type StanceHistory } from './stances.js';

/** Everybody and everything here is invented. */
export type HouseKey = 'lindenhof' | 'juniper';
export type TherapistKey = 'jonah' | 'mirela' | 'rafael' | 'ines' | 'tarek' | 'hannah';
export type StaffKey = TherapistKey | 'owner' | 'coordinator' | 'supervisor' | 'auditor';

export interface Member {
  readonly name: string;
  readonly roles: Role[];
  readonly credentials?: string;
  readonly languages: string[];
  readonly formats?: Format[];
}

/** Learns the work under a supervisor, who cosigns. */
export interface Trainee extends Member {
  readonly key: TherapistKey;
  readonly begins: DaysAgo;
}

export interface House {
  readonly key: HouseKey;
  readonly name: string;
  readonly zone: string;
  readonly locale: string;
  readonly jurisdiction?: string;
  readonly rulePack: string;
  /** when it began to work with Candor */
  readonly opened: DaysAgo;
  readonly ownerName: string;
  readonly staff: Readonly<Partial<Record<StaffKey, Member>>>;
  readonly trainee?: Trainee;
  /** those who have finished their training and are supervised all the same, from the first day on */
  readonly supervised: readonly TherapistKey[];
  /** those who keep their working hours here; one is away for the week that begins on `away` */
  readonly hours: Readonly<Partial<Record<TherapistKey, { away?: DaysAgo }>>>;
  /** where each of them works */
  readonly rooms: Readonly<Partial<Record<TherapistKey, string>>>;
  readonly stances: readonly StanceHistory[];
  readonly documents: readonly DocumentHistory[];
}

export const LINDENHOF: House = {
  key: 'lindenhof',
  name: 'Lindenhof Practice (demo, invented)',
  zone: 'Europe/Berlin',
  locale: 'en',
  rulePack: 'generic',
  opened: 560,
  ownerName: 'Thea Lindqvist-Amari (invented)',
  staff: {
    coordinator: { name: 'Paula Nwosu-Brandt', roles: ['coordinator'], languages: ['en', 'de'] },
    jonah: {
      name: 'Jonah Adeyemi-Keller',
      roles: ['therapist'],
      credentials: 'Invented register of psychotherapists, no. D-1001',
      languages: ['en', 'de', 'yo'],
      formats: ['in_person', 'video'],
    },
    mirela: {
      name: 'Mirela Vasquez-Stolz',
      roles: ['therapist'],
      credentials: 'Invented register of psychotherapists, no. D-1002',
      languages: ['en', 'es', 'de'],
      formats: ['in_person', 'video'],
    },
    rafael: {
      name: 'Rafael Okonjo-Winter',
      roles: ['therapist'],
      credentials: 'Invented register of psychotherapists, no. D-1003',
      languages: ['en', 'de', 'fr'],
      formats: ['in_person', 'video'],
    },
    ines: {
      name: 'Ines Haraldsen-Popov',
      roles: ['therapist'],
      credentials: 'Invented register of psychotherapists and couple therapists, no. D-1004',
      languages: ['en', 'de', 'no'],
      formats: ['in_person', 'video'],
    },
    supervisor: {
      name: 'Wilma Castellane-Bode',
      roles: ['supervisor'],
      credentials: 'Invented register of supervisors, no. D-0007',
      languages: ['en', 'de'],
    },
    auditor: { name: 'Okke Fjordmann', roles: ['auditor'], languages: ['en', 'de'] },
  },
  trainee: {
    key: 'tarek',
    begins: 300,
    name: 'Tarek Lindemann-Osei',
    roles: ['therapist'],
    credentials: 'Psychotherapist in training (invented)',
    languages: ['en', 'de', 'ar'],
    formats: ['in_person'],
  },
  supervised: ['jonah'],
  hours: { mirela: { away: -21 }, rafael: {} },
  rooms: {
    jonah: 'Garden room',
    mirela: 'Lime room',
    rafael: 'Attic room',
    ines: 'Long room',
    tarek: 'Corner room',
  },
  stances: LINDENHOF_STANCES,
  documents: LINDENHOF_DOCUMENTS,
};

export const JUNIPER: House = {
  key: 'juniper',
  name: 'Juniper Room (demo, invented)',
  zone: 'America/Denver',
  locale: 'en-US',
  jurisdiction: 'US-CO',
  rulePack: 'us-co',
  opened: 540,
  ownerName: 'Dana Merriwell-Ortega (invented)',
  staff: {
    coordinator: { name: 'Luis Etcheverry-Poole', roles: ['coordinator'], languages: ['en', 'es'] },
    hannah: {
      name: 'Hannah Quillen-Nakata',
      roles: ['therapist'],
      credentials: 'Invented licence, Colorado, no. D-2001',
      languages: ['en', 'ja'],
      formats: ['in_person', 'video'],
    },
    auditor: { name: 'Bea Thornquist', roles: ['auditor'], languages: ['en'] },
  },
  supervised: [],
  hours: {},
  rooms: { hannah: 'The room' },
  stances: JUNIPER_STANCES,
  documents: JUNIPER_DOCUMENTS,
};

export const HOUSES: readonly House[] = [LINDENHOF, JUNIPER];

export const practiceIdOf = (house: HouseKey): string => deriveId('demo', 'practice', house);

/** The owner is registered together with the practice and gets the id that this derives. */
export const staffIdOf = (house: HouseKey, member: StaffKey): string =>
  member === 'owner' ? firstOwnerIdOf(practiceIdOf(house)) : deriveId('demo', 'staff', house, member);

export const roomIdOf = (house: HouseKey, name: string): string => deriveId('demo', 'room', house, name);

const ROLE_OF: Partial<Record<StaffKey, Role>> = {
  owner: 'owner',
  coordinator: 'coordinator',
  supervisor: 'supervisor',
  auditor: 'auditor',
};

export const actor = (house: HouseKey, member: StaffKey): Actor => ({
  id: staffIdOf(house, member),
  role: ROLE_OF[member] ?? 'therapist',
});

/** Whoever runs the platform and registers practices, as the operator's token names them. */
export const OPERATOR: Actor = { id: '00000000-0000-8000-8000-000000000000', role: 'operator' };
