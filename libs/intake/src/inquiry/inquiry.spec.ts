import { describe, expect, it } from 'vitest';
import { forDecider, THING } from '../../../../test/support/decider-kit.js';
import { EXAMPLE_FOR_ONE } from '#libs/stance';
import { inquiry } from './inquiry.js';
import type { Candidate } from './matching.js';
import type { Redirection, Screening } from './screening.js';
import type { InquiryEvent, Received } from './situation.js';

const receive = (more: Partial<Received> = {}) =>
  ({ type: 'ReceiveInquiry', channel: 'phone', preferences: {}, dataNoticeGiven: true, ...more }) as const;
const received = (more: Partial<Received> = {}) => {
  const { type: _, ...data } = receive(more);
  return { type: 'InquiryReceived', data } as const;
};
const screened = (more: Partial<Screening> = {}) =>
  ({ type: 'InquiryScreened', data: { risk: 'none', suitable: true, ...more } }) as const;
const screen = (more: Partial<Screening> = {}) =>
  ({ type: 'ScreenInquiry', risk: 'none', suitable: true, ...more }) as const;

const fit = { therapistId: 'thea', reasons: ['Speaks Polish.'] };
const candidate: Candidate = {
  therapistId: 'thea',
  name: 'Thea Lind',
  isTherapist: true,
  active: true,
  languages: ['en'],
  stance: EXAMPLE_FOR_ONE,
  treatsRelative: false,
  treatsNamed: false,
};
const match = { type: 'MatchTherapist', ...fit, candidate } as const;
const matchWith = (more: Partial<Candidate>) => ({ ...match, candidate: { ...candidate, ...more } });
const offer = { type: 'OfferInquiry', therapistId: 'thea' } as const;
const accept = { type: 'AcceptInquiry', clientId: 'cleo', therapistId: 'thea', candidate } as const;
const no = { reasonCode: 'no_capacity', nextStep: 'Ask at the Rosenhof', by: 'practice' } as const;
const decline = { type: 'DeclineInquiry', ...no } as const;
const elsewhere = { to: 'Dr. Osei', reasonCode: 'needs_inpatient_care', handedOver: ['a letter'] };
const refer = { type: 'ReferInquiry', ...elsewhere } as const;
const back = { channel: 'phone', words: 'I found somebody near home.' } as const;
const withdraw = { type: 'WithdrawInquiry', ...back } as const;
const sentOn: Redirection = {
  risk: 'urgent',
  to: 'the crisis service',
  told: ['the crisis service'],
  nextStep: 'Thea calls on Monday.',
};
const redirect = { type: 'RedirectInquiryUrgently', ...sentOn } as const;
const wait = {
  type: 'WaitlistInquiry',
  reasonCode: 'no_capacity',
  checkInEveryDays: 14,
  zone: 'Europe/Berlin',
} as const;
const checkIn = { type: 'RecordCheckIn', stillWaiting: true, zone: 'Europe/Berlin' } as const;

const matched = { type: 'TherapistMatched', data: fit } as const;
const offered = { type: 'InquiryOffered', data: { therapistId: 'thea' } } as const;
const accepted = { type: 'InquiryAccepted', data: { clientId: 'cleo', therapistId: 'thea' } } as const;
const redirected = { type: 'InquiryRedirectedUrgently', data: sentOn } as const;
const waitlisted = {
  type: 'InquiryWaitlisted',
  data: { reasonCode: 'no_capacity', checkInEveryDays: 14, nextCheckInOn: '2026-06-29' },
} as const;
const referred = { type: 'InquiryReferred', data: elsewhere } as const;
const withdrawn = { type: 'InquiryWithdrawn', data: back } as const;
const declined = { type: 'InquiryDeclined', data: no } as const;
const { given } = forDecider(inquiry);

