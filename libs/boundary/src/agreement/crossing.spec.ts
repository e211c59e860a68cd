import { describe, expect, it } from 'vitest';
import { forDecider, NOW, recorded, STAFF, type Past } from '../../../../test/support/decider-kit.js';
import { agreement, type AgreementEvent } from './agreement.js';
import type { CrossingOutcome } from './crossing.js';
import type { CrossingCommand } from './crossing-rules.js';
import { shownAgreement, shownCrossings } from './summary.js';
import type { BoundaryTopic } from './topics.js';
import type { Party } from './version.js';
import { wordless } from './wordless.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const BEN = '0190aaaa-0000-7000-8000-0000000000b2';
const CARA = '0190aaaa-0000-7000-8000-0000000000c3';
const SUPERVISOR = '0190aaaa-0000-7000-8000-0000000000d4';
const RELATIONSHIP = '0190aaaa-0000-7000-8000-0000000000e1';
const CROSSING = '0190aaaa-0000-7000-8000-0000000000f1';

const EARLIER = '2026-06-14T09:00:00.000Z';
const LATER = '2026-06-16T09:00:00.000Z';
const members = [BEN, ANA];
const relationship = { members, therapistId: STAFF, open: true };
const therapist: Party = { staffId: STAFF };

const { given } = forDecider(agreement);

/** Events and commands about touch, concerning Ana, crossed by the therapist. */
function on(topic: BoundaryTopic = 'touch', concerned = [ANA], crossedBy: Party = therapist) {
  const about = { relationshipId: RELATIONSHIP, topic, crossingId: CROSSING };
  const place = { ...about, relationship };
  const circumstances = { clientIds: concerned, crossedBy };
  const why = { rationale: 'She asked to.', expectedBenefit: 'Feels met.', risks: 'Misread.' };
  const clientAgreements = concerned.map((clientId) => ({ clientId, how: 'spoken' as const, at: EARLIER }));
  return {
    plan: (more: object = {}): CrossingCommand => ({
      type: 'PlanCrossing',
      ...place,
      ...circumstances,
      ...why,
      clientAgreements,
      ...more,
    }),
    planned: (): AgreementEvent => ({
      type: 'CrossingPlanned',
      data: { ...about, ...circumstances, ...why, clientAgreements },
    }),
    record: (more: object = {}): CrossingCommand => ({
      type: 'RecordCrossing',
      ...place,
      ...circumstances,
      words: 'An embrace at the door.',
      ...more,
    }),
    recorded: (more: object = {}): AgreementEvent => ({
      type: 'CrossingRecorded',
      data: { ...about, ...circumstances, planned: false, words: 'An embrace at the door.', ...more },
    }),
    assess: (outcome: CrossingOutcome): CrossingCommand => ({
      type: 'AssessCrossing',
      crossingId: CROSSING,
      outcome,
    }),
    assessed: (outcome: CrossingOutcome): Past<AgreementEvent> => ({
      type: 'CrossingAssessed',
      data: { ...about, outcome },
      actorId: SUPERVISOR,
    }),
    discuss: (more: object = {}): CrossingCommand => ({
      type: 'DiscussCrossing',
      crossingId: CROSSING,
      ...more,
    }),
    discussed: (clientIds = concerned): AgreementEvent => ({
      type: 'CrossingDiscussedWithClient',
      data: { ...about, clientIds },
    }),
    tell: (clientId: string, account = 'It startled me.'): CrossingCommand => ({
      type: 'AddClientAccount',
      crossingId: CROSSING,
      clientId,
      how: 'dictated',
      account,
    }),
    told: (clientId: string, account = 'It startled me.'): AgreementEvent => ({
      type: 'ClientAccountAdded',
      data: { ...about, clientId, how: 'dictated', account },
    }),
    repair: { type: 'RepairCrossing', crossingId: CROSSING, repair: 'I said sorry.' } as const,
    repaired: (): AgreementEvent => ({
      type: 'CrossingRepaired',
      data: { ...about, repair: 'I said sorry.' },
    }),
    escalate: (more: object = {}): CrossingCommand => ({
      type: 'EscalateCrossing',
      crossingId: CROSSING,
      to: 'supervisor',
      staffId: SUPERVISOR,
      ...more,
    }),
    escalated: (): AgreementEvent => ({
      type: 'CrossingEscalated',
      data: { ...about, to: 'supervisor', staffId: SUPERVISOR },
    }),
  };
}
const touch = on();
const bySupervisor = { actor: { id: SUPERVISOR, role: 'supervisor' } };
const situationAfter = (...past: Past<AgreementEvent>[]) =>
  given(...past).state.crossings[CROSSING]?.situation;

