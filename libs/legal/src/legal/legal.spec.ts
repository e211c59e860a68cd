import { describe, expect, it } from 'vitest';
import { forDecider, STAFF } from '../../../../test/support/decider-kit.js';
import type { Retention } from '../retention/retention.js';
import type { DestroyedKeys } from './erasure.js';
import { legal, type LegalCommand, type LegalEvent } from './legal.js';
import { obstacles, type Circumstances } from './obstacles.js';

const CLIENT = '0190aaaa-0000-7000-8000-0000000000c1';
const PARTNER = '0190aaaa-0000-7000-8000-0000000000c2';
const SECOND = '0190aaaa-0000-7000-8000-0000000000d1';
const THING = '0190aaaa-0000-7000-8000-0000000000e1';
const by = (id: string) => ({ actor: { id, role: 'owner' } });
const WHY = { reason: 'The court has written to us.' };

const OVER: Retention = {
  until: '2026-06-14',
  because: 'after_last_treatment',
  rule: 'Germany',
  clause: '§ 630f',
  advice: '',
};
const CLEAR: Circumstances = {
  today: '2026-06-15',
  retention: OVER,
  holds: [],
  openInquiries: [],
  openRelationships: [],
  plannedSessions: [],
  sharers: [],
  mergeProposals: [],
  openFollowUps: [],
  openViolations: [],
  therapists: [],
};

const PLACE: LegalCommand = {
  type: 'PlaceHold',
  clientId: CLIENT,
  grounds: 'litigation',
  authority: 'Landgericht',
  erased: false,
};
const placed: LegalEvent = {
  type: 'LegalHoldPlaced',
  data: { clientId: CLIENT, grounds: 'litigation', authority: 'Landgericht' },
};
const lifted: LegalEvent = { type: 'LegalHoldLifted', data: { clientId: CLIENT } };

describe('A legal hold', () => {
  it('is placed on one client, with a reason', () => forDecider(legal).given().when(PLACE, WHY).then(placed));
  it('is refused without a reason, and where nothing is left to hold', () =>
    forDecider(legal)
      .given()
      .when({ ...PLACE, erased: true } as LegalCommand)
      .thenRefused('reason_missing', 'already_erased'));
  it('is lifted by another person than placed it', () => {
    forDecider(legal).given(placed).when({ type: 'LiftHold' }, WHY).thenRefused('second_person_needed');
    forDecider(legal)
      .given(placed)
      .when({ type: 'LiftHold' }, { ...WHY, ...by(SECOND) })
      .then(lifted);
  });
  it('is not lifted without a reason', () =>
    forDecider(legal).given(placed).when({ type: 'LiftHold' }, by(SECOND)).thenRefused('reason_missing'));
  it('is no erasure: it cannot be decided', () =>
    expect(() => forDecider(legal).given(placed).when(decide('refused')).then()).toThrow('no such erasure'));
});

const REQUEST: Extract<LegalCommand, { type: 'RequestErasure' }> = {
  type: 'RequestErasure',
  clientId: CLIENT,
  askedBy: 'client',
  alsoAsked: [],
  erased: false,
};
const requested: LegalEvent = { type: 'ErasureRequested', data: { clientId: CLIENT, askedBy: 'client' } };
const decide = (decision: 'approved' | 'refused', more: Partial<Circumstances> = {}): LegalCommand => ({
  type: 'DecideErasure',
  decision,
  circumstances: { ...CLEAR, ...more },
});
const decided = (decision: 'approved' | 'refused', ...standing: string[]): LegalEvent => ({
  type: 'ErasureDecided',
  data: { clientId: CLIENT, decision, standing },
});
const approved = { ...decided('approved'), actorId: SECOND };
const KEYS: DestroyedKeys = {
  clientId: CLIENT,
  kinds: ['record', 'psychotherapy_notes'],
  versions: { record: [1, 2], psychotherapy_notes: [1] },
};
const execute = (more: Partial<Circumstances> = {}): LegalCommand => ({
  type: 'ExecuteErasure',
  circumstances: { ...CLEAR, ...more },
  keys: [KEYS],
});
const destroyed: LegalEvent = { type: 'SubjectKeyDestroyed', data: KEYS };