describe('inquiry', () => {
  it('goes from received over screened, matched and offered to accepted', () => {
    given().when(receive()).then(received());
    given(received()).when(screen()).then(screened());
    given(received(), screened()).when(match).then(matched);
    given(received(), screened(), matched).when(offer).then(offered);
    given(received(), screened(), matched, offered).when(accept).then(accepted);
  });

  it('a step out of order is told which step comes first', () => {
    given(received()).when(match).thenRefused('screen_first');
    given(received()).when(offer).thenRefused('screen_first');
    given(received()).when(accept).thenRefused('screen_first');
    given(received()).when(wait).thenRefused('screen_first');
    given(received(), screened()).when(offer).thenRefused('match_first');
    given(received(), screened()).when(accept).thenRefused('match_first');
    given(received(), screened(), matched).when(accept).thenRefused('offer_first');
  });

  it('an inquiry nobody received takes no further step', () => {
    for (const step of [screen(), redirect, wait, checkIn, match, offer, accept, decline, refer, withdraw])
      given().when(step).thenRefused(); // missing
    given(received())
      .when(receive({ channel: 'web' }))
      .thenRefused('already_received');
  });

  it('collecting clinical detail before the data notice is refused', () => {
    given()
      .when(receive({ dataNoticeGiven: false, concern: 'panic' }))
      .thenRefused('data_notice_first');
    given()
      .when(receive({ dataNoticeGiven: false }))
      .then(received({ dataNoticeGiven: false }));
    const unnoticed = given(received({ dataNoticeGiven: false }));
    unnoticed.when(screen({ summary: 'panic since May' })).thenRefused('data_notice_first');
    unnoticed.when(screen()).then(screened());
    const noticedNow = { summary: 'panic since May', dataNoticeGiven: true };
    unnoticed.when(screen(noticedNow)).then(screened(noticedNow));
    given(received({ dataNoticeGiven: false }), screened({ dataNoticeGiven: true }))
      .when(screen({ summary: 'panic since May' }))
      .then(screened({ summary: 'panic since May' }));
  });

  it("accepting with an open raised or urgent risk and no clinician's review is refused", () => {
    for (const risk of ['raised', 'urgent'] as const) {
      given(received(), screened({ risk }), matched, offered).when(accept).thenRefused('risk_not_reviewed');
      const reviewed = screened({ risk, reviewedByClinician: 'thea' });
      given(received(), screened({ risk }), matched, offered, reviewed).when(accept).then(accepted);
    }
  });

  it('a risk that is raised again is open again', () => {
    const reviewed = screened({ risk: 'raised', reviewedByClinician: 'thea' });
    given(received(), reviewed, matched, offered, screened({ risk: 'urgent' }))
      .when(accept)
      .thenRefused('risk_not_reviewed');
  });

  it('screening again without a clinician never closes a risk', () => {
    given(received(), screened({ risk: 'urgent' }), screened(), matched, offered)
      .when(accept)
      .thenRefused('risk_not_reviewed');
  });

  it('only a clinician reviews a risk, and enters the review themself', () => {
    const review = { risk: 'raised', reviewedByClinician: 'thea' } as const;
    const byThea = { actor: { id: 'thea', role: 'therapist' } };
    const byCora = { actor: { id: 'cora', role: 'coordinator' } };
    given(received()).when(screen(review), byThea).thenRefused('reviewer_not_clinician');
    const ofClinician = { ...screen(review), reviewerIsClinician: true };
    given(received()).when(ofClinician, byCora).thenRefused('reviewer_not_clinician');
    given(received()).when(ofClinician, byThea).then(screened(review));
  });

  it('who was screened as not suitable is neither matched, offered nor accepted', () => {
    const unsuitable = screened({ suitable: false });
    given(received(), unsuitable).when(match).thenRefused('screened_unsuitable');
    given(received(), screened(), matched, unsuitable).when(offer).thenRefused('screened_unsuitable');
    given(received(), screened(), matched, offered, unsuitable)
      .when(accept)
      .thenRefused('screened_unsuitable');
  });

  it("matching to a therapist whose stance or format the client excluded is refused, unless in the client's own words", () => {
    const excluding = received({
      preferences: {
        excludedTherapistIds: ['thea'],
        excludedStance: [{ dimension: 'challenge', value: 'gentle' }],
        excludedFormats: ['video'],
      },
    });
    const byVideo = { ...match, format: 'video' } as const;
    const all = ['therapist_excluded', 'stance_excluded', 'format_excluded'];
    given(excluding, screened())
      .when(byVideo)
      .thenRefused(...all);
    given(excluding, screened())
      .when({ ...byVideo, inClientsOwnWords: ' ' })
      .thenRefused(...all);
    const inClientsOwnWords = 'I met her since, I would like to try.';
    given(excluding, screened())
      .when({ ...byVideo, inClientsOwnWords })
      .then({
        type: 'TherapistMatched',
        data: {
          ...fit,
          format: 'video',
          inClientsOwnWords,
          conflicts: [
            { code: 'therapist_excluded', detail: expect.any(String) },
            { code: 'stance_excluded', detail: expect.stringContaining('“gentle”') },
            { code: 'format_excluded', detail: expect.stringContaining('video') },
          ],
        },
      });
  });

  it('a wish that is not met stands in nobody’s way', () => {
    given(received({ preferences: { stance: [{ dimension: 'challenge', value: 'rarely' }] } }), screened())
      .when(match)
      .then(matched);
  });

  it('matching to a therapist with a known conflict is refused, whatever the client says', () => {
    const inClientsOwnWords = 'I do not mind.';
    for (const [fact, code] of [
      [{ isTherapist: false }, 'not_a_therapist'],
      [{ active: false }, 'therapist_deactivated'],
      [{ stance: undefined }, 'stance_not_published'],
      [{ treatsRelative: true }, 'treats_family_member'],
      [{ treatsNamed: true }, 'treats_person_named'],
    ] as const) {
      given(received(), screened()).when(matchWith(fact)).thenRefused(code);
      given(received(), screened())
        .when({ ...matchWith(fact), inClientsOwnWords })
        .thenRefused(code);
    }
    given(received(), screened())
      .when({ ...matchWith({ formats: ['in_person'] }), format: 'video' })
      .thenRefused('format_not_offered');
  });

  it('matching lists every conflict it finds', () => {
    const picky = received({
      preferences: {
        format: 'video',
        excludedTherapistIds: ['thea'],
        excludedStance: [
          { dimension: 'challenge', value: 'gentle' },
          { dimension: 'selfDisclosure', value: 'rare_for_client_benefit' },
        ],
        excludedFormats: ['video'],
      },
    });
    given(picky, screened({ suitable: false }))
      .when(
        matchWith({
          isTherapist: false,
          active: false,
          formats: ['in_person'],
          treatsRelative: true,
          treatsNamed: true,
        }),
      )
      .thenRefused(
        'screened_unsuitable',
        'therapist_excluded',
        'stance_excluded',
        'stance_excluded',
        'format_excluded',
        'not_a_therapist',
        'therapist_deactivated',
        'format_not_offered',
        'treats_family_member',
        'treats_person_named',
      );
  });

  it('nor is somebody accepted for a therapist who by now states what the client excluded, until they were asked', () => {
    const preferences = {
      excludedStance: [{ dimension: 'challenge', value: 'gentle' }],
    } satisfies Received['preferences'];
    const past = [received({ preferences }), screened(), matched, offered] as const;
    given(...past)
      .when(accept)
      .thenRefused('stance_excluded');
    const words = 'If it is her, gentle is fine.';
    const conflict = {
      code: 'stance_excluded',
      detail: 'The client excluded challenge “gentle”, and that is what the therapist states.',
    };
    const again: InquiryEvent = {
      type: 'TherapistMatched',
      data: { ...fit, inClientsOwnWords: words, conflicts: [conflict] },
    };
    given(...past)
      .when({ ...match, inClientsOwnWords: words })
      .then(again);
    given(...past, again, offered)
      .when(accept)
      .then(accepted);
  });

  it('a conflict that is known only once the client is known is refused at acceptance', () => {
    given(received(), screened(), matched, offered)
      .when({ ...accept, candidate: { ...candidate, treatsRelative: true } })
      .thenRefused('treats_family_member');
  });

  it('matching another therapist drops the offer made before', () => {
    const other = { therapistId: 'theo', reasons: [] };
    const rematched = { type: 'TherapistMatched', data: other } as const;
    given(received(), screened(), matched, offered)
      .when({ ...match, ...other })
      .then(rematched);
    given(received(), screened(), matched)
      .when({ ...match, format: 'phone' })
      .then({ type: 'TherapistMatched', data: { ...fit, format: 'phone' } });
    const past = given(received(), screened(), matched, offered, rematched);
    past.when(accept).thenRefused('offer_first');
    past.when(offer).thenRefused('not_the_matched_therapist');
    expect(past.state).not.toHaveProperty('offer');
  });

  it('another first slot is a new offer', () => {
    const firstSlot = '2026-06-20T08:00:00.000Z';
    given(received(), screened(), matched, offered)
      .when({ ...offer, firstSlot })
      .then({ type: 'InquiryOffered', data: { therapistId: 'thea', firstSlot } });
  });

  it('only the therapist offered and the client who asked can be accepted', () => {
    const past = given(received({ clientId: 'cleo' }), screened(), matched, offered);
    past.when({ ...accept, therapistId: 'theo' }).thenRefused('not_the_offered_therapist');
    past.when({ ...accept, clientId: 'carl' }).thenRefused('not_the_inquiring_client');
    past.when(accept).then(accepted);
  });

  it('declining without a reason code and a next step is refused', () => {
    given(received())
      .when({ ...decline, reasonCode: ' ' })
      .thenRefused('reason_code_missing');
    given(received())
      .when({ ...decline, nextStep: ' ' })
      .thenRefused('next_step_missing');
    given(received())
      .when({ ...decline, reasonCode: '', nextStep: '' })
      .thenRefused('reason_code_missing', 'next_step_missing');
  });

  it('every open inquiry can be declined, referred or withdrawn', () => {
    const open = [
      [received()],
      [received(), screened()],
      [received(), redirected],
      [received(), screened(), waitlisted],
      [received(), screened(), matched],
      [received(), screened(), matched, offered],
    ];
    for (const past of open) {
      given(...past)
        .when(decline)
        .then(declined);
      given(...past)
        .when(refer)
        .then(referred);
      given(...past)
        .when(withdraw)
        .then(withdrawn);
    }
  });

  it('referring without saying to whom and why is refused', () => {
    given(received())
      .when({ ...refer, to: ' ', reasonCode: '' })
      .thenRefused('referred_to_missing', 'reason_code_missing');
    given(received())
      .when({ ...refer, handedOver: [] })
      .then({ type: 'InquiryReferred', data: { ...elsewhere, handedOver: [] } });
  });

  it('who asked takes it back without giving a reason', () => {
    given(received())
      .when({ type: 'WithdrawInquiry', channel: 'email' })
      .then({ type: 'InquiryWithdrawn', data: { channel: 'email' } });
  });

  it('a closed inquiry cannot be reopened: a linked one is started', () => {
    const ends = [
      given(received(), declined),
      given(received(), referred),
      given(received(), withdrawn),
      given(received(), screened(), matched, offered, accepted),
    ];
    for (const past of ends)
      for (const step of [
        screen(),
        redirect,
        wait,
        checkIn,
        match,
        offer,
        { ...accept, clientId: 'carl' },
        { ...decline, reasonCode: 'other' },
        { ...refer, to: 'somebody else' },
        { ...withdraw, channel: 'web' as const },
      ])
        past.when(step).thenRefused('inquiry_closed');
    const second = receive({ linkedInquiryId: 'first' });
    given()
      .when({ ...second, linked: { closed: true } })
      .then(received({ linkedInquiryId: 'first' }));
    given().when(second).thenRefused(); // missing
  });

  it('an inquiry is linked only to one that is closed', () => {
    given()
      .when({ ...receive({ linkedInquiryId: 'first' }), linked: { closed: false } })
      .thenRefused('linked_inquiry_open');
  });

  it('an inquiry concerns its client as soon as there is one, and itself until then', () => {
    expect(inquiry.subjects(inquiry.initial)).toEqual([]);
    expect(inquiry.subjects(given(received()).state)).toEqual([THING]);
    expect(inquiry.subjects(given(received(), withdrawn).state)).toEqual([THING]);
    expect(inquiry.subjects(given(received({ clientId: 'cleo' })).state)).toEqual(['cleo']);
    const end = [screened(), matched, offered, accepted];
    expect(inquiry.subjects(given(received(), ...end).state)).toEqual(['cleo', THING]);
    expect(inquiry.subjects(given(received({ clientId: 'cleo' }), ...end).state)).toEqual(['cleo']);
  });

  it('what the client and others said, and who was told or named, is sealed', () => {
    const sealed = Object.entries(inquiry.events).flatMap(([type, { personal }]) =>
      personal.map((name) => `${type}.${name}`),
    );
    expect(sealed).toEqual([
      'InquiryReceived.concern',
      'InquiryReceived.conflictsWith',
      'InquiryScreened.summary',
      'InquiryRedirectedUrgently.to',
      'InquiryRedirectedUrgently.told',
      'InquiryRedirectedUrgently.nextStep',
      'InquiryRedirectedUrgently.summary',
      'WaitlistCheckInRecorded.words',
      'TherapistMatched.reasons',
      'TherapistMatched.inClientsOwnWords',
      'InquiryDeclined.nextStep',
      'InquiryReferred.to',
      'InquiryReferred.handedOver',
      'InquiryWithdrawn.words',
    ]);
  });

  it('events out of order, or of an unknown type, never pass silently', () => {
    expect(() => given(screened())).toThrow('out of order');
    expect(() => given(received(), offered)).toThrow('out of order');
    expect(() => given(received(), screened(), offered)).toThrow('out of order');
    expect(() => given(received(), screened(), matched, accepted)).toThrow('out of order');
    expect(() => given(received(), declined, declined)).toThrow('out of order');
    expect(() => given(received(), { type: 'InquirySold', data: {} } as never)).toThrow('InquirySold');
  });
});