const agreedOn = (topic: BoundaryTopic): AgreementEvent[] => {
  const about = { relationshipId: RELATIONSHIP, topic };
  const requiredParties = { clientIds: [ANA], staffId: STAFF };
  return [
    {
      type: 'BoundaryProposed',
      data: {
        ...about,
        versionNo: 1,
        rule: 'never',
        words: 'No.',
        proposedBy: therapist,
        requiredParties,
      },
    },
    { type: 'BoundaryDiscussed', data: { ...about, versionNo: 1 } },
    {
      type: 'BoundaryAgreed',
      data: { ...about, versionNo: 1, party: { clientId: ANA }, how: 'spoken', inForce: false },
    },
    {
      type: 'BoundaryAgreed',
      data: { ...about, versionNo: 1, party: therapist, how: 'spoken', inForce: true, inForceFrom: NOW },
    },
  ];
};

describe("A planned crossing needs rationale, expected benefit, risks and the client's agreement beforehand", () => {
  it('is planned with all of them', () => given().when(touch.plan()).then(touch.planned()));

  it('names the version in force', () =>
    given(...agreedOn('touch'))
      .when(touch.plan())
      .then({
        type: 'CrossingPlanned',
        data: { ...touch.planned().data, agreedVersionNo: 1 } as never,
      }));

  it('names everything that is missing', () => {
    const nothing = { rationale: undefined, expectedBenefit: ' ', risks: undefined, clientAgreements: [] };
    given()
      .when(touch.plan(nothing))
      .thenRefused('rationale_missing', 'benefit_missing', 'risks_missing', 'client_agreement_missing');
  });

  it('every client concerned agrees, and nobody else does for them', () => {
    const both = on('touch', [ANA, BEN]);
    const anas = [{ clientId: ANA, how: 'spoken', at: EARLIER }];
    given()
      .when(both.plan({ clientAgreements: anas }))
      .thenRefused('client_agreement_missing');
    given()
      .when(touch.plan({ clientAgreements: [{ ...anas[0], clientId: BEN }] }))
      .thenRefused('client_agreement_missing', 'not_concerned');
  });

  it('a client who agrees afterwards has not agreed beforehand', () =>
    given()
      .when(touch.plan({ clientAgreements: [{ clientId: ANA, how: 'spoken', at: LATER }] }))
      .thenRefused('agreement_not_beforehand'));

  it('only staff plan, only about clients of the relationship, and only while it is open', () => {
    given()
      .when(touch.plan({ crossedBy: { clientId: ANA } }))
      .thenRefused('not_staff');
    given()
      .when(on('touch', [CARA]).plan())
      .thenRefused('not_a_party');
    given()
      .when(touch.plan({ relationship: { ...relationship, open: false } }))
      .thenRefused('relationship_ended');
  });

  it('sexual contact is never planned', () =>
    given().when(on('sexual_contact').plan()).thenRefused('topic_is_fixed'));

  it('another plan under the same id is refused', () =>
    given(touch.planned())
      .when(touch.plan({ risks: 'None.' }))
      .thenRefused('crossing_exists'));

  it('is carried out as planned', () => {
    given(touch.planned())
      .when(touch.record({ clientIds: undefined, crossedBy: undefined }))
      .then(touch.recorded({ planned: true }));
    expect(situationAfter(touch.planned())).toBe('planned');
    expect(situationAfter(touch.planned(), touch.recorded({ planned: true }))).toBe('recorded');
  });

  it('what went on with others than planned is a crossing of its own', () =>
    given(touch.planned())
      .when(touch.record({ clientIds: [BEN] }))
      .thenRefused('differs_from_plan'));

  it('what happened before its plan was entered was not planned', () => {
    const enteredLate = { ...touch.planned(), occurredAt: EARLIER, recordedAt: NOW };
    given(enteredLate)
      .when(touch.record(), { occurredAt: '2026-06-14T15:00:00.000Z' })
      .thenRefused('planned_afterwards');
  });

  it('nothing is assessed, discussed, repaired or escalated before it has happened', () => {
    for (const command of [
      touch.assess('neutral'),
      touch.discuss(),
      touch.tell(ANA),
      touch.repair,
      touch.escalate(),
    ]) {
      given(touch.planned()).when(command).thenRefused('not_happened');
      expect(() => given().when(command).then()).toThrow(/no such crossing/);
    }
  });
});

