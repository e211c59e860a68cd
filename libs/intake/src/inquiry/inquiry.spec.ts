import { describe, expect, it } from 'vitest';
import { forDecider } from '../../../../test/support/decider-kit.js';
import { inquiry, type Received, type Screening } from './inquiry.js';

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
const noConflicts = { isActiveTherapist: true, stanceConflicts: [], knownConflicts: [] };
const match = { type: 'MatchTherapist', ...fit, ...noConflicts } as const;
const offer = { type: 'OfferInquiry', therapistId: 'thea' } as const;
const accept = { type: 'AcceptInquiry', clientId: 'cleo', therapistId: 'thea' } as const;
const no = { reasonCode: 'no_capacity', nextStep: 'Ask at the Rosenhof', by: 'practice' } as const;
const decline = { type: 'DeclineInquiry', ...no } as const;

const matched = { type: 'TherapistMatched', data: fit } as const;
const offered = { type: 'InquiryOffered', data: { therapistId: 'thea' } } as const;
const accepted = { type: 'InquiryAccepted', data: { clientId: 'cleo', therapistId: 'thea' } } as const;
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
    given(received(), screened()).when(offer).thenRefused('match_first');
    given(received(), screened()).when(accept).thenRefused('match_first');
    given(received(), screened(), matched).when(accept).thenRefused('offer_first');
  });

  it('an inquiry nobody received takes no further step', () => {
    for (const step of [screen(), match, offer, accept, decline]) given().when(step).thenRefused(); // missing
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

  it("matching to a therapist the client excluded is refused, unless in the client's own words", () => {
    const excluding = received({ preferences: { excludedTherapistIds: ['thea'] } });
    given(excluding, screened()).when(match).thenRefused('therapist_excluded');
    given(excluding, screened())
      .when({ ...match, inClientsOwnWords: ' ' })
      .thenRefused('therapist_excluded');
    const inClientsOwnWords = 'I met her since, I would like to try.';
    given(excluding, screened())
      .when({ ...match, stanceConflicts: ['Challenges often.'], inClientsOwnWords })
      .then({ type: 'TherapistMatched', data: { ...fit, inClientsOwnWords } });
  });

  it('matching to a therapist with a known conflict is refused, whatever the client says', () => {
    given(received(), screened())
      .when({
        ...match,
        knownConflicts: ['A relative is in treatment there.'],
        inClientsOwnWords: 'I do not mind.',
      })
      .thenRefused('known_conflict');
  });

  it('only an active therapist is matched, whatever the client says', () => {
    given(received(), screened())
      .when({ ...match, isActiveTherapist: false, inClientsOwnWords: 'I know her.' })
      .thenRefused('not_an_active_therapist');
  });

  it('matching lists every conflict it finds', () => {
    given(received({ preferences: { excludedTherapistIds: ['thea'] } }), screened())
      .when({
        ...match,
        stanceConflicts: ['Challenges often.', 'No video.'],
        knownConflicts: ['Is a neighbour.'],
      })
      .thenRefused('therapist_excluded', 'stance_conflict', 'stance_conflict', 'known_conflict');
  });

  it('matching another therapist drops the offer made before', () => {
    const other = { therapistId: 'theo', reasons: [] };
    const rematched = { type: 'TherapistMatched', data: other } as const;
    given(received(), screened(), matched, offered)
      .when({ ...match, ...other })
      .then(rematched);
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

  it('every open inquiry can be declined', () => {
    given(received()).when(decline).then(declined);
    given(received(), screened()).when(decline).then(declined);
    given(received(), screened(), matched).when(decline).then(declined);
    given(received(), screened(), matched, offered).when(decline).then(declined);
  });

  it('a closed inquiry cannot be reopened: a linked one is started', () => {
    const ends = [given(received(), declined), given(received(), screened(), matched, offered, accepted)];
    for (const past of ends)
      for (const step of [
        screen(),
        match,
        offer,
        { ...accept, clientId: 'carl' },
        { ...decline, reasonCode: 'other' },
      ])
        past.when(step).thenRefused('inquiry_closed');
    given()
      .when(receive({ linkedInquiryId: 'first' }))
      .then(received({ linkedInquiryId: 'first' }));
  });

  it('an inquiry concerns its client as soon as there is one', () => {
    expect(inquiry.subjects(inquiry.initial)).toEqual([]);
    expect(inquiry.subjects(given(received()).state)).toEqual([]);
    expect(inquiry.subjects(given(received({ clientId: 'cleo' })).state)).toEqual(['cleo']);
    expect(inquiry.subjects(given(received(), screened(), matched, offered, accepted).state)).toEqual([
      'cleo',
    ]);
  });

  it("concern, summary and the client's own words are sealed", () => {
    expect(inquiry.events.InquiryReceived.personal).toEqual(['concern']);
    expect(inquiry.events.InquiryScreened.personal).toEqual(['summary']);
    expect(inquiry.events.TherapistMatched.personal).toEqual(['inClientsOwnWords']);
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
