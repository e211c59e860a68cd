import { document } from '#libs/consent';
import { commandFor } from '#libs/event-store';
import { practice, staff, WEEKDAYS } from '#libs/practice';
import { stance } from '#libs/stance';
import { ChangeStaff, NameRoom, RegisterPractice } from '../commands.js';
import type { DaysAgo } from '../calendar.js';
import type { DocumentHistory } from '../documents.js';
import {
  actor,
  OPERATOR,
  roomIdOf,
  staffIdOf,
  type StaffKey,
  type TherapistKey,
  type Trainee,
} from '../practices.js';
import { Story, type Step } from '../script.js';
import type { StanceHistory } from '../stances.js';
import type { World } from '../world.js';

/** The practice opens, takes its people on, and says how it works. */
export function practiceOpens(world: World, steps: Step[]): void {
  const { house, practiceId, calendar } = world;
  const story = new Story(`${house.key}/practice`, practiceId, calendar, steps).on(house.opened, '08:00');
  const { name, zone, locale, jurisdiction, rulePack, ownerName } = house;
  const details = {
    name,
    zone,
    locale,
    ...(jurisdiction ? { jurisdiction } : {}),
    rulePack,
    demo: true,
    owner: { name: ownerName },
  };
  story.enter(
    { what: 'registers', id: practiceId, by: OPERATOR, creates: true },
    (meta) => new RegisterPractice(meta, details),
  );

  const owner = actor(house.key, 'owner');
  for (const [key, member] of Object.entries(house.staff)) {
    const id = staffIdOf(house.key, key as StaffKey);
    story.enter({ what: `takes on ${key}`, id, by: owner, creates: true }, (meta) =>
      commandFor(staff, meta, { type: 'RegisterStaff', ...member }),
    );
  }
  if (house.key === 'juniper')
    story.enter({ what: 'asks for longer notice', id: practiceId, by: owner }, (meta) =>
      commandFor(practice, meta, { type: 'SetPolicy', policy: { lateCancelHours: 48 } }),
    );
  for (const name of new Set(Object.values(house.rooms)))
    story.enter(
      {
        what: `has the ${name}`,
        id: roomIdOf(house.key, name),
        by: actor(house.key, 'coordinator'),
        creates: true,
      },
      (meta) => new NameRoom(meta, { type: 'RegisterRoom', name }),
    );
  for (const [key, { away }] of Object.entries(house.hours))
    keepsTime(world, key as TherapistKey, away, steps);
  for (const therapist of house.supervised) {
    const supervised = new Story(`${house.key}/supervision of ${therapist}`, practiceId, calendar, steps);
    isSupervised(supervised.on(house.opened - 1, '09:40'), world, therapist);
  }
  if (house.trainee) traineeBegins(world, house.trainee, steps);
  for (const history of house.documents) documentIsPublished(world, history, steps);
  for (const history of house.stances) stanceIsPublished(world, history, steps);
}

/** Is taken on, recorded as a trainee and put under the supervisor. */
function traineeBegins(world: World, { key, begins, ...member }: Trainee, steps: Step[]): void {
  const { house, practiceId, calendar } = world;
  const story = new Story(`${house.key}/trainee ${key}`, practiceId, calendar, steps).on(begins, '09:00');
  const id = staffIdOf(house.key, key);
  const by = actor(house.key, 'owner');
  story.enter({ what: 'is taken on', id, by, creates: true }, (meta) =>
    commandFor(staff, meta, { type: 'RegisterStaff', ...member }),
  );
  const credential = {
    kind: 'trainee',
    title: 'Training in psychotherapy, third year',
    issuer: 'Institute of the invented county',
    validFrom: calendar.dateOf(begins),
  } as const;
  story.enter(
    { what: 'is in training', id, by },
    (meta) => new ChangeStaff(meta, { type: 'RecordCredential', ...credential }),
  );
  isSupervised(story, world, key);
}

function isSupervised(story: Story, { house, staffId }: World, therapist: TherapistKey): void {
  const supervisorId = staffIdOf(house.key, 'supervisor');
  story.enter(
    { what: 'is supervised', id: staffId(therapist), by: actor(house.key, 'owner') },
    (meta) => new ChangeStaff(meta, { type: 'AssignSupervisor', supervisorId }),
  );
}

