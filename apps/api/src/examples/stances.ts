import { EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL } from '#libs/stance';
import type { Example } from './example.js';
import { STAFF, STANCE } from './names.js';

/** How a therapist stands towards clients: drafted, published as a text that clients read, changed in the open. */
export const STANCES: readonly Example[] = [
  {
    title: 'How a therapist stands towards one client, dimension by dimension',
    operation: 'POST /v1/stances',
    as: 'therapist',
    at: '2026-01-06T08:00:00.000Z',
    body: { therapistId: STAFF.therapist, locale: 'en', dimensions: EXAMPLE_FOR_ONE },
  },
  {
    title: 'The stance is published: from now on clients read it',
    operation: 'POST /v1/stances/{id}/publish',
    as: 'therapist',
    path: { id: STANCE.towardsOne },
    body: {},
  },
  {
    title: 'The trainee takes his first steps with the same stance',
    operation: 'POST /v1/stances',
    as: 'trainee',
    body: { therapistId: STAFF.trainee, locale: 'en', dimensions: EXAMPLE_FOR_ONE },
  },
  {
    title: 'The trainee publishes it',
    operation: 'POST /v1/stances/{id}/publish',
    as: 'trainee',
    path: { id: STANCE.ofTrainee },
    body: {},
  },
  {
    title: 'How she stands towards several people at once is a stance of its own',
    operation: 'POST /v1/stances',
    as: 'therapist',
    body: {
      therapistId: STAFF.therapist,
      locale: 'en',
      dimensions: { ...EXAMPLE_FOR_SEVERAL, challenge: { willingness: 'rarely', style: 'questions' } },
    },
  },
  {
    title: 'It is published, too',
    operation: 'POST /v1/stances/{id}/publish',
    as: 'therapist',
    path: { id: STANCE.towardsSeveral },
    body: {},
  },
  {
    title: 'The therapist has come to challenge more, and says it in her own words',
    operation: 'POST /v1/stances/{id}/revise',
    as: 'therapist',
    path: { id: STANCE.towardsSeveral },
    body: {
      dimensions: EXAMPLE_FOR_SEVERAL,
      ownWords: { challenge: 'I will ask what neither of you wants to say.' },
    },
  },
  {
    title: 'A changed value is a material change: whoever acknowledged the old text is asked again',
    operation: 'POST /v1/stances/{id}/publish',
    as: 'therapist',
    path: { id: STANCE.towardsSeveral },
    body: { materiality: 'material', changeSummary: 'I challenge more than I did.' },
  },
  {
    title: 'What changed between two versions of a stance, in plain words',
    operation: 'GET /v1/stances/{id}/diff',
    as: 'coordinator',
    path: { id: STANCE.towardsSeveral },
    query: { from: 1, to: 2 },
  },
  {
    title: 'The statement of an old version, word for word as clients read it',
    operation: 'GET /v1/stances/{id}/versions/{versionNo}',
    as: 'coordinator',
    path: { id: STANCE.towardsSeveral, versionNo: 1 },
    accept: 'text/plain',
  },
  {
    title: 'The therapist sees individuals only from now on: the stance towards several is retired',
    operation: 'POST /v1/stances/{id}/retire',
    as: 'therapist',
    path: { id: STANCE.towardsSeveral },
    body: {},
  },
  {
    title: 'Who is on the client’s side and will challenge',
    operation: 'GET /v1/stances',
    as: 'coordinator',
    query: { partiality: 'partial_to_client', challenge: 'will_challenge' },
  },
  {
    title: 'One stance with its versions',
    operation: 'GET /v1/stances/{id}',
    as: 'coordinator',
    path: { id: STANCE.towardsOne },
  },
];
