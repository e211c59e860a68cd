import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consent, consentIdOf } from '#libs/consent';
import { Follower, type Pending } from '#libs/event-store';
import { addMinutes, parseStream, sha256, uuidv7, type Recorded } from '#libs/kernel';
import { stanceIdOf } from '#libs/stance';
import { startService, type Service } from '../support/http-kit.js';
import { givenConsent, givenRelationship, happens, type Story } from '../support/story.js';

interface Finding {
  id: string;
  kind: string;
  code: string;
  detail: string;
  relationshipId: string;
  therapistId: string;
  clientIds: string[];
  sessionId?: string;
  occurredAt: string;
  knownSince: string;
  events: { eventId: string; type: string; position: number; occurredAt: string; recordedAt: string }[];
}
interface Page {
  knownAt: string;
  data: Finding[];
  page: { limit: number; next?: string };
  meta: { position: number };
}

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
const pass = (minutes: number) => void (ahead += minutes * 60_000);
beforeAll(async () => ({ service, stop } = await startService(clock)));
afterAll(() => stop());

async function findings(query = '', practice = 'first'): Promise<Page> {
  const headers = { Authorization: `Bearer ${service.tokenOf('auditor', practice)}` };
  const answer = await service.get('auditor', `/v1/findings?${query}`, headers);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as Page;
}
const of = (story: Story, more = '') => findings(`relationshipId=${story.relationshipId}${more}`);
const act = (id: string, verb: string, body: object = {}) =>
  service.done('therapist', `/v1/sessions/${id}/${verb}`, body);
const withdraw = (story: Story, occurredAt?: string) =>
  happens(
    service,
    consent,
    consentIdOf(service.first.id, story.relationshipId, story.clientId, 'treatment'),
    { type: 'WithdrawConsent', by: 'self', channel: 'phone' },
    { by: 'coordinator', ...(occurredAt ? { occurredAt, reason: 'the letter lay in another tray' } : {}) },
  );

/** A session that was held for fifty minutes under consent given two hours before. */
async function held(observed: readonly object[] = []): Promise<{ story: Story; id: string; start: string }> {
  const story = await givenRelationship(service);
  await givenConsent(service, story);
  pass(120);
  const start = clock.now();
  const { id } = await service.done('coordinator', '/v1/sessions', {
    relationshipId: story.relationshipId,
    start: addMinutes(start, 1),
    durationMinutes: 50,
    modality: 'in_person',
  });
  pass(1);
  await act(id, 'start');
  pass(20);
  for (const body of observed) await act(id, 'observe', body);
  pass(30);
  await act(id, 'end');
  pass(1);
  return { story, id, start };
}

