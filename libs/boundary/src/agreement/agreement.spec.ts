import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError, isUuid } from '#libs/kernel';
import { forDecider, NOW, STAFF, THING, type Past } from '../../../../test/support/decider-kit.js';
import { agreement, boundaryIdOf, versionAt, type AgreementEvent } from './agreement.js';
import { agreementSummary, shownAgreement } from './summary.js';
import type { Surroundings } from './surroundings.js';
import type { StanceFacts, Terms } from './terms.js';
import { BOUNDARY_TOPICS, type BoundaryTopic } from './topics.js';
import type { Party } from './version.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const BEN = '0190aaaa-0000-7000-8000-0000000000b2';
const CARA = '0190aaaa-0000-7000-8000-0000000000c3';
const RELATIONSHIP = '0190aaaa-0000-7000-8000-0000000000e1';

const ana: Party = { clientId: ANA };
const ben: Party = { clientId: BEN };
const therapist: Party = { staffId: STAFF };
const requiredParties = { clientIds: [ANA, BEN], staffId: STAFF };
const couple: Surroundings = {
  relationship: { members: [BEN, ANA], therapistId: STAFF, open: true },
  review: { zone: 'Europe/Berlin', everyMonths: 12 },
};
const closed: Surroundings = { ...couple, relationship: { ...couple.relationship, open: false } };

const smallGifts: Terms = { rule: 'within_limits', limits: 'up to 10 euros', words: 'Small gifts are fine.' };
const noGifts: Terms = { rule: 'never', words: 'No gifts.' };

/** Events about gifts unless told otherwise. */
function eventsOn(topic: BoundaryTopic = 'gifts') {
  const about = { relationshipId: RELATIONSHIP, topic };
  const proposal = (versionNo: number, terms: Terms) =>
    ({ ...about, versionNo, ...terms, proposedBy: ana, requiredParties }) as const;
  return {
    proposed: (terms = smallGifts): AgreementEvent => ({
      type: 'BoundaryProposed',
      data: proposal(1, terms),
    }),
    amended: (versionNo = 2, terms = noGifts): AgreementEvent => ({
      type: 'BoundaryAmended',
      data: proposal(versionNo, terms),
    }),
    discussed: (versionNo = 1): AgreementEvent => ({
      type: 'BoundaryDiscussed',
      data: { ...about, versionNo },
    }),
    agreed: (party: Party, versionNo = 1, inForce = false): AgreementEvent => ({
      type: 'BoundaryAgreed',
      data: {
        ...about,
        versionNo,
        party,
        how: 'spoken',
        inForce,
        ...(inForce ? { inForceFrom: NOW, reviewOn: '2027-06-15' } : {}),
      },
    }),
    reviewed: (reviewOn: string, versionNo = 1): AgreementEvent => ({
      type: 'BoundaryReviewed',
      data: { ...about, versionNo, outcome: 'kept', reviewOn },
    }),
    ended: (): AgreementEvent => ({
      type: 'BoundaryEnded',
      data: { ...about, reasonCode: 'no_longer_needed' },
    }),
  };
}
const { proposed, amended, discussed, agreed, reviewed, ended } = eventsOn();
const inForce = [proposed(), discussed(), agreed(ana), agreed(ben), agreed(therapist, 1, true)];

const LATER = '2026-07-01T09:00:00.000Z';
const { given } = forDecider(agreement);
const propose = (terms: Terms, surroundings = couple, topic: BoundaryTopic = 'gifts') =>
  ({
    type: 'ProposeBoundary',
    relationshipId: RELATIONSHIP,
    topic,
    terms,
    proposedBy: ana,
    ...surroundings,
  }) as const;
const amend = (terms: Terms, surroundings = couple) =>
  ({ type: 'AmendBoundary', terms, proposedBy: ana, ...surroundings }) as const;
const agree = (party: Party, versionNo = 1, surroundings = couple) =>
  ({ type: 'AgreeBoundary', versionNo, party, how: 'spoken', ...surroundings }) as const;
const review = (more: object = {}, surroundings = couple) =>
  ({ type: 'ReviewBoundary', versionNo: 1, outcome: 'kept', ...surroundings, ...more }) as const;
