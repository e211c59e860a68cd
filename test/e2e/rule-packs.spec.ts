import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type Service } from '../support/http-kit.js';
import { givenClient, givenStance } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
beforeAll(async () => ({ service, stop } = await startService()));
afterAll(() => stop());

const edition = {
  packId: 'at-wien',
  title: 'Vienna, invented for a test',
  jurisdiction: 'AT-9',
  profession: 'psychotherapy',
  validFrom: '2020-01-01',
  ageOfConsent: 18,
  minorsAlone: { age: 14, clause: 'clause 4' },
  consents: [{ purpose: 'telehealth', clause: 'clause 3', when: { remote: true } }],
  requirements: [
    { element: 'therapist_stance', clause: 'the stance' },
    { purpose: 'treatment', element: 'risks', clause: 'clause 1 of an invented law' },
    {
      purpose: 'treatment',
      element: 'technology_and_telehealth',
      clause: 'clause 2',
      when: { remote: true },
    },
  ],
};

describe('a rule pack of the practice', () => {
  test('stands beside those that are shipped, and decides what is missing in a consent', async () => {
    await service.done('owner', '/v1/rule-packs', edition, { 'If-Match': null });
    await givenStance(service);
    const clientId = await givenClient(service);
    const { id: unitId } = await service.done('coordinator', '/v1/units', {
      kind: 'individual',
      members: [clientId],
    });
    const { id: relationshipId } = await service.done('coordinator', '/v1/relationships', {
      unitId,
      therapistId: service.first.staff.therapist,
      format: 'in_person',
      rulePack: 'at-wien',
    });
    const { id: documentId } = await service.done('owner', '/v1/documents', {
      kind: 'consent_form',
      title: 'What therapy here is',
      locale: 'en',
      text: 'In plain words.',
      elements: ['risks'],
    });
    await service.done('owner', `/v1/documents/${documentId}/publish`, { materiality: 'material' });
    await service.done('therapist', '/v1/consents', {
      relationshipId,
      clientId,
      purpose: 'treatment',
      documents: [{ documentId, versionNo: 1 }],
      language: 'en',
      channel: 'in_person',
    });

    const { body: packs } = await service.get('auditor', '/v1/rule-packs');
    expect(packs.data.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['generic', 'us-co', 'us-ca', 'uk-bacp', 'at-wien']),
    );
    const own = packs.data.find(({ id }: { id: string }) => id === 'at-wien');
    expect(own).toMatchObject({ minorsAlone: edition.minorsAlone, consents: edition.consents });
    expect(own).not.toHaveProperty('weaker');
    for (const query of ['', `?at=${new Date().toISOString()}`]) {
      const { body } = await service.get(
        'therapist',
        `/v1/relationships/${relationshipId}/consent-status${query}`,
      );
      expect(JSON.stringify(body)).toContain('clause 1 of an invented law');
      expect(JSON.stringify(body)).not.toContain('APA Ethical');
    }
  });

  test('is published by the owner only, and never edited', async () => {
    await service.refused(403, 'forbidden', () =>
      service.post('therapist', '/v1/rule-packs', edition, { 'If-Match': null }),
    );
    await service.refused(409, 'edition_exists', () =>
      service.post('owner', '/v1/rule-packs', { ...edition, ageOfConsent: 14 }, { 'If-Match': null }),
    );
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      service.post(
        'owner',
        '/v1/rule-packs',
        { ...edition, packId: 'us-co', validFrom: '2021-01-01', requirements: [edition.requirements[1]] },
        { 'If-Match': null },
      ),
    );
    expect(reasons?.map(({ code }) => code)).toEqual([
      'edition_not_newer',
      'therapist_stance_missing',
      'weaker_needs_reason',
    ]);
  });

  test('that asks for less than the shipped one needs a reason, and shows what it dropped', async () => {
    const weaker = { ...edition, packId: 'uk-bacp', validFrom: '2099-01-01' };
    const publish = (more: object = {}) =>
      service.post('owner', '/v1/rule-packs', { ...weaker, ...more }, { 'If-Match': null });
    await service.refused(422, 'weaker_needs_reason', () => publish());
    expect((await publish({ reason: 'our counsel says so' })).status).toBe(201);
    const { body } = await service.get('auditor', '/v1/rule-packs');
    const shown = body.data.find(({ validFrom }: { validFrom: string }) => validFrom === '2099-01-01');
    expect(shown).toMatchObject({
      reason: 'our counsel says so',
      weaker: { consents: ['group_participation', 'joint_work_confidentiality'], earlierAge: true },
    });
    expect(shown.weaker.elements).toContainEqual({ element: 'benefits', purposes: ['treatment'] });
  });
});