describe('An unplanned one may be recorded late and is shown so', () => {
  it('is recorded at the time when it happened, in a relationship that has ended too', () => {
    const ended = { relationship: { ...relationship, open: false } };
    given().when(touch.record(ended), { occurredAt: EARLIER }).then(touch.recorded());
    const { state } = given({ ...touch.recorded(), occurredAt: EARLIER, recordedAt: LATER });
    expect(shownCrossings(state)[0]?.record).toMatchObject({
      at: EARLIER,
      recordedAt: LATER,
      planned: false,
    });
  });

  it('on a topic that was never agreed on too; it names no version then', () => {
    given().when(touch.record()).then(touch.recorded());
    given(...agreedOn('touch'))
      .when(touch.record())
      .then(touch.recorded({ agreedVersionNo: 1 }));
    // what was agreed only afterwards was not departed from
    given(...agreedOn('touch'))
      .when(touch.record(), { occurredAt: EARLIER })
      .then(touch.recorded());
  });

  it('concerns everybody of the unit and was the therapist unless told', () =>
    given()
      .when(touch.record({ clientIds: undefined, crossedBy: undefined }))
      .then(touch.recorded({ clientIds: [ANA, BEN] })));

  it('another crossing under the same id is refused', () =>
    given(touch.recorded())
      .when(touch.record({ words: 'Something else.' }))
      .thenRefused('crossing_exists'));

  it('a stranger is not concerned', () => {
    given()
      .when(touch.record({ clientIds: [CARA] }))
      .thenRefused('not_a_party');
    given()
      .when(touch.record({ crossedBy: { clientId: CARA } }))
      .thenRefused('not_a_party');
  });

  it('leaves the agreement as it is, and the agreement leaves it', () => {
    const shown = shownAgreement(given(...agreedOn('touch')).state, true);
    expect(shownAgreement(given(...agreedOn('touch'), touch.recorded()).state, true)).toEqual(shown);
    expect(situationAfter(touch.recorded(), ...agreedOn('touch'))).toBe('recorded');
  });
});

describe('Whoever crossed cannot assess it', () => {
  it('the therapist who crossed is refused, and whoever acts for them', () => {
    given(touch.recorded()).when(touch.assess('neutral')).thenRefused('assessed_by_crosser');
    given(touch.recorded())
      .when(touch.assess('neutral'), { actor: { id: SUPERVISOR, role: 'supervisor', onBehalfOf: STAFF } })
      .thenRefused('assessed_by_crosser');
  });
  it('somebody else assesses', () => {
    const { actorId: _, ...assessed } = touch.assessed('harmful');
    given(touch.recorded()).when(touch.assess('harmful'), bySupervisor).then(assessed);
  });
  it('the therapist assesses what a client crossed', () => {
    const clients = on('touch', [ANA], { clientId: ANA });
    const { actorId: _, ...assessed } = clients.assessed('neutral');
    given(clients.recorded()).when(clients.assess('neutral')).then(assessed);
  });
  it('sexual contact is never anything but a violation', () => {
    const sexual = on('sexual_contact');
    given(sexual.recorded()).when(sexual.assess('neutral'), bySupervisor).thenRefused('always_a_violation');
    const { actorId: _, ...assessed } = sexual.assessed('violation');
    given(sexual.recorded()).when(sexual.assess('violation'), bySupervisor).then(assessed);
  });
  it('is not assessed as of before it happened', () =>
    given(touch.recorded())
      .when(touch.assess('harmful'), { ...bySupervisor, occurredAt: EARLIER })
      .thenRefused('before_last_entry'));
});

describe('recorded -> assessed -> discussed with client -> repaired | unresolved | escalated', () => {
  const happened = touch.recorded();
  it('what did no harm ends with the talk about it', () => {
    expect(situationAfter(happened, touch.assessed('beneficial'))).toBe('assessed');
    expect(situationAfter(happened, touch.assessed('beneficial'), touch.discussed())).toBe('discussed');
  });
  it('harm that was talked about is unresolved until it is repaired', () => {
    const past = [happened, touch.assessed('harmful'), touch.discussed()];
    expect(situationAfter(...past)).toBe('unresolved');
    given(...past)
      .when(touch.repair)
      .then(touch.repaired());
    expect(situationAfter(...past, touch.repaired())).toBe('repaired');
  });
  it('is discussed with every client concerned', () => {
    const both = on('touch', [ANA, BEN]);
    const past = [both.recorded(), both.assessed('harmful')];
    given(...past)
      .when(both.discuss())
      .then(both.discussed());
    expect(situationAfter(...past, both.discussed([ANA]))).toBe('assessed');
    expect(situationAfter(...past, both.discussed([ANA]), both.discussed([BEN]))).toBe('unresolved');
    given(happened)
      .when(touch.discuss({ clientIds: [BEN] }))
      .thenRefused('not_concerned');
  });
  it('a second talk is kept', () =>
    given(happened, touch.discussed()).when(touch.discuss(), { occurredAt: LATER }).then(touch.discussed()));
});