const end = { type: 'EndBoundary', reasonCode: 'no_longer_needed' } as const;

const context = {
  practiceId: THING,
  id: THING,
  actor: { id: STAFF, role: 'therapist' },
  now: NOW,
  occurredAt: NOW,
};
const terms = fc.constantFrom(smallGifts, noGifts);
const versionNo = fc.integer({ min: 1, max: 4 });
const command = fc.oneof(
  terms.map((some) => propose(some)),
  terms.map((some) => amend(some)),
  versionNo.map((no) => ({ type: 'DiscussBoundary', versionNo: no }) as const),
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(ana, ben, therapist), versionNo)
      .map(([party, no]) => agree(party, no)),
  },
  fc.constant(end),
);

const summaryAfter = (...past: Past<AgreementEvent>[]) => agreementSummary(given(...past).state);

describe('One agreement per relationship and topic', () => {
  it('gives each relationship and topic one id', () => {
    const ids = BOUNDARY_TOPICS.map((topic) => boundaryIdOf(THING, RELATIONSHIP, topic));
    expect(new Set(ids).size).toBe(16);
    expect(ids.every(isUuid)).toBe(true);
    expect(boundaryIdOf(THING, RELATIONSHIP, 'gifts')).toBe(ids[BOUNDARY_TOPICS.indexOf('gifts')]);
    expect(boundaryIdOf(THING, ANA, 'gifts')).not.toBe(boundaryIdOf(THING, RELATIONSHIP, 'gifts'));
  });

  it('a second proposal on the topic is an amendment', () =>
    given(proposed()).when(propose(noGifts)).thenRefused('already_proposed'));

  it('names all that is wrong with a proposal', () =>
    given()
      .when({ ...propose({ rule: 'within_limits', words: ' ' }, closed), proposedBy: { clientId: CARA } })
      .thenRefused('relationship_ended', 'not_a_party', 'limits_missing', 'words_missing'));
});

