import type { ClientEvent } from '#libs/client';
import { foldInto } from '#libs/event-store';
import { streamOf, type Recorded } from '#libs/kernel';
import { policyAt } from '#libs/practice';
import { EXAMPLE_FOR_ONE } from '#libs/stance';
import { consentIdOf, type ConsentEvent } from '../../libs/consent/src/consent/consent.js';
import type { TwoClocks } from '../../libs/consent/src/consent/situation.js';
import type { Purpose } from '../../libs/consent/src/rule-pack/elements.js';
import { packInForce, requirements } from '../../libs/consent/src/rule-pack/pack.js';
import { SHIPPED_PACKS } from '../../libs/consent/src/rule-pack/packs.js';
import type { Part } from '../../libs/consent/src/status/facts.js';
import { statusFacts, type Known } from '../../libs/consent/src/status/parts.js';
import { relationshipStatus, type RelationshipStatus } from '../../libs/consent/src/status/status.js';
import { consentFacts } from '../../libs/consent/src/status/status.projection.js';

/* For specs only: a small log of one relationship, told event by event. */

const id = (n: number) => `0190eeee-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const PRACTICE = id(1);
export const THERAPIST = id(2);
export const OTHER = id(3);
export const CLIENT = id(4);
export const PARTNER = id(5);
export const RELATIONSHIP = id(6);
export const CONSENT_FORM = id(7);
export const FEES = id(8);
export const UNIT = id(11);
export const GUARDIAN = id(12);
export const OTHER_GUARDIAN = id(13);
export const LATE_COMER = id(14);
const stanceId = (therapistId: string) => (therapistId === THERAPIST ? id(9) : id(10));

const known: Known = {
  stanceIdOf: (_practiceId, therapistId) => stanceId(therapistId),
  policyAt,
  packs: SHIPPED_PACKS,
};

export class Story {
  readonly events: Recorded[] = [];

  /** `when` is when it happened; it was recorded at once unless `recordedAt` says later. */
  add(
    stream: string,
    type: string,
    data: object,
    when: string,
    recordedAt = when,
    actorId = THERAPIST,
  ): string {
    const position = this.events.length + 1;
    const eventId = `0190ffff-0000-7000-8000-${String(position).padStart(12, '0')}`;
    const version = this.events.filter((event) => event.stream === stream).length + 1;
    const rest = {
      schema: 1,
      subjects: [],
      commandId: '',
      correlationId: '',
      causationId: '',
      leafHash: '',
      actor: { id: actorId, role: 'therapist' },
    };
    this.events.push({
      type,
      data,
      eventId,
      practiceId: PRACTICE,
      stream,
      version,
      position,
      occurredAt: when,
      recordedAt,
      ...rest,
    });
    return eventId;
  }

  /** A practice in Berlin, a published stance, a document, and one open relationship. */
  begin(when: string, opening: object = {}): this {
    this.add(
      streamOf('practice', PRACTICE),
      'PracticeRegistered',
      { name: 'Invented', zone: 'Europe/Berlin', locale: 'en', rulePack: 'generic', demo: true },
      when,
    );
    for (const staffId of [THERAPIST, OTHER]) {
      this.add(
        streamOf('staff', staffId),
        'StaffRegistered',
        { name: `Invented ${staffId.slice(-1)}`, roles: ['therapist'] },
        when,
      );
      this.add(streamOf('stance', stanceId(staffId)), 'StanceDrafted', { therapistId: staffId }, when);
      this.publishStance(1, when, 'material', [], when, staffId);
    }
    this.publishDocument(CONSENT_FORM, 'consent_form', 1, when);
    this.add(streamOf('client', CLIENT), 'ClientRegistered', {}, when);
    const opened = {
      unitId: UNIT,
      unitKind: 'individual',
      members: [CLIENT],
      therapistId: THERAPIST,
      format: 'in_person',
      rulePack: 'generic',
      ...opening,
    };
    this.add(streamOf('relationship', RELATIONSHIP), 'RelationshipOpened', opened, when);
    return this;
  }

  publishStance(
    versionNo: number,
    when: string,
    materiality: 'material' | 'cosmetic' = 'material',
    changedDimensions: string[] = ['challenge'],
    recordedAt = when,
    staffId = THERAPIST,
  ) {
    const data = {
      versionNo,
      dimensions: EXAMPLE_FOR_ONE,
      statement: `Statement ${versionNo}`,
      contentHash: `sha256:${versionNo}`,
      materiality,
      changedDimensions,
    };
    return this.add(streamOf('stance', stanceId(staffId)), 'StancePublished', data, when, recordedAt);
  }

  publishDocument(
    documentId: string,
    kind: string,
    versionNo: number,
    when: string,
    materiality = 'material',
    effectiveFrom = when,
  ) {
    const stream = streamOf('document', documentId);
    if (versionNo === 1)
      this.add(stream, 'DocumentDrafted', { kind, title: kind, locale: 'en', text: '', elements: [] }, when);
    return this.add(
      stream,
      'DocumentPublished',
      {
        kind,
        title: kind,
        versionNo,
        contentHash: `sha256:d${versionNo}`,
        materiality,
        effectiveFrom,
        elements: [],
      },
      when,
    );
  }

  bond(type: string, data: object, when: string, recordedAt = when) {
    return this.add(streamOf('relationship', RELATIONSHIP), type, data, when, recordedAt);
  }

  unit(
    type: 'UnitFormed' | 'UnitMemberAdded' | 'UnitMemberLeft',
    data: object,
    when: string,
    recordedAt = when,
  ) {
    return this.add(streamOf('unit', UNIT), type, data, when, recordedAt);
  }

  client(type: ClientEvent['type'], data: object, when: string, recordedAt = when, clientId = CLIENT) {
    return this.add(streamOf('client', clientId), type, data, when, recordedAt);
  }

  /** From the beginning of its year unless told. */
  guardian(guardianId: string, jointRule: 'sole' | 'either' | 'both', when: string, more: object = {}) {
    const validFrom = `${when.slice(0, 4)}-01-01`;
    const authority = { guardianId, name: '', scope: 'all', jointRule, document: '', validFrom };
    return this.client('GuardianAuthorityRecorded', { ...authority, ...more }, when);
  }

  consent(
    type: ConsentEvent['type'],
    data: object,
    when: string,
    recordedAt = when,
    clientId = CLIENT,
    purpose: Purpose = 'treatment',
  ) {
    return this.add(
      streamOf('consent', consentIdOf(PRACTICE, RELATIONSHIP, clientId, purpose)),
      type,
      { relationshipId: RELATIONSHIP, clientId, purpose, ...data },
      when,
      recordedAt,
    );
  }

  offer(when: string, clientId = CLIENT, purpose: Purpose = 'treatment') {
    const documents = [
      { documentId: CONSENT_FORM, versionNo: 1, contentHash: 'sha256:d1', material: true, elements: [] },
    ];
    return this.consent(
      'ConsentOffered',
      { documents, language: 'en', channel: 'in_person' },
      when,
      when,
      clientId,
      purpose,
    );
  }

  /** Offered, talked through, the stance acknowledged, and given; `given` changes what it rests on. */
  give(
    when: string,
    given: object = {},
    recordedAt = when,
    clientId = CLIENT,
    purpose: Purpose = 'treatment',
  ) {
    this.offer(when, clientId, purpose);
    const pack = packInForce(SHIPPED_PACKS, 'generic', when.slice(0, 10))!;
    const circumstances = { purpose, minor: true, remote: true, mandated: true };
    const elements = (['couple', 'group'] as const).flatMap((unitKind) =>
      requirements(pack, { ...circumstances, unitKind }).map(({ element }) => element),
    );
    for (const element of new Set(elements))
      this.consent('ElementDisclosed', { element, how: 'spoken' }, when, recordedAt, clientId, purpose);
    this.consent(
      'ComprehensionRecorded',
      { method: 'teach_back', understood: true, capacity: { attested: true } },
      when,
      recordedAt,
      clientId,
      purpose,
    );
    this.consent(
      'VoluntarinessRecorded',
      { voluntary: true, mandated: false, pressures: [] },
      when,
      recordedAt,
      clientId,
      purpose,
    );
    const stance = { stanceId: stanceId(THERAPIST), versionNo: 1, contentHash: 'sha256:1' };
    this.consent('StanceAcknowledged', stance, when, recordedAt, clientId, purpose);
    const documents = [
      { documentId: CONSENT_FORM, versionNo: 1, contentHash: 'sha256:d1', material: true, elements: [] },
    ];
    const rests = {
      by: 'self',
      validFrom: when,
      expiresOn: null,
      reviewOn: null,
      stance,
      documents,
      therapistId: THERAPIST,
      format: 'in_person',
      rulePack: { id: 'generic', validFrom: '2015-01-01' },
      majorityOn: null,
    };
    return this.consent(
      'ConsentGiven',
      { ...rests, ...given, signature: {} },
      when,
      recordedAt,
      clientId,
      purpose,
    );
  }

  /** What each of a couple or family gives: to treatment, and to how confidentiality works between them. */
  giveTogether(when: string, ...clientIds: string[]): void {
    for (const clientId of clientIds)
      for (const purpose of ['treatment', 'joint_work_confidentiality'] as const)
        this.give(when, {}, when, clientId, purpose);
  }

  parts(events: readonly Recorded[] = this.events): Map<string, Part> {
    const parts = new Map<string, Part>();
    foldInto(consentFacts, parts, events);
    return parts;
  }

  at(at: string, knownAt = '2030-01-01T00:00:00.000Z', parts = this.parts()): RelationshipStatus {
    const clocks: TwoClocks = { at, knownAt };
    const facts = statusFacts(parts, PRACTICE, RELATIONSHIP, clocks, known);
    const status = facts && relationshipStatus(facts, clocks);
    if (!status) throw new Error('there was no relationship then');
    return status;
  }

  /** As `at`, where a prefix of the log may know of no relationship yet. */
  whole(clocks: TwoClocks, events: readonly Recorded[]): RelationshipStatus | undefined {
    const facts = statusFacts(this.parts(events), PRACTICE, RELATIONSHIP, clocks, known);
    return facts && relationshipStatus(facts, clocks);
  }
}