describe('an urgent redirection', () => {
  it('says where to, who was told and what happens next, from any open situation', () => {
    for (const past of [
      [received()],
      [received(), screened()],
      [received(), screened(), waitlisted],
      [received(), screened(), matched, offered],
    ])
      given(...past)
        .when(redirect)
        .then(redirected);
    given(received())
      .when({ ...redirect, to: ' ', told: [], nextStep: '' })
      .thenRefused('redirected_to_missing', 'told_missing', 'next_step_missing');
  });

  it('takes no clinical detail before the data notice either', () => {
    given(received({ dataNoticeGiven: false }))
      .when({ ...redirect, summary: 'has a plan' })
      .thenRefused('data_notice_first');
    given(received({ dataNoticeGiven: false }))
      .when(redirect)
      .then(redirected);
  });

  it('stops everything else until a clinician has screened again', () => {
    const byThea = { actor: { id: 'thea', role: 'therapist' } };
    const past = given(received(), screened(), matched, redirected);
    for (const step of [wait, checkIn, match, offer, accept])
      past.when(step).thenRefused('screen_again_first');
    past.when(screen()).thenRefused('clinician_screens_after_redirection');
    const review = { risk: 'raised', reviewedByClinician: 'thea' } as const;
    past.when({ ...screen(review), reviewerIsClinician: true }, byThea).then(screened(review));
    const reviewed = given(received(), screened(), matched, redirected, screened(review));
    expect(reviewed.state).toMatchObject({ situation: 'screened', openRisk: undefined });
    expect(reviewed.state).not.toHaveProperty('match');
    reviewed.when(match).then(matched);
  });

  it('leaves its risk open', () => {
    const past = given(received(), screened({ risk: 'urgent' }), {
      ...redirected,
      data: { ...sentOn, risk: 'raised' },
    });
    expect(past.state).toMatchObject({ situation: 'redirected_urgent', openRisk: 'urgent' });
    expect(given(received(), redirected).state).toMatchObject({ openRisk: 'urgent' });
  });
});