/** Says from when to when they work, and when they will be away. */
function keepsTime(
  { house, practiceId, calendar }: World,
  therapist: TherapistKey,
  away: DaysAgo | undefined,
  steps: Step[],
): void {
  const story = new Story(`${house.key}/time of ${therapist}`, practiceId, calendar, steps);
  const id = staffIdOf(house.key, therapist);
  const by = actor(house.key, therapist);
  const weekly = WEEKDAYS.slice(0, 5).map((weekday) => ({ weekday, from: '08:30', to: '19:00' }));
  story
    .on(house.opened - 1, '09:10')
    .enter({ what: 'has working hours', id, by }, (meta) =>
      commandFor(staff, meta, { type: 'SetAvailability', weekly }),
    );
  if (away === undefined) return;
  const absence = { from: calendar.dateOf(away), to: calendar.dateOf(away - 6) };
  story
    .on(calendar.workday(16), '12:45')
    .enter({ what: 'will be away', id, by }, (meta) =>
      commandFor(staff, meta, { type: 'RecordAbsence', ...absence }),
    );
}

/** Drafted by the coordinator, published by the owner; every later version the same way. */
function documentIsPublished(
  world: World,
  { key, kind, title, elements, versions }: DocumentHistory,
  steps: Step[],
): void {
  const { house, practiceId, calendar } = world;
  const story = new Story(`${house.key}/document ${key}`, practiceId, calendar, steps);
  const id = world.documentId(key);
  const coordinator = actor(house.key, 'coordinator');
  versions.forEach(({ published: { ago, time }, text, materiality }, index) => {
    story.on(ago, time).later(-6);
    if (index === 0)
      story.enter({ what: 'is drafted', id, by: coordinator, creates: true }, (meta) =>
        commandFor(document, meta, { type: 'DraftDocument', kind, title, locale: 'en', text, elements }),
      );
    else
      story.enter({ what: 'is revised', id, by: coordinator }, (meta) =>
        commandFor(document, meta, { type: 'ReviseDocument', text }),
      );
    story.on(ago, time);
    story.enter({ what: 'is published', id, by: actor(house.key, 'owner') }, (meta) =>
      commandFor(document, meta, { type: 'PublishDocument', materiality }),
    );
  });
}

/** Therapists write and publish their own. */
function stanceIsPublished(
  world: World,
  { therapist, setting, locale, versions, draft }: StanceHistory,
  steps: Step[],
): void {
  const { house, practiceId, calendar } = world;
  const story = new Story(`${house.key}/stance ${therapist} ${setting}`, practiceId, calendar, steps);
  const therapistId = staffIdOf(house.key, therapist);
  const id = world.stanceId(therapist, setting === 'unit' ? 'couple' : 'individual');
  const by = actor(house.key, therapist);
  versions.forEach(
    ({ published: { ago, time }, dimensions, ownWords, materiality, changeSummary }, index) => {
      story.on(ago, time).later(-20);
      if (index === 0)
        story.enter({ what: 'is drafted', id, by, creates: true }, (meta) =>
          commandFor(stance, meta, {
            type: 'DraftStance',
            therapistId,
            setting,
            locale,
            dimensions,
            ownWords,
          }),
        );
      else
        story.enter({ what: 'is revised', id, by }, (meta) =>
          commandFor(stance, meta, { type: 'ReviseStance', dimensions, ownWords }),
        );
      story.on(ago, time);
      story.enter({ what: 'is published', id, by }, (meta) =>
        commandFor(stance, meta, {
          type: 'PublishStance',
          materiality,
          ...(changeSummary ? { changeSummary } : {}),
        }),
      );
    },
  );
  if (!draft) return;
  story.on(draft.begun.ago, draft.begun.time);
  story.enter({ what: 'is being rewritten', id, by }, (meta) =>
    commandFor(stance, meta, { type: 'ReviseStance', ownWords: draft.ownWords }),
  );
}
