import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consent, consentIdOf } from '#libs/consent';
import { addMinutes, uuidv7, type Recorded } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { startService, type Service, type Who } from '../support/http-kit.js';
import { givenConsent, givenRelationship, givenTherapist, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
const pass = (minutes: number) => void (ahead += minutes * 60_000);
beforeAll(async () => ({ service, stop } = await startService(clock)));
afterAll(() => stop());

/** Each with a therapist of their own: nobody has two sessions at once. */
const relationshipWith = async (service: Service, options: Parameters<typeof givenRelationship>[1] = {}) =>
  givenRelationship(service, { ...options, therapistId: await givenTherapist(service) });
/** Whose session it is: each test has a therapist of its own. */
const therapists = new Map<string, string>();
const therapistOf = (id: string) => therapists.get(id) ?? 'therapist';
async function schedule({ relationshipId, therapistId }: Story, more: object = {}) {
  const start = addMinutes(clock.now(), 10);
  const body = { relationshipId, start, durationMinutes: 50, modality: 'in_person', ...more };
  const receipt = await service.done('coordinator', '/v1/sessions', body);
  therapists.set(receipt.id, therapistId);
  return receipt;
}
const act = (id: string, verb: string, body: object = {}) =>
  service.done(therapistOf(id), `/v1/sessions/${id}/${verb}`, body);
const post = (id: string, verb: string, body: object = {}) =>
  service.post(therapistOf(id), `/v1/sessions/${id}/${verb}`, body);
const page = async (id: string, who: Who = therapistOf(id)) =>
  (await service.get(who, `/v1/sessions/${id}`)).body;
const eventsOf = (stream: string): Promise<Recorded[]> =>
  service.store.reader.streams(service.first.id, [stream]);
const treatment = (story: Story, clientId = story.clientId) =>
  consentIdOf(service.first.id, story.relationshipId, clientId, 'treatment');
const withdrawElsewhere = (story: Story, more: object = {}) =>
  happens(
    service,
    consent,
    treatment(story),
    { type: 'WithdrawConsent', by: 'self', channel: 'phone' },
    { by: 'coordinator', ...more },
  );

async function running(): Promise<{ story: Story; id: string }> {
  const story = await relationshipWith(service);
  await givenConsent(service, story);
  const { id } = await schedule(story);
  await act(id, 'start');
  return { story, id };
}

/**
 * Once, when everything has been judged and the first append to a stream is about to go: `work` comes between. What it
 * returns is awaited before the append goes on; `alongside` lets it go on at once.
 */
function beforeAppendOf(
  stream: string,
  work: (alongside: (task: Promise<unknown>) => void) => Promise<unknown> | void,
) {
  const append = service.store.append.bind(service.store);
  const tasks: Promise<unknown>[] = [];
  let once = true;
  const spy = vi.spyOn(service.store, 'append').mockImplementation(async (practiceId, change) => {
    if (once && change.stream === stream) {
      once = false;
      await work((task) => void tasks.push(task));
    }
    return append(practiceId, change);
  });
  return {
    done: async () => {
      await Promise.all(tasks);
      spy.mockRestore();
    },
  };
}

describe('a session over HTTP', () => {
  it('is planned, started, observed, paused, resumed and ended, and its minutes are counted', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    const { id } = await schedule(story, { place: 'Room 2' });
    expect(await page(id)).toMatchObject({
      id,
      version: 1,
      status: 'scheduled',
      clientIds: [story.clientId],
      therapistId: story.therapistId,
      place: 'Room 2',
    });
    pass(10);
    await act(id, 'start');
    pass(20);
    await act(id, 'observe', {
      kind: 'SelfDisclosureMade',
      topic: 'holidays',
      purpose: 'to show that rest is allowed',
      words: 'I went to the sea.',
    });
    await act(id, 'observe', { kind: 'ChallengeOffered', style: 'gentle', invited: true });
    await act(id, 'observe', { kind: 'RuptureNoticed', noticedBy: 'client', words: 'You did not listen.' });
    await act(id, 'observe', { kind: 'RuptureRepaired' });
    await act(id, 'observe', { kind: 'AllianceFeedbackGiven', score: 36, measure: 'SRS' });
    await act(id, 'observe', { kind: 'BoundaryTouchedOn', topic: 'gifts' });
    await act(id, 'pause');
    pass(5);
    await act(id, 'resume');
    await act(id, 'make-safety-contact', { summary: 'Called her sister.' });
    pass(25);
    const { position } = await act(id, 'end');
    const shown = await page(id);
    expect(shown).toMatchObject({
      status: 'ended',
      minutes: 45,
      minutesAfterWithdrawal: 0,
      gateResult: 'allow',
    });
    expect(shown.happened.map(({ type }: { type: string }) => type)).toEqual([
      'SessionScheduled',
      'SessionStarted',
      'SelfDisclosureMade',
      'ChallengeOffered',
      'RuptureNoticed',
      'RuptureRepaired',
      'AllianceFeedbackGiven',
      'BoundaryTouchedOn',
      'SessionPaused',
      'SessionResumed',
      'SafetyContactMade',
      'SessionEnded',
    ]);
    const judged = shown.happened[1].data.gate.judged as { stream: string; version: number }[];
    expect(judged).toContainEqual({
      stream: `consent-${treatment(story)}`,
      version: (await eventsOf(`consent-${treatment(story)}`)).length,
    });
    const { body } = await service.get(
      'coordinator',
      `/v1/sessions?relationshipId=${story.relationshipId}&minPosition=${position}`,
    );
    const { id: _id, version: _version, happened: _happened, gate: _gate, ...summary } = shown;
    expect(body.data).toEqual([{ sessionId: id, ...summary }]);
  });

  it('shows nobody’s words to coordinators, auditors and owners', async () => {
    const { id } = await running();
    await act(id, 'observe', { kind: 'RuptureNoticed', noticedBy: 'client', words: 'You did not listen.' });
    await act(id, 'observe', { kind: 'SelfDisclosureMade', topic: 'my own divorce' });
    await act(id, 'make-safety-contact', { summary: 'Called her sister.' });
    const words = /did not listen|her sister|divorce/;
    for (const role of ['coordinator', 'auditor', 'owner'] as const)
      expect(JSON.stringify(await page(id, role))).not.toMatch(words);
    expect(JSON.stringify(await page(id))).toMatch(words);
  });

  it('is refused by the gate with every reason, and nothing is stored', async () => {
    const story = await relationshipWith(service, { kind: 'couple', format: 'video' });
    const { id } = await schedule(story, { modality: 'video', start: addMinutes(clock.now(), 180) });
    const answer = await service.refused(422, 'refused_for_several_reasons', () => post(id, 'start'));
    const codes = answer.reasons?.map(({ code }) => code);
    expect(codes).toEqual([
      ...Array.from({ length: 6 }, () => 'consent_not_sought'),
      'client_location_missing',
      'too_early',
    ]);
    expect(await page(id)).toMatchObject({ status: 'scheduled', version: 1 });
    for (const verb of ['observe', 'pause', 'resume', 'end', 'make-safety-contact'])
      await service.refused(409, 'not_started', () =>
        post(id, verb, verb === 'observe' ? { kind: 'RuptureRepaired' } : {}),
      );
    await service.refused(409, 'not_running_then', () =>
      post(id, 'withdraw-consent', { clientId: story.clientId }),
    );
  });

  it('starts over video once treatment and telehealth are consented to and it is known where the client is', async () => {
    const story = await relationshipWith(service, { format: 'video' });
    await givenConsent(service, story);
    const { id } = await schedule(story, { modality: 'video' });
    await service.refused(422, 'consent_not_sought', () => post(id, 'start', { clientLocation: 'Lyon' }));
    await givenConsent(service, story, { purpose: 'telehealth' });
    await act(id, 'start', { clientLocation: 'Lyon' });
    expect(JSON.stringify(await page(id))).toContain('Lyon');
    expect(JSON.stringify(await page(id, 'coordinator'))).not.toContain('Lyon');
  });

  it('starts in an emergency with a follow-up also where treatment was consented to and something else is missing', async () => {
    const story = await relationshipWith(service, { format: 'video' });
    await givenConsent(service, story);
    const { id } = await schedule(story, { modality: 'video' });
    const { events } = await act(id, 'start', {
      emergencyBasis: 'imminent_harm',
      clientLocation: 'does not say',
    });
    expect(events.map(({ type }) => type)).toEqual(['SessionStarted', 'ConsentDeferredForEmergency']);
    const [deferred] = (await eventsOf(`consent-${treatment(story, story.clientId)}`)).slice(-1);
    expect(deferred).toMatchObject({ data: { sessionId: id, basis: 'imminent_harm' } });
  });

  it('starts in an emergency and puts off the consent of those who have not given it, with a deadline', async () => {
    const story = await relationshipWith(service, { kind: 'couple' });
    const [first, second] = story.clientIds as [string, string];
    await givenConsent(service, story, { clientId: first });
    await service.done('owner', '/v1/practice/set-policy', { policy: { emergencyFollowUpHours: 24 } });
    const { id } = await schedule(story);
    const { events } = await act(id, 'start', { emergencyBasis: 'imminent_harm' });
    expect(events.map(({ type }) => type)).toEqual(['SessionStarted', 'ConsentDeferredForEmergency']);
    expect(await page(id)).toMatchObject({
      status: 'running',
      gateResult: 'emergency',
      emergencyBasis: 'imminent_harm',
    });
    const [deferred] = await eventsOf(`consent-${treatment(story, second)}`);
    const startedAt = (await page(id)).startedAt as string;
    expect(deferred).toMatchObject({
      data: {
        sessionId: id,
        basis: 'imminent_harm',
        clientId: second,
        followUpBy: addMinutes(startedAt, 24 * 60),
      },
    });
    const { events: withdrawn } = await act(id, 'withdraw-consent', { clientId: second });
    expect(withdrawn.map(({ type }) => type)).toEqual([
      'ConsentWithdrawnInSession',
      'ConsentWithdrawn',
      'ReceiptIssued',
    ]);
  });

  it('does not start with a therapist who has been replaced since it was planned', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    const { id } = await schedule(story);
    pass(1);
    await happens(service, relationship, story.relationshipId, {
      type: 'ReassignTherapist',
      to: service.first.staff.supervisor,
      therapist: { isTherapist: true, active: true },
      stance: { published: true, suits: true },
    });
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () => post(id, 'start'));
    expect(reasons?.map(({ code }) => code)).toContain('therapist_changed_since_planned');
  });

  it('does not start in the past, nor end before what was recorded in it', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    pass(30);
    const { id } = await schedule(story);
    await service.refused(422, 'start_is_past', () =>
      post(id, 'start', { occurredAt: addMinutes(clock.now(), -20) }),
    );
    await act(id, 'start');
    const startedAt = (await page(id)).startedAt as string;
    pass(20);
    await act(id, 'observe', { kind: 'RuptureRepaired' });
    await service.refused(422, 'before_last_entry', () =>
      post(id, 'end', { occurredAt: addMinutes(startedAt, 10) }),
    );
    await service.refused(409, 'not_running_then', () =>
      post(id, 'withdraw-consent', { clientId: story.clientId, occurredAt: addMinutes(startedAt, -10) }),
    );
  });

  it('an emergency that is none is an ordinary start', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    const { id } = await schedule(story);
    const { events } = await act(id, 'start', { emergencyBasis: 'imminent_harm' });
    expect(events.map(({ type }) => type)).toEqual(['SessionStarted']);
    expect(await page(id)).not.toHaveProperty('emergencyBasis');
    await service.refused(409, 'already_started', () => post(id, 'start'));
  });

  it('goes on for safety when consent turned stale, with a reason, and only then', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    pass(1);
    await happens(service, relationship, story.relationshipId, { type: 'ChangeFormat', to: 'phone' });
    const { id } = await schedule(story);
    await service.refused(422, 'format_changed', () => post(id, 'start'));
    await service.refused(422, 'reason_missing', () => post(id, 'start', { continueForSafety: true }));
    const { events } = await act(id, 'start', {
      continueForSafety: true,
      reason: 'She is alone this weekend.',
    });
    expect(events.map(({ type }) => type)).toEqual(['SessionStarted']);
    expect(await page(id)).toMatchObject({ gateResult: 'continue_for_safety' });
  });

  it('is cancelled, late or not by the policy', async () => {
    const story = await relationshipWith(service);
    const { id: late } = await schedule(story, { start: addMinutes(clock.now(), 120) });
    await act(late, 'cancel', { by: 'client', reasonCode: 'ill' });
    expect(await page(late)).toMatchObject({
      status: 'cancelled',
      cancelled: { by: 'client', noticeHours: 1, late: true, reasonCode: 'ill' },
    });
    await service.done('owner', '/v1/practice/set-policy', { policy: { lateCancelHours: 1 } });
    const { id: early } = await schedule(story, { start: addMinutes(clock.now(), 120) });
    await act(early, 'cancel', { by: 'therapist' });
    expect(await page(early)).toMatchObject({ cancelled: { late: false } });
    await service.refused(409, 'session_cancelled', () => post(early, 'start'));
  });

  it('is a no-show only after the grace of the policy', async () => {
    const story = await relationshipWith(service);
    await service.done('owner', '/v1/practice/set-policy', { policy: { noShowGraceMinutes: 20 } });
    const { id } = await schedule(story, { start: clock.now() });
    pass(19);
    await service.refused(422, 'too_early_for_no_show', () => post(id, 'record-no-show'));
    pass(1);
    await service.refused(422, 'not_in_session', () =>
      post(id, 'record-no-show', { clientId: randomUUID() }),
    );
    await act(id, 'record-no-show');
    expect(await page(id)).toMatchObject({ status: 'no_show', absent: [story.clientId] });
  });

  it('is found in the calendar in the order of the planned starts', async () => {
    const story = await relationshipWith(service);
    const at = (day: number) => `2031-05-0${day}T09:00:00.000Z`;
    let position = 0;
    for (const day of [3, 1, 4, 2]) ({ position } = await schedule(story, { start: at(day) }));
    const list = async (query: string) =>
      (
        await service.get(
          'coordinator',
          `/v1/sessions?relationshipId=${story.relationshipId}&minPosition=${position}${query}`,
        )
      ).body;
    const starts = ({ data }: { data: { start: string }[] }) => data.map(({ start }) => start);
    const first = await list('&limit=2');
    const second = await list(`&limit=2&cursor=${first.page.next}`);
    expect([starts(first), starts(second), second.page.next]).toEqual([
      [at(1), at(2)],
      [at(3), at(4)],
      undefined,
    ]);
    expect(starts(await list(`&from=${at(2)}&to=${at(4)}&therapistId=${story.therapistId}`))).toEqual([
      at(2),
      at(3),
    ]);
    expect(starts(await list(`&therapistId=${randomUUID()}`))).toEqual([]);
    await service.refused(400, 'invalid_request', () =>
      service.get('coordinator', `/v1/sessions?cursor=${first.page.next}`),
    );
  });

  it('refuses unknown properties, fields of another kind, unknown ids and an ended relationship', async () => {
    const { story, id } = await running();
    const body = {
      relationshipId: story.relationshipId,
      start: clock.now(),
      durationMinutes: 50,
      modality: 'in_person',
    };
    const unknown = await service.refused(400, 'invalid_request', () =>
      service.post(story.therapistId, '/v1/sessions', { ...body, therapistId: story.therapistId }),
    );
    expect(unknown.errors).toMatchObject([{ pointer: '/therapistId', code: 'unknown_property' }]);
    const observed = await service.refused(400, 'invalid_request', () =>
      post(id, 'observe', { kind: 'AllianceFeedbackGiven', topic: 'gifts', score: 3 }),
    );
    expect(observed.errors).toMatchObject([
      { pointer: '/measure', code: 'missing' },
      { pointer: '/topic', code: 'unknown_property' },
    ]);
    await service.refused(400, 'invalid_request', () =>
      post(id, 'observe', { kind: 'BoundaryTouchedOn', topic: 'weather' }),
    );
    await service.refused(404, 'not_found', () =>
      service.post(story.therapistId, '/v1/sessions', { ...body, relationshipId: randomUUID() }),
    );
    for (const verb of [
      'start',
      'pause',
      'resume',
      'end',
      'cancel',
      'record-no-show',
      'withdraw-consent',
      'make-safety-contact',
    ])
      await service.refused(404, 'not_found', () =>
        post(
          randomUUID(),
          verb,
          verb === 'cancel'
            ? { by: 'client' }
            : verb === 'withdraw-consent'
              ? { clientId: story.clientId }
              : {},
        ),
      );
    await service.addPractice('other');
    const token = { Authorization: `Bearer ${service.tokenOf('therapist', 'other')}` };
    expect((await service.get('therapist', `/v1/sessions/${id}`, token)).status).toBe(404);
    await service.refused(404, 'not_found', () =>
      service.post('therapist', `/v1/sessions/${id}/end`, {}, token),
    );
    await service.refused(403, 'forbidden', () => service.post('coordinator', `/v1/sessions/${id}/start`));
    await happens(service, relationship, story.relationshipId, {
      type: 'EndRelationship',
      by: 'client',
      reasonCode: 'moved_away',
    });
    await service.refused(422, 'relationship_ended', () =>
      service.post(story.therapistId, '/v1/sessions', { ...body, start: addMinutes(body.start, 600) }),
    );
  });

  it('answers a repeated key with the first answer', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    const { id } = await schedule(story);
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await service.post(therapistOf(id), `/v1/sessions/${id}/start`, {}, key);
    const again = await service.post(therapistOf(id), `/v1/sessions/${id}/start`, {}, key);
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([200, 200, 'true']);
    expect(again.body).toEqual(first.body);
    await service.refused(422, 'idempotency_key_reused', () =>
      service.post(therapistOf(id), `/v1/sessions/${id}/start`, { continueForSafety: true }, key),
    );
  });
});

