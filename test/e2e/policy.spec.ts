import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grant, idsIn } from '#libs/access';
import { unit } from '#libs/client';
import { Tokens } from '#libs/identity';
import { addHours, reachOf, UNSEEN, uuidv7, whoMay, type Act, type Reach, type Role } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { addressOf, EXAMPLES, type Example } from '../../apps/api/src/examples/index.js';
import * as names from '../../apps/api/src/examples/names.js';
import { openApiDocument } from '../../apps/api/src/openapi.js';
import { startService, type Service, type Who } from '../support/http-kit.js';
import { givenDocument, givenRelationship, happens, type Story } from '../support/story.js';

/*
 * Every operation of the document, asked by everybody, judged by the policy: role by resource by ownership. Nothing here
 * names a route. Bodies hold one property too many, so whoever is let through gets a 400 and changes nothing.
 */

interface Asking {
  role: Role;
  staffId: string;
  token: string;
  /** what connects them with the client of this story */
  reaches: ReadonlySet<Reach>;
}
interface Operation {
  name: string;
  act: Act;
  description: string;
  example: Example;
}

let service: Service;
let stop: () => Promise<void>;
let everybody: Record<string, Asking>;
let operations: Operation[];
/** by the ids that the examples use: those of this story */
let ids: Map<string, string>;
let clientsThings: Set<string>;

beforeAll(async () => {
  ({ service, stop } = await startService());
  const { staff, tokens, id: practiceId } = service.first;
  const known = (role: Role, ...reaches: Reach[]): Asking => ({
    role,
    staffId: staff[role],
    token: tokens[role],
    reaches: new Set(reaches),
  });
  const nobodys = async (role: Role): Promise<Asking> => {
    const staffId = uuidv7();
    await service.done('owner', '/v1/staff', { id: staffId, name: 'Somebody Else', roles: [role] });
    const token = await service.app.get(Tokens).issue(practiceId, staffId, role);
    return { role, staffId, token, reaches: new Set() };
  };
  everybody = {
    owner: known('owner'),
    coordinator: known('coordinator'),
    auditor: known('auditor'),
    'their therapist': known('therapist', 'own', 'author'),
    'the supervisor of their therapist': known('supervisor', 'supervisees'),
    'another therapist': await nobodys('therapist'),
    'another supervisor': await nobodys('supervisor'),
  };
  const story = await begin();
  clientsThings = new Set(Object.values(story));
  ids = inThisStory({ ...story, stance: story.stance, staff: staff.therapist });
  const { paths } = openApiDocument(service.app);
  operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Record<string, unknown>>).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const act = operation['x-access'] as Act | undefined;
      const example = EXAMPLES.find((one) => one.operation === name);
      return example && act && !['anyone', 'operator'].includes(act)
        ? [{ name, act, description: String(operation.description), example }]
        : [];
    }),
  );
}, 60_000);
afterAll(() => stop());

