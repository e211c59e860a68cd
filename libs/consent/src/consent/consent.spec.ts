import { describe, expect, it } from 'vitest';
import {
  about,
  stance,
  text,
  facts,
  offered,
  disclosed,
  understood,
  free,
  acknowledged,
  talked,
  given,
  withdrawn,
  give,
  the,
  decided,
} from '../../../../test/support/consent-giving.js';
import { NOW, STAFF } from '../../../../test/support/decider-kit.js';
import { addMinutes } from '#libs/kernel';
import type { Element } from '../rule-pack/elements.js';
import type { ConsentCommand, ConsentEvent, GivingFacts } from './consent.js';

const PARENT = '0190cccc-0000-7000-8000-000000000001';
const cannotDecide: ConsentEvent = {
  type: 'ComprehensionRecorded',
  data: { ...about, method: 'teach_back', understood: true, capacity: { attested: false } },
};
const onRecord = (legalRepresentative = false): NonNullable<GivingFacts['guardians']> => ({
  onRecord: true,
  inForce: [
    {
      guardianId: PARENT,
      scope: 'all',
      jointRule: 'sole',
      legalRepresentative,
      validFrom: '2020-01-01',
    },
  ],
});

describe('giving a consent', () => {
  it('when everything has been talked through, is recorded with all it rests on, and a receipt', () => {
    const [event, receipt] = decided(talked, give);
    expect(event).toEqual(given);
    expect(receipt).toMatchObject({
      type: 'ReceiptIssued',
      data: { kind: 'given', locale: 'en', text: expect.stringContaining('You can withdraw it at any time') },
    });
  });

  it('is refused, naming everything missing, unless the required conditions hold', () => {
    the
      .given(offered)
      .when(give)
      .thenRefused(
        ...disclosed.map(() => 'element_not_disclosed'),
        'stance_not_acknowledged',
        'comprehension_not_recorded',
        'voluntariness_not_recorded',
      );
  });

  it('names the clause each missing element rests on', () => {
    try {
      decided([offered, understood, free, acknowledged], give);
      expect.unreachable();
    } catch (error) {
      expect((error as { reasons: { detail: string }[] }).reasons[1]?.detail).toMatch(
        /nature_and_course \(APA Ethical Principles 10\.01/,
      );
    }
  });

  it('without a stance acknowledged in its current version cannot be done', () => {
    const newer = { ...facts, stance: { ...stance, versionNo: 2, contentHash: 'sha256:cc' } };
    the
      .given(...talked)
      .when({ ...give, facts: newer })
      .thenRefused('stance_acknowledgement_outdated');
    the
      .given(...talked.slice(0, -1))
      .when(give)
      .thenRefused('stance_not_acknowledged');
  });

  it('is refused while a question is open', () => {
    const raised: ConsentEvent = {
      type: 'QuestionRaised',
      data: { ...about, questionId: STAFF, question: 'Who else reads this?' },
    };
    const answered: ConsentEvent = {
      type: 'QuestionAnswered',
      data: { ...about, questionId: STAFF, answer: 'Nobody.' },
    };
    the
      .given(...talked, raised)
      .when(give)
      .thenRefused('question_open');
    expect(decided([...talked, raised, answered], give)).toHaveLength(2);
  });

  it('is refused when capacity is not attested, when it was not understood, and under pressure', () => {
    const unsure: ConsentEvent = {
      type: 'ComprehensionRecorded',
      data: { ...about, method: 'teach_back', understood: false, capacity: { attested: false } },
    };
    const pressed: ConsentEvent = {
      type: 'VoluntarinessRecorded',
      data: { ...about, voluntary: false, mandated: true, pressures: ['mandate'] },
    };
    the
      .given(...talked, unsure, pressed)
      .when(give)
      .thenRefused('not_understood', 'capacity_not_attested', 'not_voluntary');
  });

  it('under a mandate is possible: mandated is not the same as involuntary', () => {
    const mandated: ConsentEvent = {
      type: 'VoluntarinessRecorded',
      data: { ...about, voluntary: true, mandated: true, pressures: ['mandate'] },
    };
    expect(decided([...talked, mandated], give)).toHaveLength(2);
  });

  it('never counts with an empty or unsigned form', () => {
    the
      .given(...talked)
      .when({ ...give, signature: { method: 'typed', signedName: '   ' } })
      .thenRefused('signature_empty');
    the
      .given(...talked)
      .when({ ...give, signature: { method: 'verbal_witnessed', signedName: 'A. Person' } })
      .thenRefused('witness_missing');
    the
      .given(...talked)
      .when({ ...give, signature: { method: 'drawn', signedName: 'A. Person' } })
      .thenRefused('signature_image_missing');
  });

  it('by a minor needs a guardian, and the minor’s own assent or dissent beside it', () => {
    the
      .given(...talked)
      .when({ ...give, facts: { ...facts, minor: true } })
      .thenRefused('minor_needs_guardian', 'assent_not_recorded');
    const dissent: ConsentEvent = { type: 'DissentRecorded', data: about };
    const [event] = decided([...talked, dissent], {
      ...give,
      by: 'substitute',
      authority: { kind: 'guardian', guardianId: PARENT },
      facts: { ...facts, minor: true, majorityOn: '2027-01-02', guardians: onRecord() },
    });
    expect(event).toMatchObject({
      type: 'ConsentGiven',
      data: { by: 'substitute', majorityOn: '2027-01-02' },
    });
  });

  it('by a minor old enough to decide alone needs it attested that they can, as of an adult', () => {
    const alone = { ...facts, minor: true, majorityOn: '2027-01-02', mayDecideAlone: true };
    expect(decided(talked, { ...give, facts: alone })[0]).toMatchObject({
      type: 'ConsentGiven',
      data: { by: 'self', majorityOn: null },
    });
    the
      .given(...talked, cannotDecide)
      .when({ ...give, facts: alone })
      .thenRefused('capacity_not_attested');
  });

  it('is never given alone by a minor who was assessed as unable to decide it, only by their guardian', () => {
    const assessed = { capable: false, at: '2026-06-15T09:00:00.001Z' };
    const minor = { ...facts, minor: true, majorityOn: '2027-01-02', mayDecideAlone: true, assessed };
    the
      .given(...talked)
      .when({ ...give, facts: minor })
      .thenRefused('capacity_not_attested');
    const permission = {
      ...give,
      by: 'substitute' as const,
      authority: { kind: 'guardian' as const, guardianId: PARENT },
      facts: { ...minor, guardians: onRecord() },
    };
    const assent: ConsentEvent = { type: 'AssentRecorded', data: about };
    expect(decided([...talked, assent], permission)[0]).toMatchObject({ data: { by: 'substitute' } });
  });

  it('for somebody else names its authority, and never for somebody who can decide', () => {
    the
      .given(...talked)
      .when({ ...give, by: 'substitute' })
      .thenRefused('person_can_decide', 'authority_not_on_record');
    const neighbour = { kind: 'guardian' as const, name: 'Invented Neighbour', reference: 'none' };
    the
      .given(...talked)
      .when({ ...give, by: 'substitute', authority: neighbour })
      .thenRefused('person_can_decide', 'guardian_of_an_adult', 'authority_not_on_record');
    const representative = { kind: 'legal_representative' as const, guardianId: PARENT };
    expect(
      decided([...talked, cannotDecide], {
        ...give,
        by: 'substitute',
        authority: representative,
        facts: { ...facts, guardians: onRecord(true) },
      }),
    ).toHaveLength(2);
  });

  it('on an outdated document is refused', () => {
    const documents = [{ ...facts.documents[0]!, newestVersionNo: 2, outdated: true }];
    the
      .given(...talked)
      .when({ ...give, facts: { ...facts, documents } })
      .thenRefused('document_outdated');
  });

  it('looks forward: it cannot be valid before it is given, expire in the past, or be reviewed in the past', () => {
    the
      .given(...talked)
      .when({
        ...give,
        validFrom: '2026-06-14T09:00:00.000Z',
        expiresOn: '2026-06-14',
        reviewOn: '2026-06-15',
      })
      .thenRefused('expires_in_the_past', 'review_not_ahead', 'valid_before_given');
  });

  it('in an ended relationship is refused', () => {
    the
      .given(...talked)
      .when({ ...give, facts: { ...facts, relationshipOpen: false } })
      .thenRefused('relationship_ended');
  });

  it('a second time on the same grounds appends nothing', () => {
    expect(decided([...talked, given], give)).toEqual([]);
  });
});

describe('withdrawing a consent', () => {
  it('is accepted through any channel and gives a receipt', () => {
    const [event, receipt] = decided(
      [...talked, given],
      { type: 'WithdrawConsent', by: 'self', channel: 'message' },
      '2026-06-16T09:00:00.000Z',
    );
    expect(event).toEqual({
      type: 'ConsentWithdrawn',
      data: { ...about, by: 'self', channel: 'message', scope: { kind: 'purpose' } },
    });
    expect(receipt).toMatchObject({ type: 'ReceiptIssued', data: { kind: 'withdrawn' } });
  });

  it('cannot be refused by staff before it was ever given', () => {
    expect(decided([offered], { type: 'WithdrawConsent', by: 'self', channel: 'phone' })[0]?.type).toBe(
      'ConsentWithdrawn',
    );
  });

  it('twice appends nothing', () => {
    expect(
      decided([...talked, given, withdrawn], { type: 'WithdrawConsent', by: 'self', channel: 'phone' }),
    ).toEqual([]);
  });

  it('then giving it anew asks for everything anew', () => {
    the
      .given(...talked, given, withdrawn)
      .when({ ...give, type: 'RenewConsent' })
      .thenRefused('withdrawn');
    the
      .given(...talked, given, withdrawn, offered)
      .when(give)
      .thenRefused(
        ...disclosed.map(() => 'element_not_disclosed'),
        'comprehension_not_recorded',
        'voluntariness_not_recorded',
      );
    the
      .given(...talked, given, withdrawn)
      .when(give)
      .thenRefused(
        'not_offered',
        ...disclosed.map(() => 'element_not_disclosed'),
        'comprehension_not_recorded',
        'voluntariness_not_recorded',
      );
  });

  it('can be marked as entered in error only by a second clinician with a reason', () => {
    const events = [...talked, given, withdrawn];
    const correctsEventId = `0190aaaa-0000-7000-8000-${String(events.length).padStart(12, '0')}`;
    const command = {
      type: 'MarkEntryInError' as const,
      correctsEventId,
      requestedBy: 'clinician' as const,
      treatedBy: ['0190cccc-0000-7000-8000-000000000009'],
    };
    the
      .given(...events)
      .when(command, { reason: 'wrong client' })
      .thenRefused('second_clinician_needed');
    the
      .given(...events)
      .when(command, { actor: { id: '0190cccc-0000-7000-8000-000000000001', role: 'therapist' } })
      .thenRefused('reason_missing');
    the
      .given(...events)
      .when(command, {
        actor: { id: '0190cccc-0000-7000-8000-000000000001', role: 'coordinator' },
        reason: 'x',
      })
      .thenRefused('clinician_needed');
    const correction: ConsentEvent = {
      type: 'ConsentEntryMarkedInError',
      data: { ...about, correctsEventId, requestedBy: 'clinician' },
    };
    the
      .given(...events)
      .when(command, {
        actor: { id: '0190cccc-0000-7000-8000-000000000001', role: 'therapist' },
        reason: 'wrong client',
      })
      .then(correction);
    the
      .given(...events)
      .when({ ...command, requestedBy: 'client' }, { reason: 'she says she never did' })
      .thenRefused('second_clinician_needed');
  });

  it('that somebody else entered is never marked in error by a therapist who treats or ever treated the client', () => {
    const events = [...talked, given, { ...withdrawn, actorId: PARENT }];
    const correctsEventId = `0190aaaa-0000-7000-8000-${String(events.length).padStart(12, '0')}`;
    for (const treatedBy of [[STAFF], [STAFF, PARENT], [PARENT, STAFF]])
      the
        .given(...events)
        .when(
          { type: 'MarkEntryInError', correctsEventId, requestedBy: 'client', treatedBy },
          { reason: 'it was another Mira' },
        )
        .thenRefused('second_clinician_needed');
  });
});

describe('the conversation', () => {
  it('starts with an offer', () => {
    the
      .given()
      .when({
        type: 'OfferConsent',
        ...about,
        documents: [text],
        language: 'en',
        channel: 'in_person',
        relationshipOpen: true,
      })
      .then(offered);
    the
      .given()
      .when({
        type: 'OfferConsent',
        ...about,
        documents: [text],
        language: 'en',
        channel: 'in_person',
        relationshipOpen: false,
      })
      .thenRefused('relationship_ended');
  });

  it('discloses element by element, each once', () => {
    the
      .given(offered, disclosed[0]!)
      .when({
        type: 'DiscloseElements',
        elements: [disclosed[0]!, disclosed[1]!].map((event) => (event.data as { element: Element }).element),
        how: 'spoken',
      })
      .then(disclosed[1]!);
  });

  it('never discloses the stance in passing', () => {
    the
      .given(offered)
      .when({ type: 'DiscloseElements', elements: ['therapist_stance'], how: 'spoken' })
      .thenRefused('stance_is_acknowledged');
  });

  it('acknowledges only the stance in force, in the words that were shown', () => {
    const command: ConsentCommand = {
      type: 'AcknowledgeStance',
      stanceVersionNo: 1,
      contentHash: stance.contentHash,
      stance,
    };
    the.given(offered).when(command).then(acknowledged);
    the
      .given(offered)
      .when({ ...command, stance: { ...stance, versionNo: 2 } })
      .thenRefused('stance_version_outdated');
    the
      .given(offered)
      .when({ ...command, contentHash: 'sha256:other' })
      .thenRefused('stance_text_differs');
    the
      .given(offered)
      .when({ ...command, stance: null })
      .thenRefused('stance_not_published');
  });

  it('voids what a materially changed text had disclosed when that text is offered anew', () => {
    const again: ConsentEvent = {
      type: 'ConsentOffered',
      data: {
        ...offered.data,
        documents: [{ ...text, versionNo: 2 }],
        language: 'en',
        channel: 'in_person',
      } as never,
    };
    the
      .given(...talked, given, again)
      .when({ ...give, type: 'RenewConsent' })
      .thenRefused('element_not_disclosed');
  });

  it('records a no, and does not take it for a withdrawal', () => {
    the
      .given(offered)
      .when({ type: 'DeclineConsent', by: 'self' })
      .then({ type: 'ConsentDeclined', data: { ...about, by: 'self' } });
    the
      .given(...talked, given)
      .when({ type: 'DeclineConsent', by: 'self' })
      .thenRefused('already_given');
    the.given().when({ type: 'DeclineConsent', by: 'self' }).thenRefused();
  });

  it('records a no to what was offered anew, after it was given or declined once before', () => {
    const later = (minutes: number) => ({ occurredAt: addMinutes(NOW, minutes) });
    const declined = { type: 'ConsentDeclined', data: { ...about, by: 'self' } } as const;
    const anew = { ...offered, ...later(10) };
    the
      .given(...talked, given, anew)
      .when({ type: 'DeclineConsent', by: 'self' }, later(20))
      .then(declined);
    the.given(offered, declined, anew).when({ type: 'DeclineConsent', by: 'self' }, later(20)).then(declined);
    the.given(offered, declined).when({ type: 'DeclineConsent', by: 'self' }, later(20)).thenNothing();
  });

  it('records questions, answers, comprehension, voluntariness and assent once', () => {
    the
      .given(offered)
      .when({
        type: 'RecordComprehension',
        method: 'teach_back',
        understood: true,
        capacity: { attested: true },
      })
      .then(understood);
    the
      .given(offered)
      .when({ type: 'RecordVoluntariness', voluntary: true, mandated: false, pressures: [] })
      .then(free);
    the.given(offered).when({ type: 'RecordAssent' }).then({ type: 'AssentRecorded', data: about });
    the
      .given(offered)
      .when({ type: 'RecordDissent', words: 'I do not want to.' })
      .then({ type: 'DissentRecorded', data: { ...about, words: 'I do not want to.' } });
    the.given(offered).when({ type: 'AnswerQuestion', questionId: STAFF, answer: 'x' }).thenRefused();
  });

  it('never drops what is said in other words than before', () => {
    const pressed = { voluntary: true, mandated: false, pressures: ['his employer asked for it'] };
    the
      .given(offered, free)
      .when({ type: 'RecordVoluntariness', ...pressed })
      .then({ type: 'VoluntarinessRecorded', data: { ...about, ...pressed } });
    const translated = {
      method: 'teach_back',
      understood: true,
      capacity: { attested: true },
      interpreter: 'Invented Interpreter',
    };
    the
      .given(offered, understood)
      .when({ type: 'RecordComprehension', ...translated })
      .then({ type: 'ComprehensionRecorded', data: { ...about, ...translated, capacityAttested: true } });
    const no: ConsentEvent = { type: 'DissentRecorded', data: { ...about, words: 'I do not want to.' } };
    the.given(offered, no).when({ type: 'RecordDissent', words: 'I do not want to.' }).thenNothing();
    the
      .given(offered, no)
      .when({ type: 'RecordDissent', words: 'He reads what I say.' })
      .then({ type: 'DissentRecorded', data: { ...about, words: 'He reads what I say.' } });
    const asked: ConsentEvent = {
      type: 'QuestionRaised',
      data: { ...about, questionId: STAFF, question: 'Who reads this?' },
    };
    const answer = (words: string): ConsentEvent => ({
      type: 'QuestionAnswered',
      data: { ...about, questionId: STAFF, answer: words },
    });
    the
      .given(offered, asked, answer('Only I.'))
      .when({ type: 'AnswerQuestion', questionId: STAFF, answer: 'I and my supervisor.' })
      .then(answer('I and my supervisor.'));
    the
      .given(offered, asked, answer('Only I.'))
      .when({ type: 'AnswerQuestion', questionId: STAFF, answer: 'Only I.' })
      .thenNothing();
  });

  it('can be put off in an emergency, with a deadline, and followed up', () => {
    const deferred: ConsentEvent = {
      type: 'ConsentDeferredForEmergency',
      data: { ...about, basis: 'imminent_harm', followUpBy: '2026-06-17T09:00:00.000Z' },
    };
    the
      .given(offered)
      .when({ type: 'DeferForEmergency', basis: 'imminent_harm', followUpHours: 48 })
      .then(deferred);
    const later = '2026-06-20T09:00:00.000Z';
    expect(
      decided(
        [offered, deferred],
        { type: 'DeferForEmergency', basis: 'imminent_harm', followUpHours: 48 },
        later,
      ),
    ).toHaveLength(1);
    the
      .given(offered, deferred)
      .when({ type: 'CompleteEmergencyFollowUp', outcome: 'talked' })
      .then({ type: 'EmergencyFollowUpDone', data: { ...about, outcome: 'talked' } });
    const talkedOf: ConsentEvent = { type: 'EmergencyFollowUpDone', data: { ...about, outcome: 'talked' } };
    the
      .given(offered, deferred, talkedOf)
      .when({ type: 'CompleteEmergencyFollowUp', outcome: 'talked, and she declined' })
      .then({ type: 'EmergencyFollowUpDone', data: { ...about, outcome: 'talked, and she declined' } });
    the
      .given(offered)
      .when({ type: 'CompleteEmergencyFollowUp', outcome: 'talked' })
      .thenRefused('no_emergency');
  });

  it('is a process: a review sets the next one, ahead', () => {
    const review = { type: 'ReviewConsent' as const, reviewIntervalMonths: 6, zone: 'Europe/Berlin' };
    the
      .given(...talked, given)
      .when(review)
      .then({ type: 'ConsentReviewed', data: { ...about, reviewOn: '2026-12-15' } });
    the
      .given(...talked, given)
      .when({ ...review, reviewOn: '2026-06-15' })
      .thenRefused('review_not_ahead');
    the.given(offered).when(review).thenRefused('not_given');
  });
});
