import { describe, it } from 'vitest';
import { addHours, addMinutes } from '#libs/kernel';
import { forDecider, NOW, STAFF } from '../../../../test/support/decider-kit.js';
import { grant, type GrantCommand, type GrantEvent } from './grant.js';

const CLIENT = '0190aaaa-0000-7000-8000-0000000000c1';
const ELSEWHERE = '0190aaaa-0000-7000-8000-0000000000c2';
const OTHER = '0190aaaa-0000-7000-8000-0000000000d1';
const REASON = { reason: 'She calls from a bridge and her therapist is in the air.' };
const BY_OTHER = { actor: { id: OTHER, role: 'supervisor' } };

const OPEN: Extract<GrantCommand, { type: 'OpenBreakGlass' }> = {
  type: 'OpenBreakGlass',
  clientId: CLIENT,
  reasonCode: 'imminent_harm',
  minutes: 60,
  alsoOpen: [],
};
const about = { staffId: STAFF, clientId: CLIENT };
const opened: GrantEvent = {
  type: 'BreakGlassOpened',
  data: {
    ...about,
    reasonCode: 'imminent_harm',
    minutes: 60,
    until: addMinutes(NOW, 60),
    reviewBy: addHours(NOW, 72),
  },
};
const closed: GrantEvent = { type: 'BreakGlassClosed', data: about };
const review = (words?: string) =>
  ({ type: 'ReviewBreakGlass', finding: words ? 'not_justified' : 'justified', words }) as GrantCommand;
const reviewed: GrantEvent = { type: 'BreakGlassReviewed', data: { ...about, finding: 'justified' } };

describe('Breaking the glass', () => {
  it('opens one client to one person, for a while, with a day by which somebody else looks at it', () =>
    forDecider(grant).given().when(OPEN, REASON).then(opened));

  it('is refused for longer than 120 minutes', () =>
    forDecider(grant)
      .given()
      .when({ ...OPEN, minutes: 121 }, REASON)
      .thenRefused('longer_than_120_minutes'));

  it('lasts 120 minutes at the most', () =>
    forDecider(grant)
      .given()
      .when({ ...OPEN, minutes: 120 }, REASON)
      .then({
        ...opened,
        data: { ...opened.data, minutes: 120, until: addMinutes(NOW, 120) },
      } as GrantEvent));

  it('is refused without a reason that somebody else can judge', () => {
    forDecider(grant).given().when(OPEN).thenRefused('reason_too_short');
    forDecider(grant).given().when(OPEN, { reason: '   need it now      ' }).thenRefused('reason_too_short');
  });

  it('is refused twice at a time for the same person and client', () =>
    forDecider(grant)
      .given()
      .when({ ...OPEN, alsoOpen: [ELSEWHERE] }, REASON)
      .thenRefused('already_open_for_this_client'));

  it('is refused for a time that has passed', () =>
    forDecider(grant)
      .given()
      .when(OPEN, { ...REASON, now: NOW, occurredAt: addMinutes(NOW, -6) })
      .thenRefused('opening_is_past'));

  it('is refused with everything that stands in the way', () =>
    forDecider(grant)
      .given()
      .when({ ...OPEN, minutes: 1000, alsoOpen: [ELSEWHERE] })
      .thenRefused('longer_than_120_minutes', 'reason_too_short', 'already_open_for_this_client'));
});

describe('A grant', () => {
  it('is closed before its time', () =>
    forDecider(grant)
      .given(opened)
      .when({ type: 'CloseBreakGlass' }, { occurredAt: addMinutes(NOW, 10) })
      .then(closed));

  it('is not closed once it has ended by itself', () =>
    forDecider(grant)
      .given(opened)
      .when({ type: 'CloseBreakGlass' }, { occurredAt: addMinutes(NOW, 60) })
      .thenRefused('already_ended'));

  it('is not closed before it was opened', () =>
    forDecider(grant)
      .given(opened)
      .when({ type: 'CloseBreakGlass' }, { occurredAt: addMinutes(NOW, -1) })
      .thenRefused('before_it_was_opened'));
});

describe('Its review', () => {
  it('is somebody else’s, when it has ended', () =>
    forDecider(grant)
      .given(opened)
      .when(review(), { ...BY_OTHER, occurredAt: addMinutes(NOW, 60) })
      .then(reviewed));

  it('is possible as soon as it is closed', () =>
    forDecider(grant)
      .given(opened, { ...closed, occurredAt: addMinutes(NOW, 10) })
      .when(review(), { ...BY_OTHER, occurredAt: addMinutes(NOW, 11) })
      .then(reviewed));

  it('is refused to whoever broke the glass', () =>
    forDecider(grant)
      .given(opened)
      .when(review(), { occurredAt: addMinutes(NOW, 90) })
      .thenRefused('own_grant'));

  it('is refused while it is open', () =>
    forDecider(grant)
      .given(opened)
      .when(review(), { ...BY_OTHER, occurredAt: addMinutes(NOW, 59) })
      .thenRefused('still_open'));

  it('says what was not right', () => {
    const notRight = { type: 'ReviewBreakGlass', finding: 'not_justified' } as const;
    const later = { ...BY_OTHER, occurredAt: addHours(NOW, 100) };
    forDecider(grant).given(opened).when(notRight, later).thenRefused('words_missing');
    const words = 'The therapist was in the next room.';
    forDecider(grant)
      .given(opened)
      .when({ ...notRight, words }, later)
      .then({ type: 'BreakGlassReviewed', data: { ...about, finding: 'not_justified', words } });
  });

  it('happens once', () =>
    forDecider(grant)
      .given(opened, { ...reviewed, occurredAt: addHours(NOW, 2), actorId: OTHER })
      .when(review('Not at all.'), { ...BY_OTHER, occurredAt: addHours(NOW, 3) })
      .thenRefused('already_reviewed'));
});
