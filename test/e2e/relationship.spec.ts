import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tokens } from '#libs/identity';
import { addDays, addHours, uuidv7 } from '#libs/kernel';
import { relationshipIdOf } from '#libs/relationship';
import { EXAMPLE_FOR_ONE } from '#libs/stance';
import { startService, type Service, type TestRole, type Who } from '../support/http-kit.js';
import { givenRelationship, givenStance } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let therapistId: string;
let clientId: string;
let unitId: string;
const second = (role: 'coordinator') => ({
  Authorization: `Bearer ${service.tokenOf(role, 'second')}`,
});
const mira = { legalName: 'Mirabel Okafor', dateOfBirth: '1991-02-28', languages: ['en'], contacts: [] };

/** A client, alone in a unit. */
async function oneClient(headers = {}) {
  const somebody = { ...mira, legalName: `Mirabel ${uuidv7()}` };
  const member = (await service.done('coordinator', '/v1/clients', somebody, headers)).id;
  return [
    member,
    (await service.done('coordinator', '/v1/units', { kind: 'individual', members: [member] }, headers)).id,
  ] as const;
}

/** Everybody states their own. */
async function publishStance(of: string, practice = service.first) {
  const headers = {
    Authorization: `Bearer ${await service.app.get(Tokens).issue(practice.id, of, 'theirs')}`,
  };
  const { id } = await service.done(
    'therapist',
    '/v1/stances',
    { therapistId: of, locale: 'en', dimensions: EXAMPLE_FOR_ONE },
    headers,
  );
  await service.done('therapist', `/v1/stances/${id}/publish`, {}, headers);
}

const open = (more: object = {}) =>
  service.done('coordinator', '/v1/relationships', { unitId, therapistId, format: 'in_person', ...more });

beforeAll(async () => {
  ({ service, stop } = await startService());
  await service.addPractice('second');
  therapistId = service.first.staff.therapist;
  [clientId, unitId] = await oneClient();
  await publishStance(therapistId);
});
afterAll(() => stop());

/** Asks a list for nothing older than what is there now. */
const list = async (who: Who, path: string) => {
  const position = await service.store.reader.position(service.first.id);
  return service.get(who, `${path}${path.includes('?') ? '&' : '?'}minPosition=${position}`);
};