describe('GET /v1/findings', () => {
  it('shows a session under a consent that, we now know, had been withdrawn, and not to whoever asks what was known', async () => {
    const { story, id, start } = await held();
    expect((await of(story)).data).toEqual([]);
    const before = clock.now();
    pass(60);
    const { events } = await withdraw(story, addMinutes(start, -60));
    pass(1);

    const { data, knownAt, meta } = await of(story);
    expect(data).toMatchObject([
      {
        kind: 'session_without_valid_consent',
        code: 'consent_withdrawn',
        relationshipId: story.relationshipId,
        therapistId: story.therapistId,
        clientIds: [story.clientId],
        sessionId: id,
      },
    ]);
    const [finding] = data;
    expect(finding!.events.map(({ type }) => type)).toEqual(['SessionStarted', 'ConsentWithdrawn']);
    expect(finding!.events[1]!.eventId).toBe(events[0]!.eventId);
    expect(finding!.knownSince).toBe(finding!.events[1]!.recordedAt);
    expect(knownAt >= finding!.knownSince).toBe(true);
    expect(meta.position).toBe(await service.store.reader.position(service.first.id));
    expect((await of(story, `&knownAt=${before}`)).data, 'nobody knew then').toEqual([]);
    expect((await of(story, `&knownAt=${finding!.knownSince}`)).data).toEqual(data);
  });

  it('is filtered by kind, client, relationship, therapist and when it happened', async () => {
    const { story } = await held([
      { kind: 'BoundaryTouchedOn', topic: 'gifts' },
      { kind: 'SelfDisclosureMade', topic: 'Family', words: 'My mother was like that.' },
    ]);
    const { data: all } = await of(story);
    expect(all.map(({ kind }) => kind).toSorted()).toEqual([
      'boundary_touched_without_agreement',
      'self_disclosure_against_stance',
    ]);
    expect(JSON.stringify(all), "nobody's words").not.toMatch(/mother|Family/);
    const [first, second] = all;
    const some = async (query: string) =>
      (await findings(query)).data
        .filter(({ relationshipId }) => relationshipId === story.relationshipId)
        .map(({ id }) => id);
    const both = all.map(({ id }) => id);
    expect(await some(`kind=${first!.kind}`)).toEqual([first!.id]);
    expect(await some(`clientId=${story.clientId}`)).toEqual(both);
    expect((await findings(`clientId=${story.clientId}`)).data).toHaveLength(2);
    expect(await some(`therapistId=${story.therapistId}`)).toEqual(both);
    expect(await some(`therapistId=${uuidv7()}`)).toEqual([]);
    expect(await some(`from=${first!.occurredAt}&to=${second!.occurredAt}`)).toEqual(both);
    expect(await some(`to=${addMinutes(first!.occurredAt, -1)}`)).toEqual([]);
    expect(await some(`from=${addMinutes(second!.occurredAt, 1)}`)).toEqual([]);
    expect((await findings(`relationshipId=${uuidv7()}`)).data).toEqual([]);
    expect((await findings(`clientId=${uuidv7()}`)).data).toEqual([]);
  });

  it('counts a session marked in error for nothing', async () => {
    const { story, id } = await held([{ kind: 'BoundaryTouchedOn', topic: 'touch' }]);
    expect((await of(story)).data).toHaveLength(1);
    const before = clock.now();
    pass(1);
    await service.done('therapist', `/v1/sessions/${id}/mark-in-error`, { reason: 'the wrong client' });
    expect((await of(story)).data).toEqual([]);
    expect((await of(story, `&knownAt=${before}`)).data, 'as it was known').toHaveLength(1);
  });

  it('shows an emergency whose follow-up is overdue', async () => {
    const story = await givenRelationship(service);
    const { id } = await service.done('coordinator', '/v1/sessions', {
      relationshipId: story.relationshipId,
      start: addMinutes(clock.now(), 1),
      durationMinutes: 50,
      modality: 'in_person',
    });
    pass(1);
    await act(id, 'start', { emergencyBasis: 'imminent_harm' });
    pass(30);
    await act(id, 'end');
    expect((await of(story)).data).toEqual([]);
    pass(48 * 60);
    expect((await of(story)).data).toMatchObject([
      { kind: 'emergency_without_follow_up', code: 'follow_up_missing', sessionId: id },
    ]);
  });

  it('comes in pages that together are the whole, whatever becomes known meanwhile', async () => {
    const { data: whole } = await findings('limit=200');
    expect(whole.length).toBeGreaterThan(2);
    const late = await held();
    const pages: Finding[] = [];
    const first = await findings(`limit=1&knownAt=${clock.now()}`);
    await withdraw(late.story, addMinutes(late.start, -60));
    pages.push(...first.data);
    const [query, position] = [`limit=1&knownAt=${first.knownAt}`, first.meta.position];
    for (let { next } = first.page; next;) {
      const { data, page, meta } = await findings(`${query}&cursor=${next}`);
      expect(meta.position).toBe(position);
      expect(data.length).toBeLessThanOrEqual(1);
      pages.push(...data);
      next = page.next;
    }
    expect(pages).toEqual(whole);
    expect((await findings('limit=200')).data.length).toBe(whole.length + 1);
  });

  it('is for owners and auditors, of their own practice', async () => {
    expect((await service.get('owner', '/v1/findings')).status).toBe(200);
    for (const role of ['coordinator', 'therapist', 'supervisor'] as const)
      await service.refused(403, 'forbidden', () => service.get(role, '/v1/findings'));
    await service.addPractice('other');
    const { data } = await findings('limit=1');
    expect((await findings('', 'other')).data).toEqual([]);
    expect((await findings(`relationshipId=${data[0]!.relationshipId}`, 'other')).data).toEqual([]);
  });

  it('cannot be asked what will be known, nor with a cursor of another question', async () => {
    const ahead = await service.refused(400, 'invalid_request', () =>
      service.get('auditor', '/v1/findings?knownAt=2099-01-01T00:00:00Z'),
    );
    expect(ahead.errors).toMatchObject([{ pointer: '?knownAt', code: 'known_at_ahead' }]);
    const { page } = await findings('limit=1');
    for (const query of [`cursor=${page.next}x`, `kind=crossing_unresolved&cursor=${page.next}`])
      await service.refused(400, 'invalid_request', () => service.get('auditor', `/v1/findings?${query}`));
    await service.refused(400, 'invalid_request', () => service.get('auditor', '/v1/findings?kind=gossip'));
  });
});

