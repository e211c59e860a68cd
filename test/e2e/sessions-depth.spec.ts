import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { agreement, boundaryIdOf, type BoundaryTopic } from '#libs/boundary';
import { consent, consentIdOf } from '#libs/consent';
import { addMinutes, localDate, uuidv7, type Recorded } from '#libs/kernel';
import { startService, type Service, type TestRole, type Who } from '../support/http-kit.js';
import { givenConsent, givenRelationship, givenTherapist, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
const pass = (minutes: number) => void (ahead += minutes * 60_000);
beforeAll(async () => ({ service, stop } = await startService(clock)));
afterAll(() => stop());
// one therapist is in one session at a time
const begun: string[] = [];
afterEach(async () => {
  for (const id of begun.splice(0)) await post(id, 'end');
});

const inMinutes = (minutes: number) => addMinutes(clock.now(), minutes);
/** Each in a room and for people of its own; the therapist is busy all day long, so what overlaps is overridden. */
async function schedule({ relationshipId, therapistId }: Story, more: object = {}) {
  const receipt = await service.done('coordinator', '/v1/sessions', {
    relationshipId,
    start: inMinutes(10),
    durationMinutes: 50,
    modality: 'in_person',
    override: true,
    reason: 'Many sessions at once, for the test.',
    ...more,
  });
  if (therapistId !== service.first.staff.therapist) therapists.set(receipt.id, therapistId);
  return receipt;
}
/** Whose session it is, where it is not the therapist's of the practice. */
const therapists = new Map<string, string>();
const therapistOf = (id: string) => therapists.get(id) ?? 'therapist';
async function act(id: string, verb: string, body: object = {}, who: Who = therapistOf(id)) {
  if (verb === 'start') begun.push(id);
  return service.done(who, `/v1/sessions/${id}/${verb}`, body);
}
const post = (id: string, verb: string, body: object = {}, who: Who = therapistOf(id)) =>
  service.post(who, `/v1/sessions/${id}/${verb}`, body);
const page = async (id: string, who: Who = therapistOf(id)) =>
  (await service.get(who, `/v1/sessions/${id}`)).body;
const eventsOf = (stream: string): Promise<Recorded[]> =>
  service.store.reader.streams(service.first.id, [stream]);
const withdraw = (story: Story, purpose: 'treatment' | 'recording' = 'treatment', more: object = {}) =>
  happens(
    service,
    consent,
    consentIdOf(service.first.id, story.relationshipId, story.clientId, purpose),
    { type: 'WithdrawConsent', by: 'self', channel: 'phone' },
    { by: 'coordinator', ...more },
  );

/** `command` on a session; when everything has been judged and it is about to be stored, `other` comes between. */
async function meanwhile(id: string, other: () => Promise<unknown>, command: () => ReturnType<typeof post>) {
  const append = service.store.append.bind(service.store);
  const spy = vi.spyOn(service.store, 'append').mockImplementation(async (practiceId, change) => {
    spy.mockRestore();
    await other();
    return append(practiceId, change);
  });
  const answer = await command();
  spy.mockRestore();
  return answer;
}

async function consenting(...purposes: 'recording'[]): Promise<Story> {
  const story = await givenRelationship(service);
  await givenConsent(service, story);
  for (const purpose of purposes) await givenConsent(service, story, { purpose });
  return story;
}

/** Proposed, discussed and agreed to by everyone. */
async function givenAgreement(story: Story, topic: BoundaryTopic, terms: object): Promise<void> {
  const id = boundaryIdOf(service.first.id, story.relationshipId, topic);
  await service.done('therapist', '/v1/boundaries', { relationshipId: story.relationshipId, topic, terms });
  await service.done('therapist', `/v1/boundaries/${id}/discuss`, { versionNo: 1 });
  const parties = [...story.clientIds.map((clientId) => ({ clientId })), { staffId: story.therapistId }];
  for (const party of parties)
    await service.done('therapist', `/v1/boundaries/${id}/agree`, { versionNo: 1, party, how: 'spoken' });
  const { state } = await service.store.load(agreement, service.first.id, id);
  expect(state.situation).toBe('agreed');
}
const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const FEES = {
  rule: 'by_arrangement',
  words: 'What is cancelled on the same day costs half.',
  particulars: { fee: money(9000), cancellationNoticeHours: 24, lateCancelFee: money(4500) },
};

describe('before a session', () => {
  it('it is confirmed, the client checks in, it starts and ends, and its page says all of it', async () => {
    const story = await consenting();
    const { id } = await schedule(story);
    await act(id, 'confirm', {}, 'coordinator');
    expect(await page(id)).toMatchObject({ status: 'confirmed', confirmedBy: [story.clientId] });
    expect((await act(id, 'confirm', {}, 'coordinator')).events).toEqual([]);
    pass(5);
    await act(id, 'check-in', {}, 'coordinator');
    expect((await act(id, 'check-in', {}, 'coordinator')).events).toEqual([]);
    expect(await page(id)).toMatchObject({ status: 'checked_in', arrived: [story.clientId] });
    pass(5);
    await act(id, 'start');
    pass(50);
    const { position } = await act(id, 'end');
    const shown = await page(id, 'coordinator');
    expect(shown).toMatchObject({
      status: 'ended',
      minutes: 50,
      confirmedBy: [story.clientId],
      arrived: [story.clientId],
      gate: { result: 'allow', reasons: [], judged: expect.any(Array) },
    });
    expect(shown.happened.map(({ type }: { type: string }) => type)).toEqual([
      'SessionScheduled',
      'SessionConfirmed',
      'ClientCheckedIn',
      'SessionStarted',
      'SessionEnded',
    ]);
    const { body } = await service.get(
      'coordinator',
      `/v1/sessions?relationshipId=${story.relationshipId}&minPosition=${position}`,
    );
    const { id: _, version: _v, happened: _h, gate: _g, ...summary } = shown;
    expect(body.data).toEqual([{ sessionId: id, ...summary }]);
  });

  it('Refused: confirming or checking in somebody else, too early, or for a role that has no business here', async () => {
    const story = await givenRelationship(service, { kind: 'couple' });
    const { id } = await schedule(story, { start: inMinutes(60 * 24 * 2) });
    await service.refused(422, 'client_missing', () => post(id, 'confirm'));
    await service.refused(422, 'not_in_session', () => post(id, 'confirm', { clientId: uuidv7() }));
    await service.refused(422, 'too_early_to_check_in', () => post(id, 'check-in'));
    await service.refused(403, 'forbidden', () => post(id, 'check-in', {}, 'auditor'));
    await service.refused(404, 'not_found', () => post(uuidv7(), 'confirm'));
    await service.refused(404, 'not_found', () => post(uuidv7(), 'check-in'));
    await act(id, 'confirm', { clientId: story.clientIds[1] });
    expect(await page(id)).toMatchObject({ status: 'confirmed', confirmedBy: [story.clientIds[1]] });
  });

  it('Refused: a no-show of somebody who has checked in', async () => {
    const story = await consenting();
    const { id } = await schedule(story, { start: clock.now() });
    await act(id, 'check-in', {}, 'coordinator');
    pass(30);
    await service.refused(422, 'client_is_there', () => post(id, 'record-no-show'));
    await act(id, 'start');
  });

  it('cancelled and confirmed at the same moment: it is cancelled in the end, and never confirmed afterwards', async () => {
    for (let round = 0; round < 10; round++) {
      const story = await givenRelationship(service);
      const { id } = await schedule(story, { start: inMinutes(60 * 24 * 9 + round * 60) });
      const [confirmed, cancelled] = await Promise.all([
        post(id, 'confirm', {}, 'coordinator'),
        post(id, 'cancel', { by: 'client' }, 'therapist'),
      ]);
      expect(cancelled.status, JSON.stringify(cancelled.body)).toBe(200);
      const types = (await eventsOf(`session-${id}`)).map(({ type }) => type);
      if (confirmed.status === 200)
        expect(types).toEqual(['SessionScheduled', 'SessionConfirmed', 'SessionCancelled']);
      else {
        expect([confirmed.status, confirmed.body.code]).toEqual([409, 'session_cancelled']);
        expect(types).toEqual(['SessionScheduled', 'SessionCancelled']);
      }
    }
  });
});

describe('at the same moment', () => {
  it('a session is started and cancelled: whichever is stored first holds, and the other is refused', async () => {
    const { id: first } = await schedule(await consenting());
    const late = await meanwhile(
      first,
      () => act(first, 'cancel', { by: 'client' }),
      () => post(first, 'start'),
    );
    expect([late.status, late.body.code]).toEqual([409, 'session_cancelled']);
    expect(await page(first)).toMatchObject({ status: 'cancelled', version: 2 });
    const { id: second } = await schedule(await consenting());
    const missed = await meanwhile(
      second,
      () => act(second, 'start'),
      () => post(second, 'cancel', { by: 'client' }),
    );
    expect([missed.status, missed.body.code]).toEqual([409, 'already_started']);
    expect(await page(second)).toMatchObject({ status: 'running', version: 2 });
  });

  it('two at the front desk check a client in: it happens once', async () => {
    const { id } = await schedule(await givenRelationship(service));
    const answers = await Promise.all([1, 2, 3].map(() => post(id, 'check-in', {}, 'coordinator')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await eventsOf(`session-${id}`)).map(({ type }) => type)).toEqual([
      'SessionScheduled',
      'ClientCheckedIn',
    ]);
  });
});

describe('a late-cancel fee', () => {
  it('Refused: without an agreed `fees_and_cancellation`; with one it is taken, with the version that says so', async () => {
    const story = await givenRelationship(service);
    const { id } = await schedule(story, { start: inMinutes(120) });
    const charge = { by: 'client', chargeFee: true };
    await service.refused(422, 'fee_not_agreed', () => post(id, 'cancel', charge, 'coordinator'));
    await givenAgreement(story, 'fees_and_cancellation', FEES);
    await service.refused(422, 'not_cancelled_by_client', () =>
      post(id, 'cancel', { ...charge, by: 'practice' }, 'coordinator'),
    );
    await act(id, 'cancel', charge, 'coordinator');
    expect(await page(id, 'coordinator')).toMatchObject({
      status: 'cancelled',
      cancelled: { by: 'client', late: true, fee: { ...money(4500), agreedVersionNo: 1 } },
    });
    expect((await act(id, 'cancel', charge, 'coordinator')).events).toEqual([]);
    const { id: early } = await schedule(story, { start: inMinutes(60 * 48) });
    await service.refused(422, 'not_late', () => post(early, 'cancel', charge));
    await act(early, 'cancel', { by: 'client' });
    expect((await page(early)).cancelled).not.toHaveProperty('fee');
  });

  it('Refused: when the agreement came only after the cancellation', async () => {
    const story = await givenRelationship(service);
    const { id } = await schedule(story, { start: inMinutes(120) });
    const occurredAt = clock.now();
    pass(10);
    await givenAgreement(story, 'fees_and_cancellation', FEES);
    await service.refused(422, 'fee_not_agreed', () =>
      post(id, 'cancel', { by: 'client', chargeFee: true, occurredAt }),
    );
  });
});

describe('a session that was held and is entered later', () => {
  const reason = 'The network was down.';

  it('was planned: it is entered with a reason, and the gate says what it would have said then', async () => {
    const story = await consenting();
    const start = inMinutes(10);
    const { id } = await schedule(story, { start });
    const end = addMinutes(start, 50);
    await service.refused(422, 'refused_for_several_reasons', () =>
      post(id, 'record-afterwards', { start, end }),
    );
    pass(24 * 60);
    const late = await service.refused(422, 'start_is_past', () => post(id, 'start', { occurredAt: start }));
    expect(late.detail).toContain('record-afterwards');
    await service.refused(422, 'reason_missing', () => post(id, 'record-afterwards', { start, end }));
    await service.refused(403, 'forbidden', () =>
      post(id, 'record-afterwards', { start, end, reason }, 'coordinator'),
    );
    const { events, position } = await act(id, 'record-afterwards', { start, end, reason });
    expect(events.map(({ type }) => type)).toEqual(['SessionRecordedAfterwards']);
    expect((await act(id, 'record-afterwards', { start, end, reason })).events).toEqual([]);
    const shown = await page(id);
    expect(shown).toMatchObject({
      status: 'ended',
      startedAt: start,
      endedAt: end,
      minutes: 50,
      recordedAfterwards: true,
      gate: { result: 'allow' },
    });
    expect(shown.happened.at(-1)).toMatchObject({ occurredAt: end, reason });
    expect((await page(id, 'coordinator')).happened.at(-1)).not.toHaveProperty('reason');
    const { body } = await service.get(
      'coordinator',
      `/v1/sessions?relationshipId=${story.relationshipId}&minPosition=${position}`,
    );
    const { id: _, version: _v, happened: _h, gate: _g, ...summary } = shown;
    expect(body.data).toEqual([{ sessionId: id, ...summary }]);
  });

  it('in an emergency: it names its basis, and the follow-up is due counted from its start', async () => {
    const story = await givenRelationship(service);
    const start = inMinutes(10);
    const { id } = await schedule(story, { start });
    pass(72 * 60);
    const end = addMinutes(start, 50);
    const emergencyBasis = 'imminent_harm';
    const { events } = await act(id, 'record-afterwards', { start, end, reason, emergencyBasis });
    expect(events.map(({ type }) => type)).toEqual([
      'SessionRecordedAfterwards',
      'ConsentDeferredForEmergency',
    ]);
    expect(await page(id)).toMatchObject({ gateResult: 'emergency', emergencyBasis });
    const consentId = consentIdOf(service.first.id, story.relationshipId, story.clientId, 'treatment');
    const [deferred] = await eventsOf(`consent-${consentId}`);
    expect(deferred!.data).toMatchObject({ sessionId: id, followUpBy: addMinutes(start, 48 * 60) });
    const { body } = await service.get('auditor', `/v1/findings?relationshipId=${story.relationshipId}`);
    expect(body.data).toMatchObject([{ kind: 'emergency_without_follow_up', sessionId: id }]);
  });

  it('an emergency that was none is entered like any other session', async () => {
    const story = await consenting();
    const start = inMinutes(10);
    const { id } = await schedule(story, { start });
    pass(120);
    const wish = { start, end: addMinutes(start, 50), reason, emergencyBasis: 'imminent_harm' };
    const { events } = await act(id, 'record-afterwards', wish);
    expect(events.map(({ type }) => type)).toEqual(['SessionRecordedAfterwards']);
    expect(await page(id)).not.toHaveProperty('emergencyBasis');
  });

  it('is judged for that time by what is known now: a withdrawal from before it makes the stored gate refuse', async () => {
    const story = await consenting();
    const start = inMinutes(30);
    const { id } = await schedule(story, { start });
    pass(300);
    await withdraw(story, 'treatment', { occurredAt: addMinutes(start, -5) });
    await act(id, 'record-afterwards', { start, end: addMinutes(start, 50), reason });
    expect((await page(id)).gate).toMatchObject({
      result: 'refuse',
      reasons: [{ code: 'consent_withdrawn', effect: 'block' }],
    });
  });

  it('is not undone by a withdrawal that came later, and one that came meanwhile is counted', async () => {
    const story = await consenting();
    const start = inMinutes(30);
    const { id } = await schedule(story, { start });
    pass(300);
    await withdraw(story, 'treatment', { occurredAt: addMinutes(start, 40) });
    await act(id, 'record-afterwards', { start, end: addMinutes(start, 50), reason });
    expect(await page(id)).toMatchObject({
      gate: { result: 'allow' },
      minutes: 50,
      minutesAfterWithdrawal: 10,
    });
    await service.refused(422, 'withdrawal_in_session', () =>
      post(id, 'mark-in-error', { reason: 'Wrong.' }),
    );
  });

  it('was never planned: its page and the calendar have it all the same', async () => {
    const story = await consenting();
    pass(300);
    const start = inMinutes(-120);
    const end = inMinutes(-60);
    const id = uuidv7();
    const wish = { relationshipId: story.relationshipId, start, end, modality: 'phone', reason };
    await service.refused(404, 'not_found', () => post(id, 'record-afterwards', { start, end, reason }));
    await service.refused(404, 'not_found', () =>
      post(id, 'record-afterwards', { ...wish, relationshipId: uuidv7() }),
    );
    await act(id, 'record-afterwards', { ...wish, clientLocation: 'at her sister’s' });
    expect((await act(id, 'record-afterwards', wish)).events).toEqual([]);
    const shown = await page(id);
    expect(shown).toMatchObject({
      status: 'ended',
      relationshipId: story.relationshipId,
      clientIds: story.clientIds,
      therapistId: story.therapistId,
      start,
      durationMinutes: 60,
      modality: 'phone',
      gate: { result: 'refuse', reasons: [{ code: 'consent_not_sought' }] },
    });
    expect(JSON.stringify(await page(id, 'coordinator'))).not.toContain('sister');
    const other = await givenRelationship(service);
    const { id: planned } = await schedule(other);
    await service.refused(422, 'other_relationship', () => post(planned, 'record-afterwards', wish));
  });

  it('Refused: more than 12 hours, ending before starting, or not over yet', async () => {
    const story = await consenting();
    const { id } = await schedule(story);
    const wish = (from: number, to: number) => ({ start: inMinutes(from), end: inMinutes(to), reason });
    await service.refused(422, 'longer_than_12_hours', () => post(id, 'record-afterwards', wish(-722, -1)));
    await service.refused(422, 'end_before_start', () => post(id, 'record-afterwards', wish(-60, -61)));
    await service.refused(422, 'not_over_yet', () => post(id, 'record-afterwards', wish(-10, 1)));
    await service.refused(422, 'not_over_yet', () => post(id, 'record-afterwards', wish(60, 110)));
  });

  it('entered twice at the same moment it is there once', async () => {
    const story = await consenting();
    const { id } = await schedule(story);
    pass(100);
    const wish = { start: inMinutes(-80), end: inMinutes(-30), reason };
    const answers = await Promise.all([1, 2, 3].map(() => post(id, 'record-afterwards', wish)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await eventsOf(`session-${id}`)).map(({ type }) => type)).toEqual([
      'SessionScheduled',
      'SessionRecordedAfterwards',
    ]);
  });
});

describe('one wrong entry', () => {
  const wrong = { reason: 'Another client of the same name.' };
  /** With a therapist who has nothing else to do. */
  const noShow = async () => {
    const story = await givenRelationship(service, { therapistId: await givenTherapist(service) });
    await givenConsent(service, story);
    const { id } = await schedule(story);
    pass(30);
    const { events } = await act(id, 'record-no-show', {}, 'coordinator');
    return { story, id, correctsEventId: events[0]!.eventId };
  };

  it('is corrected by the front desk, with a reason, and stays to be seen', async () => {
    const { story, id, correctsEventId } = await noShow();
    await service.refused(422, 'reason_missing', () =>
      post(id, 'correct-entry', { correctsEventId }, 'coordinator'),
    );
    const [scheduled] = await eventsOf(`session-${id}`);
    await service.refused(422, 'entry_not_correctable', () =>
      post(id, 'correct-entry', { correctsEventId: scheduled!.eventId, ...wrong }),
    );
    await service.refused(403, 'forbidden', () =>
      post(id, 'correct-entry', { correctsEventId, ...wrong }, 'auditor'),
    );
    const { events, position } = await act(id, 'correct-entry', { correctsEventId, ...wrong }, 'coordinator');
    expect(events).toMatchObject([{ type: 'SessionEntryCorrected', ids: { correctsEventId } }]);
    expect((await act(id, 'correct-entry', { correctsEventId, ...wrong })).events).toEqual([]);
    const shown = await page(id);
    expect(shown).toMatchObject({ status: 'scheduled', absent: [] });
    expect(shown.happened).toHaveLength(3);
    const { body } = await service.get(
      'coordinator',
      `/v1/sessions?relationshipId=${story.relationshipId}&minPosition=${position}`,
    );
    expect(body.data).toMatchObject([{ sessionId: id, status: 'scheduled', absent: [] }]);
    expect(body.data[0]).not.toHaveProperty('entries');
    const { body: timeline } = await service.get('owner', `/v1/clients/${story.clientId}/timeline?limit=200`);
    expect(
      timeline.data.find(({ eventId }: { eventId: string }) => eventId === correctsEventId),
    ).toMatchObject({ correctedBy: events[0]!.eventId });
    await act(id, 'start');
  });

  it('Refused: putting a session back on whose time is taken while it is being corrected', async () => {
    const { story, id, correctsEventId } = await noShow();
    const again = () => schedule(story, { start: inMinutes(-20) });
    const answer = await meanwhile(id, again, () => post(id, 'correct-entry', { correctsEventId, ...wrong }));
    expect(answer.status).toBe(422);
    const codes = answer.body.reasons.map(({ code }: { code: string }) => code);
    expect(codes).toContain('client_overlap');
    expect(await page(id)).toMatchObject({ status: 'no_show' });
    const { events } = await act(id, 'correct-entry', { correctsEventId, override: true, ...wrong });
    const [entry] = (await eventsOf(`session-${id}`)).filter(({ eventId }) => eventId === events[0]!.eventId);
    expect((entry!.data as { overridden: string[] }).overridden).toContain('client_overlap');
  });
});

describe('a session entered in error', () => {
  it('counts for nothing and stays to be seen', async () => {
    const story = await consenting();
    const { id } = await schedule(story);
    await act(id, 'start');
    pass(20);
    await act(id, 'end');
    await service.refused(422, 'not_entitled', () =>
      post(id, 'mark-in-error', { reason: 'Another client.' }, 'coordinator'),
    );
    await service.refused(422, 'reason_missing', () => post(id, 'mark-in-error'));
    const { position } = await act(id, 'mark-in-error', { reason: 'Another client.' }, 'supervisor');
    expect((await act(id, 'mark-in-error', { reason: 'Another client.' })).events).toEqual([]);
    const shown = await page(id);
    expect(shown).toMatchObject({ status: 'entered_in_error' });
    for (const gone of ['minutes', 'startedAt', 'gate', 'gateResult']) expect(shown).not.toHaveProperty(gone);
    expect(shown.happened.map(({ type }: { type: string }) => type)).toEqual([
      'SessionScheduled',
      'SessionStarted',
      'SessionEnded',
      'SessionMarkedInError',
    ]);
    expect(shown.happened.at(-1).data.correctsEventId).toBe(shown.happened[0].eventId);
    const { body } = await service.get(
      'coordinator',
      `/v1/sessions?relationshipId=${story.relationshipId}&minPosition=${position}`,
    );
    const { id: _, version: _v, happened: _h, ...summary } = shown;
    expect(body.data).toEqual([{ sessionId: id, ...summary }]);
    await service.refused(409, 'session_entered_in_error', () => post(id, 'start'));
  });

  it('Refused: hiding a withdrawal made in it, entered in the session or on the consent itself', async () => {
    const inside = await consenting();
    const { id: first } = await schedule(inside);
    await act(first, 'start');
    await act(first, 'withdraw-consent', { clientId: inside.clientId });
    await act(first, 'end');
    await service.refused(422, 'withdrawal_in_session', () =>
      post(first, 'mark-in-error', { reason: 'Wrong.' }),
    );
    const outside = await consenting();
    const { id: second } = await schedule(outside);
    await act(second, 'start');
    pass(5);
    await withdraw(outside);
    await service.refused(422, 'withdrawal_in_session', () =>
      post(second, 'mark-in-error', { reason: 'Wrong.' }),
    );
  });

  it('Refused: also when the withdrawal comes in while it is being marked', async () => {
    const story = await consenting();
    const { id } = await schedule(story);
    await act(id, 'start');
    pass(5);
    const answer = await meanwhile(
      id,
      () => withdraw(story),
      () => post(id, 'mark-in-error', { reason: 'Wrong.' }),
    );
    expect([answer.status, answer.body.code]).toEqual([422, 'withdrawal_in_session']);
    expect(await page(id)).toMatchObject({ status: 'running', version: 2 });
  });
});

describe('recording', () => {
  it('Refused: without the consent of everyone present, from the start or from some moment on', async () => {
    const story = await consenting();
    const { id } = await schedule(story);
    await service.refused(422, 'consent_not_sought', () => post(id, 'start', { recording: true }));
    await act(id, 'start');
    const record = { kind: 'RecordingStarted', medium: 'audio' };
    await service.refused(422, 'consent_not_sought', () => post(id, 'observe', record));
    await service.refused(400, 'invalid_request', () => post(id, 'observe', { kind: 'RecordingStarted' }));
    await givenConsent(service, story, { purpose: 'recording' });
    await act(id, 'observe', record);
    expect(await page(id)).toMatchObject({ status: 'running', recorded: true });
  });

  it('Refused: in an emergency too, and where one of a couple who is present has not consented', async () => {
    const story = await consenting();
    const { id } = await schedule(story);
    await service.refused(422, 'consent_not_sought', () =>
      post(id, 'start', { recording: true, emergencyBasis: 'imminent_harm' }),
    );
    const couple = await givenRelationship(service, { kind: 'couple' });
    for (const clientId of couple.clientIds) await givenConsent(service, couple, { clientId });
    await givenConsent(service, couple, { purpose: 'recording' });
    const { id: both } = await schedule(couple, { start: clock.now() });
    await service.refused(422, 'consent_not_sought', () => post(both, 'start', { recording: true }));
    pass(15);
    await act(both, 'record-no-show', { clientId: couple.clientIds[1] });
    await act(both, 'start', { recording: true });
    expect(await page(both)).toMatchObject({ recorded: true, absent: [couple.clientIds[1]] });
  });

  it('Refused: where the agreement on recording says never', async () => {
    const story = await consenting('recording');
    await givenAgreement(story, 'recording', { rule: 'never', words: 'Nothing is recorded.' });
    const { id } = await schedule(story);
    await service.refused(422, 'recording_agreed_never', () => post(id, 'start', { recording: true }));
    await act(id, 'start');
  });

  it('a withdrawn consent to recording stops a session that is recorded, and no other', async () => {
    const recorded = await consenting('recording');
    const { id } = await schedule(recorded);
    await act(id, 'start', { recording: true });
    const plain = await consenting('recording');
    pass(60);
    const { id: other } = await schedule(plain);
    await act(id, 'pause');
    await withdraw(recorded, 'recording');
    await service.refused(422, 'consent_withdrawn', () => post(id, 'resume'));
    await act(id, 'end');
    await act(other, 'start');
    await withdraw(plain, 'recording');
    await act(other, 'observe', { kind: 'RuptureRepaired' });
    await service.refused(422, 'consent_withdrawn', () =>
      post(other, 'observe', { kind: 'RecordingStarted', medium: 'video' }),
    );
  });

  it('so does one that is withdrawn in the very part that it is about, which lets no recording start', async () => {
    const story = await consenting('recording');
    const { id } = await schedule(story);
    await act(id, 'start', { recording: true });
    const consentId = consentIdOf(service.first.id, story.relationshipId, story.clientId, 'recording');
    const scope = { kind: 'element', element: 'recording_and_observation' };
    await service.done('coordinator', `/v1/consents/${consentId}/withdraw`, {
      by: 'self',
      channel: 'in_person',
      scope,
    });
    await service.refused(422, 'consent_withdrawn', () => post(id, 'observe', { kind: 'RuptureRepaired' }));
    await act(id, 'end');
    pass(60);
    const { id: next } = await schedule(story);
    await service.refused(422, 'partly_withdrawn', () => post(next, 'start', { recording: true }));
    await act(next, 'start');
  });
});

it('an emergency starts although its therapist has another session running', async () => {
  const { id: running } = await schedule(await consenting());
  await act(running, 'start');
  const { id } = await schedule(await givenRelationship(service));
  await service.refused(422, 'refused_for_several_reasons', () => post(id, 'start'));
  await act(id, 'start', { emergencyBasis: 'imminent_harm' });
  expect(await page(id)).toMatchObject({ status: 'running', gateResult: 'emergency' });
});

describe('If consent is withdrawn during a session, the only accepted next acts are pause, safety contact and end', () => {
  it('also a consent that only the rule pack of the relationship asks for before a session', async () => {
    const edition = {
      packId: 'us-zz',
      title: 'Invented for a test',
      jurisdiction: 'US-ZZ',
      profession: 'psychotherapy',
      validFrom: '2020-01-01',
      ageOfConsent: 18,
      consents: [{ purpose: 'telehealth', clause: 'clause 1, wherever they meet' }],
      requirements: [{ element: 'therapist_stance', clause: 'the stance' }],
    };
    await service.done('owner', '/v1/rule-packs', edition, { 'If-Match': null });
    const { clientId, therapistId, stanceId } = await givenRelationship(service);
    const { id: unitId } = await service.done('coordinator', '/v1/units', {
      kind: 'individual',
      members: [clientId],
    });
    const { id: relationshipId } = await service.done('coordinator', '/v1/relationships', {
      unitId,
      therapistId,
      format: 'in_person',
      rulePack: 'us-zz',
    });
    const story = { clientId, clientIds: [clientId], therapistId, stanceId, relationshipId };
    await givenConsent(service, story);
    const { id } = await schedule(story);
    await service.refused(422, 'consent_not_sought', () => post(id, 'start'));
    await givenConsent(service, story, { purpose: 'telehealth' });
    await act(id, 'start');
    await act(id, 'observe', { kind: 'RuptureRepaired' });
    await happens(
      service,
      consent,
      consentIdOf(service.first.id, relationshipId, clientId, 'telehealth'),
      { type: 'WithdrawConsent', by: 'self', channel: 'phone' },
      { by: 'coordinator' },
    );
    pass(1);
    await service.refused(422, 'consent_withdrawn', () => post(id, 'observe', { kind: 'RuptureRepaired' }));
    await act(id, 'end');
  });

  it('every other act is refused, and nothing is stored', async () => {
    const story = await givenRelationship(service, { kind: 'couple' });
    const [, second] = story.clientIds as [string, string];
    for (const clientId of story.clientIds) await givenConsent(service, story, { clientId });
    const { id } = await schedule(story, { start: clock.now() });
    await act(id, 'start');
    pass(20);
    await withdraw(story);
    const start = inMinutes(-20);
    const refusals: [string, object, number, string][] = [
      ['check-in', { clientId: second }, 422, 'consent_withdrawn'],
      ['record-no-show', { clientId: second }, 422, 'consent_withdrawn'],
      ['observe', { kind: 'RuptureRepaired' }, 422, 'consent_withdrawn'],
      ['observe', { kind: 'RecordingStarted', medium: 'audio' }, 422, 'consent_withdrawn'],
      ['confirm', { clientId: second }, 409, 'already_started'],
      ['cancel', { by: 'client' }, 409, 'already_started'],
      ['start', {}, 409, 'already_started'],
      ['record-afterwards', { start, end: inMinutes(-1), reason: 'Late.' }, 409, 'already_started'],
      ['mark-in-error', { reason: 'Wrong.' }, 422, 'withdrawal_in_session'],
    ];
    for (const [verb, body, status, code] of refusals)
      await service.refused(status, code, () => post(id, verb, body));
    await act(id, 'pause');
    await service.refused(422, 'consent_withdrawn', () => post(id, 'resume'));
    await act(id, 'make-safety-contact');
    await act(id, 'end');
  });
});

describe('each observation has its fields', () => {
  it.each([
    ['SelfDisclosureMade', ['/topic']],
    ['ChallengeOffered', ['/style', '/invited']],
    ['RuptureNoticed', ['/noticedBy']],
    ['AllianceFeedbackGiven', ['/score', '/measure']],
    ['BoundaryTouchedOn', ['/topic']],
    ['RecordingStarted', ['/medium']],
  ])('%s needs %j, and takes no field of another kind', async (kind, needed) => {
    const foreign = kind === 'ChallengeOffered' ? { topic: 'gifts' } : { style: 'gentle' };
    const { errors } = await service.refused(400, 'invalid_request', () =>
      post(uuidv7(), 'observe', { kind, ...foreign }),
    );
    expect(errors).toMatchObject([
      ...needed.map((pointer) => ({ pointer, code: 'missing' })),
      { pointer: `/${Object.keys(foreign)[0]}`, code: 'unknown_property' },
    ]);
  });
  it('a repair needs none', () =>
    service.refused(404, 'not_found', () => post(uuidv7(), 'observe', { kind: 'RuptureRepaired' })));
});

it('coordinators do not learn what was noticed in a session, auditors learn that something was', async () => {
  const { id } = await schedule(await consenting());
  await act(id, 'start');
  await act(id, 'observe', { kind: 'RuptureNoticed', noticedBy: 'client', words: 'You did not listen.' });
  await act(id, 'observe', { kind: 'BoundaryTouchedOn', topic: 'touch' });
  const types = async (role: TestRole) =>
    (await page(id, role)).happened.map(({ type }: { type: string }) => type);
  const all = ['SessionScheduled', 'SessionStarted', 'RuptureNoticed', 'BoundaryTouchedOn'];
  expect(await types('coordinator')).toEqual(all.slice(0, 2));
  for (const role of ['therapist', 'supervisor', 'owner', 'auditor'] as const)
    expect(await types(role)).toEqual(all);
  expect(JSON.stringify(await page(id, 'auditor'))).not.toContain('listen');
});

describe('Refused: deleting anything', () => {
  it('a session has no address that deletes or replaces it', async () => {
    const { id } = await schedule(await givenRelationship(service));
    const before = await service.position();
    for (const method of ['DELETE', 'PUT', 'PATCH'] as const) {
      const answer = await service.app.inject({
        method,
        url: `/v1/sessions/${id}`,
        headers: { authorization: `Bearer ${service.tokenOf('owner')}` },
      });
      expect(answer.statusCode).toBe(405);
    }
    expect(await service.position()).toBe(before);
  });
});

describe('which sessions of a day may start', () => {
  /** a day that no other test uses */
  const DAY = '2032-06-01';
  const readiness = async (query: string, role: TestRole = 'coordinator') =>
    (await service.get(role, `/v1/session-readiness?${query}`)).body;

  it('names every session that has yet to happen, with all reasons and next steps where it may not', async () => {
    const ready = await consenting();
    const unready = await givenRelationship(service, { kind: 'couple' });
    await givenConsent(service, unready);
    const gone = await consenting();
    const at = (time: string) => ({ start: `${DAY}T${time}:00.000Z` });
    const { id: first } = await schedule(unready, at('08:00'));
    const { id: second } = await schedule(ready, at('07:00'));
    const { id: cancelled } = await schedule(gone, at('09:00'));
    await act(cancelled, 'cancel', { by: 'client' });
    // the practice is in Berlin: two hours ahead of UTC in June
    const { id: lastMinute } = await schedule(gone, at('21:59'));
    const { id: dayAfter, position } = await schedule(gone, at('22:00'));
    const answer = await readiness(`date=${DAY}&minPosition=${position}`);
    expect(answer).toMatchObject({
      date: DAY,
      zone: 'Europe/Berlin',
      summary: { sessions: 3, mayStart: expect.any(Number), mayNotStart: expect.any(Number) },
    });
    expect(answer.data.map(({ sessionId }: { sessionId: string }) => sessionId)).toEqual([
      second,
      first,
      lastMinute,
    ]);
    expect(JSON.stringify(answer)).not.toContain(dayAfter);
    const [may, mayNot] = answer.data;
    const codes = (one: { reasons: { code: string; effect: string }[] }) =>
      one.reasons.filter(({ effect }) => effect === 'block').map(({ code }) => code);
    // by 2032 the consents of today may have to be reviewed, but they hold
    expect([may.mayStart, codes(may)]).toEqual([true, []]);
    expect([mayNot.mayStart, codes(mayNot)]).toEqual([false, ['consent_not_sought', 'consent_not_sought']]);
    expect(mayNot.nextSteps).toEqual([
      'Consent to treatment was not sought. Offer it.',
      'Consent to joint_work_confidentiality was not sought. Offer it.',
    ]);
    expect(answer.summary).toEqual({ sessions: 3, mayStart: 2, mayNotStart: 1, needAttention: 0 });
  });

  it('agrees with what the gate says at the start, and judges what has passed by now as well', async () => {
    const story = await consenting();
    const { id, position } = await schedule(story);
    const today = localDate(inMinutes(10), 'Europe/Berlin');
    const mine = async (minPosition: number) => {
      const { data } = await readiness(`date=${today}&limit=200&minPosition=${minPosition}`);
      return data.find(({ sessionId }: { sessionId: string }) => sessionId === id);
    };
    expect(await mine(position)).toMatchObject({ mayStart: true, status: 'scheduled' });
    pass(15);
    const { position: later } = await withdraw(story);
    const refused = await service.refused(422, 'consent_withdrawn', () => post(id, 'start'));
    const now = await mine(later);
    expect(now.mayStart).toBe(false);
    expect(now.reasons.map(({ code }: { code: string }) => code)).toEqual(
      refused.reasons?.map(({ code }) => code),
    );
  });

  it('comes in pages while the summary counts the whole day, and can be asked for one therapist', async () => {
    const story = await consenting();
    let position = 0;
    for (const hour of [11, 9, 10])
      ({ position } = await schedule(story, {
        start: `2032-06-03T${String(hour).padStart(2, '0')}:00:00.000Z`,
      }));
    const query = `date=2032-06-03&limit=2&minPosition=${position}`;
    const first = await readiness(query);
    const second = await readiness(`${query}&cursor=${first.page.next}`);
    const starts = [...first.data, ...second.data].map(({ start }: { start: string }) => start.slice(11, 13));
    expect(starts).toEqual(['09', '10', '11']);
    expect(second.page.next).toBeUndefined();
    expect([first.summary.sessions, second.summary.sessions]).toEqual([3, 3]);
    const { therapistId } = story;
    expect((await readiness(`${query}&therapistId=${therapistId}`)).summary.sessions).toBe(3);
    expect((await readiness(`${query}&therapistId=${uuidv7()}`)).summary.sessions).toBe(0);
    await service.refused(400, 'invalid_request', () =>
      service.get('coordinator', `/v1/session-readiness?date=2032-06-04&cursor=${first.page.next}`),
    );
    await service.refused(400, 'invalid_request', () =>
      service.get('coordinator', '/v1/session-readiness?date=2032-02-30'),
    );
    await service.refused(403, 'forbidden', () => service.get('auditor', '/v1/session-readiness'));
    expect((await service.get('therapist', '/v1/session-readiness')).status).toBe(200);
  });

  it('answers for forty sessions in well under two seconds', async () => {
    let position = 0;
    for (let index = 0; index < 40; index++)
      ({ position } = await schedule(await consenting(), {
        start: addMinutes('2032-06-07T04:00:00.000Z', index * 20),
        durationMinutes: 15,
      }));
    await readiness(`date=2032-06-07&limit=200&minPosition=${position}`);
    const began = Date.now();
    const { summary } = await readiness(`date=2032-06-07&limit=200`);
    expect(summary).toEqual({ sessions: 40, mayStart: 40, mayNotStart: 0, needAttention: 0 });
    expect(Date.now() - began).toBeLessThan(2000);
  });
});
