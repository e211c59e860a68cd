import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consentFacts, consentIdOf, ELEMENTS, StatusReader, type Purpose } from '#libs/consent';
import { rebuild, tables } from '#libs/event-store';
import { addDays, addHours, localDate, sha256 } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { startService, type Service } from '../support/http-kit.js';
import { givenConsent, givenDocument, givenRelationship, givenStance, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
beforeAll(async () => ({ service, stop } = await startService()));
afterAll(() => stop());

const TODAY = localDate(new Date().toISOString(), 'Europe/Berlin');
const signature = { method: 'typed', signedName: 'Invented Person' };
const reason = 'told by phone';

const get = async <T>(path: string) => {
  const answer = await service.get('coordinator', path);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as T;
};
interface Consent {
  clientId: string;
  purpose: string;
  status: string;
  reasons: { code: string; eventId: string | null }[];
  missing: { element: string }[];
  documents: object[];
  guardians: string[];
  assent: { said: string }[];
}
interface Relationship {
  relationshipId: string;
  overall: string;
  members: string[];
  memberStatuses: { clientId: string; status: string }[];
  stance: { contradictions: { code: string }[]; acknowledged: { by: string } | null };
  consents: Consent[];
  gate: { result: string; reasons: { code: string; detail: string; clientId?: string }[] };
}
const ofClient = async (clientId: string) =>
  (await get<{ overall: string; relationships: Relationship[] }>(`/v1/clients/${clientId}/consent-status`))
    .relationships[0]!;
const ofRelationship = (story: Pick<Story, 'relationshipId'>) =>
  get<Relationship>(`/v1/relationships/${story.relationshipId}/consent-status`);
const codes = async (clientId: string) =>
  (await ofClient(clientId)).consents
    .filter((consent) => consent.clientId === clientId)
    .flatMap((consent) => consent.reasons.map(({ code }) => code));

async function newClient(dateOfBirth: string): Promise<string> {
  const details = { legalName: `Invented ${randomUUID()}`, dateOfBirth, languages: ['en'], contacts: [] };
  return (await service.done('coordinator', '/v1/clients', details)).id;
}

/** One person of some age with a relationship of their own, over HTTP. */
async function bornOn(dateOfBirth: string): Promise<Story> {
  const stanceId = await givenStance(service);
  const clientId = await newClient(dateOfBirth);
  const unit = await service.done('coordinator', '/v1/units', { kind: 'individual', members: [clientId] });
  const therapistId = service.first.staff.therapist;
  const { id: relationshipId } = await service.done('coordinator', '/v1/relationships', {
    unitId: unit.id,
    therapistId,
    format: 'in_person',
  });
  return { clientId, clientIds: [clientId], relationshipId, therapistId, stanceId };
}

/** Everything but the giving. @returns the path of the consent */
async function talkedThrough(
  story: Story,
  { assented, purpose = 'treatment' }: { assented?: 'assent' | 'dissent'; purpose?: Purpose } = {},
): Promise<string> {
  const { documentId, versionNo } = await givenDocument(service, ['risks']);
  const { id } = await service.done('coordinator', '/v1/consents', {
    relationshipId: story.relationshipId,
    clientId: story.clientId,
    purpose,
    documents: [{ documentId, versionNo }],
    language: 'en',
    channel: 'in_person',
  });
  const path = `/v1/consents/${id}`;
  const elements = ELEMENTS.filter(
    (element) => element !== 'therapist_stance' && element !== 'mandated_services',
  );
  await service.done('therapist', `${path}/disclose`, { elements, how: 'spoken' });
  const comprehension = { method: 'teach_back', understood: true, capacity: { attested: true } };
  await service.done('therapist', `${path}/record-comprehension`, comprehension);
  const voluntary = { voluntary: true, mandated: false, pressures: [] };
  await service.done('therapist', `${path}/record-voluntariness`, voluntary);
  const { current } = await get<{ current: { versionNo: number; contentHash: string } }>(
    `/v1/stances/${story.stanceId}`,
  );
  await service.done('therapist', `${path}/acknowledge-stance`, {
    stanceVersionNo: current.versionNo,
    contentHash: current.contentHash,
  });
  if (assented) await service.done('therapist', `${path}/record-${assented}`, { words: 'It is mine to say' });
  return path;
}

const guardian = (clientId: string, guardianId: string, jointRule: string, more: object = {}) =>
  service.done('coordinator', `/v1/clients/${clientId}/record-guardian`, {
    guardianId,
    name: 'Invented Guardian',
    allPurposes: true,
    jointRule,
    document: 'birth certificate, in the file',
    validFrom: '2020-01-01',
    ...more,
  });
const unitOf = async ({ relationshipId }: Story) =>
  (await get<{ unitId: string }>(`/v1/relationships/${relationshipId}`)).unitId;

describe('couples, families and groups', () => {
  it('a member who joins consents for themself, and one who leaves no longer counts', async () => {
    const story = await givenRelationship(service, { kind: 'family' });
    for (const clientId of story.clientIds) await givenConsent(service, story, { clientId });
    expect(await ofRelationship(story)).toMatchObject({ overall: 'given', gate: { result: 'allow' } });

    const child = await newClient('1990-01-01');
    const unit = `/v1/units/${await unitOf(story)}`;
    await service.done('coordinator', `${unit}/add-member`, { clientId: child });
    const joined = await ofRelationship(story);
    expect(joined).toMatchObject({ overall: 'not_sought', gate: { result: 'refuse' } });
    expect(joined.memberStatuses).toContainEqual({ clientId: child, status: 'not_sought' });
    expect((await ofClient(child)).relationshipId).toBe(story.relationshipId);

    const offered = await talkedThrough({ ...story, clientId: child });
    await service.done('therapist', `${offered}/give`, { by: 'self', signature });
    expect(await ofRelationship(story)).toMatchObject({ overall: 'given', gate: { result: 'refuse' } });
    const joint = { purpose: 'joint_work_confidentiality' as const };
    const together = await talkedThrough({ ...story, clientId: child }, joint);
    await service.done('therapist', `${together}/give`, { by: 'self', signature });
    expect(await ofRelationship(story)).toMatchObject({ overall: 'given', gate: { result: 'allow' } });

    await service.done('coordinator', `${offered}/withdraw`, { by: 'self', channel: 'phone' });
    expect((await ofRelationship(story)).overall).toBe('withdrawn');
    await service.done('coordinator', `${unit}/remove-member`, { clientId: child });
    expect(await ofRelationship(story)).toMatchObject({ overall: 'given', gate: { result: 'allow' } });
    const { documentId, versionNo } = await givenDocument(service, ['risks']);
    await service.refused(404, 'not_found', () =>
      service.post('coordinator', '/v1/consents', {
        relationshipId: story.relationshipId,
        clientId: child,
        purpose: 'recording',
        documents: [{ documentId, versionNo }],
        language: 'en',
        channel: 'email',
      }),
    );
  });

  it('the answer about one says of the other who they are and how their consent stands, and nothing else', async () => {
    const story = await givenRelationship(service, { kind: 'couple' });
    const [one, other] = story.clientIds as [string, string];
    await givenConsent(service, story, { clientId: one });
    const path = `/v1/consents/${await givenConsent(service, story, { clientId: other })}`;
    await service.done('therapist', `${path}/record-voluntariness`, {
      voluntary: false,
      mandated: false,
      pressures: ['family'],
      words: 'Only because my partner insists',
    });
    const seen = await ofClient(one);
    expect(seen.overall).toBe('stale');
    const others = seen.consents.filter(
      ({ clientId, purpose }) => clientId === other && purpose === 'treatment',
    );
    expect(others).toMatchObject([
      { clientId: other, status: 'stale', reasons: [], documents: [], missing: [], evidence: [] },
    ]);
    expect(seen.gate).toMatchObject({ result: 'refuse' });
    expect(seen.gate.reasons.filter(({ clientId }) => clientId === other).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['concerns_another_member']),
    );
    expect(seen.stance.acknowledged!.by).toBe(one);
    expect(JSON.stringify(seen)).not.toMatch(/not_voluntary|decide freely|insists/);
    expect(await codes(other)).toEqual(['not_voluntary']);
  });
});

