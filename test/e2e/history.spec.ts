import { get as httpGet, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LiveEvents } from '#libs/audit';
import type { Pending } from '#libs/event-store';
import { addMinutes, sha256, uuidv7 } from '#libs/kernel';
import { EXAMPLE_FOR_ONE } from '#libs/stance';
import { startService, type Service, type TestRole } from '../support/http-kit.js';
import { givenClient, givenConsent, givenRelationship } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
const pass = (minutes: number) => void (ahead += minutes * 60_000);
beforeAll(async () => {
  ({ service, stop } = await startService(clock));
  await service.app.listen(0, '127.0.0.1');
});
afterAll(() => stop());

interface Shown {
  eventId: string;
  type: string;
  stream: string;
  position: number;
  subjects: string[];
  late: boolean;
  data: Record<string, unknown>;
  correctedBy?: string;
  correctsEventId?: string;
}
const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));
const until = async (condition: () => boolean, what: string) => {
  for (const deadline = Date.now() + 5_000; !condition(); await sleep(10))
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
};

/** One who listens, as a browser does: keeps the last id, and knows nothing of what had no data. */
class Listener {
  readonly events: Shown[] = [];
  comments = 0;
  lastEventId?: string;
  closed = false;
  type?: string;
  private rest = '';

  constructor(
    readonly request: ClientRequest,
    readonly answer: IncomingMessage,
  ) {
    this.type = answer.headers['content-type'];
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => this.take(text));
    answer.on('close', () => (this.closed = true));
    answer.on('error', () => (this.closed = true));
  }

  get positions() {
    return this.events.map(({ position }) => position);
  }

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = block
        .split('\n')
        .map((line) => [line.split(':', 1)[0]!, line.replace(/^\w*: ?/, '')] as const);
      for (const [name, value] of fields) {
        if (name === 'id') this.lastEventId = value;
        if (name === '') this.comments++;
        if (name === 'data') this.events.push(JSON.parse(value) as Shown);
      }
    }
  }
}

function open(
  query = '',
  {
    practice = 'first',
    role = 'auditor',
    lastEventId,
  }: { practice?: string; role?: TestRole; lastEventId?: string } = {},
  of: Service = service,
): Promise<IncomingMessage & { from: ClientRequest }> {
  const { port } = of.app.getHttpServer().address() as AddressInfo;
  const headers = {
    Authorization: `Bearer ${of.tokenOf(role, practice)}`,
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  };
  return new Promise((resolve, reject) => {
    const from = httpGet(
      { host: '127.0.0.1', port, path: `/v1/events/stream${query}`, headers, agent: false },
      (answer) => resolve(Object.assign(answer, { from })),
    ).on('error', reject);
  });
}
async function listen(...args: Parameters<typeof open>): Promise<Listener> {
  const answer = await open(...args);
  expect(answer.statusCode).toBe(200);
  return new Listener(answer.from, answer);
}
const live = () => service.app.get(LiveEvents);
const head = () => service.store.reader.position(service.first.id);
const counted = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index + 1);