describe('consent withdrawn during a session', () => {
  it('is recorded in the session and in the consent at once, and leaves only pause, safety contact and end', async () => {
    const { story, id } = await running();
    pass(30);
    const answer = await service.post(
      'coordinator',
      `/v1/sessions/${id}/withdraw-consent`,
      { clientId: story.clientId, channel: 'phone' },
      { 'If-Match': null },
    );
    expect(answer.body.events.map(({ type }: { type: string }) => type)).toEqual([
      'ConsentWithdrawnInSession',
      'ConsentWithdrawn',
      'ReceiptIssued',
    ]);
    expect((await eventsOf(`consent-${treatment(story)}`)).at(-2)).toMatchObject({
      type: 'ConsentWithdrawn',
      data: { channel: 'phone', scope: { kind: 'purpose' } },
    });
    await service.refused(422, 'consent_withdrawn', () => post(id, 'observe', { kind: 'RuptureRepaired' }));
    await act(id, 'pause');
    await service.refused(422, 'consent_withdrawn', () => post(id, 'resume'));
    await act(id, 'make-safety-contact');
    await act(id, 'end');
    expect(await page(id)).toMatchObject({ status: 'ended', minutes: 30, minutesAfterWithdrawal: 0 });
    expect((await act(id, 'withdraw-consent', { clientId: story.clientId })).events).toEqual([]);
    const { id: next } = await schedule(story);
    await service.refused(422, 'consent_withdrawn', () => post(next, 'start'));
  });

  it('of every scope ends every consent of that client', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    await givenConsent(service, story, { purpose: 'recording' });
    const { id } = await schedule(story);
    await act(id, 'start');
    const { events } = await act(id, 'withdraw-consent', { clientId: story.clientId, scope: 'all' });
    expect(events.map(({ type }) => type)).toEqual([
      'ConsentWithdrawnInSession',
      'ConsentWithdrawn',
      'ReceiptIssued',
      'ConsentWithdrawn',
      'ReceiptIssued',
    ]);
    await service.refused(422, 'not_in_session', () =>
      post(id, 'withdraw-consent', { clientId: randomUUID() }),
    );
  });

  it('through another channel stops it just as well, and the minutes after it are counted', async () => {
    const { story, id } = await running();
    pass(20);
    await withdrawElsewhere(story);
    pass(10);
    await service.refused(422, 'consent_withdrawn', () => post(id, 'observe', { kind: 'RuptureRepaired' }));
    await act(id, 'pause');
    await service.refused(422, 'consent_withdrawn', () => post(id, 'resume'));
    await act(id, 'end');
    expect(await page(id)).toMatchObject({ minutes: 30, minutesAfterWithdrawal: 10 });
  });

  it('stops it also when the client had withdrawn before and the practice learns it only now', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    pass(30);
    const { id } = await schedule(story);
    await act(id, 'start');
    await withdrawElsewhere(story, { occurredAt: addMinutes(clock.now(), -10) });
    await service.refused(422, 'consent_withdrawn', () => post(id, 'observe', { kind: 'RuptureRepaired' }));
  });

  it('a session begun in an emergency over a withdrawal goes on', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    await withdrawElsewhere(story);
    pass(1);
    const { id } = await schedule(story);
    await act(id, 'start', { emergencyBasis: 'imminent_harm' });
    await act(id, 'observe', { kind: 'RuptureRepaired' });
    expect(await page(id)).toMatchObject({ status: 'running', gateResult: 'emergency' });
  });

  it('at the same moment as the start: either it does not start, or it started before', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 30; round++) {
      const story = await relationshipWith(service);
      await givenConsent(service, story);
      const { id } = await schedule(story);
      const atAppend = beforeAppendOf(`session-${id}`, (alongside) =>
        round % 3 === 0 ? alongside(withdrawElsewhere(story)) : undefined,
      );
      const later = <T>(work: () => Promise<T>) =>
        new Promise((resolve) => setTimeout(resolve, (round * 7) % 12)).then(work);
      const [started] = await Promise.all([
        round % 3 === 2 ? later(async () => post(id, 'start')) : post(id, 'start'),
        round % 3 === 0 ? undefined : later(() => withdrawElsewhere(story)),
      ]);
      await atAppend.done();
      const events = await service.store.reader.streams(service.first.id, [
        `session-${id}`,
        `consent-${treatment(story)}`,
      ]);
      const position = (type: string) => events.find((event) => event.type === type)?.position;
      expect(position('ConsentWithdrawn'), 'a withdrawal is never refused').toBeDefined();
      if (started.status === 200)
        expect(position('SessionStarted'), `round ${round}`).toBeLessThan(position('ConsentWithdrawn')!);
      else {
        expect([started.status, started.body.code], JSON.stringify(started.body)).toEqual([
          422,
          'consent_withdrawn',
        ]);
        expect(position('SessionStarted')).toBeUndefined();
      }
      seen.add(started.status === 200 ? 'started' : 'refused');
    }
    expect([...seen].sort(), 'both happen').toEqual(['refused', 'started']);
  });

  it('after the gate has judged and before the start is stored: the gate judges again and refuses', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    const { id } = await schedule(story);
    const atAppend = beforeAppendOf(`session-${id}`, () => withdrawElsewhere(story));
    const answer = await post(id, 'start');
    await atAppend.done();
    expect([answer.status, answer.body.code]).toEqual([422, 'consent_withdrawn']);
    expect(await page(id)).toMatchObject({ status: 'scheduled', version: 1 });
  });

  it('while an observation is being stored: the observation is refused', async () => {
    const { story, id } = await running();
    const atAppend = beforeAppendOf(`session-${id}`, () => withdrawElsewhere(story));
    const answer = await post(id, 'observe', { kind: 'RuptureRepaired' });
    await atAppend.done();
    expect([answer.status, answer.body.code]).toEqual([422, 'consent_withdrawn']);
    expect((await page(id)).version).toBe(2);
  });

  it('a withdrawal by a process whose clock is ahead still keeps the session from starting', async () => {
    const story = await relationshipWith(service);
    await givenConsent(service, story);
    const { id } = await schedule(story);
    await withdrawElsewhere(story, {
      occurredAt: new Date(Date.parse(clock.now()) + 60_000).toISOString(),
      commandId: uuidv7(),
    });
    await service.refused(422, 'consent_withdrawn', () => post(id, 'start'));
  });
});