describe('a minor', () => {
  it('consents through both guardians who decide together, with the signature of each', async () => {
    const story = await bornOn(`${Number(TODAY.slice(0, 4)) - 12}-01-01`);
    const [mother, father] = [randomUUID(), randomUUID()];
    await guardian(story.clientId, mother, 'both');
    const path = await talkedThrough(story, { assented: 'dissent' });
    const permission = {
      by: 'substitute',
      authority: { kind: 'guardian', guardianId: mother },
      signature,
    };
    await service.refused(422, 'second_guardian_not_on_record', () =>
      service.post('therapist', `${path}/give`, permission),
    );
    await guardian(story.clientId, father, 'both');
    await service.refused(422, 'second_guardian_missing', () =>
      service.post('therapist', `${path}/give`, permission),
    );
    await service.done('therapist', `${path}/give`, {
      ...permission,
      cosigned: [{ guardianId: father, signature }],
    });
    const [given] = (await ofClient(story.clientId)).consents;
    expect(given).toMatchObject({
      status: 'given',
      guardians: [mother, father],
      assent: [{ said: 'dissent' }],
      reasons: [{ code: 'dissent_recorded' }],
    });
    expect(JSON.stringify(given)).not.toContain('mine to say');

    await service.done('coordinator', `/v1/clients/${story.clientId}/end-guardian`, {
      guardianId: father,
      endedOn: TODAY,
    });
    expect(await codes(story.clientId)).toContain('guardian_authority_changed');
    expect((await ofClient(story.clientId)).gate.result).toBe('refuse');
  });

  it('consents only through a guardian on record, never through one named in words or whose authority is over or for something else', async () => {
    const story = await bornOn(`${Number(TODAY.slice(0, 4)) - 12}-01-01`);
    const path = await talkedThrough(story, { assented: 'assent' });
    const permission = {
      by: 'substitute',
      authority: { kind: 'guardian', name: 'Invented Guardian', reference: 'birth certificate' },
      signature,
    };
    const refused = await service.refused(422, 'authority_not_on_record', () =>
      service.post('therapist', `${path}/give`, permission),
    );
    expect(refused.detail).toContain('/record-guardian');
    await guardian(story.clientId, randomUUID(), 'sole', { validTo: '2021-12-31' });
    await guardian(story.clientId, randomUUID(), 'sole', { allPurposes: undefined, purposes: ['research'] });
    await service.refused(422, 'authority_not_in_force', () =>
      service.post('therapist', `${path}/give`, permission),
    );
    const mother = randomUUID();
    await guardian(story.clientId, mother, 'sole');
    await service.refused(422, 'guardian_not_named', () =>
      service.post('therapist', `${path}/give`, permission),
    );
    const authority = { kind: 'guardian', guardianId: mother };
    await service.done('therapist', `${path}/give`, { ...permission, authority });
    expect((await ofClient(story.clientId)).consents).toMatchObject([
      { status: 'given', guardians: [mother], reasons: [] },
    ]);
  });

  it('who turns out to be of age is asked themself', async () => {
    const story = await bornOn(`${Number(TODAY.slice(0, 4)) - 12}-01-01`);
    const path = await talkedThrough(story, { assented: 'assent' });
    const mother = randomUUID();
    await guardian(story.clientId, mother, 'sole');
    await service.done('therapist', `${path}/give`, {
      by: 'substitute',
      authority: { kind: 'guardian', guardianId: mother },
      signature,
    });
    expect(await codes(story.clientId)).toEqual([]);
    const { version } = await get<{ version: number }>(`/v1/clients/${story.clientId}`);
    await service.done(
      'coordinator',
      `/v1/clients/${story.clientId}/change-details`,
      { dateOfBirth: '1990-01-01' },
      { 'If-Match': `"${version}"` },
    );
    expect(await codes(story.clientId)).toEqual(['majority_reached']);
    expect((await ofClient(story.clientId)).gate.result).toBe('refuse');
    await service.done('therapist', `${path}/renew`, { by: 'self', signature });
    expect(await codes(story.clientId)).toEqual([]);
  });
});