describe('the waiting list', () => {
  const waiting = [received(), screened(), waitlisted];
  const on = (day: string) => ({ occurredAt: `${day}T09:00:00.000Z` });
  const recorded = (data: object, day = '2026-06-29') =>
    ({ type: 'WaitlistCheckInRecorded', data, ...on(day) }) as never;

  it('waitlisting without a check-in interval is refused', () => {
    for (const checkInEveryDays of [0, 366, 1.5, Number.NaN])
      given(received(), screened())
        .when({ ...wait, checkInEveryDays })
        .thenRefused('check_in_interval_missing');
    given(received(), screened())
      .when({ ...wait, checkInEveryDays: 0, reasonCode: ' ' })
      .thenRefused('reason_code_missing', 'check_in_interval_missing');
    given(received(), screened()).when(wait).then(waitlisted);
  });

  it('the day of the next check-in is one of the practice', () => {
    given(received(), screened())
      .when({ ...wait, checkInEveryDays: 1 }, { occurredAt: '2026-06-15T22:30:00.000Z' })
      .then({
        type: 'InquiryWaitlisted',
        data: { reasonCode: 'no_capacity', checkInEveryDays: 1, nextCheckInOn: '2026-06-17' },
      });
  });

  it('what they ask for meanwhile takes the place of what they asked for at first', () => {
    const preferences = { excludedTherapistIds: ['thea'] };
    const past = given(received(), screened(), {
      ...waitlisted,
      data: { ...waitlisted.data, preferences },
    });
    past.when(match).thenRefused('therapist_excluded');
    given(received({ preferences }), screened(), {
      ...waitlisted,
      data: { ...waitlisted.data, preferences: {} },
    })
      .when(match)
      .then(matched);
  });

  it('a match falls when nobody has a place after all', () => {
    const past = given(received(), screened(), matched, offered, waitlisted);
    expect(past.state).not.toHaveProperty('match');
    past.when(accept).thenRefused('match_first');
    past.when(match).then(matched);
  });

  it('who still waits is asked again after the interval, or when they say', () => {
    given(...waiting)
      .when(checkIn, on('2026-06-29'))
      .then({
        type: 'WaitlistCheckInRecorded',
        data: { stillWaiting: true, nextCheckInOn: '2026-07-13' },
      });
    given(...waiting)
      .when({ ...checkIn, nextCheckInOn: '2026-08-01' }, on('2026-06-29'))
      .then({
        type: 'WaitlistCheckInRecorded',
        data: { stillWaiting: true, nextCheckInOn: '2026-08-01' },
      });
    given(...waiting)
      .when({ ...checkIn, nextCheckInOn: '2026-06-29' }, on('2026-06-29'))
      .thenRefused('next_check_in_not_later');
  });

  it('who no longer waits is neither asked again nor matched, until they wait again', () => {
    const words = 'I found somebody.';
    given(...waiting)
      .when({ ...checkIn, stillWaiting: false, words }, on('2026-06-29'))
      .then({ type: 'WaitlistCheckInRecorded', data: { stillWaiting: false, words } });
    given(...waiting)
      .when({ ...checkIn, stillWaiting: false, nextCheckInOn: '2026-07-13' }, on('2026-06-29'))
      .thenRefused('no_longer_waiting');
    const gone = given(...waiting, recorded({ stillWaiting: false }));
    gone.when(match, on('2026-06-30')).thenRefused('no_longer_waiting');
    gone.when(wait, on('2026-06-30')).then({
      type: 'InquiryWaitlisted',
      data: { ...waitlisted.data, nextCheckInOn: '2026-07-14' },
    });
  });

  it('a check-in is not slipped in below a later one, and needs a waiting list', () => {
    given(...waiting, recorded({ stillWaiting: true, nextCheckInOn: '2026-07-13' }))
      .when(checkIn, on('2026-06-20'))
      .thenRefused('before_last_entry');
    given(...waiting)
      .when(checkIn, on('2026-06-14'))
      .thenRefused('before_last_entry');
    given(received(), screened()).when(checkIn).thenRefused('not_waitlisted');
  });

  it('who was screened as not suitable is not kept waiting', () => {
    given(received(), screened({ suitable: false }))
      .when(wait)
      .thenRefused('screened_unsuitable');
  });
});