describe('GET /v1/events/stream', () => {
  it('tells everything from the beginning, then what is added, each event as pages show it', async () => {
    const listener = await listen();
    expect(listener.type).toBe('text/event-stream; charset=utf-8');
    const before = await head();
    await until(() => listener.events.length === before, 'all there is');
    await givenClient(service);
    await until(() => listener.events.length === before + 1, 'the new one');
    expect(listener.positions).toEqual(counted(0, before + 1));
    expect(listener.lastEventId).toBe(String(before + 1));
    const { body } = await service.get('auditor', '/v1/events?limit=200');
    expect(listener.events).toEqual(body.data);
    expect(JSON.stringify(listener.events)).not.toContain('Ada Sample');
    listener.request.destroy();
    await until(() => live().size === 0, 'nobody listens');
  });

  it('goes on after Last-Event-ID, which comes before `after`', async () => {
    const position = await head();
    const resumed = await listen('?after=1', { lastEventId: String(position - 2) });
    await until(() => resumed.events.length === 2, 'the last two');
    expect(resumed.positions).toEqual([position - 1, position]);
    resumed.request.destroy();
    const later = await listen(`?after=${position - 1}`);
    await until(() => later.events.length === 1, 'the last one');
    later.request.destroy();
    const newest = await listen('', { lastEventId: String(position) });
    await givenClient(service);
    await until(() => newest.events.length === 1, 'what is added');
    expect(newest.positions).toEqual([position + 1]);
    newest.request.destroy();
  });

  it('loses nothing and repeats nothing for whoever hangs up and comes again while others write', async () => {
    const from = await head();
    const writing = (async () => {
      for (let round = 0; round < 40; round++)
        await Promise.all([givenClient(service), givenClient(service)]);
    })();
    const heard: number[] = [];
    let lastEventId = String(from);
    let connections = 0;
    const done = writing.then(() => true);
    for (let written = false; ; connections++) {
      const listener = await listen('', { lastEventId });
      written = await Promise.race([done, sleep(25 + 13 * (connections % 4)).then(() => false)]);
      if (written) {
        const rest = from + 80 - heard.length - from;
        await until(() => listener.events.length >= rest, 'the rest');
      }
      listener.request.destroy();
      heard.push(...listener.positions);
      lastEventId = listener.lastEventId ?? lastEventId;
      if (written) break;
    }
    await writing;
    expect(connections).toBeGreaterThan(2);
    expect(heard).toEqual(counted(from, from + 80));
  });

  it('is filtered as pages are, and its heartbeats move the last id on without an event', async () => {
    const clientId = await givenClient(service);
    const own = await head();
    live().times.heartbeat = 100;
    const listener = await listen(`?clientId=${clientId}`);
    await until(() => listener.events.length === 1, 'the one event');
    await givenClient(service);
    await until(() => listener.lastEventId === String(own + 1), 'a heartbeat');
    expect(listener.comments).toBeGreaterThan(1);
    expect(listener.positions).toEqual([own]);
    listener.request.destroy();
    live().times.heartbeat = 15_000;
  });

  it('ends by itself after a while, so that whoever comes again is asked anew who they are', async () => {
    live().times.longest = 300;
    const listener = await listen();
    await until(() => listener.closed, 'the end');
    expect(listener.answer.complete).toBe(true);
    live().times.longest = 15 * 60_000;
    await until(() => live().size === 0, 'nobody listens');
  });

  it('is bounded: nobody has more than five', async () => {
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => listen()));
    const sixth = await open();
    expect([sixth.statusCode, sixth.headers['content-type']]).toEqual([
      503,
      'application/problem+json; charset=utf-8',
    ]);
    sixth.resume();
    const owner = await listen('', { role: 'owner' });
    for (const { request } of [...five, owner]) request.destroy();
    await until(() => live().size === 0, 'nobody listens');
  });

  it('holds no words that somebody sees by break-glass only: it would go on when the grant has ended', async () => {
    const clientId = await givenClient(service);
    const { position } = await service.done('auditor', '/v1/break-glass-grants', {
      clientId,
      reasonCode: 'legal_duty',
      minutes: 1,
      reason: 'A complaint about exactly this client.',
    });
    const listener = await listen(`?clientId=${clientId}&after=${position - 1}`);
    await until(() => listener.events.length === 1, 'the grant');
    expect(listener.events[0]).toMatchObject({ type: 'BreakGlassOpened', withheld: ['reason'] });
    expect(listener.events[0]).not.toHaveProperty('reason');
    listener.request.destroy();
  });

  it('is for owners and auditors, of their own practice', async () => {
    for (const role of ['coordinator', 'therapist', 'supervisor'] as const)
      await service.refused(403, 'forbidden', () => service.get(role, '/v1/events/stream'));
    await service.addPractice('other');
    const listener = await listen('', { practice: 'other' });
    await until(() => listener.events.length === 7, 'its own beginning');
    await givenClient(service);
    await sleep(200);
    expect(listener.events.map(({ type }) => type)).toEqual([
      'PracticeRegistered',
      ...Array<string>(5).fill('StaffRegistered'),
      'SupervisionAssigned',
    ]);
    listener.request.destroy();
  });

  it('refuses an id that was never sent, and what goes with pages only', async () => {
    const position = await head();
    for (const lastEventId of ['x', '-1', '1.5', '', String(position + 1)]) {
      const refused = await service.refused(400, 'invalid_request', () =>
        service.get('auditor', '/v1/events/stream', { 'Last-Event-ID': lastEventId }),
      );
      expect(refused.errors, lastEventId).toMatchObject([
        { pointer: 'Last-Event-ID', code: 'not_a_position' },
      ]);
    }
    await service.refused(400, 'invalid_request', () => service.get('auditor', '/v1/events/stream?limit=5'));
    await service.refused(400, 'invalid_request', () =>
      service.get('auditor', `/v1/events/stream?after=${position + 1}`),
    );
  });

  it('is described with its content type and its header', async () => {
    const { body } = await service.get('auditor', '/openapi.json');
    const operation = body.paths['/v1/events/stream'].get;
    expect(Object.keys(operation.responses['200'].content as object)).toEqual(['text/event-stream']);
    const headers = operation.parameters.filter((each: { in: string }) => each.in === 'header');
    expect(headers).toContainEqual(expect.objectContaining({ name: 'Last-Event-ID', required: false }));
  });

  it('is read no faster than its reader reads, and no more once its reader has hung up', async () => {
    const { id: practiceId } = await service.addPractice('long');
    for (let stream = 0; stream < 10; stream++) await appendMany(practiceId, 1_000);
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const reads = () =>
      query.mock.calls.filter(([text]: unknown[]) => typeof text === 'string' && text.includes('leaf_hash'))
        .length;
    const answer = await open('', { practice: 'long' });
    answer.pause();
    let waiting = -1;
    for (
      const deadline = Date.now() + 15_000;
      waiting !== reads() && Date.now() < deadline;
      await sleep(1_000)
    )
      waiting = reads();
    expect(reads(), 'nothing is read while the reader waits').toBe(waiting);
    expect(waiting, 'far from the end').toBeLessThan(40);
    answer.from.destroy();
    await until(() => live().size === 0, 'nobody listens');
    await sleep(300);
    expect(reads()).toBeLessThanOrEqual(waiting + 1);
    query.mockRestore();
  });

  it('keeps no service from stopping', async () => {
    const other = await startService();
    await other.service.app.listen(0, '127.0.0.1');
    const listener = await listen('', {}, other.service);
    await until(() => listener.events.length > 0, 'the beginning');
    const began = Date.now();
    await other.stop();
    expect(Date.now() - began).toBeLessThan(3_000);
    await until(() => listener.closed, 'the end');
  });

  async function appendMany(practiceId: string, count: number) {
    const stream = `stance-${uuidv7()}`;
    const commandId = uuidv7();
    const data = {
      therapistId: service.practices.long!.staff.therapist,
      setting: 'individual',
      locale: 'en',
      dimensions: EXAMPLE_FOR_ONE,
      ownWords: { opening: 'x'.repeat(1500) },
    };
    const events = Array.from({ length: count }, (_, index): Pending => ({
      eventId: uuidv7(),
      practiceId,
      stream,
      version: index + 1,
      type: 'StanceDrafted',
      schema: 1,
      occurredAt: clock.now(),
      data,
      actor: { id: practiceId, role: 'therapist' },
      subjects: [],
      commandId,
      correlationId: commandId,
      causationId: commandId,
    }));
    const requestHash = sha256(commandId);
    await service.store.append(practiceId, {
      commandId,
      requestHash,
      stream,
      version: count,
      expect: [],
      events,
    });
  }
});