describe('Repair comes after discussion with the client', () => {
  it('is refused before, and before it was assessed', () => {
    given(touch.recorded()).when(touch.repair).thenRefused('not_assessed', 'not_discussed_with_client');
    given(touch.recorded(), touch.assessed('harmful'))
      .when(touch.repair)
      .thenRefused('not_discussed_with_client');
  });
  it('is refused while one of the clients concerned has not been talked to', () => {
    const both = on('touch', [ANA, BEN]);
    given(both.recorded(), both.assessed('harmful'), both.discussed([BEN]))
      .when(both.repair)
      .thenRefused('not_discussed_with_client');
  });
  it('a talk that came later does not make it so', () =>
    given(touch.recorded(), touch.assessed('harmful'), { ...touch.discussed(), occurredAt: LATER })
      .when(touch.repair)
      .thenRefused('not_discussed_with_client'));
});

describe('A violation is never closed by repair alone: it needs escalation', () => {
  const past = [touch.recorded(), touch.assessed('violation'), touch.discussed(), touch.repaired()];
  it('stays unresolved when repaired', () => expect(situationAfter(...past)).toBe('unresolved'));
  it('is closed once it is escalated as well', () => {
    given(...past)
      .when(touch.escalate())
      .then(touch.escalated());
    expect(situationAfter(...past, touch.escalated())).toBe('repaired');
  });
  it('a milder second opinion does not take that away', () =>
    expect(situationAfter(...past, touch.assessed('neutral'))).toBe('unresolved'));
  it('can be escalated at once', () => {
    given(touch.recorded()).when(touch.escalate()).then(touch.escalated());
    expect(situationAfter(touch.recorded(), touch.escalated())).toBe('escalated');
  });
  it('says to whom, and never to whoever crossed', () => {
    given(touch.recorded())
      .when(touch.escalate({ staffId: undefined }))
      .thenRefused('recipient_missing');
    given(touch.recorded())
      .when(touch.escalate({ staffId: STAFF }))
      .thenRefused('escalated_to_crosser');
  });
});

describe("The client's own account is a separate entry that nobody else can change", () => {
  it('is added beside what staff recorded', () =>
    given(touch.recorded()).when(touch.tell(ANA)).then(touch.told(ANA)));
  it('another account is another entry: the first stays', () => {
    const past = [touch.recorded(), touch.told(ANA)];
    given(...past)
      .when(touch.tell(ANA, 'I have thought about it again.'))
      .then(touch.told(ANA, 'I have thought about it again.'));
    const { state } = given(...past, touch.told(ANA, 'I have thought about it again.'));
    expect(shownCrossings(state)[0]?.accounts?.map(({ account }) => account)).toEqual([
      'It startled me.',
      'I have thought about it again.',
    ]);
  });
  it('nothing that staff enter touches it', () => {
    const before = [touch.recorded(), touch.told(ANA)];
    const after = [
      ...before,
      touch.assessed('neutral'),
      touch.discussed(),
      touch.repaired(),
      touch.escalated(),
    ];
    const accounts = (past: Past<AgreementEvent>[]) => shownCrossings(given(...past).state)[0]?.accounts;
    expect(accounts(after)).toEqual(accounts(before));
  });
  it('only a client concerned gives one', () =>
    given(touch.recorded()).when(touch.tell(BEN)).thenRefused('not_concerned'));
});

describe('Crossings hold the words of people', () => {
  it('every text of theirs is declared personal, so that it is sealed and withheld', () => {
    const everything: AgreementEvent[] = [
      touch.planned(),
      touch.recorded(),
      { type: 'CrossingAssessed', data: { ...touch.assessed('neutral').data, assessment: 'Meant well.' } },
      {
        type: 'CrossingDiscussedWithClient',
        data: { ...touch.discussed().data, summary: 'She was relieved.' },
      },
      touch.told(ANA),
      touch.repaired(),
      {
        type: 'CrossingEscalated',
        data: { ...touch.escalated().data, recipient: 'Dr Mara Sample', grounds: 'Twice now.' },
      },
    ] as AgreementEvent[];
    for (const event of recorded('boundary', everything)) {
      const texts = Object.values<unknown>(wordless(event).data).filter(
        (value) => typeof value === 'string' && /[ A-Z]/.test(value),
      );
      expect(texts, event.type).toEqual([]);
    }
  });

  it('an event about a crossing concerns those it concerns, not the others of the unit', () => {
    expect(agreement.subjects(given(touch.recorded()).state)).toEqual([ANA]);
    const other = on('touch', [BEN]);
    expect(agreement.subjects(given(...agreedOn('touch'), other.recorded()).state)).toEqual([BEN]);
    expect(agreement.subjects(given(other.recorded(), ...agreedOn('touch')).state)).toEqual([ANA]);
  });
});