describe('proposed -> discussed -> agreed (by every required party)', () => {
  it('is proposed to every member and the therapist', () =>
    given().when(propose(smallGifts)).then(proposed()));

  it('is discussed', () =>
    given(proposed())
      .when({ type: 'DiscussBoundary', versionNo: 1, summary: 'Ana would rather not.' })
      .then({
        type: 'BoundaryDiscussed',
        data: {
          relationshipId: RELATIONSHIP,
          topic: 'gifts',
          versionNo: 1,
          summary: 'Ana would rather not.',
        },
      }));

  it('keeps a second discussion', () =>
    given(proposed(), discussed())
      .when({ type: 'DiscussBoundary', versionNo: 1 }, { occurredAt: LATER })
      .then(discussed()));

  it('nothing is discussed, agreed, amended or ended before the wording it answers', () => {
    const early = { occurredAt: '2026-06-01T09:00:00.000Z' };
    const discuss = (versionNo: number) => ({ type: 'DiscussBoundary', versionNo }) as const;
    given(proposed()).when(discuss(1), early).thenRefused('before_last_entry');
    given(proposed(), discussed()).when(agree(ana), early).thenRefused('before_last_entry');
    given(proposed()).when(amend(noGifts), early).thenRefused('before_last_entry');
    given(proposed()).when(end, early).thenRefused('before_last_entry');
    const open = given(...inForce, { ...amended(), occurredAt: LATER });
    open.when(discuss(2), { occurredAt: NOW }).thenRefused('before_last_entry');
    open.when(discuss(2), { occurredAt: LATER }).then(discussed(2));
  });

  it('nobody agrees before it was first discussed', () => {
    const past = given(proposed(), { ...discussed(), occurredAt: LATER });
    past.when(agree(ana), { occurredAt: NOW }).thenRefused('before_last_entry');
    past.when(agree(ana), { occurredAt: LATER }).then(agreed(ana));
  });

  it('agreeing before it was discussed is refused', () =>
    given(proposed()).when(agree(ana)).thenRefused('not_discussed'));

  it('is in force once the last party agreed', () => {
    given(proposed(), discussed()).when(agree(ana)).then(agreed(ana));
    given(proposed(), discussed(), agreed(ana), agreed(ben))
      .when(agree(therapist))
      .then(agreed(therapist, 1, true));
    expect(summaryAfter(...inForce)).toEqual({
      relationshipId: RELATIONSHIP,
      topic: 'gifts',
      status: 'agreed',
      versionNo: 1,
      inForceFrom: NOW,
      reviewOn: '2027-06-15',
      stillToAgree: [],
    });
  });

  it('one party agreeing twice does not stand in for another', () =>
    given(proposed(), discussed(), agreed(ana), agreed(ben)).when(agree(ana)).thenNothing());

  it("a stranger's agreement is refused", () => {
    given(proposed(), discussed())
      .when(agree({ clientId: CARA }))
      .thenRefused('not_a_party');
    given(proposed(), discussed())
      .when(agree({ staffId: THING }))
      .thenRefused('not_a_party');
    given(proposed(), discussed())
      .when(agree({ clientId: STAFF }))
      .thenRefused('not_a_party');
    given(...inForce)
      .when(agree({ clientId: CARA }))
      .thenRefused('not_a_party');
  });

  it('members who joined since have to be asked: the version must be amended', () => {
    const family = { ...couple, relationship: { ...couple.relationship, members: [ANA, BEN, CARA] } };
    given(proposed(), discussed())
      .when(agree(ana, 1, family))
      .thenRefused('parties_changed');
    const [event] = agreement.decide(given(...inForce).state, amend(smallGifts, family), context);
    expect(event?.data).toMatchObject({ versionNo: 2, requiredParties: { clientIds: [ANA, BEN, CARA] } });
  });

  it('nothing is agreed in a relationship that has ended', () =>
    given(proposed(), discussed())
      .when(agree(ana, 1, closed))
      .thenRefused('relationship_ended'));

  it('out of order: there is no such agreement yet', () => {
    for (const command of [
      agree(ana),
      amend(noGifts),
      end,
      { type: 'DiscussBoundary', versionNo: 1 } as const,
    ])
      expect(() => agreement.decide(agreement.initial, command, context)).toThrow(DomainError);
    expect(agreementSummary(agreement.initial)).toBeUndefined();
  });
});

describe('Who agrees', () => {
  it('the therapist agrees for themself: nobody enters it for them', () =>
    given(proposed(), discussed())
      .when(agree(therapist), { actor: { id: THING, role: 'supervisor' } })
      .thenRefused('not_yourself'));

  it('is in force from when the last of them agreed, whoever was entered last', () => {
    const earlier = '2026-06-16T09:00:00.000Z';
    const past = [proposed(), discussed(), agreed(ana), { ...agreed(ben), occurredAt: LATER }];
    given(...past)
      .when(agree(therapist), { occurredAt: earlier })
      .then({
        ...agreed(therapist, 1, true),
        data: { ...agreed(therapist, 1, true).data, inForceFrom: LATER, reviewOn: '2027-07-01' },
      } as AgreementEvent);
  });

  it('the first review is due on the day of the practice, after the agreed interval', () => {
    const nearMidnight = '2026-06-30T22:30:00.000Z';
    const often = { ...smallGifts, reviewEveryMonths: 3 };
    const [event] = agreement.decide(
      given(proposed(often), discussed(), agreed(ana), agreed(ben)).state,
      agree(therapist),
      { ...context, occurredAt: nearMidnight },
    );
    expect(event?.data).toMatchObject({ inForceFrom: nearMidnight, reviewOn: '2026-10-01' });
  });
});

describe('Never agreed by silence or by time', () => {
  const longAgo = '2016-06-15T09:00:00.000Z';
  it('is as open after ten years as on the first day', () => {
    const past = [proposed(), discussed(), agreed(therapist)].map((event) => ({
      ...event,
      occurredAt: longAgo,
    }));
    expect(summaryAfter(...past)).toMatchObject({ status: 'discussed', stillToAgree: [ana, ben] });
    expect(summaryAfter(...past)).not.toHaveProperty('versionNo');
    given(...past)
      .when(agree(ana))
      .then(agreed(ana));
    expect(summaryAfter(...past, agreed(ana))).toMatchObject({ status: 'discussed', stillToAgree: [ben] });
  });
});

