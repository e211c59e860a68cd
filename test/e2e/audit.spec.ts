import { get as httpGet, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { consent, consentIdOf } from '#libs/consent';
import { Catalogue, EventStore, Follower, type Pending } from '#libs/event-store';
import { sha256, systemClock, uuidv7 } from '#libs/kernel';
import { EXAMPLE_FOR_ONE, stance } from '#libs/stance';
import { startService, type Service } from '../support/http-kit.js';

interface Shown {
  eventId: string;
  stream: string;
  version: number;
  position: number;
  type: string;
  occurredAt: string;
  recordedAt: string;
  actor: { id: string; role: string };
  subjects: string[];
  correlationId: string;
  reason?: string;
  leafHash: string;
  data: Record<string, unknown>;
  withheld: string[];
  late: boolean;
  correctsEventId?: string;
  correctedBy?: string;
}

const HOUR = 3_600_000;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString();
const LATE = 'the paper form came by post';

let service: Service;
let stop: () => Promise<void>;
let clientId: string;
let otherClientId: string;
let relationshipId: string;
let stanceId: string;
let correctedId: string;
let correctionId: string;

beforeAll(async () => {
  ({ service, stop } = await startService());
  const { therapist: therapistId } = service.first.staff;
  ({ id: stanceId } = await service.done('therapist', '/v1/stances', {
    therapistId,
    locale: 'en',
    dimensions: EXAMPLE_FOR_ONE,
  }));
  await service.done('therapist', `/v1/stances/${stanceId}/publish`);
  const person = (legalName: string) => ({
    legalName,
    dateOfBirth: '1991-02-28',
    languages: ['en'],
    contacts: [{ kind: 'email', value: 'mira@example.org' }],
  });
  ({ id: clientId } = await service.done('coordinator', '/v1/clients', person('Mirabel Okafor')));
  ({ id: otherClientId } = await service.done('coordinator', '/v1/clients', person('Jonas Weber')));
  await service.done(
    'coordinator',
    `/v1/clients/${clientId}/change-details`,
    { legalName: 'Mirabel Weber', languages: ['en', 'de'], occurredAt: hoursAgo(100), reason: LATE },
    { 'If-Match': '"1"' },
  );
  const { id: unitId } = await service.done('coordinator', '/v1/units', {
    kind: 'individual',
    members: [clientId],
  });
  ({ id: relationshipId } = await service.done('coordinator', '/v1/relationships', {
    unitId,
    therapistId,
    format: 'in_person',
  }));
  await service.done('therapist', `/v1/relationships/${relationshipId}/change-format`, { to: 'video' });

  const about = { relationshipId, clientId, purpose: 'treatment' as const };
  const offered = await atConsent({
    type: 'OfferConsent',
    ...about,
    documents: [],
    language: 'en',
    channel: 'in_person',
    relationshipOpen: true,
  });
  correctedId = offered.events[0]!.eventId;
  ({ eventId: correctionId } = (
    await atConsent(
      {
        type: 'MarkEntryInError',
        correctsEventId: correctedId,
        requestedBy: 'clinician',
        treatedBy: [service.first.staff.therapist],
      },
      'the wrong client',
    )
  ).events[0]!);
});
afterAll(() => stop());
afterEach(() => vi.restoreAllMocks());

function atConsent(command: Parameters<typeof consent.decide>[1], reason?: string) {
  const practiceId = service.first.id;
  const commandId = uuidv7();
  const id = consentIdOf(practiceId, relationshipId, clientId, 'treatment');
  const actor = { id: service.first.staff.therapist, role: 'therapist' };
  return service.store.handle(
    consent,
    { practiceId, id, commandId, requestHash: sha256(commandId), actor, expected: 'any', reason },
    command,
  );
}

const events = async (query = '', headers: Record<string, string> = {}) => {
  const answer = await service.get('auditor', `/v1/events?limit=200${query}`, headers);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as { data: Shown[]; page: { next?: string; limit: number }; meta: { position: number } };
};
const ofType = async (type: string) => (await events(`&type=${type}`)).data;
const json = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the history of a practice', () => {
  it('shows every event with its whole envelope, in the order of the log', async () => {
    const { data, meta } = await events();
    expect(data.map((event) => event.position)).toEqual(
      Array.from({ length: meta.position }, (_, index) => index + 1),
    );
    expect(meta.position).toBe(await service.store.reader.position(service.first.id));
    const [stored] = await service.store.reader.after(service.first.id, data.length - 1, 1);
    const { practiceId: _, data: _data, reason: _reason, ...envelope } = stored!;
    expect(data.at(-1)).toMatchObject({
      ...envelope,
      correctsEventId: correctedId,
      late: false,
      withheld: ['reason'],
    });
  });

  it('is filtered by stream, client, relationship, type, person, correlation, both clocks and position', async () => {
    const { data: all } = await events();
    const some = all.find((event) => event.type === 'RelationshipOpened')!;
    const filters: [string, (event: Shown) => boolean][] = [
      [`stream=client-${clientId}`, (event) => event.stream === `client-${clientId}`],
      [`clientId=${clientId}`, (event) => event.subjects.includes(clientId)],
      [
        `relationshipId=${relationshipId}`,
        (event) =>
          event.stream === `relationship-${relationshipId}` || event.data.relationshipId === relationshipId,
      ],
      ['type=StaffRegistered', (event) => event.type === 'StaffRegistered'],
      [
        `actor=${service.first.staff.coordinator}`,
        (event) => event.actor.id === service.first.staff.coordinator,
      ],
      [`correlationId=${some.correlationId}`, (event) => event.correlationId === some.correlationId],
      [`occurredFrom=${some.occurredAt}`, (event) => event.occurredAt >= some.occurredAt],
      [`occurredTo=${some.occurredAt}`, (event) => event.occurredAt <= some.occurredAt],
      [`recordedFrom=${some.recordedAt}`, (event) => event.recordedAt >= some.recordedAt],
      [`recordedTo=${some.recordedAt}`, (event) => event.recordedAt <= some.recordedAt],
      [`after=${some.position}`, (event) => event.position > some.position],
      [
        `clientId=${clientId}&relationshipId=${relationshipId}&type=FormatChanged`,
        (event) => event.type === 'FormatChanged',
      ],
      [`stream=client-${clientId}&clientId=${otherClientId}`, () => false],
    ];
    for (const [query, fits] of filters) {
      const expected = all.filter(fits);
      if (!query.includes(otherClientId)) expect(expected.length, query).toBeGreaterThan(0);
      expect(expected.length, query).toBeLessThan(all.length);
      expect((await events(`&${query}`)).data, query).toEqual(expected);
    }
  });

  it('comes in pages that together are the whole, whatever is added meanwhile', async () => {
    for (const query of [
      '',
      `&clientId=${clientId}`,
      `&relationshipId=${relationshipId}`,
      `&stream=client-${clientId}`,
    ]) {
      const whole = (await events(query)).data;
      const pages: Shown[] = [];
      for (let next: string | undefined = ''; next !== undefined;) {
        const { body } = await service.get(
          'auditor',
          `/v1/events?limit=2${query}${next && `&cursor=${next}`}`,
        );
        expect(body.data.length).toBeLessThanOrEqual(2);
        pages.push(...(body.data as Shown[]));
        next = body.page.next as string | undefined;
      }
      expect(pages, query).toEqual(whole);
    }
  });

  it('withholds names, birth dates, contacts and words, and says which', async () => {
    const [registered] = await ofType('ClientRegistered');
    expect(registered).toMatchObject({ data: { languages: ['en'] }, subjects: [clientId] });
    expect(registered!.withheld.toSorted()).toEqual(['contacts', 'dateOfBirth', 'legalName']);
    const { text } = await service.get('owner', `/v1/events?clientId=${clientId}`, {
      Accept: 'application/x-ndjson',
    });
    expect(text).not.toMatch(/Mirabel|mira@example|1991-02-28/);
  });

  it('withholds reasons too from whoever may not read clinical text', async () => {
    const path = `/v1/events?clientId=${clientId}`;
    for (const Accept of ['application/json', 'application/x-ndjson']) {
      const headers = { Accept };
      for (const role of ['auditor', 'owner'] as const)
        expect((await service.get(role, path, headers)).text).not.toMatch(/paper form|wrong client/);
    }
    const timeline = `/v1/clients/${clientId}/timeline`;
    expect((await service.get('auditor', timeline)).text).not.toMatch(/paper form|wrong client/);
    expect((await service.get('therapist', timeline)).text).toMatch(/paper form/);
  });

  it('marks what was entered late and names the reason as withheld', async () => {
    const late = (await events()).data.filter((event) => event.late);
    expect(late).toMatchObject([{ type: 'ClientDetailsChanged', withheld: ['legalName', 'reason'] }]);
    expect(await ofType('RelationshipOpened')).toMatchObject([{ late: false }]);
  });

  it('marks the corrected entry and the correction', async () => {
    expect(await ofType('ConsentOffered')).toMatchObject([
      { eventId: correctedId, correctedBy: correctionId },
    ]);
    expect(await ofType('ConsentEntryMarkedInError')).toMatchObject([
      { eventId: correctionId, correctsEventId: correctedId, withheld: ['reason'] },
    ]);
  });

  it('makes cursors of which nothing can be read, such as the id of what was left out of a page', async () => {
    const { body } = await service.get('auditor', '/v1/clients?limit=1').expect(200);
    const { next } = body.page as { next: string };
    expect(Buffer.from(next, 'base64url').toString('latin1')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    const again = await service.get('auditor', `/v1/clients?limit=1&cursor=${next}`).expect(200);
    expect(again.body.data).toHaveLength(1);
    expect(again.body.data).not.toEqual(body.data);
  });

  it('refuses a cursor that was tampered with, or made for another filter or another practice', async () => {
    const { body } = await service.get('auditor', `/v1/events?limit=1&clientId=${clientId}`);
    const cursor = body.page.next as string;
    const tampered = cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A');
    await service.addPractice('third');
    for (const query of [
      `clientId=${clientId}&cursor=${tampered}`,
      `clientId=${otherClientId}&cursor=${cursor}`,
      `cursor=${cursor}`,
      `clientId=${clientId}&after=1&cursor=${cursor}`,
    ]) {
      const refused = await service.refused(400, 'invalid_request', () =>
        service.get('auditor', `/v1/events?${query}`),
      );
      expect(refused.errors, query).toMatchObject([{ pointer: '?cursor', code: 'bad_cursor' }]);
    }
    const foreign = { Authorization: `Bearer ${service.tokenOf('auditor', 'third')}` };
    await service.refused(400, 'invalid_request', () =>
      service.get('auditor', `/v1/events?clientId=${clientId}&cursor=${cursor}`, foreign),
    );
  });

  it('refuses unknown and malformed parameters', async () => {
    for (const query of [
      'page=2',
      'clientId=me',
      'limit=0',
      'limit=201',
      'after=-1',
      'occurredFrom=yesterday',
      'type=A&type=B',
    ])
      await service.refused(400, 'invalid_request', () => service.get('auditor', `/v1/events?${query}`));
  });

  it('is for owners and auditors only', async () => {
    expect((await service.get('owner', '/v1/events')).status).toBe(200);
    for (const role of ['therapist', 'supervisor', 'coordinator'] as const) {
      await service.refused(403, 'forbidden', () => service.get(role, '/v1/events'));
      await service.refused(403, 'forbidden', () =>
        service.get(role, `/v1/streams/client-${clientId}/state`),
      );
    }
  });

  it('holds nothing of another practice', async () => {
    await service.addPractice('fourth');
    const foreign = { Authorization: `Bearer ${service.tokenOf('auditor', 'fourth')}` };
    for (const query of [
      `&clientId=${clientId}`,
      `&relationshipId=${relationshipId}`,
      `&stream=client-${clientId}`,
    ])
      expect((await events(query, foreign)).data).toEqual([]);
    expect((await events('', foreign)).data.map((event) => event.type)).toEqual([
      'PracticeRegistered',
      ...Array<string>(5).fill('StaffRegistered'),
      'SupervisionAssigned',
    ]);
  });

  it('is not shown with a gap where this version does not know an event', async () => {
    const { id: practiceId } = await service.addPractice('seventh');
    const [registered] = await service.store.reader.after(practiceId, 0, 1);
    const commandId = uuidv7();
    const stream = `stance-${uuidv7()}`;
    const unknown = { ...registered!, eventId: uuidv7(), stream, version: 1, type: 'StanceSung' };
    const { pool, vault } = service.store;
    const more = { ...stance, events: { ...stance.events, StanceSung: { schema: 1, personal: [] } } };
    const newer = new EventStore(pool, new Catalogue([more]), systemClock, async () => 72, vault);
    await newer.append(practiceId, {
      commandId,
      requestHash: sha256(commandId),
      stream,
      version: 1,
      expect: [],
      events: [unknown],
    });
    const foreign = { Authorization: `Bearer ${service.tokenOf('auditor', 'seventh')}` };
    for (const path of ['events', `events?stream=${stream}`, `streams/${stream}/state`])
      await service.refused(503, 'unknown_event_type', () => service.get('auditor', `/v1/${path}`, foreign));
  });

  it('comes as lines between a header and a footer', async () => {
    const query = `clientId=${clientId}&type=ClientRegistered`;
    const answer = await service.get('auditor', `/v1/events?${query}`, { Accept: 'application/x-ndjson' });
    expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    const [header, event, footer] = json(answer.text);
    const [shown] = (await events(`&${query}`)).data;
    const position = await service.store.reader.position(service.first.id);
    expect(header).toEqual({
      kind: 'header',
      practiceId: service.first.id,
      filter: { clientId, type: 'ClientRegistered' },
      position,
    });
    expect(event).toEqual({ kind: 'event', ...shown });
    expect(footer).toEqual({ kind: 'footer', count: 1, lastLeafHash: shown!.leafHash });
    await service.refused(400, 'invalid_request', () =>
      service.get('auditor', '/v1/events?limit=5', { Accept: 'application/x-ndjson' }),
    );
  });
});