describe('what changes about a client or a relationship', () => {
  it('a client found unable to decide, and a client who is elsewhere, are asked again', async () => {
    const story = await bornOn('1985-05-05');
    const client = `/v1/clients/${story.clientId}`;
    const moves = async (jurisdiction: string) => {
      const { version } = await get<{ version: number }>(client);
      await service.done(
        'coordinator',
        `${client}/change-details`,
        { jurisdiction },
        { 'If-Match': `"${version}"` },
      );
    };
    await moves('DE');
    const path = await talkedThrough(story);
    await service.done('therapist', `${path}/give`, { by: 'self', signature });
    await service.done('therapist', `${client}/assess-capacity`, { decision: 'treatment', capable: false });
    expect(await codes(story.clientId)).toEqual(['capacity_changed']);
    await service.refused(422, 'capacity_not_attested', () =>
      service.post('therapist', `${path}/renew`, { by: 'self', signature }),
    );
    await service.done('therapist', `${client}/assess-capacity`, { decision: 'treatment', capable: true });
    expect(await codes(story.clientId)).toEqual([]);
    await moves('US-CO');
    expect(await codes(story.clientId)).toEqual(['jurisdiction_changed']);
    await service.done('therapist', `${path}/renew`, { by: 'self', signature });
    expect(await codes(story.clientId)).toEqual([]);
  });

  it('a mandate makes consent stale and shows where the stance contradicts it', async () => {
    const story = await bornOn('1985-05-05');
    const path = await talkedThrough(story);
    await service.done('therapist', `${path}/give`, { by: 'self', signature });
    await service.done('therapist', `/v1/relationships/${story.relationshipId}/record-mandate`, {
      mandator: 'District court of nowhere',
      reports: 'attendance only',
    });
    const answer = await ofClient(story.clientId);
    expect(await codes(story.clientId)).toEqual(['information_source_changed', 'confidentiality_changed']);
    expect(answer.stance.contradictions.map(({ code }) => code)).toEqual([
      'client_is_not_only_source',
      'allegiance_without_mandator',
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/District court|attendance/);
    expect(answer.consents[0]!.missing.map(({ element }) => element)).toEqual(['mandated_services']);
    await service.refused(422, 'element_not_disclosed', () =>
      service.post('therapist', `${path}/renew`, { by: 'self', signature }),
    );
    await service.done('therapist', `${path}/disclose`, {
      elements: ['mandated_services'],
      how: 'spoken',
    });
    await service.done('therapist', `${path}/renew`, { by: 'self', signature });
    expect(await codes(story.clientId)).toEqual([]);
  });

  it('withdrawing towards the same recipient twice appends nothing', async () => {
    const story = await bornOn('1985-05-05');
    const path = await talkedThrough(story, { purpose: 'disclosure_authorization' });
    await service.refused(422, 'recipients_missing', () =>
      service.post('therapist', `${path}/give`, { by: 'self', signature }),
    );
    const recipients = ['Dr Invented', 'Dr Other'];
    await service.done('therapist', `${path}/give`, { by: 'self', signature, recipients });
    const withdrawal = {
      by: 'self',
      channel: 'phone',
      scope: { kind: 'recipient', recipient: 'Dr Invented' },
    };
    await service.done('coordinator', `${path}/withdraw`, withdrawal);
    const before = await service.position();
    await service.done('coordinator', `${path}/withdraw`, withdrawal);
    expect(await service.position()).toBe(before);
    expect(await codes(story.clientId)).toEqual(['partly_withdrawn']);
    expect(JSON.stringify(await get(path))).not.toContain('Dr Invented');
  });
});

describe('the lists', () => {
  interface Row {
    relationshipId: string;
    clientId: string;
    purpose: string;
    status: string;
    reasons: { code: string }[];
    therapistId: string;
    dueBy: string | null;
  }
  beforeAll(async () => {
    for (let count = 0; count < 3; count++) {
      const story = await bornOn('1985-05-05');
      await givenConsent(service, story);
      await service.done('therapist', `/v1/relationships/${story.relationshipId}/record-mandate`, {
        mandator: 'District court of nowhere',
      });
    }
  });
  it('the board says of everybody what the answer about their relationship says', async () => {
    const story = await givenRelationship(service, { kind: 'group' });
    const joined = await newClient('1990-01-01');
    await service.done('coordinator', `/v1/units/${await unitOf(story)}/add-member`, { clientId: joined });
    await service.settled();
    const rows = (await list('/v1/consent-statuses?limit=200')).data;
    expect(rows).toContainEqual(
      expect.objectContaining({ clientId: joined, purpose: 'treatment', status: 'not_sought' }),
    );
    const shown = (row: Pick<Row, 'clientId' | 'purpose' | 'status' | 'reasons'>) =>
      [row.clientId, row.purpose, row.status, ...row.reasons.map(({ code }) => code)].join(' ');
    for (const relationshipId of new Set(rows.map((row) => row.relationshipId))) {
      const { consents, members } = await ofRelationship({ relationshipId });
      const onBoard = rows.filter((row) => row.relationshipId === relationshipId);
      expect(
        onBoard
          .filter(({ status }) => status !== 'not_sought')
          .map(shown)
          .sort(),
      ).toEqual(
        consents
          .filter(({ clientId }) => members.includes(clientId))
          .map(shown)
          .sort(),
      );
    }
  });

  const list = (path: string) => get<{ data: Row[]; page: { next?: string } }>(path);

  it('the board finds every reason, also of members who joined later', async () => {
    await service.settled();
    const all = (await list('/v1/consent-statuses?limit=200')).data;
    const reasons = new Set(all.flatMap((row) => row.reasons.map(({ code }) => code)));
    expect([...reasons].sort()).toEqual(
      expect.arrayContaining(['confidentiality_changed', 'guardian_authority_changed', 'dissent_recorded']),
    );
    for (const code of reasons) {
      const found = (await list(`/v1/consent-statuses?limit=200&reason=${code}`)).data;
      expect(found).toEqual(all.filter((row) => row.reasons.some((one) => one.code === code)));
    }
    const therapistId = service.first.staff.therapist;
    expect((await list(`/v1/consent-statuses?limit=200&therapistId=${therapistId}`)).data).toEqual(all);
    expect((await list(`/v1/consent-statuses?therapistId=${randomUUID()}`)).data).toEqual([]);
    await service.refused(400, 'invalid_request', () =>
      service.get('coordinator', '/v1/consent-statuses?reason=because'),
    );
  });

  it('the worklist says who must be asked again, why and by when, most urgent first, a page at a time', async () => {
    await service.settled();
    const all = (await list('/v1/reconsent-worklist?limit=200')).data;
    expect(all.length).toBeGreaterThan(2);
    expect(all.every(({ status }) => ['stale', 'expired', 'deferred_emergency'].includes(status))).toBe(true);
    const due = all.map(({ dueBy }) => dueBy ?? '9999');
    expect(due).toEqual(due.toSorted());
    const first = await list('/v1/reconsent-worklist?limit=2');
    const rest = await list(`/v1/reconsent-worklist?limit=200&cursor=${first.page.next}`);
    expect([...first.data, ...rest.data]).toEqual(all);
    const therapistId = service.first.staff.therapist;
    expect((await list(`/v1/reconsent-worklist?limit=200&therapistId=${therapistId}`)).data).toEqual(all);
    expect((await list(`/v1/reconsent-worklist?therapistId=${randomUUID()}`)).data).toEqual([]);
    await service.refused(400, 'invalid_request', () =>
      service.get(
        'coordinator',
        `/v1/reconsent-worklist?therapistId=${therapistId}&cursor=${first.page.next}`,
      ),
    );
    const later = addHours(new Date().toISOString(), 24 * 400);
    const ahead = (await list(`/v1/reconsent-worklist?limit=200&at=${later}`)).data;
    expect(ahead.length).toBeGreaterThan(all.length);
  });

  it('everything is the same from the live fold, the stored row, the row with its tail and the rebuilt row', async () => {
    const practiceId = service.first.id;
    const reader = service.app.get(StatusReader);
    const clocks = { at: new Date().toISOString(), knownAt: new Date().toISOString() };
    const { rows } = await service.store.worker.query<{ id: string }>(
      "select distinct substr(stream, 8) as id from log.event where practice_id = $1 and stream like 'client-%'",
      [practiceId],
    );
    const from = (source: 'current' | 'live') =>
      Promise.all(
        rows.map(async ({ id }) => (await reader.ofClient(practiceId, id, clocks, source)).relationships),
      );
    const live = await from('live');
    expect(live.flat().length).toBeGreaterThan(5);
    expect(await from('current')).toEqual(live);
    await service.settled();
    expect(await from('current'), 'stored').toEqual(live);
    const { differences } = await rebuild(service.store, consentFacts);
    expect(differences).toEqual([]);
    expect(await from('current'), 'rebuilt').toEqual(live);
    await tables.halt(service.store.worker, consentFacts, practiceId, 1, 'for this test');
    try {
      expect(await from('current'), 'with no read model at all').toEqual(live);
    } finally {
      await service.store.worker.query(
        'update read.checkpoint set halted_at_position = null, halted_because = null',
      );
    }
  });
});

describe('what an answer rests on', () => {
  it('of all documents are those that were offered and the fee schedules, stored or from the log', async () => {
    const practiceId = service.first.id;
    const reader = service.app.get(StatusReader);
    const story = await givenRelationship(service);
    await givenConsent(service, story);
    const { documentId: unread } = await givenDocument(service, ['risks']);
    const { id: fees } = await service.done('coordinator', '/v1/documents', {
      kind: 'fee_schedule',
      title: 'Fees',
      locale: 'en',
      text: 'An hour costs what was agreed.',
      elements: [],
    });
    const { consents } = await ofClient(story.clientId);
    const signed = (consents[0]!.documents as { documentId: string }[]).map(
      (one) => `document-${one.documentId}`,
    );
    expect(signed).toHaveLength(1);

    const behind = await reader.streamsBehind(practiceId, story.clientId);
    expect(behind).toEqual(expect.arrayContaining([`document-${fees}`, ...signed]));
    expect(behind).not.toContain(`document-${unread}`);
    const parts = await reader.ofRelationships(practiceId, [story.relationshipId]);
    expect([...parts.keys()]).toEqual(expect.arrayContaining([`document-${fees}`, ...signed]));
    expect([...parts.keys()]).not.toContain(`document-${unread}`);
  });
});

describe('races', () => {
  it('whatever the gate judged stands guard until it is stored: the unit and its members as well', async () => {
    const story = await givenRelationship(service, { kind: 'family' });
    const unit = await unitOf(story);
    const reader = service.app.get(StatusReader);
    const commandId = randomUUID();
    const meta = {
      practiceId: service.first.id,
      id: story.relationshipId,
      commandId,
      requestHash: sha256(commandId),
      actor: { id: service.first.staff.therapist, role: 'therapist' },
      expected: 'any' as const,
    };
    let judged: string[] = [];
    await service.store.transact(relationship, meta, async (transaction) => {
      const { decision } = await reader.judgeIn(transaction, story.relationshipId, { format: 'in_person' });
      judged = decision.judged.map(({ stream }) => stream);
    });
    expect(judged).toEqual(
      expect.arrayContaining([
        `unit-${unit}`,
        ...story.clientIds.flatMap((clientId) => [
          `client-${clientId}`,
          `consent-${consentIdOf(service.first.id, story.relationshipId, clientId, 'treatment')}`,
        ]),
      ]),
    );
  });

  it('a guardian’s authority that ends while consent is given: one comes first, and both are seen', async () => {
    const story = await bornOn(`${Number(TODAY.slice(0, 4)) - 12}-01-01`);
    const mother = randomUUID();
    await guardian(story.clientId, mother, 'sole');
    const path = await talkedThrough(story, { assented: 'assent' });
    const [given, ended] = await Promise.all([
      service.post('therapist', `${path}/give`, {
        by: 'substitute',
        authority: { kind: 'guardian', guardianId: mother },
        signature,
      }),
      service.post('coordinator', `/v1/clients/${story.clientId}/end-guardian`, {
        guardianId: mother,
        endedOn: addDays(TODAY, -1),
        reason,
      }),
    ]);
    expect(ended.status).toBe(200);
    if (given.status === 200) expect(await codes(story.clientId)).toContain('guardian_authority_changed');
    else expect([given.status, given.body.code]).toEqual([422, 'authority_not_in_force']);
  });
});

describe('a change that blocks at once by the practice’s policy', () => {
  it('stops a session that runs: only pause, safety contact and end are accepted next', async () => {
    const policy = { staleEffects: { information_source_changed: { effect: 'block_now', graceDays: 5 } } };
    const { version } = await get<{ version: number }>('/v1/practice');
    await service.done('owner', '/v1/practice/set-policy', { policy }, { 'If-Match': `"${version}"` });
    const story = await givenRelationship(service);
    await givenConsent(service, story);
    const { relationshipId } = story;
    const bond = `/v1/relationships/${relationshipId}`;
    const records = (description: string) =>
      service.done('therapist', `${bond}/add-information-source`, { source: 'outside_records', description });
    const session = `/v1/sessions/${
      (
        await service.done('therapist', '/v1/sessions', {
          relationshipId,
          start: addHours(new Date().toISOString(), 0),
          durationMinutes: 50,
          modality: 'in_person',
        })
      ).id
    }`;
    const rupture = { kind: 'RuptureNoticed', noticedBy: 'therapist', words: 'went quiet' };
    await service.done('therapist', `${session}/start`);
    await service.done('therapist', `${session}/observe`, rupture);
    await records('letters of the clinic');
    await service.refused(422, 'consent_blocks_now', () =>
      service.post('therapist', `${session}/observe`, { ...rupture, words: 'again' }),
    );
    await service.done('therapist', `${session}/pause`);
    await service.refused(422, 'consent_blocks_now', () => service.post('therapist', `${session}/resume`));
    await service.done('therapist', `${session}/make-safety-contact`, {});
    await service.done('therapist', `${session}/end`);
    const counted = { minutes: 0, minutesWithConsent: 0, minutesAfterWithdrawal: 0, minutesAfterStop: 0 };
    expect(await get(session)).toMatchObject(counted);
    const { data } = await get<{ data: object[] }>(
      `/v1/sessions?relationshipId=${relationshipId}&minPosition=${await service.store.reader.position(service.first.id)}`,
    );
    expect(data).toMatchObject([counted]);
  });
});