describe('One version in force per topic; an amendment voids agreement to the version before it; old versions stay', () => {
  it('makes the next version, to which nobody has agreed', () => {
    given(proposed(), discussed(), agreed(ana)).when(amend(noGifts)).then(amended());
    expect(summaryAfter(proposed(), discussed(), agreed(ana), amended())).toMatchObject({
      status: 'proposed',
      proposedVersionNo: 2,
      stillToAgree: [ana, ben, therapist],
    });
  });

  it('the old version stays in force until the new one is agreed by all', () => {
    const open = [...inForce, amended(), discussed(2), agreed(ana, 2), agreed(ben, 2)];
    expect(summaryAfter(...open)).toMatchObject({
      status: 'amendment_open',
      versionNo: 1,
      proposedVersionNo: 2,
      stillToAgree: [therapist],
    });
    given(...open)
      .when(agree(therapist, 2))
      .then(agreed(therapist, 2, true));
    expect(summaryAfter(...open, agreed(therapist, 2, true))).toMatchObject({
      status: 'agreed',
      versionNo: 2,
    });
  });

  it('agreeing to a version that has been amended meanwhile is refused', () => {
    given(proposed(), discussed(), amended(), discussed(2)).when(agree(ana)).thenRefused('version_amended');
    given(...inForce, amended(), discussed(2))
      .when(agree(ana))
      .thenRefused('version_amended');
    given(proposed(), discussed()).when(agree(ana, 2)).thenRefused('version_unknown');
    // whoever has agreed to the new one is told the same
    given(...inForce, amended(), discussed(2), agreed(ana, 2))
      .when(agree(ana))
      .thenRefused('version_amended');
  });

  it('what was said about the version before does not count as discussing the new one', () =>
    given(...inForce, amended())
      .when(agree(ana, 2))
      .thenRefused('not_discussed'));

  it('discussing a version that is no longer current is refused', () =>
    given(proposed(), amended())
      .when({ type: 'DiscussBoundary', versionNo: 1 })
      .thenRefused('version_amended'));

  it('an amendment of an open amendment leaves the version in force', () =>
    expect(summaryAfter(...inForce, amended(), amended(3, smallGifts))).toMatchObject({
      status: 'amendment_open',
      versionNo: 1,
      proposedVersionNo: 3,
    }));

  it('the same terms for the same people are no amendment', () =>
    given(...inForce)
      .when(amend(smallGifts))
      .thenNothing());

  it('the version in force is always one to which every party of it agreed', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
        const past: AgreementEvent[] = [];
        for (const one of commands) {
          const before = given(...past).state;
          try {
            past.push(...agreement.decide(before, one, context));
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
          }
          const versionNo = summaryAfter(...past)?.versionNo;
          if (versionNo === undefined) continue;
          const parties = past.flatMap(({ type, data }) =>
            type === 'BoundaryAgreed' && data.versionNo === versionNo ? [JSON.stringify(data.party)] : [],
          );
          expect(parties.sort()).toEqual([ana, ben, therapist].map((party) => JSON.stringify(party)).sort());
        }
      }),
      { numRuns: 500 },
    ));
});

