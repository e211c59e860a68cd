import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consent, consentIdOf } from '#libs/consent';
import { Tokens } from '#libs/identity';
import { addDays, addMinutes, localDate, startOfLocalDay, uuidv7 } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { noteIdOf, psychotherapyNotes } from '#libs/session';
import { startService, type Service, type TestRole } from '../support/http-kit.js';
import { givenConsent, givenRelationship, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
const pass = (minutes: number) => void (ahead += minutes * 60_000);
beforeAll(async () => {
  ({ service, stop } = await startService(clock));
  // who supervises whom is what is tested here
  const { therapist, supervisor: supervisorId } = service.first.staff;
  await service.done('owner', `/v1/staff/${therapist}/end-supervision`, { supervisorId });
});
afterAll(() => stop());

const RESEARCHER = 'Invented University';
const text = { format: 'free', sections: { text: 'She slept better this week.' } };
const dap = {
  format: 'dap',
  sections: { data: 'Slept six hours.', assessment: 'Less tense.', plan: 'Go on.' },
};
const words = /slept/i;

type Held = { story: Story; sessionId: string };

async function runningSession(story?: Story, id = uuidv7()): Promise<Held> {
  const within = story ?? (await givenRelationship(service));
  if (!story) await givenConsent(service, within);
  const { id: sessionId } = await service.done('coordinator', '/v1/sessions', {
    id,
    relationshipId: within.relationshipId,
    start: addMinutes(clock.now(), 5),
    durationMinutes: 50,
    modality: 'in_person',
  });
  pass(5);
  await service.done('therapist', `/v1/sessions/${sessionId}/start`);
  return { story: within, sessionId };
}

async function heldSession(story?: Story, id?: string): Promise<Held> {
  const running = await runningSession(story, id);
  pass(50);
  await service.done('therapist', `/v1/sessions/${running.sessionId}/end`);
  return running;
}

const draft = (sessionId: string, body: object = text) =>
  service.done('therapist', '/v1/notes', { sessionId, ...body });
const post = (
  role: TestRole,
  id: string,
  verb: string,
  version: number,
  body: object = {},
  more: Record<string, string> = {},
) => service.post(role, `/v1/notes/${id}/${verb}`, body, { 'If-Match': `"${version}"`, ...more });
async function done(...asked: Parameters<typeof post>) {
  const answer = await post(...asked);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as { id: string; version: number; position: number; events: { type: string }[] };
}
const read = (role: TestRole, id: string, headers: Record<string, string> = {}) =>
  service.get(role, `/v1/notes/${id}`, headers);
const unsigned = async (query: string, position: number, role: TestRole = 'owner') =>
  (await service.get(role, `/v1/unsigned-notes?minPosition=${position}&limit=200&${query}`)).body
    .data as Record<string, unknown>[];

/** Somebody of the first practice beside the ones the kit makes. @returns their id and how they sign in */
async function another(...roles: string[]) {
  const id = uuidv7();
  await service.done('owner', '/v1/staff', { id, name: `Invented ${roles.join(' and ')}`, roles });
  const token = await service.app.get(Tokens).issue(service.first.id, id, 'another');
  return { id, as: { Authorization: `Bearer ${token}` } };
}

const staffVerb = (staffId: string, verb: string, body: object) =>
  service.done('owner', `/v1/staff/${staffId}/${verb}`, body);
const trainee = (validTo?: string) =>
  staffVerb(service.first.staff.therapist, 'record-credential', {
    kind: 'trainee',
    title: 'Psychotherapist in training',
    ...(validTo ? { validTo } : {}),
  });

/** Once, when everything has been judged and the append to a stream is about to go, `work` comes between. */
function beforeAppendOf(stream: string, work: () => Promise<unknown>) {
  const append = service.store.append.bind(service.store);
  let once = true;
  return vi.spyOn(service.store, 'append').mockImplementation(async (practiceId, change) => {
    if (once && change.stream === stream) {
      once = false;
      await work();
    }
    return append(practiceId, change);
  });
}

describe('supervision over HTTP', () => {
  it('is assigned to one who may supervise, shown, and ended', async () => {
    const { id } = await another('therapist');
    const { supervisor, therapist } = service.first.staff;
    const assign = (supervisorId: string) => () =>
      service.post('owner', `/v1/staff/${id}/assign-supervisor`, { supervisorId });
    await service.refused(422, 'not_a_supervisor', assign(therapist));
    await service.refused(422, 'refused_for_several_reasons', assign(id));
    await service.refused(404, 'not_found', assign(uuidv7()));
    await service.refused(403, 'forbidden', () =>
      service.post('supervisor', `/v1/staff/${id}/assign-supervisor`, { supervisorId: supervisor }),
    );
    await staffVerb(id, 'assign-supervisor', { supervisorId: supervisor });
    await staffVerb(id, 'record-credential', { kind: 'licence', title: 'LPC', number: '123' });
    const page = (await service.get('therapist', `/v1/staff/${id}`)).body;
    expect(page).toMatchObject({
      recordedCredentials: [{ kind: 'licence', title: 'LPC', number: '123' }],
      supervisions: [{ supervisorId: supervisor, from: expect.any(String) }],
    });
    expect(page.supervisions[0].to).toBeUndefined();
    await staffVerb(id, 'end-supervision', { supervisorId: supervisor });
    expect((await service.get('therapist', `/v1/staff/${id}`)).body.supervisions[0].to).toEqual(
      expect.any(String),
    );
  });

  it('is not possible by somebody who has left', async () => {
    const { id } = await another('supervisor');
    await staffVerb(id, 'deactivate', {});
    await service.refused(422, 'supervisor_deactivated', () =>
      service.post('owner', `/v1/staff/${service.first.staff.therapist}/assign-supervisor`, {
        supervisorId: id,
      }),
    );
  });
});

describe('a progress note over HTTP', () => {
  it('is drafted while the session runs, revised, signed once it is over, and amended', async () => {
    const { sessionId, story } = await runningSession();
    const begun = await draft(sessionId);
    const { id } = begun;
    expect(id).toBe(noteIdOf(service.first.id, sessionId, story.therapistId));
    await service.refused(422, 'session_not_over', () => post('therapist', id, 'sign', 1));
    await service.refused(409, 'note_not_signed', () =>
      post('therapist', id, 'amend', 1, { kind: 'correction', words: 'It was noon.' }),
    );
    await done('therapist', id, 'revise', 1, dap);
    pass(50);
    await service.done('therapist', `/v1/sessions/${sessionId}/end`);
    await service.refused(412, 'version_stale', () => post('therapist', id, 'sign', 1));
    await service.refused(428, 'if_match_star', () => service.post('therapist', `/v1/notes/${id}/sign`, {}));
    expect((await done('therapist', id, 'sign', 2)).events).toMatchObject([{ type: 'NoteSigned' }]);

    await service.refused(409, 'note_signed', () => post('therapist', id, 'revise', 3, text));
    const amendment = { kind: 'client_request', words: 'She says it was five hours.' };
    const { position } = await done('therapist', id, 'amend', 3, amendment);
    const shown = (await read('therapist', id)).body;
    expect(shown).toMatchObject({
      id,
      version: 4,
      sessionId,
      authorId: story.therapistId,
      status: 'final',
      late: false,
      versions: [text, dap],
      signed: { by: story.therapistId, contentHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      amendments: [{ no: 1, by: story.therapistId, ...amendment }],
    });

    const list = (await service.get('therapist', `/v1/notes?sessionId=${sessionId}&minPosition=${position}`))
      .body;
    expect(list.data).toMatchObject([
      { noteId: id, sessionId, format: 'dap', versionNo: 2, status: 'final', amendments: 1 },
    ]);
    expect(list.data[0].signed).toEqual({ ...shown.signed, versionNo: undefined });
    expect(JSON.stringify(list)).not.toMatch(words);
    const ofOthers = (await service.get('therapist', `/v1/notes?relationshipId=${uuidv7()}`)).body;
    expect(ofOthers.data).toEqual([]);
  });

  it('is refused for a session that was not held, to somebody else, and without anything in it', async () => {
    const story = await givenRelationship(service);
    const { id: sessionId } = await service.done('coordinator', '/v1/sessions', {
      relationshipId: story.relationshipId,
      start: addMinutes(clock.now(), 600),
      durationMinutes: 50,
      modality: 'in_person',
    });
    const create = (body: object, as: Record<string, string> = {}) =>
      service.post('therapist', '/v1/notes', body, as);
    await service.refused(422, 'session_not_held', () => create({ sessionId, ...text }));
    const held = await heldSession();
    const stranger = await another('therapist');
    await service.refused(403, 'not_your_client', () =>
      create({ sessionId: held.sessionId, ...text }, stranger.as),
    );
    await service.refused(422, 'note_empty', () =>
      create({ sessionId: held.sessionId, format: 'soap', sections: {} }),
    );
    await service.refused(404, 'not_found', () => create({ sessionId: uuidv7(), ...text }));
    await service.refused(403, 'forbidden', () =>
      service.post('coordinator', '/v1/notes', { sessionId: held.sessionId, ...text }),
    );
    await draft(held.sessionId);
    await service.refused(409, 'already_drafted', () => create({ sessionId: held.sessionId, ...dap }));
  });

  it('shows its words to author, assigned supervisor and the therapist who has the client now, to nobody else', async () => {
    const { sessionId, story } = await heldSession();
    const { id } = await draft(sessionId);
    const [stranger, supervising] = [await another('therapist'), await another('supervisor')];
    await staffVerb(story.therapistId, 'assign-supervisor', { supervisorId: supervising.id });
    expect((await read('therapist', id)).text).toMatch(words);
    expect((await read('supervisor', id, supervising.as)).text).toMatch(words);
    for (const answer of [await read('owner', id), await read('auditor', id)]) {
      expect(answer.body).toMatchObject({ id, status: 'draft', versions: [{ versionNo: 1 }] });
      expect(answer.text).not.toMatch(words);
    }
    await service.refused(403, 'not_your_client', () => read('therapist', id, stranger.as));
    await service.refused(403, 'not_your_client', () => read('supervisor', id));
    await service.refused(403, 'forbidden', () => read('coordinator', id));
    await service.refused(403, 'forbidden', () => service.get('coordinator', '/v1/notes'));
    await service.refused(403, 'not_your_client', () =>
      post('supervisor', id, 'sign', 1, {}, supervising.as),
    );
    await staffVerb(story.therapistId, 'end-supervision', { supervisorId: supervising.id });
    expect((await read('supervisor', id, supervising.as)).text, 'once it has ended').not.toMatch(words);
    for (const path of ['events?limit=200', `events?stream=note-${id}`, `streams/note-${id}/state`])
      expect((await service.get('owner', `/v1/${path}`)).text).not.toMatch(words);
  });

  it('is amended by its author, by who supervises them and by who has the client now, never by a stranger', async () => {
    const { sessionId, story } = await heldSession();
    const { id } = await draft(sessionId);
    await done('therapist', id, 'sign', 1);
    const secret = await service.done('therapist', '/v1/psychotherapy-notes', { sessionId, words: 'Mine.' });
    const addition = (said: string) => ({ kind: 'addition', words: said });
    await service.refused(403, 'not_your_client', () =>
      post('supervisor', id, 'amend', 2, addition('No business of mine.')),
    );
    const supervising = await another('supervisor');
    await staffVerb(story.therapistId, 'assign-supervisor', { supervisorId: supervising.id });
    await done('supervisor', id, 'amend', 2, addition('We talked about it.'), supervising.as);
    await staffVerb(story.therapistId, 'end-supervision', { supervisorId: supervising.id });

    const successor = await another('therapist');
    expect((await read('therapist', id, successor.as)).text).not.toMatch(words);
    await happens(service, relationship, story.relationshipId, {
      type: 'ReassignTherapist',
      to: successor.id,
      therapist: { known: true, isTherapist: true, active: true },
      stance: { published: true, suits: true },
    });
    expect((await read('therapist', id, successor.as)).text).toMatch(words);
    await done('therapist', id, 'amend', 3, addition('Taken over.'), successor.as);
    expect((await read('therapist', id)).body).toMatchObject({
      status: 'final',
      versions: [text],
      amendments: [{ by: supervising.id }, { by: successor.id }],
    });
    const handedOver = `/v1/psychotherapy-notes/${secret.id}`;
    expect((await service.get('therapist', handedOver, successor.as)).status).toBe(404);
  });

  it('that comes later than the practice allows needs a reason and is shown as late', async () => {
    const { sessionId } = await heldSession();
    pass(72 * 60 + 1);
    await service.refused(422, 'late_note_needs_reason', () =>
      service.post('therapist', '/v1/notes', { sessionId, ...text }),
    );
    const { id } = await draft(sessionId, { ...text, reason: 'Was ill.' });
    await done('therapist', id, 'sign', 1);
    expect((await read('therapist', id)).body).toMatchObject({ status: 'final', late: true });
  });

  it('by a trainee is final only once the supervisor assigned at that time has cosigned it', async () => {
    const supervising = await another('supervisor');
    const { therapist } = service.first.staff;
    await trainee();
    await staffVerb(therapist, 'assign-supervisor', { supervisorId: supervising.id });
    const { sessionId } = await heldSession();
    const { id } = await draft(sessionId);
    const { position } = await done('therapist', id, 'sign', 1);
    expect((await read('therapist', id)).body.status).toBe('awaiting_cosign');
    pass(120);

    const queue = await unsigned(`supervisorId=${supervising.id}`, position);
    expect(queue).toMatchObject([
      { kind: 'cosign_missing', sessionId, noteId: id, staffId: therapist, supervisorIds: [supervising.id] },
    ]);
    expect(queue[0]!.waitingMinutes).toBeGreaterThanOrEqual(120);
    const other = service.first.staff.supervisor;
    expect(await unsigned(`supervisorId=${other}`, position)).toEqual([]);

    await service.refused(403, 'forbidden', () => post('therapist', id, 'cosign', 2));
    await service.refused(403, 'not_your_client', () => post('supervisor', id, 'cosign', 2));
    const cosigned = await done('supervisor', id, 'cosign', 2, {}, supervising.as);
    expect((await read('therapist', id)).body).toMatchObject({
      status: 'final',
      cosigned: { by: supervising.id },
    });
    expect(await unsigned(`supervisorId=${supervising.id}`, cosigned.position)).toEqual([]);

    const addition = { kind: 'addition', words: 'I forgot the plan.' };
    const amended = await done('therapist', id, 'amend', 3, addition);
    expect((await read('therapist', id)).body.status).toBe('awaiting_cosign');
    expect(await unsigned(`supervisorId=${supervising.id}`, amended.position)).toHaveLength(1);

    // supervision that ends before the cosignature is stored counts
    const spy = beforeAppendOf(`note-${id}`, () =>
      staffVerb(therapist, 'end-supervision', { supervisorId: supervising.id }),
    );
    const late = await post('supervisor', id, 'cosign', 4, {}, supervising.as);
    spy.mockRestore();
    expect([late.status, late.body.code]).toEqual([422, 'not_their_supervisor']);
    expect((await read('therapist', id)).body).toMatchObject({ version: 4, status: 'awaiting_cosign' });

    await trainee(addDays(localDate(clock.now(), 'Europe/Berlin'), -1));
    const next = await heldSession();
    const own = await draft(next.sessionId);
    await done('therapist', own.id, 'sign', 1);
    expect((await read('therapist', own.id)).body.status, 'a trainee no more').toBe('final');
  });
});

describe('what is unsigned', () => {
  it('is listed with how long it waits: no note, not signed, and nothing once it is', async () => {
    const { sessionId, story } = await heldSession();
    pass(30);
    const mine = async (position: number) =>
      (await unsigned(`therapistId=${story.therapistId}`, position, 'therapist')).filter(
        (one) => one.sessionId === sessionId,
      );
    const now = await service.position();
    expect(await mine(now)).toMatchObject([
      { kind: 'note_missing', sessionId, relationshipId: story.relationshipId, staffId: story.therapistId },
    ]);
    expect((await mine(now))[0]!.waitingMinutes).toBeGreaterThanOrEqual(30);
    const { id, position } = await draft(sessionId);
    expect(await mine(position)).toMatchObject([{ kind: 'note_unsigned', noteId: id }]);
    expect(await mine((await done('therapist', id, 'sign', 1)).position)).toEqual([]);
    await service.refused(403, 'forbidden', () => service.get('coordinator', '/v1/unsigned-notes'));
  });

  it('is listed page by page, the longest wait first', async () => {
    const [smaller, larger] = [uuidv7(), uuidv7()];
    await heldSession(undefined, larger);
    await heldSession(undefined, smaller);
    await service.settled();
    const whole = await unsigned('kind=note_missing', 0);
    expect(whole.length).toBeGreaterThan(1);
    expect(whole.map(({ since }) => since)).toEqual(whole.map(({ since }) => since as string).sort());
    const paged: unknown[] = [];
    for (let cursor = ''; ;) {
      const { body } = await service.get(
        'owner',
        `/v1/unsigned-notes?kind=note_missing&limit=1${cursor && `&cursor=${cursor}`}`,
      );
      paged.push(...body.data.map((one: { sessionId: string }) => one.sessionId));
      if (!body.page.next) break;
      cursor = body.page.next;
    }
    expect(paged).toEqual(whole.map(({ sessionId }) => sessionId));
  });

  it('is listed from a first day on', async () => {
    await heldSession();
    const whole = await unsigned('kind=note_missing', await service.position());
    const zone = 'Europe/Berlin';
    const day = localDate(whole.at(-1)!.since as string, zone);
    const from = async (date: string) =>
      (await unsigned(`kind=note_missing&from=${date}`, 0)).map(({ sessionId }) => sessionId);
    const since = startOfLocalDay(day, zone);
    expect(await from(day)).toEqual(
      whole.filter((one) => (one.since as string) >= since).map(({ sessionId }) => sessionId),
    );
    expect(await from(addDays(day, 1))).toEqual([]);
  });
});

describe('a psychotherapy note over HTTP', () => {
  const secret = 'I felt protective of her, like of a sister.';
  const write = (sessionId: string) =>
    service.done('therapist', '/v1/psychotherapy-notes', { sessionId, words: secret });
  const page = (role: TestRole, id: string) => service.get(role, `/v1/psychotherapy-notes/${id}`);
  const release = (id: string, role: TestRole = 'therapist', version = 1) =>
    service.post(
      role,
      `/v1/psychotherapy-notes/${id}/release`,
      { to: RESEARCHER },
      { 'If-Match': `"${version}"` },
    );
  const authorization = (story: Story) =>
    consentIdOf(service.first.id, story.relationshipId, story.clientId, 'psychotherapy_note_authorization');
  const withdraw = (story: Story, more: object = {}) =>
    happens(service, consent, authorization(story), {
      type: 'WithdrawConsent',
      by: 'self',
      channel: 'phone',
      ...more,
    });
  const given = async () => {
    const held = await heldSession();
    await givenConsent(service, held.story, {
      purpose: 'psychotherapy_note_authorization',
      recipients: [RESEARCHER],
    });
    return { ...held, ...(await write(held.sessionId)) };
  };

  it('is read by its author and does not exist for anybody else', async () => {
    const { sessionId } = await heldSession();
    const { id, position } = await write(sessionId);
    expect((await page('therapist', id)).body).toMatchObject({ id, version: 1, sessionId, words: secret });
    const colleague = await another('therapist', 'owner');
    const none = await page('therapist', uuidv7());
    for (const answer of [
      await page('supervisor', id),
      await service.get('therapist', `/v1/psychotherapy-notes/${id}`, colleague.as),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.text).toBe(none.text.replaceAll(/[0-9a-f-]{36}/g, id));
    }
    for (const role of ['owner', 'coordinator', 'auditor'] as const)
      await service.refused(403, 'forbidden', () => page(role, id));
    await service.refused(404, 'not_found', () => release(id, 'supervisor', 7));

    const list = (as: Record<string, string> = {}) =>
      service.get('therapist', `/v1/psychotherapy-notes?sessionId=${sessionId}&minPosition=${position}`, as);
    expect((await list()).body.data).toMatchObject([{ noteId: id, sessionId, released: 0 }]);
    expect((await list()).text).not.toContain('protective');
    expect((await list(colleague.as)).body.data).toEqual([]);
  });

  it('shows its words on no page of the history, to nobody', async () => {
    const { id, story } = await given();
    await release(id);
    await service.settled();
    const paths = [
      `events?stream=psynote-${id}`,
      `events?clientId=${story.clientId}&limit=200`,
      `clients/${story.clientId}/timeline?limit=200`,
      `streams/psynote-${id}/state`,
      `streams/psynote-${id}/diff?from=1&to=2`,
    ];
    for (const role of ['owner', 'auditor', 'therapist', 'supervisor'] as const)
      for (const path of paths) {
        const answer = await service.get(role, `/v1/${path}`);
        expect([200, 403]).toContain(answer.status);
        expect(answer.text).not.toMatch(/protective|Invented University/);
      }
    const { body } = await service.get('auditor', `/v1/streams/psynote-${id}/state`);
    expect(body.withheld).toEqual(['to', 'words']);
    const { store, first } = service;
    const stored = await store.rows.of(store.worker, psychotherapyNotes, first.id, [id]);
    expect(stored.size).toBe(1);
    expect(JSON.stringify([...stored.values()]), 'nor is it copied into a read model').not.toContain(
      'protective',
    );
  });

  it('is refused about a session that was not held by the writer', async () => {
    const { sessionId } = await heldSession();
    const stranger = await another('therapist');
    await service.refused(403, 'not_your_client', () =>
      service.post('therapist', '/v1/psychotherapy-notes', { sessionId, words: secret }, stranger.as),
    );
  });

  it('is released only under an authorization of the client that is in force', async () => {
    const { sessionId, story } = await heldSession();
    const { id } = await write(sessionId);
    await service.refused(422, 'consent_not_sought', () => release(id));
    await givenConsent(service, story, {
      purpose: 'psychotherapy_note_authorization',
      recipients: [RESEARCHER],
    });
    const answer = await release(id);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect((await page('therapist', id)).body.releases).toMatchObject([
      { to: RESEARCHER, authorizationConsentIds: [authorization(story)] },
    ]);
    await withdraw(story);
    await service.refused(422, 'consent_withdrawn', () => release(id, 'therapist', 2));
  });

  it('is not released to a recipient towards whom the client withdrew', async () => {
    const { id, story } = await given();
    await withdraw(story, { scope: { kind: 'recipient', recipient: ' invented  university' } });
    await service.refused(422, 'withdrawn_towards_recipient', () => release(id));
  });

  it('is not released when the client withdraws at the same moment', async () => {
    const { id, story } = await given();
    const spy = beforeAppendOf(`psynote-${id}`, () => withdraw(story));
    const answer = await release(id);
    spy.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([422, 'consent_withdrawn']);
    expect((await page('therapist', id)).body.releases).toEqual([]);
  });
});