/** One client with everything that a practice can know of them. @returns ids by kind */
async function begin() {
  const { therapistId, relationshipId, clientId, stanceId } = await givenRelationship(service);
  const done = async (as: 'coordinator' | 'therapist', path: string, body: object, seen = '*') =>
    (await service.done(as, `/v1/${path}`, body, { 'If-Match': seen })).id;
  const now = new Date().toISOString();
  const { body: bond } = await service.get('owner', `/v1/relationships/${relationshipId}`);
  const inquiry = await done('coordinator', 'inquiries', {
    channel: 'phone',
    dataNoticeGiven: true,
    preferences: {},
  });
  await done('coordinator', `inquiries/${inquiry}/screen`, { risk: 'none', suitable: true }, '"1"');
  await done('coordinator', `inquiries/${inquiry}/match`, { therapistId, reasons: ['Has a place.'] });
  const { documentId } = await givenDocument(service, ['risks']);
  const planned = { relationshipId, durationMinutes: 50, modality: 'in_person' };
  const session = await done('coordinator', 'sessions', { ...planned, start: addHours(now, 24) });
  const held = uuidv7();
  await done('therapist', `sessions/${held}/record-afterwards`, {
    relationshipId,
    start: addHours(now, -2),
    end: addHours(now, -1),
    modality: 'in_person',
    reason: 'The network was down.',
  });
  return {
    client: clientId,
    unit: bond.unitId as string,
    relationship: relationshipId,
    inquiry,
    session,
    held,
    stance: stanceId,
    consent: await done('therapist', 'consents', {
      relationshipId,
      clientId,
      purpose: 'research',
      documents: [{ documentId, versionNo: 1 }],
      language: 'en',
      channel: 'in_person',
    }),
    boundary: await done('therapist', 'boundaries', {
      relationshipId,
      topic: 'gifts',
      terms: { rule: 'never', words: 'None.' },
    }),
    crossed: await done('therapist', 'crossings/record', {
      relationshipId,
      topic: 'touch',
      crossingId: uuidv7(),
      words: 'A hug.',
    }),
    series: await done('coordinator', 'session-series', {
      ...planned,
      firstStart: `${addHours(now, 48).slice(0, 10)}T06:00`,
      rrule: 'FREQ=WEEKLY;COUNT=2',
    }),
    note: await done('therapist', 'notes', {
      sessionId: held,
      format: 'free',
      sections: { text: 'Words.' },
    }),
    grant: await broken(clientId),
    psychotherapyNote: await done('therapist', 'psychotherapy-notes', { sessionId: held, words: 'Words.' }),
    disclosure: await done('coordinator', 'disclosures', {
      clientId,
      recipient: 'A hospital',
      purpose: 'to keep them safe',
      what: 'medication',
      basis: 'imminent_harm',
    }),
  };
}

/** Nobody has to break the glass before their own client, but they may. */
async function broken(clientId: string): Promise<string> {
  const id = uuidv7();
  const opening = { type: 'OpenBreakGlass', clientId, reasonCode: 'other', minutes: 60, alsoOpen: [] };
  await happens(service, grant, id, opening, { reason: 'The colleague cannot be reached.' });
  return id;
}

/** Who and what the examples talk about, as ids of this story. */
function inThisStory(story: Record<string, string>): Map<string, string> {
  const kinds: Record<string, string | undefined> = {
    CLIENT: story.client,
    UNIT: story.unit,
    INQUIRY: story.inquiry,
    RELATIONSHIP: story.relationship,
    CONSENT: story.consent,
    BOUNDARY: story.boundary,
    SESSION: story.session,
    SERIES: story.series,
    NOTE: story.note,
    PSYCHOTHERAPY_NOTE: story.psychotherapyNote,
    DISCLOSURE: story.disclosure,
    GRANT: story.grant,
    STANCE: story.stance,
    STAFF: story.staff,
  };
  return new Map(
    Object.entries(kinds).flatMap(([name, id]) =>
      [...idsIn((names as Record<string, unknown>)[name])].map((example) => [example, id!] as const),
    ),
  );
}

const told = <T>(value: T): T =>
  JSON.parse(
    [...ids].reduce((text, [example, id]) => text.replaceAll(example, id), JSON.stringify(value ?? {})),
  ) as T;

/** The request of an example, about the client of this story. */
function requestOf({ example }: Operation) {
  const { path, query, body } = told({ path: example.path, query: example.query, body: example.body });
  const inAddress = idsIn(path);
  const named = [...idsIn([path, query, body])].some((id) => clientsThings.has(id) || inAddress.has(id));
  return { path, query, body, named };
}

const inject = (operation: Operation, { token }: Asking) => {
  const { path, query, body } = requestOf(operation);
  const [method] = operation.name.split(' ') as ['GET' | 'POST'];
  const tooMany = { oneTooMany: 'x' };
  return service.app.inject({
    method,
    url: addressOf({
      ...operation.example,
      path,
      query: method === 'GET' ? { ...query, ...tooMany } : query,
    }),
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k', 'if-match': '*' },
    ...(method === 'POST' ? { payload: { ...body, ...tooMany } } : {}),
  });
};