describe('Old versions stay', () => {
  const second = [
    { ...amended(), occurredAt: LATER },
    { ...discussed(2), occurredAt: LATER },
    { ...agreed(ana, 2), occurredAt: LATER },
    { ...agreed(ben, 2), occurredAt: LATER },
    {
      ...agreed(therapist, 2, true),
      data: { ...agreed(therapist, 2, true).data, inForceFrom: LATER },
      occurredAt: LATER,
    } as Past<AgreementEvent>,
  ];

  it('with who agreed to them, how and when', () => {
    const { earlier } = shownAgreement(given(...inForce, ...second).state, true)!;
    expect(earlier).toMatchObject([{ versionNo: 1, ...smallGifts, inForceFrom: NOW, inForceUntil: LATER }]);
    expect(earlier[0]?.agreed).toContainEqual({ clientId: ANA, how: 'spoken', at: NOW });
  });

  it('those that were amended before anybody agreed too, and those of an agreement that ended', () => {
    const past = [proposed(), amended(), discussed(2), ended(), { ...proposed(), occurredAt: LATER }];
    const { earlier } = shownAgreement(given(...past).state, true)!;
    expect(earlier.map(({ versionNo }) => versionNo)).toEqual([1, 2]);
  });

  it('which one held is known for every moment', () => {
    const { state } = given(...inForce, ...second, { ...ended(), occurredAt: '2026-08-01T09:00:00.000Z' });
    expect(versionAt(state, '2026-06-15T08:59:59.999Z')).toBeUndefined();
    expect(versionAt(state, NOW)).toBe(1);
    expect(versionAt(state, '2026-07-01T08:59:59.999Z')).toBe(1);
    expect(versionAt(state, LATER)).toBe(2);
    expect(versionAt(state, '2026-08-01T09:00:00.000Z')).toBeUndefined();
  });

  it('an amendment is not entered for before what was agreed on the version it amends', () => {
    const past = [proposed(), discussed(), agreed(ana), { ...agreed(ben), occurredAt: LATER }];
    given(...past)
      .when(amend(noGifts), { occurredAt: '2026-06-20T09:00:00.000Z' })
      .thenRefused('before_last_entry');
    given(...past)
      .when(end, { occurredAt: '2026-06-20T09:00:00.000Z' })
      .thenRefused('before_last_entry');
  });
});

describe('reviewed', () => {
  it('sets the day of the next review: the interval of the practice, or another day', () => {
    given(...inForce)
      .when(review(), { occurredAt: LATER })
      .then(reviewed('2027-07-01'));
    given(...inForce)
      .when(review({ nextReviewOn: '2026-12-24' }), { occurredAt: LATER })
      .then(reviewed('2026-12-24'));
    expect(summaryAfter(...inForce, { ...reviewed('2026-12-24'), occurredAt: LATER })).toMatchObject({
      status: 'agreed',
      versionNo: 1,
      reviewOn: '2026-12-24',
    });
  });

  it('neither amends nor ends: what is in force stays, an open amendment too', () => {
    const open = [...inForce, { ...amended(), occurredAt: LATER }];
    given(...open)
      .when(review(), { occurredAt: LATER })
      .then(reviewed('2027-07-01'));
    expect(summaryAfter(...open, { ...reviewed('2027-07-01'), occurredAt: LATER })).toMatchObject({
      status: 'amendment_open',
      versionNo: 1,
      proposedVersionNo: 2,
    });
  });

  it('only what is in force is reviewed, and the version is named', () => {
    given(proposed()).when(review()).thenRefused('nothing_in_force');
    given(...inForce)
      .when(review({ versionNo: 2 }))
      .thenRefused('version_unknown');
    given(...inForce)
      .when(review({}, closed))
      .thenRefused('relationship_ended');
    given(...inForce, ended())
      .when(review())
      .thenRefused('agreement_ended');
  });

  it('not before it came into force or before the last review, and the next one is later', () => {
    given(...inForce)
      .when(review(), { occurredAt: '2026-06-14T09:00:00.000Z' })
      .thenRefused('before_last_entry');
    given(...inForce, { ...reviewed('2027-07-01'), occurredAt: LATER })
      .when(review(), { occurredAt: NOW })
      .thenRefused('before_last_entry');
    given(...inForce)
      .when(review({ nextReviewOn: '2026-06-15' }))
      .thenRefused('review_not_ahead');
  });
});

describe('`sexual_contact` (fixed: never; it has no amend command)', () => {
  const sexual = eventsOn('sexual_contact');
  const never: Terms = { rule: 'never', words: 'There is never sexual contact.' };
  it('another rule is refused', () =>
    given()
      .when(propose(smallGifts, couple, 'sexual_contact'))
      .thenRefused('topic_is_fixed'));
  it('never is proposed', () =>
    given()
      .when(propose(never, couple, 'sexual_contact'))
      .then(sexual.proposed(never)));
  it('is not amended, not even to the same rule', () => {
    given(sexual.proposed(never)).when(amend(smallGifts)).thenRefused('topic_is_fixed');
    given(sexual.proposed(never)).when(amend(never)).thenRefused('topic_is_fixed');
  });
  it('does not end', () => given(sexual.proposed(never)).when(end).thenRefused('topic_is_fixed'));
});