describe('The findings of a large practice', () => {
  const RELATIONSHIPS = 100;
  const SESSIONS = 20;

  it('of 2,000 sessions come within seconds, and are the same whether the index has seen them or not', async () => {
    const { story, id } = await held([
      { kind: 'ChallengeOffered', style: 'gentle', invited: false },
      { kind: 'AllianceFeedbackGiven', score: 31, measure: 'Session Rating Scale' },
    ]);
    const practiceId = service.first.id;
    const { id: largeId } = await service.addPractice('large');
    await service.app.get(Follower).stop(); // until all is there
    const all = await service.store.reader.after(practiceId, 0, 100_000);
    const concerns = ({ subjects, stream }: Recorded) =>
      subjects.includes(story.clientId) || ['stance', 'document'].includes(parseStream(stream).category);
    const own = all.filter((event) => concerns(event) && event.stream !== `session-${id}`);
    const meeting = all.filter(({ stream }) => stream === `session-${id}`);
    await withdraw(story, addMinutes(meeting[1]!.occurredAt, -60));
    const withdrawal = (await service.store.reader.after(practiceId, all.length, 100)).filter(
      ({ type }) => type === 'ConsentWithdrawn',
    );
    const shared = own.filter(({ stream }) => ['stance', 'document'].includes(parseStream(stream).category));
    await copy(largeId, shared, [practiceId]);
    for (let one = 0; one < RELATIONSHIPS; one++) {
      const names = namesIn(own.filter((event) => !shared.includes(event)));
      const mine = [
        ...own.filter((event) => !shared.includes(event)),
        ...Array.from({ length: SESSIONS }, () => renamed(meeting, [id])).flat(),
        ...(one % 10 === 0 ? withdrawal : []),
      ];
      await copy(largeId, mine, names);
    }
    const answers: Page[] = [];
    const took: number[] = [];
    await service.settled();
    for (const indexed of [true, false]) {
      if (!indexed)
        await service.store.worker.query(
          "update read.checkpoint set position = position - 5000 where practice_id = $1 and projection = 'event_index'",
          [largeId],
        );
      const before = process.cpuUsage();
      answers.push(await findings('limit=200', 'large'));
      const { user, system } = process.cpuUsage(before);
      took.push(Math.round((user + system) / 1000));
    }
    expect(answers[0]!.data).toHaveLength((RELATIONSHIPS / 10) * SESSIONS);
    expect(new Set(answers[0]!.data.map(({ code }) => code))).toEqual(new Set(['consent_withdrawn']));
    expect(answers[0]!.page).toEqual({ limit: 200 });
    expect(answers[1]!.data).toEqual(answers[0]!.data);
    expect(Math.max(...took), 'milliseconds of work, however busy the machine is').toBeLessThan(6_000);
  }, 120_000);

  /** The ids of things that every copy has for itself. */
  const namesIn = (events: readonly Recorded[]) => [
    service.first.id,
    ...new Set(events.map(({ stream }) => parseStream(stream).id)),
  ];

  const renamed = (events: readonly Recorded[], ids: readonly string[]): Recorded[] => {
    let text = JSON.stringify(events);
    for (const id of ids) text = text.replaceAll(id, uuidv7());
    return JSON.parse(text) as Recorded[];
  };

  /** Appends copies of events, with new ids and with other names for the things they are about. */
  async function copy(practiceId: string, events: readonly Recorded[], ids: readonly string[]) {
    const [own, ...things] = ids;
    const copies = renamed(events, things).map((event): Pending => {
      const { position: _position, recordedAt: _recordedAt, leafHash: _leafHash, ...pending } = event;
      return { ...pending, eventId: uuidv7(), practiceId };
    });
    // the id of a stance follows from the practice and the therapist
    const { therapist } = service.first.staff;
    const [here, there] = [own!, practiceId].map((of) => stanceIdOf(of, therapist, 'individual'));
    const texts = JSON.stringify(copies).replaceAll(own!, practiceId).replaceAll(here!, there!);
    const pending = JSON.parse(texts) as Pending[];
    const versions = new Map<string, number>();
    for (const event of pending) {
      const version = (versions.get(event.stream) ?? 0) + 1;
      versions.set(event.stream, version);
      Object.assign(event, { version });
    }
    const commandId = randomUUID();
    const outcome = await service.store.append(practiceId, {
      commandId,
      requestHash: sha256(commandId),
      stream: pending[0]!.stream,
      version: pending[0]!.version,
      expect: [],
      events: pending,
    });
    expect(outcome.outcome).toBe('appended');
  }
});