describe('the timeline of a client', () => {
  const timeline = async (query = '') => {
    const answer = await service.get('therapist', `/v1/clients/${clientId}/timeline?limit=200${query}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body as {
      clientId: string;
      at: string;
      knownAt: string;
      data: Shown[];
      page: { next?: string };
    };
  };

  it('tells what concerns them in the order in which it happened, late and corrected entries marked', async () => {
    const { data, ...rest } = await timeline();
    expect(rest).toMatchObject({ clientId, at: expect.any(String), knownAt: expect.any(String) });
    expect(data.map((event) => event.type)).toEqual([
      'ClientDetailsChanged',
      'ClientRegistered',
      'UnitFormed',
      'RelationshipOpened',
      'FormatChanged',
      'ConsentOffered',
      'ConsentEntryMarkedInError',
    ]);
    expect(data[0]).toMatchObject({ late: true, withheld: ['legalName'], data: { languages: ['en', 'de'] } });
    expect(data.find((event) => event.eventId === correctedId)).toMatchObject({ correctedBy: correctionId });
  });

  it('answers what had happened by then, and what was known by then, both inclusive', async () => {
    const { data } = await timeline();
    const [late, registered] = data as [Shown, Shown];
    const offered = data.find((event) => event.eventId === correctedId)!;
    expect((await timeline(`&at=${late.occurredAt}`)).data).toEqual([late]);
    expect((await timeline(`&at=${registered.occurredAt}`)).data.map((event) => event.type)).toEqual([
      'ClientDetailsChanged',
      'ClientRegistered',
    ]);
    expect((await timeline(`&knownAt=${registered.recordedAt}`)).data.map((event) => event.type)).toEqual([
      'ClientRegistered',
    ]);
    const before = (await timeline(`&knownAt=${offered.recordedAt}`)).data.at(-1)!;
    expect(before.eventId).toBe(correctedId);
    expect(before, 'the correction was not known yet').not.toHaveProperty('correctedBy');
    expect((await timeline('&at=2099-01-01T00:00:00Z')).data).toEqual(data);
  });

  it('comes in pages of the same two moments', async () => {
    const { data } = await timeline();
    const pages: Shown[] = [];
    const moments = new Set<string>();
    for (let next: string | undefined = ''; next !== undefined;) {
      const { body } = await service.get(
        'therapist',
        `/v1/clients/${clientId}/timeline?limit=2${next && `&cursor=${next}`}`,
      );
      pages.push(...(body.data as Shown[]));
      moments.add(`${body.at} ${body.knownAt}`);
      next = body.page.next as string | undefined;
    }
    expect(pages).toEqual(data);
    expect(moments.size).toBe(1);
    const { body } = await service.get('auditor', `/v1/clients/${clientId}/timeline?limit=2`);
    await service.refused(400, 'invalid_request', () =>
      service.get('auditor', `/v1/clients/${otherClientId}/timeline?limit=2&cursor=${body.page.next}`),
    );
  });

  it('cannot be asked what will be known', async () => {
    const refused = await service.refused(400, 'invalid_request', () =>
      service.get('auditor', `/v1/clients/${clientId}/timeline?knownAt=2099-01-01T00:00:00Z`),
    );
    expect(refused.errors).toMatchObject([{ pointer: '?knownAt', code: 'known_at_ahead' }]);
  });

  it('does not exist for an unknown client, for one of another practice, nor for coordinators', async () => {
    await service.addPractice('fifth');
    const foreign = { Authorization: `Bearer ${service.tokenOf('auditor', 'fifth')}` };
    await service.refused(404, 'not_found', () => service.get('auditor', `/v1/clients/${uuidv7()}/timeline`));
    await service.refused(404, 'not_found', () =>
      service.get('auditor', `/v1/clients/${clientId}/timeline`, foreign),
    );
    await service.refused(403, 'forbidden', () =>
      service.get('coordinator', `/v1/clients/${clientId}/timeline`),
    );
  });
});

describe('a stream, folded anew', () => {
  const stream = () => `client-${clientId}`;

  it('shows what it amounted to at each version, without personal fields', async () => {
    const first = (await service.get('auditor', `/v1/streams/${stream()}/state?version=1`)).body;
    expect(first).toMatchObject({
      stream: stream(),
      version: 1,
      state: { situation: 'registered', id: clientId, details: { languages: ['en'] } },
    });
    const newest = await service.get('owner', `/v1/streams/${stream()}/state`);
    const ids = (await events(`&stream=${stream()}`)).data.map((event) => event.eventId);
    expect(newest.body).toMatchObject({
      version: 2,
      eventIds: ids,
      state: { details: { languages: ['en', 'de'] } },
    });
    expect(newest.body.withheld).toEqual(['contacts', 'dateOfBirth', 'legalName']);
    expect(newest.text).not.toMatch(/Mirabel|mira@example|1991-02-28/);
  });

  it('shows what changed between two versions, personal fields by name only', async () => {
    const { body, text } = await service.get('auditor', `/v1/streams/${stream()}/diff?from=1&to=2`);
    expect(body).toEqual({
      stream: stream(),
      from: 1,
      to: 2,
      changes: [
        { path: '/details/languages/1', after: 'de' },
        { path: '/details/legalName', withheld: ['legalName'] },
      ],
    });
    expect(text).not.toContain('Mirabel');
    const back = await service.get('auditor', `/v1/streams/${stream()}/diff?from=2&to=1`);
    expect(back.body.changes).toContainEqual({ path: '/details/languages/1', before: 'de' });
  });

  it('does not exist when it is unknown, of no known kind, of another practice, or not that long', async () => {
    await service.addPractice('sixth');
    const foreign = { Authorization: `Bearer ${service.tokenOf('auditor', 'sixth')}` };
    const paths = [
      `client-${uuidv7()}/state`,
      `parrot-${clientId}/state`,
      'client/state',
      `client-${clientId}x/state`,
      'client-%00/state',
      `${stream()}/state?version=3`,
      `${stream()}/diff?from=1&to=3`,
      `${stream()}/diff?from=3&to=1`,
    ];
    for (const path of paths)
      await service.refused(404, 'not_found', () => service.get('auditor', `/v1/streams/${path}`));
    await service.refused(404, 'not_found', () =>
      service.get('auditor', `/v1/streams/${stream()}/state`, foreign),
    );
    await service.refused(404, 'not_found', () =>
      service.get('auditor', `/v1/streams/${stream()}/diff?from=1&to=2`, foreign),
    );
    await service.refused(400, 'invalid_request', () =>
      service.get('auditor', `/v1/streams/${stream()}/diff?from=1`),
    );
  });
});

describe('a long history', () => {
  const EVENTS = 20_000;
  const busy = uuidv7();
  let address: AddressInfo;

  beforeAll(async () => {
    const { id: practiceId } = await service.addPractice('second');
    for (let stream = 0; stream < 20; stream++)
      await appendMany(practiceId, `stance-${uuidv7()}`, EVENTS / 20);
    await service.app.listen(0, '127.0.0.1');
    address = service.app.getHttpServer().address() as AddressInfo;
  });

  async function appendMany(practiceId: string, stream: string, count: number) {
    const data = {
      therapistId: service.practices.second!.staff.therapist,
      setting: 'individual',
      locale: 'en',
      dimensions: EXAMPLE_FOR_ONE,
      ownWords: { opening: 'x'.repeat(1500) },
    };
    const commandId = uuidv7();
    const all = Array.from({ length: count }, (_, index): Pending => ({
      eventId: uuidv7(),
      practiceId,
      stream,
      version: index + 1,
      type: 'StanceDrafted',
      schema: 1,
      occurredAt: new Date().toISOString(),
      data,
      actor: { id: practiceId, role: 'therapist' },
      subjects: index % 2 ? [] : [busy],
      commandId,
      correlationId: commandId,
      causationId: commandId,
    }));
    const outcome = await service.store.append(practiceId, {
      commandId,
      requestHash: sha256(commandId),
      stream,
      version: count,
      expect: [{ stream, version: 0 }],
      events: all,
    });
    expect(outcome.outcome).toBe('appended');
  }

  const open = (query = '') =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${service.tokenOf('auditor', 'second')}`,
        Accept: 'application/x-ndjson',
      };
      httpGet(
        { host: '127.0.0.1', port: address.port, path: `/v1/events${query}`, headers, agent: false },
        resolve,
      ).on('error', reject);
    });
  /** Calls to the database that ask the log for events. */
  const readsOfTheLog = () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    return () =>
      query.mock.calls.filter(([text]: unknown[]) => typeof text === 'string' && text.includes('leaf_hash'))
        .length;
  };
  const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

  it('streams in constant memory, and its footer counts its lines', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = () => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = held();
    const answer = await open();
    let [lines, bytes, most, rest, last] = [0, 0, 0, '', ''];
    answer.setEncoding('utf8');
    for await (const chunk of answer as AsyncIterable<string>) {
      bytes += chunk.length;
      const parts = (rest + chunk).split('\n');
      rest = parts.pop()!;
      last = parts.at(-1) ?? last;
      const through = Math.floor((lines + parts.length) / 2000) > Math.floor(lines / 2000);
      lines += parts.length;
      if (through) most = Math.max(most, held() - before);
    }
    expect(JSON.parse(last)).toMatchObject({
      kind: 'footer',
      count: lines - 2,
      lastLeafHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(lines - 2).toBe(EVENTS + 7);
    expect(bytes, 'much more went by than was held').toBeGreaterThan(50_000_000);
    expect(most).toBeLessThan(20_000_000);
  });

  it('is read no faster than its reader reads, and no more once its reader has hung up', async () => {
    const reads = readsOfTheLog();
    const answer = await open();
    answer.pause();
    let waiting = -1;
    for (const deadline = Date.now() + 15_000; waiting !== reads() && Date.now() < deadline; await seconds(1))
      waiting = reads();
    expect(reads(), 'nothing is read while the reader waits').toBe(waiting);
    expect(waiting).toBeLessThan(70);
    answer.destroy();
    await seconds(0.5);
    expect(reads(), 'one batch may have been under way').toBeLessThanOrEqual(waiting + 1);
  });

  it('breaks off without a footer when it cannot be read to its end', async () => {
    const reads = readsOfTheLog();
    const answer = await open();
    answer.once('data', () =>
      vi.spyOn(service.store, 'of').mockReturnValue({
        query: () => Promise.reject(new Error('the disk is gone')),
      } as never),
    );
    let text = '';
    await expect(async () => {
      for await (const chunk of answer) text += String(chunk);
    }).rejects.toThrow(/aborted/);
    expect(reads()).toBeGreaterThan(0);
    expect(text).toContain('"kind":"header"');
    expect(text).not.toContain('"kind":"footer"');
  });

  it('is the same whether the index has seen all of it, some of it or nothing', async () => {
    const follower = service.app.get(Follower);
    await follower.stop();
    const { id: practiceId } = service.practices.second!;
    const foreign = { Authorization: `Bearer ${service.tokenOf('auditor', 'second')}` };
    const concerning = async () => {
      const { text } = await service.get('auditor', `/v1/events?clientId=${busy}`, {
        ...foreign,
        Accept: 'application/x-ndjson',
      });
      const lines = json(text);
      expect(lines.at(-1)).toMatchObject({ kind: 'footer', count: lines.length - 2 });
      return lines.slice(1, -1).map((event) => event.position as number);
    };
    await follower.catchUp(practiceId);
    const whole = await concerning();
    expect(whole.length).toBe(EVENTS / 2);
    expect((await events(`&clientId=${clientId}`, foreign)).data, "another practice's client").toEqual([]);
    for (const position of [7_777, 0]) {
      await service.store.worker.query(
        "update read.checkpoint set position = $2 where practice_id = $1 and projection = 'event_index'",
        [practiceId, position],
      );
      expect(await concerning()).toEqual(whole);
    }
    await appendMany(practiceId, `stance-${uuidv7()}`, 2);
    expect((await concerning()).length, 'never behind').toBe(EVENTS / 2 + 1);
  });
});