describe('`self_disclosure` must not contradict the stance', () => {
  const disclosing: Terms = { rule: 'by_arrangement', words: 'When it helps you.' };
  const stated = (
    degree: StanceFacts['selfDisclosure']['degree'],
    topicsNever: string[] = [],
  ): Surroundings => ({
    ...couple,
    stance: {
      selfDisclosure: { degree, topicsNever },
      advocacy: { for: 'personhood', notInCourt: true },
    },
  });
  const { proposed: own, discussed: talked } = eventsOn('self_disclosure');
  it('is refused against a stance of none', () => {
    given()
      .when(propose(disclosing, stated('none'), 'self_disclosure'))
      .thenRefused('contradicts_stance');
    given(own(noGifts))
      .when(amend(disclosing, stated('none')))
      .thenRefused('contradicts_stance');
  });
  it('is refused when the stance became none after it was proposed', () =>
    given(own(disclosing), talked())
      .when(agree(ana, 1, stated('none')))
      .thenRefused('contradicts_stance'));
  it('is accepted otherwise', () => {
    given()
      .when(propose(disclosing, stated('open'), 'self_disclosure'))
      .then(own(disclosing));
    given()
      .when(propose(noGifts, stated('none'), 'self_disclosure'))
      .then(own(noGifts));
    given()
      .when(propose(smallGifts, stated('none')))
      .then(proposed());
  });
});

describe('ended', () => {
  it('ends with a reason code', () =>
    given(...inForce)
      .when(end)
      .then(ended()));

  it('nothing is in force then, and nothing can be agreed or amended', () => {
    expect(summaryAfter(...inForce, ended())).not.toHaveProperty('versionNo');
    given(...inForce, ended())
      .when(agree(ana))
      .thenRefused('agreement_ended');
    given(...inForce, ended())
      .when(amend(noGifts))
      .thenRefused('agreement_ended');
  });

  it('is not proposed anew as of before its end', () =>
    given(...inForce, { ...ended(), occurredAt: LATER })
      .when(propose(smallGifts), { occurredAt: NOW })
      .thenRefused('before_last_entry'));

  it('can be proposed anew, and version numbers go on', () =>
    given(...inForce, ended())
      .when(propose(smallGifts))
      .then({ type: 'BoundaryProposed', data: { ...proposed().data, versionNo: 2 } as never }));
});

it('every event concerns the clients of the agreement', () => {
  expect(agreement.subjects(given(proposed()).state)).toEqual([ANA, BEN]);
  expect(agreement.subjects(given(...inForce, ended()).state)).toEqual([ANA, BEN]);
});

describe('An agreement on recording', () => {
  const on = eventsOn('recording');
  const permitted: Terms = { rule: 'by_arrangement', words: 'Now and then.' };
  const gap = { code: 'consent_withdrawn', detail: 'Consent to recording was withdrawn.' };
  const discussed = (terms: Terms) => given(on.proposed(terms), on.discussed());

  it('that permits it is refused unless the consent to recording of every member is in force', () => {
    for (const party of [ana, ben, therapist])
      discussed(permitted)
        .when({ ...agree(party), recordingGaps: [gap] })
        .thenRefused('consent_withdrawn');
    discussed(permitted)
      .when({ ...agree(ana), recordingGaps: [] })
      .then(on.agreed(ana));
  });

  it('that permits it is refused where nobody has looked how the consents stand', () =>
    discussed(permitted).when(agree(ana)).thenRefused('recording_not_judged'));

  it('that nothing is recorded needs no consent to recording, nor does any other topic', () => {
    discussed({ rule: 'never', words: 'Neither of us records.' })
      .when({ ...agree(ana), recordingGaps: [gap] })
      .then(on.agreed(ana));
    given(proposed(), eventsOn().discussed())
      .when({ ...agree(ana), recordingGaps: [gap] })
      .then(agreed(ana));
  });
});