describe('a relationship over HTTP', () => {
  it('is opened, reassigned, changed, ended and read', async () => {
    const { id } = await open();
    const path = `/v1/relationships/${id}`;
    const other = (await service.done('owner', '/v1/staff', { name: 'Theo', roles: ['therapist'] })).id;
    await publishStance(other);
    await service.letIn(other);
    await service.done('coordinator', `${path}/reassign`, { to: other }, { 'If-Match': '"1"' });
    await service.done(other, `${path}/change-format`, { to: 'video' }, { 'If-Match': '"2"' });
    await service.done(
      other,
      `${path}/add-information-source`,
      { source: 'collateral_person', description: 'her sister' },
      { 'If-Match': '"3"' },
    );
    const { body: theirs } = await list(
      other,
      `/v1/relationships?clientId=${clientId}&therapistId=${other}&status=open`,
    );
    expect(theirs.data).toMatchObject([
      { relationshipId: id, format: 'video', otherSources: ['collateral_person'], endedAt: null },
    ]);
    expect(JSON.stringify(theirs)).not.toContain('sister');

    await service.done(
      other,
      `${path}/end`,
      { by: 'agreement', reasonCode: 'goals_reached' },
      { 'If-Match': '"4"' },
    );
    expect((await service.get(other, path)).body).toEqual({
      id,
      version: 5,
      status: 'ended',
      unitId,
      unitKind: 'individual',
      members: [clientId],
      stays: [{ clientId, from: expect.any(String) }],
      therapistId: other,
      format: 'video',
      rulePack: 'generic',
      informationSources: [{ source: 'collateral_person', description: 'her sister' }],
      mandates: [],
      covers: [],
      ending: { by: 'agreement', reasonCode: 'goals_reached' },
    });
    expect((await list('auditor', `/v1/relationships?therapistId=${other}&status=open`)).body.data).toEqual(
      [],
    );
    expect(
      (await list('auditor', `/v1/relationships?therapistId=${other}&status=ended`)).body.data,
    ).toMatchObject([{ relationshipId: id }]);
    expect((await list('auditor', `/v1/relationships?clientId=${uuidv7()}`)).body.data).toEqual([]);
    await service.refused(409, 'relationship_ended', () =>
      service.post(other, `${path}/change-format`, { to: 'phone' }),
    );
  });

  it('keeps who or what another source is from the front desk, auditors and owners', async () => {
    const { id } = await open();
    await service.done('therapist', `/v1/relationships/${id}/add-information-source`, {
      source: 'outside_records',
      description: 'a letter from 2019',
    });
    for (const [role, described] of [
      ['coordinator', false],
      ['auditor', false],
      ['owner', false],
      ['therapist', true],
      ['supervisor', true],
    ] as const)
      expect((await service.get(role, `/v1/relationships/${id}`)).text.includes('2019'), role).toBe(
        described,
      );
  });

  it('names a mandator and what is reported to therapist and supervisor only; the list says that there is one', async () => {
    const { id } = await open();
    const path = `/v1/relationships/${id}`;
    const mandate = { mandator: 'the family court', reports: 'attendance only', since: '2026-05-01' };
    await service.done('therapist', `${path}/record-mandate`, mandate, { 'If-Match': '"1"' });
    await service.refused(400, 'invalid_request', () =>
      service.post('therapist', `${path}/record-mandate`, { ...mandate, mandator: ' ' }),
    );
    for (const [role, clinical] of [
      ['coordinator', false],
      ['auditor', false],
      ['owner', false],
      ['therapist', true],
      ['supervisor', true],
    ] as const) {
      const { body } = await service.get(role, path);
      expect(body.mandates, role).toEqual([clinical ? mandate : { since: '2026-05-01' }]);
      const rows = await list(role, `/v1/relationships?therapistId=${therapistId}&status=open&limit=200`);
      expect(rows.body.data.find((row: { key: string }) => row.key === id)).toMatchObject({ mandated: true });
      expect(rows.text).not.toMatch(/court|attendance/);
    }
  });

  it('is covered by another therapist for a while, and says that the client must be told', async () => {
    const { id } = await open();
    const path = `/v1/relationships/${id}`;
    const standIn = (await service.done('owner', '/v1/staff', { name: 'Tom', roles: ['therapist'] })).id;
    const today = new Date().toISOString().slice(0, 10);
    const cover = { therapistId: standIn, from: today, to: addDays(today, 14) };
    for (const [body, code] of [
      [{ ...cover, therapistId }, 'covers_themself'],
      [{ ...cover, therapistId: service.first.staff.auditor }, 'not_a_therapist'],
      [{ ...cover, from: cover.to, to: cover.from }, 'cover_ends_before_it_begins'],
    ] as const)
      await service.refused(422, code, () => service.post('coordinator', `${path}/arrange-cover`, body));
    await service.refused(404, 'not_found', () =>
      service.post('coordinator', `${path}/arrange-cover`, { ...cover, therapistId: uuidv7() }),
    );
    await service.done('coordinator', `${path}/arrange-cover`, { ...cover, reason: 'holidays' });
    const tellTheClient = expect.stringContaining('Tell the client');
    for (const [role, why] of [
      ['coordinator', {}],
      ['auditor', {}],
      ['therapist', { reason: 'holidays' }],
    ] as const)
      expect((await service.get(role, path)).body, role).toMatchObject({
        therapistId,
        covers: [{ ...cover, ...why, tellTheClient }],
      });
    expect((await service.get('auditor', path)).text).not.toContain('holidays');
    expect(
      (await list('coordinator', `/v1/relationships?coveringTherapistId=${standIn}`)).body.data,
    ).toMatchObject([{ relationshipId: id, therapistId, covers: [cover] }]);
  });

  it('two at once who arrange cover from the same version end with one cover', async () => {
    const { id } = await open();
    const tom = (await service.done('owner', '/v1/staff', { name: 'Tom', roles: ['therapist'] })).id;
    const tim = (await service.done('owner', '/v1/staff', { name: 'Tim', roles: ['therapist'] })).id;
    const today = new Date().toISOString().slice(0, 10);
    const answers = await Promise.all(
      [tom, tim].map((standIn) =>
        service.post(
          'coordinator',
          `/v1/relationships/${id}/arrange-cover`,
          { therapistId: standIn, from: today, to: today },
          { 'If-Match': '"1"' },
        ),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await service.get('coordinator', `/v1/relationships/${id}`)).body.covers).toHaveLength(1);
  });

  it('has no past before it was opened: no change and no ending is entered there', async () => {
    const { id } = await open();
    const before = { occurredAt: addHours(new Date().toISOString(), -24), reason: 'entered late' };
    for (const [verb, body] of [
      ['end', { by: 'client', reasonCode: 'moved_away' }],
      ['change-format', { to: 'video' }],
      ['add-information-source', { source: 'mandator' }],
      ['record-mandate', { mandator: 'the family court' }],
    ] as const)
      await service.refused(422, 'before_the_opening', () =>
        service.post('therapist', `/v1/relationships/${id}/${verb}`, { ...body, ...before }),
      );
  });

  it('is not opened without a stance for this kind of unit, nor with somebody who is no active therapist', async () => {
    const [, ours] = await oneClient();
    const auditor = service.first.staff.auditor;
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', '/v1/relationships', {
        unitId: ours,
        therapistId: auditor,
        format: 'video',
      }),
    );
    expect(reasons!.map(({ code }) => code)).toEqual(['not_a_therapist', 'stance_not_published']);
    const { id } = await open();
    await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', `/v1/relationships/${id}/reassign`, { to: auditor }),
    );
    await service.refused(403, 'forbidden', () =>
      service.post('therapist', `/v1/relationships/${id}/reassign`, { to: auditor }),
    );
  });

  it('is not opened under a rule pack that does not exist, and says which there are', async () => {
    const body = { unitId, therapistId, format: 'video', rulePack: 'us-xx' };
    const { detail } = await service.refused(422, 'rule_pack_unknown', () =>
      service.post('coordinator', '/v1/relationships', body),
    );
    expect(detail).toContain('generic, us-co, us-ca, uk-bacp');
    const own = {
      packId: 'us-xx',
      title: 'Invented for a test',
      jurisdiction: 'US-XX',
      profession: 'psychotherapy',
      validFrom: '2020-01-01',
      ageOfConsent: 18,
      requirements: [{ element: 'therapist_stance', clause: 'the stance' }],
    };
    await service.done('owner', '/v1/rule-packs', own, { 'If-Match': null });
    await service.done('coordinator', '/v1/relationships', body);
    // judged by the day it is opened on, not by whether there is such a pack at all
    await service.refused(422, 'rule_pack_not_in_force', () =>
      service.post('coordinator', '/v1/relationships', {
        ...body,
        occurredAt: '2019-06-01T09:00:00Z',
        reason: 'from the paper file',
      }),
    );
  });

  it('entered late is opened with those who were treated together then', async () => {
    const [[one], [other], [joins]] = [await oneClient(), await oneClient(), await oneClient()];
    const { id: family } = await service.done('coordinator', '/v1/units', {
      kind: 'family',
      members: [one, other],
    });
    await givenStance(service, 'family');
    const occurredAt = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await service.done('coordinator', `/v1/units/${family}/add-member`, { clientId: joins });
    const { id } = await service.done('coordinator', '/v1/relationships', {
      unitId: family,
      therapistId,
      format: 'in_person',
      occurredAt,
    });
    const [opened] = await service.store.reader.streams(service.first.id, [`relationship-${id}`]);
    const members = [one, other];
    expect(opened).toMatchObject({ occurredAt, subjects: members, data: { members } });
    const { body } = await service.get('owner', `/v1/relationships/${id}`);
    expect(body).toMatchObject({ members: [one, other, joins] });
  });

  it('is found by whoever is or was treated in it, and shows who and when', async () => {
    const { relationshipId, clientIds } = await givenRelationship(service, { kind: 'family' });
    const [stays, leaves] = clientIds as [string, string];
    const { unitId: family } = (await service.get('owner', `/v1/relationships/${relationshipId}`)).body;
    const [joins] = await oneClient();
    const change = (verb: string, member: string) =>
      service.done('coordinator', `/v1/units/${family}/${verb}`, { clientId: member });
    const openedFor = async (member: string) => {
      const { body } = await list('auditor', `/v1/relationships?clientId=${member}`);
      return body.data as { relationshipId: string; members: string[]; stays: object[] }[];
    };
    expect(await openedFor(joins)).toEqual([]);
    await change('add-member', joins);
    await change('remove-member', leaves);
    for (const member of [stays, leaves, joins])
      expect(await openedFor(member), member).toMatchObject([
        {
          relationshipId,
          members: [stays, joins],
          stays: [
            { clientId: stays },
            { clientId: leaves, until: expect.any(String) },
            { clientId: joins, from: expect.any(String) },
          ],
        },
      ]);
    const { body } = await service.get('auditor', `/v1/relationships/${relationshipId}`);
    expect(body.members).toEqual([stays, joins]);
    expect((await list('owner', `/v1/units?clientId=${joins}&kind=family`)).body.data).toMatchObject([
      { unitId: family, relationships: [relationshipId] },
    ]);

    await service.done('therapist', `/v1/relationships/${relationshipId}/end`, {
      by: 'agreement',
      reasonCode: 'goals_reached',
    });
    const [late] = await oneClient();
    await change('add-member', late);
    await change('remove-member', joins);
    expect(await openedFor(late), 'who joins when it is over was never treated in it').toEqual([]);
    expect(await openedFor(joins)).toMatchObject([{ relationshipId, members: [stays, joins] }]);
    const again = await service.done('coordinator', '/v1/relationships', {
      unitId: family,
      therapistId,
      format: 'in_person',
    });
    const ids = async (member: string) => (await openedFor(member)).map((row) => row.relationshipId);
    expect(await ids(leaves), 'who left before it began is not treated in it').toEqual([relationshipId]);
    expect((await ids(stays)).toSorted()).toEqual([relationshipId, again.id].toSorted());
    expect(await ids(late)).toEqual([again.id]);
  });

  it('of a record that was merged is found by the record that is kept, and by itself', async () => {
    const [[gone, theirUnit], [kept]] = [await oneClient(), await oneClient()];
    const { id } = await open({ unitId: theirUnit });
    const find = async (record: string) =>
      (await list('coordinator', `/v1/relationships?clientId=${record}`)).body.data;
    expect(await find(kept)).toEqual([]);
    const merge = (by: TestRole, verb: string) =>
      service.done(by, `/v1/clients/${gone}/${verb}`, { otherClientId: kept });
    await merge('coordinator', 'merge');
    await merge('owner', 'confirm-merge');
    for (const record of [kept, gone])
      expect(await find(record)).toMatchObject([{ relationshipId: id, members: [gone] }]);
    await merge('coordinator', 'unmerge');
    await merge('owner', 'confirm-unmerge');
    expect(await find(kept)).toEqual([]);
  });

  it('comes of an accepted inquiry, which gives it its id, and only once', async () => {
    const inquiryId = (
      await service.done('coordinator', '/v1/inquiries', {
        clientId,
        channel: 'phone',
        preferences: {},
        dataNoticeGiven: true,
      })
    ).id;
    const body = { unitId, therapistId, format: 'in_person', inquiryId };
    await service.refused(422, 'inquiry_not_accepted', () =>
      service.post('coordinator', '/v1/relationships', body),
    );
    const step = (verb: string, fields: object, version: number) =>
      service.done('coordinator', `/v1/inquiries/${inquiryId}/${verb}`, fields, {
        'If-Match': `"${version}"`,
      });
    await step('screen', { risk: 'none', suitable: true }, 1);
    await step('match', { therapistId, reasons: [] }, 2);
    await step('offer', { therapistId }, 3);
    await step('accept', { clientId, therapistId }, 4);
    await service.refused(422, 'one_relationship_per_inquiry', () =>
      service.post('coordinator', '/v1/relationships', { ...body, id: uuidv7() }),
    );
    const { id } = await service.done('coordinator', '/v1/relationships', body);
    expect(id).toBe(relationshipIdOf(service.first.id, inquiryId));
    await service.refused(409, 'already_exists', () =>
      service.post('coordinator', '/v1/relationships', body),
    );
  });

  it('comes of an inquiry also when the record it was accepted for was merged since; a new one names the kept record', async () => {
    const [[gone, theirUnit], [kept, keptUnit]] = [await oneClient(), await oneClient()];
    const received = { channel: 'phone', preferences: {}, dataNoticeGiven: true };
    const { id } = await service.done('coordinator', '/v1/inquiries', { clientId: gone, ...received });
    for (const [version, verb, fields] of [
      [1, 'screen', { risk: 'none', suitable: true }],
      [2, 'match', { therapistId, reasons: [] }],
      [3, 'offer', { therapistId }],
      [4, 'accept', { clientId: gone, therapistId }],
    ] as const)
      await service.done('coordinator', `/v1/inquiries/${id}/${verb}`, fields, {
        'If-Match': `"${version}"`,
      });
    await service.done('coordinator', `/v1/clients/${gone}/merge`, { otherClientId: kept });
    await service.done('owner', `/v1/clients/${gone}/confirm-merge`, { otherClientId: kept });
    await service.refused(422, 'refused_for_several_reasons', () =>
      service.post('coordinator', '/v1/relationships', {
        unitId: theirUnit,
        therapistId,
        format: 'video',
        inquiryId: id,
      }),
    );
    await open({ unitId: keptUnit, inquiryId: id });
    for (const named of [{ clientId: gone }, { conflictsWith: [gone] }])
      await service.refused(422, 'client_merged_away', () =>
        service.post('coordinator', '/v1/inquiries', { ...received, ...named }),
      );
  });

  it('is changed by who has seen its newest version, once per key', async () => {
    const { id } = await open();
    const path = `/v1/relationships/${id}/change-format`;
    const headers = { 'If-Match': '"1"', 'Idempotency-Key': `format of ${id}`.replaceAll(' ', '-') };
    const first = await service.post('therapist', path, { to: 'video' }, headers);
    const again = await service.post('therapist', path, { to: 'video' }, headers);
    expect([again.status, again.headers['idempotency-replayed'], again.text]).toEqual([
      200,
      'true',
      first.text,
    ]);
    await service.refused(428, 'if_match_missing', () =>
      service.post('therapist', path, { to: 'phone' }, { 'If-Match': null }),
    );
    const stale = await service.refused(412, 'version_stale', () =>
      service.post('therapist', path, { to: 'phone' }, { 'If-Match': '"1"' }),
    );
    expect(stale).toMatchObject({ version: 2, eventsSince: [{ type: 'FormatChanged' }] });
    const { errors } = await service.refused(400, 'invalid_request', () =>
      service.post('therapist', path, { to: 'video', from: 'phone' }),
    );
    expect(errors).toMatchObject([{ pointer: '/from', code: 'unknown_property' }]);
  });

  it('and everything named in one is of this practice: what belongs to another looks exactly like nothing', async () => {
    const none = uuidv7();
    const theirTherapist = service.practices.second!.staff.therapist;
    const [, theirUnit] = await oneClient(second('coordinator'));
    await publishStance(theirTherapist, service.practices.second);
    const their = await service.done(
      'coordinator',
      '/v1/relationships',
      { unitId: theirUnit, therapistId: theirTherapist, format: 'phone' },
      second('coordinator'),
    );
    const theirInquiry = (
      await service.done(
        'coordinator',
        '/v1/inquiries',
        { channel: 'phone', preferences: {}, dataNoticeGiven: true },
        second('coordinator'),
      )
    ).id;
    const ours = (await open()).id;
    const body = { unitId, therapistId, format: 'video' };
    const asks: [string, (id: string) => PromiseLike<{ status: number; text: string }>][] = [
      [their.id, (id) => service.get('therapist', `/v1/relationships/${id}`)],
      [
        their.id,
        (id) => service.post('coordinator', `/v1/relationships/${id}/reassign`, { to: therapistId }),
      ],
      [
        their.id,
        (id) =>
          service.post(
            'therapist',
            `/v1/relationships/${id}/change-format`,
            { to: 'video' },
            { 'If-Match': '"1"' },
          ),
      ],
      [theirTherapist, (id) => service.post('coordinator', `/v1/relationships/${ours}/reassign`, { to: id })],
      [
        theirTherapist,
        (id) => service.post('coordinator', '/v1/relationships', { ...body, therapistId: id }),
      ],
      [theirUnit, (id) => service.post('coordinator', '/v1/relationships', { ...body, unitId: id })],
      [theirInquiry, (id) => service.post('coordinator', '/v1/relationships', { ...body, inquiryId: id })],
    ];
    for (const [theirs, ask] of asks) {
      const [there, nowhere] = [await ask(theirs), await ask(none)];
      expect([there.status, there.text.replaceAll(theirs, none)]).toEqual([404, nowhere.text]);
    }
  });
});
