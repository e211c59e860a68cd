import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consent, consentFacts, ELEMENTS, StatusReader } from '#libs/consent';
import { EventStore, openPool, rebuild, tables } from '#libs/event-store';
import { sha256 } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { startService, type Service } from '../support/http-kit.js';
import {
  givenConsent,
  givenDocument,
  givenRelationship,
  givenTherapist,
  happens,
  type Story,
} from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
beforeAll(async () => ({ service, stop } = await startService()));
afterAll(() => stop());

const ELEMENTS_TO_SAY = ELEMENTS.filter((element) => element !== 'therapist_stance');
const SIGNED = { by: 'self', signature: { method: 'typed', signedName: 'Ada Sample' } };

/** Offered over HTTP on a document of its own. */
async function offered(story: Story) {
  const { documentId, versionNo } = await givenDocument(service, ['risks']);
  const body = {
    relationshipId: story.relationshipId,
    clientId: story.clientId,
    purpose: 'treatment',
    documents: [{ documentId, versionNo }],
    language: 'en',
    channel: 'in_person',
  };
  const { id } = await service.done('coordinator', '/v1/consents', body);
  return { id, body, documentId };
}

/** Everything but the giving, over HTTP. */
async function talkedThrough(story: Story) {
  const offer = await offered(story);
  const path = `/v1/consents/${offer.id}`;
  await service.done('therapist', `${path}/disclose`, { elements: ELEMENTS_TO_SAY, how: 'spoken' });
  const question = await service.done('therapist', `${path}/raise-question`, {
    question: 'Who else reads this?',
  });
  expect(question.events[0]?.type).toBe('QuestionRaised');
  const { questionId } = question.events[0]!.ids;
  await service.done('therapist', `${path}/answer-question`, { questionId, answer: 'Nobody but me.' });
  await service.done('therapist', `${path}/record-comprehension`, {
    method: 'teach_back',
    understood: true,
    capacity: { attested: true },
  });
  await service.done('therapist', `${path}/record-voluntariness`, {
    voluntary: true,
    mandated: false,
    pressures: [],
  });
  const stance = await service.get('therapist', `/v1/stances/${story.stanceId}`);
  const { versionNo, contentHash } = (stance.body as { current: { versionNo: number; contentHash: string } })
    .current;
  await service.done('therapist', `${path}/acknowledge-stance`, { stanceVersionNo: versionNo, contentHash });
  return { ...offer, path };
}