/** What the policy says: let through, or why not. */
function expected(operation: Operation, { role, reaches, staffId }: Asking) {
  const may = reachOf(operation.act, [role]);
  if (may.size === 0) return 'forbidden';
  const { named } = requestOf(operation);
  const themself = operation.example.path?.id !== undefined && told(operation.example.path).id === staffId;
  const connected = [...may].some((reach) => reaches.has(reach));
  // whoever asks for what they wrote about somebody else's client gets a list with nothing in it
  const empty = may.has('author') && !operation.name.includes('{id}');
  return may.has('all') || !named || themself || connected || empty
    ? 'let through'
    : UNSEEN.has(operation.act)
      ? 'not there'
      : 'not theirs';
}

async function answered(operation: Operation, asking: Asking) {
  const { statusCode, body } = await inject(operation, asking);
  const { code = '' } = statusCode < 400 ? {} : (JSON.parse(body) as { code?: string });
  if ([401, 429, 500, 503].includes(statusCode)) return `${statusCode}`;
  if (statusCode === 404 && code === 'not_found') return 'not there';
  if (['not_your_client', 'not_yours'].includes(code)) return 'not theirs';
  return code === 'forbidden' ? 'forbidden' : 'let through';
}

describe('The policy', () => {
  it('is what every operation does, for every role, with their own client and somebody else’s', async () => {
    const before = await service.position();
    const wrong: string[] = [];
    const judge = async (operation: Operation, who: string) => {
      const should = expected(operation, everybody[who]!);
      const is = await answered(operation, everybody[who]!);
      if (should !== is) wrong.push(`${operation.name} (${operation.act}) as ${who}: ${is}, not ${should}`);
    };
    for (const operation of operations)
      await Promise.all(Object.keys(everybody).map((who) => judge(operation, who)));
    expect(wrong).toEqual([]);
    expect(await service.position(), 'nothing was appended').toBe(before);
  }, 60_000);

  it('is named by every operation but those of nobody and of the operator', () => {
    const { paths } = openApiDocument(service.app);
    const without = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, Record<string, unknown>>).flatMap(([method, operation]) =>
        path !== '/openapi.json' && !operation['x-access'] ? [`${method} ${path}`] : [],
      ),
    );
    expect(without).toEqual([]);
    for (const { name, act, description } of operations)
      expect(description, name).toMatch(`For ${whoMay(act)}.`);
  });

  it('is asked here about a client of this story wherever a route names a thing of one', () => {
    const vague = operations.filter(
      (operation) =>
        operation.name.includes('{id}') &&
        !reachOf(operation.act, ['therapist']).has('all') &&
        reachOf(operation.act, ['therapist']).size > 0 &&
        !requestOf(operation).named,
    );
    expect(vague.map(({ name }) => name)).toEqual([]);
  });

  it('leaves everybody else’s clients out of every list', async () => {
    await service.settled();
    const seen: string[] = [];
    for (const operation of operations.filter(({ name }) => name.startsWith('GET'))) {
      const url = operation.name.split(' ')[1]!;
      const list = async (who: string) => {
        const headers = { authorization: `Bearer ${everybody[who]!.token}` };
        const answer = await service.app.inject({ method: 'GET', url, headers });
        return answer.statusCode === 200 ? (answer.json() as { data?: unknown[] }).data : undefined;
      };
      const first = async (path: string, who: string) => {
        const headers = { authorization: `Bearer ${everybody[who]!.token}` };
        const answer = await service.app.inject({
          method: 'GET',
          url: `${path}${path.includes('?') ? '&' : '?'}limit=1`,
          headers,
        });
        return answer.json() as { page?: { next?: string } };
      };
      const reach = reachOf(operation.act, ['therapist']);
      if (reach.size === 0 || reach.has('all') || operation.name.includes('{id}')) continue;
      expect(await list('another therapist'), operation.name).toEqual([]);
      const { page } = await first(url, 'another therapist');
      expect(
        page?.next,
        `${operation.name}: that there is more of a colleague’s is not told`,
      ).toBeUndefined();
      const theirs = await list('their therapist');
      if (theirs!.length > 0) seen.push(operation.name);
    }
    expect(seen.length, seen.join()).toBeGreaterThan(10);
  });
});