describe('An erasure', () => {
  it('is asked for by the client, a guardian or an authority', () => {
    forDecider(legal).given().when(REQUEST).then(requested);
    forDecider(legal)
      .given()
      .when({ ...REQUEST, askedBy: 'guardian', asker: 'Her mother' })
      .then({
        type: 'ErasureRequested',
        data: { clientId: CLIENT, askedBy: 'guardian', asker: 'Her mother' },
      });
  });
  it('is refused, naming everything, where the client is erased, merged away or asked for already, or nobody knows who asks', () =>
    forDecider(legal)
      .given()
      .when({ ...REQUEST, askedBy: 'authority', erased: true, mergedInto: PARTNER, alsoAsked: [THING] })
      .thenRefused('already_erased', 'merged_away', 'already_asked', 'asker_missing'));
  it('is decided when nothing stands against it', () =>
    forDecider(legal).given(requested).when(decide('approved')).then(decided('approved')));
  it('may be refused, with what stands against it on record', () =>
    forDecider(legal)
      .given(requested)
      .when(decide('refused', { holds: [THING], openRelationships: [THING] }))
      .then(decided('refused', 'legal_hold', 'relationship_open')));
  it('is not refused without a reason where no rule stands against it', () => {
    forDecider(legal).given(requested).when(decide('refused')).thenRefused('reason_missing');
    forDecider(legal).given(requested).when(decide('refused'), WHY).then(decided('refused'));
  });
  it('that was approved may still be refused, and what was refused stays so', () => {
    forDecider(legal).given(requested, approved).when(decide('refused'), WHY).then(decided('refused'));
    forDecider(legal)
      .given(requested, decided('refused'))
      .when(decide('approved'))
      .thenRefused('already_decided');
  });
  it('is never executed before it is approved', () => {
    forDecider(legal).given(requested).when(execute()).thenRefused('not_approved');
    forDecider(legal).given(requested, decided('refused')).when(execute()).thenRefused('not_approved');
  });
  it('needs two people: who approved it does not execute it', () => {
    forDecider(legal)
      .given(requested, approved)
      .when(execute(), by(SECOND))
      .thenRefused('second_person_needed');
    forDecider(legal).given(requested, approved).when(execute()).then(destroyed);
  });
  it('is neither approved nor executed by who treated the client', () => {
    const therapists = [STAFF];
    forDecider(legal)
      .given(requested)
      .when(decide('approved', { therapists }))
      .thenRefused('treated_the_client');
    forDecider(legal)
      .given(requested, approved)
      .when(execute({ therapists }))
      .thenRefused('treated_the_client');
  });
  it('is judged again when it is executed: a hold placed meanwhile stops it', () =>
    forDecider(legal)
      .given(requested, approved)
      .when(execute({ holds: [THING] }))
      .thenRefused('legal_hold'));
  it('names every record of the person, each with its keys', () => {
    const other = { ...KEYS, clientId: PARTNER };
    const command = { ...execute(), keys: [KEYS, other] } as LegalCommand;
    forDecider(legal)
      .given(requested, approved)
      .when(command)
      .then(destroyed, { type: 'SubjectKeyDestroyed', data: other });
  });
});

describe('What stands against an erasure', () => {
  const codes = (more: Partial<Circumstances>) => obstacles({ ...CLEAR, ...more }).map(({ code }) => code);
  const later: Retention = { ...OVER, until: '2036-06-09' };

  it('is nothing once the time is over', () => expect(codes({})).toEqual([]));
  it('is that records are still kept: until when, by which rule and clause', () =>
    expect(obstacles({ ...CLEAR, retention: later })).toEqual([
      {
        code: 'retention_runs',
        detail:
          'Records of this client are kept until 2036-06-09 (Germany: § 630f). Ask again after that day.',
      },
    ]));
  it('is that texts are about somebody else too, whose records are kept: how many and whose, no names', () => {
    const [reason] = obstacles({ ...CLEAR, sharers: [{ clientId: PARTNER, texts: 12, retention: later }] });
    expect(reason).toMatchObject({ code: 'joint_records', otherId: PARTNER });
    expect(reason!.detail).toContain('12 texts');
    expect(reason!.detail).toContain('2036-06-09');
  });
  it('is that somebody else in these texts is still in treatment', () => {
    const retention: Retention = { ...OVER, until: null, because: 'treatment_goes_on' };
    expect(codes({ sharers: [{ clientId: PARTNER, texts: 1, retention }] })).toEqual(['joint_records']);
  });
  it('is not a joint text that nobody has to keep any longer', () =>
    expect(codes({ sharers: [{ clientId: PARTNER, texts: 12, retention: OVER }] })).toEqual([]));
  it('is everything at once', () =>
    expect(
      codes({
        retention: later,
        holds: [THING],
        openInquiries: [THING],
        openRelationships: [THING],
        plannedSessions: [THING],
        sharers: [{ clientId: PARTNER, texts: 1, retention: later }],
        mergeProposals: [THING],
        openFollowUps: [THING],
        openViolations: [THING],
      }),
    ).toEqual([
      'retention_runs',
      'legal_hold',
      'inquiry_open',
      'relationship_open',
      'session_planned',
      'joint_records',
      'merge_proposed',
      'emergency_follow_up_open',
      'violation_open',
    ]));
  it('refuses the decision with every reason', () =>
    forDecider(legal)
      .given(requested)
      .when(decide('approved', { retention: later, holds: [THING, SECOND], openViolations: [THING] }))
      .thenRefused('retention_runs', 'legal_hold', 'legal_hold', 'violation_open'));
});