const statusOf = async (story: Story, query = '') => {
  const answer = await service.get('coordinator', `/v1/clients/${story.clientId}/consent-status${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as {
    overall: string;
    relationships: {
      consents: { status: string; reasons: { code: string }[] }[];
      gate: { result: string };
    }[];
  };
};

describe('a consent over HTTP', () => {
  it('is refused with everything that is missing, and given when nothing is, with a receipt', async () => {
    const story = await givenRelationship(service);
    const { id } = await offered(story);
    const problem = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('therapist', `/v1/consents/${id}/give`, SIGNED),
    );
    expect(problem.reasons!.map(({ code }) => code)).toEqual(
      expect.arrayContaining([
        'element_not_disclosed',
        'stance_not_acknowledged',
        'comprehension_not_recorded',
        'voluntariness_not_recorded',
      ]),
    );
    expect((await statusOf(story)).overall).toBe('offered');

    const { path } = await talkedThrough(await givenRelationship(service));
    const given = await service.done('therapist', `${path}/give`, SIGNED);
    expect(given.events.map(({ type }) => type)).toEqual(['ConsentGiven', 'ReceiptIssued']);
    const receipts = await service.get('therapist', `${path}/receipts`);
    expect(receipts.body.data).toMatchObject([
      { kind: 'given', text: expect.stringContaining('withdraw it at any time') },
    ]);
  });

  it('can be withdrawn at any version, and then nobody gives it back without a new conversation', async () => {
    const story = await givenRelationship(service);
    const { path } = await talkedThrough(story);
    await service.done('therapist', `${path}/give`, SIGNED);
    const withdrawn = await service.post(
      'coordinator',
      `${path}/withdraw`,
      { by: 'self', channel: 'phone' },
      { 'If-Match': null },
    );
    expect([withdrawn.status, (await statusOf(story)).overall]).toEqual([200, 'withdrawn']);
    const problem = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', `${path}/give`, SIGNED),
    );
    expect(problem.reasons!.map(({ code }) => code)).toContain('not_offered');
    const { body } = await service.get('therapist', path);
    const { eventId } = (body as { entries: { type: string; eventId: string }[] }).entries.find(
      ({ type }) => type === 'ConsentWithdrawn',
    )!;
    const version = (body as { version: number }).version;
    await service.refused(422, 'refused_for_several_reasons', () =>
      service.post(
        'coordinator',
        `${path}/mark-in-error`,
        { correctsEventId: eventId, requestedBy: 'client', reason: 'typo' },
        { 'If-Match': `"${version}"` },
      ),
    );
    await service.refused(422, 'second_clinician_needed', () =>
      service.post(
        'therapist',
        `${path}/mark-in-error`,
        { correctsEventId: eventId, requestedBy: 'client', reason: 'typo' },
        { 'If-Match': `"${version}"` },
      ),
    );
    await happens(service, relationship, story.relationshipId, {
      type: 'ReassignTherapist',
      to: await givenTherapist(service),
      therapist: { isTherapist: true, active: true },
      stance: { published: true, suits: true },
    });
    await service.refused(422, 'second_clinician_needed', () =>
      service.post(
        'therapist', // who treated them until now
        `${path}/mark-in-error`,
        { correctsEventId: eventId, requestedBy: 'client', reason: 'typo' },
        { 'If-Match': `"${version}"` },
      ),
    );
    expect((await statusOf(story)).relationships[0]!.gate.result).toBe('refuse');
  });

  it('cannot have happened before its relationship began, nor rest on a stance or text of a later day', async () => {
    const story = await givenRelationship(service);
    const { path, body } = await talkedThrough(story);
    const early = { occurredAt: '2019-06-01T10:00:00Z', reason: 'entered late' };
    await service.refused(422, 'before_the_opening', () =>
      service.post('coordinator', '/v1/consents', { ...body, ...early }),
    );
    await service.refused(422, 'before_the_opening', () =>
      service.post('therapist', `${path}/give`, { ...SIGNED, ...early }),
    );
    const stance = await service.get('therapist', `/v1/stances/${story.stanceId}`);
    const { versionNo, contentHash } = (
      stance.body as { current: { versionNo: number; contentHash: string } }
    ).current;
    await service.refused(422, 'stance_not_published', () =>
      service.post('therapist', `${path}/acknowledge-stance`, {
        stanceVersionNo: versionNo,
        contentHash,
        ...early,
      }),
    );
  });

  it('refuses documents, clients and relationships that are not there, and those of another practice alike', async () => {
    const story = await givenRelationship(service);
    const { body } = await offered(story);
    for (const change of [
      { relationshipId: randomUUID() },
      { clientId: randomUUID() },
      { documents: [{ documentId: randomUUID(), versionNo: 1 }] },
      { documents: [{ ...body.documents[0], versionNo: 9 }] },
    ])
      await service.refused(404, 'not_found', () =>
        service.post('coordinator', '/v1/consents', { ...body, ...change }),
      );
  });

  it('takes effect once, though the same key comes fifty times at once', async () => {
    const { path } = await talkedThrough(await givenRelationship(service));
    const before = await service.position();
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        service.post('therapist', `${path}/give`, SIGNED, { 'Idempotency-Key': key }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(49);
    expect(await service.position()).toBe(before + 2);
    await service.refused(422, 'idempotency_key_reused', () =>
      service.post(
        'therapist',
        `${path}/give`,
        { ...SIGNED, expiresOn: '2099-01-01' },
        { 'Idempotency-Key': key },
      ),
    );
  });

  it('says which version it is at when somebody was faster', async () => {
    const { path } = await talkedThrough(await givenRelationship(service));
    const problem = await service.refused(412, 'version_stale', () =>
      service.post('therapist', `${path}/give`, SIGNED, { 'If-Match': '"1"' }),
    );
    expect((problem.eventsSince as { type: string }[]).map(({ type }) => type)).toContain(
      'StanceAcknowledged',
    );
    await service.refused(428, 'if_match_missing', () =>
      service.post('therapist', `${path}/give`, SIGNED, { 'If-Match': null }),
    );
  });
});

describe('consent status', () => {
  it('does not answer about the future of what is known, and does about the future of what holds', async () => {
    const story = await givenRelationship(service);
    await givenConsent(service, story);
    const ahead = new Date(Date.now() + 400 * 86_400_000).toISOString();
    expect(
      (await service.get('auditor', `/v1/clients/${story.clientId}/consent-status?knownAt=${ahead}`)).status,
    ).toBe(400);
    expect(
      (await statusOf(story, `?at=${ahead}`)).relationships[0]!.consents[0]!.reasons.map(({ code }) => code),
    ).toEqual(['review_due']);
    expect((await statusOf(story, '?at=2020-01-01T00:00:00Z')).overall).toBe('not_sought');
  });

  it('is the same from the live fold, the stored row, the row with its tail and the rebuilt row', async () => {
    const practiceId = service.first.id;
    const stories: Story[] = [];
    for (let count = 0; count < 3; count++) stories.push(await givenRelationship(service));
    for (const story of stories) await givenConsent(service, story);
    const reader = service.app.get(StatusReader);
    const clocks = { at: new Date().toISOString(), knownAt: new Date().toISOString() };
    const from = async (source: 'current' | 'live') =>
      Promise.all(
        stories.map(
          async ({ clientId }) => (await reader.ofClient(practiceId, clientId, clocks, source)).relationships,
        ),
      );
    const live = await from('live');
    expect(live.map(([relationship]) => relationship!.overall)).toEqual(['given', 'given', 'given']);
    expect(await from('current'), 'with a tail, as long as the follower has not seen all').toEqual(live);
    await service.settled();
    expect(await from('current'), 'stored').toEqual(live);
    const { differences } = await rebuild(service.store, consentFacts);
    expect(differences).toEqual([]);
    expect(await from('current'), 'rebuilt').toEqual(live);
  });

  it('is never older than the log, even when the read model has stopped: rather folded anew, or unknown', async () => {
    const story = await givenRelationship(service);
    const consentId = await givenConsent(service, story);
    await service.settled();
    await tables.halt(service.store.worker, consentFacts, service.first.id, 1, 'for this test');
    try {
      await service.done('coordinator', `/v1/consents/${consentId}/withdraw`, {
        by: 'self',
        channel: 'phone',
      });
      expect((await statusOf(story)).overall).toBe('withdrawn');
      await service.refused(503, 'consent_unknown', () => service.get('coordinator', '/v1/consent-statuses'));
    } finally {
      await service.store.worker.query(
        'update read.checkpoint set halted_at_position = null, halted_because = null',
      );
    }
  });

  it('sees a withdrawal that another process with a faster clock recorded', async () => {
    const story = await givenRelationship(service);
    const consentId = await givenConsent(service, story);
    const pool = openPool(service.databaseUrl, 2);
    const fast = { now: () => new Date(Date.now() + 30_000).toISOString() };
    const elsewhere = new EventStore(
      pool,
      service.store.catalogue,
      fast,
      async () => 72,
      service.store.vault,
    );
    const commandId = randomUUID();
    const actor = { id: service.first.staff.therapist, role: 'therapist' };
    const meta = {
      practiceId: service.first.id,
      id: consentId,
      commandId,
      requestHash: sha256(commandId),
      actor,
      expected: 'any' as const,
    };
    await elsewhere.handle(consent, meta, { type: 'WithdrawConsent', by: 'self', channel: 'phone' });
    await pool.end();
    expect((await statusOf(story)).overall).toBe('withdrawn');
  });

  it('has a board with a page at a time and filters, whose cursor goes with its filter', async () => {
    await service.settled();
    const first = await service.get('coordinator', '/v1/consent-statuses?limit=2');
    const all = await service.get('coordinator', '/v1/consent-statuses?limit=200');
    const second = await service.get(
      'coordinator',
      `/v1/consent-statuses?limit=200&cursor=${first.body.page.next}`,
    );
    expect([...first.body.data, ...second.body.data]).toEqual(all.body.data);
    const given = await service.get('coordinator', '/v1/consent-statuses?status=given');
    expect(new Set((given.body.data as { status: string }[]).map(({ status }) => status))).toEqual(
      new Set(['given']),
    );
    await service.refused(400, 'invalid_request', () =>
      service.get('coordinator', `/v1/consent-statuses?status=given&cursor=${first.body.page.next}`),
    );
  });
});