describe('Who sees what', () => {
  const boundaryOf = async (who: Who, relationshipId: string, words: string) => {
    const terms = { rule: 'never', words };
    return (await service.done(who, '/v1/boundaries', { relationshipId, topic: 'recording', terms })).id;
  };
  const read = (who: Who, id: string) => service.get(who, `/v1/boundaries/${id}`);
  const colleague = async (...roles: Role[]) => {
    const id = uuidv7();
    await service.done('owner', '/v1/staff', { id, name: 'Invented Colleague', roles });
    await service.letIn(id);
    return id;
  };

  /** Opens another relationship of the same clients. @returns its id */
  const alsoTreatedBy = async (therapistId: string, { clientIds: members }: Story) => {
    await givenRelationship(service, { therapistId });
    const [unitId, id] = [uuidv7(), uuidv7()];
    await happens(service, unit, unitId, { type: 'FormUnit', kind: 'individual', members });
    await happens(service, relationship, id, {
      type: 'OpenRelationship',
      unitId,
      unitKind: 'individual',
      members,
      therapistId,
      format: 'in_person',
      rulePack: 'generic',
      rulePacks: { known: ['generic'], inForce: ['generic'] },
      mergedAway: [],
      therapist: { known: true, isTherapist: true, active: true },
      stance: { published: true, suits: true },
    });
    return id;
  };

  it('somebody who is owner and therapist sees of their own client what was said in their own relationship', async () => {
    const both = await colleague('owner', 'therapist');
    const own = await givenRelationship(service, { therapistId: both });
    const { clientId } = own;
    const other = await alsoTreatedBy(service.first.staff.therapist, own);
    const disclose = (who: Who, relationshipId: string, reason: string) =>
      service.done(who, '/v1/disclosures', {
        clientId,
        relationshipId,
        recipient: 'Dr. Invented',
        basis: 'court_order',
        reference: '1 XY 2/26',
        what: `What: ${reason}`,
        purpose: 'Why not.',
        reason,
      });
    await disclose(both, own.relationshipId, 'Said to me.');
    await disclose('therapist', other, 'Said to a colleague.');
    await service.settled();
    for (const path of [
      `/v1/clients/${clientId}/timeline`,
      `/v1/events?clientId=${clientId}`,
      `/v1/disclosures?clientId=${clientId}`,
    ]) {
      const { text, body } = await service.get(both, path).expect(200);
      expect(text, path).toContain('Said to me.');
      expect(text, path).not.toContain('Said to a colleague.');
      expect(JSON.stringify(body.data), 'that it happened is no secret').toContain(other);
    }
  });

  it('somebody who is owner and therapist sees words of their own clients only', async () => {
    const both = await colleague('owner', 'therapist');
    const [own, other] = [
      await givenRelationship(service, { therapistId: both }),
      await givenRelationship(service),
    ];
    const mine = await boundaryOf(both, own.relationshipId, 'Words of mine.');
    const theirs = await boundaryOf('therapist', other.relationshipId, 'Words of theirs.');
    expect((await read(both, mine)).text).toContain('Words of mine.');
    const answer = await read(both, theirs);
    expect([answer.status, answer.text.includes('Words of theirs.')]).toEqual([200, false]);
  });

  it('a therapist gets full pages of what is theirs, and no next one because there is something of a colleague’s', async () => {
    const therapistId = await colleague('therapist');
    const own: string[] = [];
    for (let n = 0; n < 3; n++) {
      await givenRelationship(service);
      own.push((await givenRelationship(service, { therapistId })).relationshipId);
      await givenRelationship(service);
    }
    await service.settled();
    const pages: string[][] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const cursor = next && `&cursor=${next}`;
      const { body } = await service.get(therapistId, `/v1/relationships?limit=2${cursor}`).expect(200);
      pages.push((body.data as { relationshipId: string }[]).map(({ relationshipId }) => relationshipId));
      next = body.page.next as string | undefined;
    }
    expect(pages).toEqual([own.slice(0, 2), own.slice(2)]);
  });

  it('a therapist learns that the room is taken and when, not in which session, and counts their own day only', async () => {
    const therapistId = await colleague('therapist');
    const own = await givenRelationship(service, { therapistId });
    const other = await givenRelationship(service);
    const room = (await service.done('coordinator', '/v1/rooms', { name: 'The one with the lamp' })).id;
    const plan = (who: Who, { relationshipId }: Story) =>
      service.post(who, '/v1/sessions', {
        relationshipId,
        start: '2032-05-04T08:00:00Z',
        durationMinutes: 50,
        modality: 'in_person',
        roomId: room,
      });
    const taken = (await plan('coordinator', other)).body.id as string;
    const overlap = async (who: Who) => {
      const { reasons } = await service.refused(422, 'room_overlap', () => plan(who, own));
      return reasons;
    };
    const detail =
      'The room is taken already from 2032-05-04 10:00 to 10:50. Choose another time, or override it with a reason.';
    expect(await overlap(therapistId)).toEqual([{ code: 'room_overlap', detail }]);
    expect(await overlap('coordinator')).toEqual([{ code: 'room_overlap', detail, otherId: taken }]);
    await service.settled();
    const day = async (who: Who) =>
      (await service.get(who, '/v1/session-readiness?date=2032-05-04').expect(200)).body;
    expect((await day(therapistId)).summary).toMatchObject({ sessions: 0, mayNotStart: 0 });
    expect((await day('coordinator')).summary).toMatchObject({ sessions: 1 });
  });

  it('an auditor sees words by break-glass, of that client only, and no name even then', async () => {
    const [one, other] = [await givenRelationship(service), await givenRelationship(service)];
    const opened = await boundaryOf('therapist', one.relationshipId, 'Words of one.');
    const closed = await boundaryOf('therapist', other.relationshipId, 'Words of another.');
    expect((await read('auditor', opened)).text).not.toContain('Words');
    await service.done('auditor', '/v1/break-glass-grants', {
      clientId: one.clientId,
      reasonCode: 'legal_duty',
      minutes: 30,
      reason: 'A complaint about exactly these words.',
    });
    expect((await read('auditor', opened)).text).toContain('Words of one.');
    expect((await read('auditor', closed)).text).not.toContain('Words');
    expect((await service.get('auditor', `/v1/clients/${one.clientId}`)).text).not.toContain('Sample');
  });

  it('two things of different kinds are never made under one id, also not at the same instant', async () => {
    const client = { legalName: 'Zoe Sample', dateOfBirth: '1991-01-01', languages: ['en'], contacts: [] };
    for (let n = 0; n < 5; n++) {
      const id = uuidv7();
      const answers = await Promise.all([
        service.post('coordinator', '/v1/clients', { ...client, id, legalName: `Zoe ${id}` }),
        service.post('coordinator', '/v1/rooms', { id, name: `Room ${id}` }),
        service.post('owner', '/v1/staff', { id, name: 'Somebody', roles: ['therapist'] }),
      ]);
      const told = answers.map(({ status, body }) =>
        status === 201 ? 'made' : (body as { code: string }).code,
      );
      expect(told.sort()).toEqual(['id_taken', 'id_taken', 'made']);
    }
  });

  it('a client is not theirs any more in the moment in which they are handed over', async () => {
    const [former, next] = [await colleague('therapist'), await colleague('therapist')];
    const { relationshipId } = await givenRelationship(service, { therapistId: former });
    const asked = (who: Who) => service.get(who, `/v1/relationships/${relationshipId}`);
    expect([(await asked(former)).status, (await asked(next)).status]).toEqual([200, 403]);
    await happens(service, relationship, relationshipId, {
      type: 'ReassignTherapist',
      to: next,
      therapist: { isTherapist: true, active: true },
      stance: { published: true, suits: true },
    });
    expect([(await asked(former)).status, (await asked(next)).status]).toEqual([403, 200]);
  });

  it('whoever treats a client in one relationship does not see the consent in another', async () => {
    const [one, other] = [await colleague('therapist'), await colleague('therapist')];
    const story = await givenRelationship(service, { therapistId: one });
    const secondId = await alsoTreatedBy(other, story);
    const seen = async (who: Who) => {
      const { body } = await service.get(who, `/v1/clients/${story.clientId}/consent-status`).expect(200);
      return (body.relationships as { relationshipId: string }[]).map((each) => each.relationshipId);
    };
    expect(await seen(one)).toEqual([story.relationshipId]);
    expect(await seen(other)).toEqual([secondId]);
    expect((await seen('coordinator')).sort()).toEqual([story.relationshipId, secondId].sort());
  });
});
