import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { boundaryBoard, boundaryIdOf, crossingRegister } from '#libs/boundary';
import { addHours, uuidv7 } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { startService, type Service, type TestRole } from '../support/http-kit.js';
import { givenRelationship, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let story: Story;
beforeAll(async () => ({ service, stop } = await startService()));
afterAll(() => stop());
beforeEach(async () => void (story = await givenRelationship(service)));

const hoursAgo = (hours: number) => addHours(new Date().toISOString(), -hours);
const topicId = (topic: 'touch' | 'gifts' | 'sexual_contact') =>
  boundaryIdOf(service.first.id, story.relationshipId, topic);

/** Records a crossing where nothing was ever proposed. */
const cross = async (more: object = {}) => {
  const crossingId = uuidv7();
  const receipt = await service.done('therapist', '/v1/crossings/record', {
    relationshipId: story.relationshipId,
    topic: 'touch',
    crossingId,
    words: 'An embrace at the door.',
    ...more,
  });
  return { ...receipt, crossingId };
};
const act = (role: TestRole, verb: string, body: object) =>
  service.done(role, `/v1/boundaries/${topicId('touch')}/${verb}`, body);
const tryTo = (role: TestRole, verb: string, body: object) => () =>
  service.post(role, `/v1/boundaries/${topicId('touch')}/${verb}`, body);
const register = async (role: TestRole, position: number, more = '') => {
  const path = `/v1/crossings?relationshipId=${story.relationshipId}&minPosition=${position}${more}`;
  return (await service.get(role, path)).body.data as Record<string, unknown>[];
};

const why = {
  rationale: 'She asked to be held while she cries.',
  expectedBenefit: 'She can stay with the grief.',
  risks: 'It could be misread.',
};

describe('a crossing over HTTP', () => {
  it('is recorded on a topic never agreed on, assessed by somebody else, discussed and repaired', async () => {
    const { id, crossingId, events } = await cross();
    expect([id, events.map(({ type }) => type)]).toEqual([topicId('touch'), ['CrossingRecorded']]);
    await service.refused(
      422,
      'assessed_by_crosser',
      tryTo('therapist', 'assess-crossing', { crossingId, outcome: 'neutral' }),
    );
    await service.refused(
      422,
      'refused_for_several_reasons',
      tryTo('therapist', 'repair-crossing', { crossingId, repair: 'I said sorry.' }),
    );
    await act('supervisor', 'assess-crossing', { crossingId, outcome: 'harmful', assessment: 'Too early.' });
    await service.refused(
      422,
      'not_discussed_with_client',
      tryTo('therapist', 'repair-crossing', { crossingId, repair: 'I said sorry.' }),
    );
    const discussed = await act('therapist', 'discuss-crossing', { crossingId, summary: 'It startled her.' });
    expect(await register('supervisor', discussed.position)).toMatchObject([
      {
        crossingId,
        boundaryId: id,
        status: 'unresolved',
        open: true,
        outcome: 'harmful',
        planned: false,
        underAgreement: false,
        late: false,
        clientIds: [story.clientId],
        crossedBy: { staffId: story.therapistId },
      },
    ]);
    const repaired = await act('therapist', 'repair-crossing', { crossingId, repair: 'I said sorry.' });
    const open = await register('supervisor', repaired.position, '&open=true');
    expect(open).toEqual([]);
    expect(await register('owner', repaired.position, '&status=repaired')).toHaveLength(1);

    const { body } = await service.get('supervisor', `/v1/boundaries/${id}`);
    expect(body.status).toBe('not_agreed');
    expect(body.crossings).toMatchObject([
      {
        crossingId,
        status: 'repaired',
        record: { words: 'An embrace at the door.', by: story.therapistId },
        assessments: [{ outcome: 'harmful', assessment: 'Too early.', by: service.first.staff.supervisor }],
        discussions: [{ clientIds: [story.clientId], summary: 'It startled her.' }],
        repairs: [{ repair: 'I said sorry.' }],
      },
    ]);
  });

  it('is planned only with everything it needs, and carried out', async () => {
    await service.done('therapist', '/v1/boundaries', {
      relationshipId: story.relationshipId,
      topic: 'touch',
      terms: { rule: 'never', words: 'We shake hands.' },
    });
    const crossingId = uuidv7();
    const nothing = await service.refused(
      422,
      'refused_for_several_reasons',
      tryTo('therapist', 'plan-crossing', { crossingId }),
    );
    expect(nothing.reasons?.map(({ code }) => code)).toEqual([
      'rationale_missing',
      'benefit_missing',
      'risks_missing',
      'client_agreement_missing',
    ]);
    const clientAgreements = [{ clientId: story.clientId, how: 'spoken', at: hoursAgo(0.1) }];
    await act('therapist', 'plan-crossing', { crossingId, ...why, clientAgreements });
    await service.refused(
      409,
      'not_happened',
      tryTo('supervisor', 'assess-crossing', { crossingId, outcome: 'neutral' }),
    );
    // what happened before its plan was entered was not planned
    await service.refused(
      422,
      'planned_afterwards',
      tryTo('therapist', 'record-crossing', { crossingId, words: 'I held her.', occurredAt: hoursAgo(0.5) }),
    );
    const carried = await act('therapist', 'record-crossing', { crossingId, words: 'I held her hand.' });
    expect(await register('supervisor', carried.position)).toMatchObject([
      { crossingId, status: 'recorded', planned: true, underAgreement: false },
    ]);
  });

  it('is recorded late and shown so, after the relationship has ended too', async () => {
    await happens(service, relationship, story.relationshipId, {
      type: 'EndRelationship',
      by: 'client',
      reasonCode: 'moved_away',
    });
    const body = {
      relationshipId: story.relationshipId,
      topic: 'gifts',
      words: 'A watch.',
      occurredAt: hoursAgo(100),
    };
    await service.refused(422, 'late_entry_needs_reason', () =>
      service.post('therapist', '/v1/crossings/record', body),
    );
    // the unit was formed only now; those with whom the relationship opened are concerned
    const late = await service.done('therapist', '/v1/crossings/record', {
      ...body,
      reason: 'found in my notes',
    });
    expect(await register('supervisor', late.position)).toMatchObject([
      { topic: 'gifts', late: true, clientIds: [story.clientId] },
    ]);
  });

  it('a violation is not closed by repair alone', async () => {
    const { crossingId } = await cross();
    await act('supervisor', 'assess-crossing', { crossingId, outcome: 'violation' });
    await act('therapist', 'discuss-crossing', { crossingId });
    const repaired = await act('therapist', 'repair-crossing', { crossingId, repair: 'I said sorry.' });
    expect(await register('supervisor', repaired.position)).toMatchObject([
      { status: 'unresolved', open: true },
    ]);
    await service.refused(
      422,
      'escalated_to_crosser',
      tryTo('therapist', 'escalate-crossing', { crossingId, to: 'supervisor', staffId: story.therapistId }),
    );
    await service.refused(
      404,
      'not_found',
      tryTo('therapist', 'escalate-crossing', { crossingId, to: 'supervisor', staffId: randomUUID() }),
    );
    for (const [to, who] of [
      ['supervisor', 'coordinator'],
      ['practice_owner', 'supervisor'],
    ] as const)
      await service.refused(
        422,
        'recipient_cannot_act',
        tryTo('therapist', 'escalate-crossing', { crossingId, to, staffId: service.first.staff[who] }),
      );
    const escalated = await act('therapist', 'escalate-crossing', {
      crossingId,
      to: 'supervisor',
      staffId: service.first.staff.supervisor,
      grounds: 'It must not happen again.',
    });
    expect(await register('supervisor', escalated.position)).toMatchObject([
      { status: 'repaired', open: false, escalatedTo: ['supervisor'] },
    ]);
  });

  it('keeps the account of the client apart from what staff say, and every account that is added', async () => {
    const { id, crossingId } = await cross();
    const tell = (account: string) =>
      act('supervisor', 'add-client-account', {
        crossingId,
        clientId: story.clientId,
        how: 'dictated',
        account,
      });
    await tell('I froze.');
    expect((await tell('I froze.')).events).toEqual([]);
    await tell('Now I am angry.');
    await act('owner', 'assess-crossing', {
      crossingId,
      outcome: 'beneficial',
      assessment: 'She said thanks.',
    });
    const { body } = await service.get('therapist', `/v1/boundaries/${id}`);
    expect(body.crossings[0].accounts.map(({ account }: { account: string }) => account)).toEqual([
      'I froze.',
      'Now I am angry.',
    ]);
    await service.refused(
      422,
      'not_concerned',
      tryTo('therapist', 'add-client-account', {
        crossingId,
        clientId: randomUUID(),
        how: 'written',
        account: 'Mine.',
      }),
    );
  });

  it('is invisible to coordinators, and its words to auditors', async () => {
    const { id, crossingId } = await cross();
    const told = await act('therapist', 'add-client-account', {
      crossingId,
      clientId: story.clientId,
      how: 'dictated',
      account: 'I froze.',
    });
    expect((await service.get('coordinator', '/v1/crossings')).status).toBe(403);
    expect((await service.get('coordinator', `/v1/boundaries/${id}`)).status).toBe(404);
    const list = `/v1/boundaries?relationshipId=${story.relationshipId}&minPosition=${told.position}`;
    expect((await service.get('coordinator', list)).body.data).toEqual([]);
    expect((await service.get('therapist', list)).body.data).toMatchObject([
      { topic: 'touch', openCrossings: 1 },
    ]);
    // beside an agreement it is just as invisible, the number of entries included
    await service.done('therapist', '/v1/boundaries', {
      relationshipId: story.relationshipId,
      topic: 'touch',
      terms: { rule: 'never', words: 'We shake hands.' },
    });
    const agreementOnly = await service.get('coordinator', `/v1/boundaries/${id}`);
    expect(agreementOnly.body).toMatchObject({ id, status: 'proposed' });
    for (const name of ['version', 'crossings']) expect(agreementOnly.body).not.toHaveProperty(name);
    expect((await service.get('coordinator', list)).text).not.toMatch(/rossing|embrace/);

    expect(await register('auditor', told.position)).toMatchObject([{ crossingId, clientAccounts: 1 }]);
    const events = await service.get(
      'auditor',
      `/v1/events?stream=boundary-${id}&minPosition=${told.position}`,
    );
    expect(events.body.data).toHaveLength(3);
    expect(events.text).toContain('"withheld":["account"]');
    expect(events.text).not.toMatch(/embrace|froze|shake hands/);
    const { store, first } = service;
    const registered = await store.rows.of(store.worker, crossingRegister, first.id, [crossingId]);
    const boarded = await store.rows.of(store.worker, boundaryBoard, first.id, [id]);
    expect([registered.size, boarded.size]).toEqual([1, 1]);
    expect(JSON.stringify([...registered.values(), ...boarded.values()])).not.toMatch(
      /embrace|froze|shake hands/,
    );
  });

  it('of sexual contact is a violation and nothing else, and never planned', async () => {
    const { id, crossingId } = await cross({ topic: 'sexual_contact' });
    await service.refused(422, 'always_a_violation', () =>
      service.post('supervisor', `/v1/boundaries/${id}/assess-crossing`, { crossingId, outcome: 'neutral' }),
    );
    await service.refused(422, 'topic_is_fixed', () =>
      service.post('therapist', `/v1/boundaries/${id}/plan-crossing`, {
        ...why,
        clientAgreements: [{ clientId: story.clientId, how: 'spoken', at: hoursAgo(1) }],
      }),
    );
  });

  it('is assessed at the same time by two others: both are kept, one after the other', async () => {
    const { id, crossingId } = await cross();
    const answers = await Promise.all([
      tryTo('supervisor', 'assess-crossing', { crossingId, outcome: 'harmful' })(),
      tryTo('owner', 'assess-crossing', { crossingId, outcome: 'violation' })(),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const { body } = await service.get('supervisor', `/v1/boundaries/${id}`);
    expect(body.crossings[0].assessments).toHaveLength(2);
  });

  it('refuses what does not exist, what is not its own, and who may not', async () => {
    const { crossingId } = await cross();
    const unknown = { crossingId: randomUUID() };
    const bodies: Record<string, object> = {
      'assess-crossing': { outcome: 'neutral' },
      'discuss-crossing': {},
      'add-client-account': { clientId: story.clientId, how: 'written', account: 'Mine.' },
      'repair-crossing': { repair: 'Sorry.' },
      'escalate-crossing': { to: 'regulator' },
    };
    for (const [verb, body] of Object.entries(bodies)) {
      await service.refused(404, 'not_found', tryTo('supervisor', verb, { ...body, ...unknown }));
      await service.refused(403, 'forbidden', tryTo('coordinator', verb, { ...body, crossingId }));
      await service.refused(403, 'forbidden', tryTo('auditor', verb, { ...body, crossingId }));
      await service.refused(400, 'invalid_request', tryTo('supervisor', verb, { ...body, crossingId, x: 1 }));
    }
    await service.refused(
      409,
      'crossing_exists',
      tryTo('therapist', 'record-crossing', { crossingId, words: 'Something else.' }),
    );
    await service.refused(
      422,
      'not_a_party',
      tryTo('therapist', 'record-crossing', { words: 'Somebody else.', clientIds: [randomUUID()] }),
    );
    for (const verb of ['plan-crossing', 'record-crossing'])
      await service.refused(404, 'not_found', () =>
        service.post('therapist', `/v1/boundaries/${randomUUID()}/${verb}`, {
          words: 'x',
          ...(verb === 'plan-crossing' ? { words: undefined } : {}),
        }),
      );
    await service.refused(404, 'not_found', () =>
      service.post('therapist', '/v1/crossings/record', {
        relationshipId: randomUUID(),
        topic: 'touch',
        words: 'x',
      }),
    );
  });

  it('looks to another practice as if it did not exist', async () => {
    const { id, crossingId } = await cross();
    if (!service.practices.other) await service.addPractice('other');
    const token = { Authorization: `Bearer ${service.tokenOf('supervisor', 'other')}` };
    await service.refused(404, 'not_found', () =>
      service.post(
        'supervisor',
        `/v1/boundaries/${id}/assess-crossing`,
        { crossingId, outcome: 'neutral' },
        token,
      ),
    );
    expect((await service.get('supervisor', '/v1/crossings', token)).body.data).toEqual([]);
  });
});