describe('The timeline of a client', () => {
  const timeline = async (clientId: string, query = '') => {
    const answer = await service.get('auditor', `/v1/clients/${clientId}/timeline?limit=200${query}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.data as Shown[];
  };

  it('marks every entry of a session that was entered in error, from the moment that is known', async () => {
    const story = await givenRelationship(service);
    await givenConsent(service, story);
    const { id } = await service.done('coordinator', '/v1/sessions', {
      relationshipId: story.relationshipId,
      start: addMinutes(clock.now(), 1),
      durationMinutes: 50,
      modality: 'in_person',
    });
    await service.done('therapist', `/v1/sessions/${id}/start`);
    await service.done('therapist', `/v1/sessions/${id}/observe`, { kind: 'RuptureRepaired' });
    const before = clock.now();
    pass(1);
    const { events } = await service.done('therapist', `/v1/sessions/${id}/mark-in-error`, {
      reason: 'wrong client',
    });
    const marking = events[0]!.eventId;
    const of = async (query = '') =>
      (await timeline(story.clientId, query)).filter(({ stream }) => stream === `session-${id}`);
    const entries = await of();
    expect(entries.map(({ type }) => type)).toEqual([
      'SessionScheduled',
      'SessionStarted',
      'RuptureRepaired',
      'SessionMarkedInError',
    ]);
    expect(entries.map(({ correctedBy }) => correctedBy)).toEqual([marking, marking, marking, undefined]);
    expect((await of(`&knownAt=${before}`)).map(({ correctedBy }) => correctedBy)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('holds nothing that concerns only another member of the unit', async () => {
    const story = await givenRelationship(service, { kind: 'couple' });
    const [one, other] = story.clientIds as [string, string];
    await givenConsent(service, story, { clientId: one });
    await givenConsent(service, story, { clientId: other });
    const [mine, theirs] = [await timeline(one), await timeline(other)];
    for (const [entries, clientId, stranger] of [
      [mine, one, other],
      [theirs, other, one],
    ] as const) {
      expect(entries.every(({ subjects }) => subjects.includes(clientId))).toBe(true);
      const consents = entries.filter(({ stream }) => stream.startsWith('consent-'));
      expect(consents.length).toBeGreaterThan(3);
      expect(consents.map(({ data }) => data.clientId)).not.toContain(stranger);
      expect(entries.map(({ stream }) => stream)).not.toContain(`client-${stranger}`);
    }
    expect(mine.map(({ type }) => type)).toContain('RelationshipOpened');
  });

  it('holds what happened to the relationship while they were in the unit: from when they joined, until they left', async () => {
    const { relationshipId, clientIds } = await givenRelationship(service, { kind: 'family' });
    const [stays, leaves] = clientIds as [string, string];
    const joins = await givenClient(service);
    const { unitId } = (await service.get('owner', `/v1/relationships/${relationshipId}`)).body;
    const change = (verb: string, member: string) =>
      service.done('coordinator', `/v1/units/${unitId}/${verb}`, { clientId: member });
    const format = async (to: string) => {
      pass(1);
      await service.done('therapist', `/v1/relationships/${relationshipId}/change-format`, { to });
      pass(1);
    };
    await format('video');
    await change('add-member', joins);
    await format('phone');
    const beforeLeaving = clock.now();
    await change('remove-member', leaves);
    await format('in_person');
    const told = async (clientId: string, query = '') =>
      (await timeline(clientId, query))
        .filter(({ stream }) => stream === `relationship-${relationshipId}`)
        .map(({ type, data }) => data.to ?? type);
    const events = await service.store.reader.streams(service.first.id, [`relationship-${relationshipId}`]);
    expect(events.map(({ subjects }) => [...subjects].sort())).toEqual(
      [
        [stays, leaves],
        [stays, leaves],
        [stays, leaves, joins],
        [stays, joins],
      ].map((ids) => ids.sort()),
    );
    expect(await told(stays)).toEqual(['RelationshipOpened', 'video', 'phone', 'in_person']);
    expect(await told(joins)).toEqual(['phone', 'in_person']);
    expect(await told(leaves)).toEqual(['RelationshipOpened', 'video', 'phone']);
    expect(await told(joins, `&knownAt=${beforeLeaving}`)).toEqual(['phone']);
    await service.settled(); // and the same from what the index knows
    expect(await told(joins)).toEqual(['phone', 'in_person']);
    expect(await told(leaves)).toEqual(['RelationshipOpened', 'video', 'phone']);
  });

  it('calls late what the policy of that time called late, whatever the policy is now', async () => {
    const clientId = await givenClient(service);
    pass(30 * 60);
    const change = { legalName: 'Ada Later', languages: ['en'], reason: 'the form came by post' };
    const entered = (version: number, languages: string[]) =>
      service.done(
        'coordinator',
        `/v1/clients/${clientId}/change-details`,
        { ...change, languages, occurredAt: addMinutes(clock.now(), -20 * 60) },
        { 'If-Match': `"${version}"` },
      );
    await entered(1, ['de']);
    await service.done('owner', '/v1/practice/set-policy', { policy: { lateEntryHours: 10 } });
    pass(1);
    await entered(2, ['fr']);
    const marks = (await timeline(clientId))
      .filter(({ type }) => type === 'ClientDetailsChanged')
      .map(({ data, late }) => [data.languages, late]);
    expect(marks).toEqual([
      [['de'], false],
      [['fr'], true],
    ]);
  });
});

describe('A stream as of two clocks', () => {
  const state = async (stream: string, query = '') => {
    const answer = await service.get('auditor', `/v1/streams/${stream}/state?${query}`);
    return answer.body as {
      at?: string;
      knownAt?: string;
      version: number;
      state: Record<string, unknown>;
      withheld: string[];
      status?: number;
      code?: string;
    };
  };

  it('shows what had happened by then, and what was known by then', async () => {
    const story = await givenRelationship(service);
    const stream = `relationship-${story.relationshipId}`;
    pass(60);
    const change = (to: string, more: object = {}) =>
      service.done('therapist', `/v1/relationships/${story.relationshipId}/change-format`, { to, ...more });
    await change('video');
    const known = clock.now();
    pass(60);
    const source = { source: 'outside_records', occurredAt: addMinutes(clock.now(), -30) };
    await service.done(
      'therapist',
      `/v1/relationships/${story.relationshipId}/add-information-source`,
      source,
    );
    pass(1);
    const now = clock.now();
    expect(await state(stream, `knownAt=${known}`)).toMatchObject({ knownAt: known, version: 2 });
    expect(await state(stream, `knownAt=${now}`)).toMatchObject({ version: 3 });
    const middle = addMinutes(now, -45);
    expect(await state(stream, `at=${middle}`)).toMatchObject({ at: middle, version: 2 });
    expect((await state(stream, `at=${middle}`)).state.sources).toEqual([]);
    expect(await state(stream)).not.toHaveProperty('knownAt');
    const early = await service.get('auditor', `/v1/streams/${stream}/state?at=2001-01-01T00:00:00Z`);
    expect([early.status, early.body.code]).toEqual([404, 'not_found']);
    for (const query of ['version=1&at=2026-01-01T00:00:00Z', 'knownAt=2099-01-01T00:00:00Z'])
      await service.refused(400, 'invalid_request', () =>
        service.get('auditor', `/v1/streams/${stream}/state?${query}`),
      );
  });

  it('holds no hashes of what somebody said', async () => {
    const story = await givenRelationship(service);
    await givenConsent(service, story);
    const { id } = await service.done('coordinator', '/v1/sessions', {
      relationshipId: story.relationshipId,
      start: addMinutes(clock.now(), 1),
      durationMinutes: 50,
      modality: 'in_person',
    });
    await service.done('therapist', `/v1/sessions/${id}/start`);
    await service.done('therapist', `/v1/sessions/${id}/observe`, {
      kind: 'RuptureRepaired',
      words: 'We are fine.',
    });
    const answer = await service.get('auditor', `/v1/streams/session-${id}/state`);
    expect(answer.body.withheld).toContain('seen');
    expect(answer.body.state).not.toHaveProperty('seen');
    expect(JSON.stringify(answer.body.state)).not.toMatch(/"[0-9a-f]{64}"/);
    const { body } = await service.get('auditor', `/v1/streams/session-${id}/diff?from=2&to=3`);
    expect(body.changes).toContainEqual({ path: '/seen', withheld: ['seen'] });
  });
});
