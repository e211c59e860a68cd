import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tokens } from '#libs/identity';
import { EXAMPLE_FOR_ONE } from '#libs/stance';
import { startService, type Service } from '../support/http-kit.js';

let service: Service;
let stop: () => Promise<void>;
beforeAll(async () => ({ service, stop } = await startService()));
afterAll(() => stop());

describe('a stance over HTTP', () => {
  it('is drafted, published, changed and read in every version', async () => {
    const therapistId = service.first.staff.therapist;
    const { id } = await service.done('therapist', '/v1/stances', {
      therapistId,
      locale: 'en',
      dimensions: EXAMPLE_FOR_ONE,
    });
    await service.done('therapist', `/v1/stances/${id}/publish`, {}, { 'If-Match': '"1"' });
    await service.done(
      'therapist',
      `/v1/stances/${id}/revise`,
      { dimensions: { informationSources: ['client_account', 'collateral_person'] } },
      { 'If-Match': '"2"' },
    );
    const published = await service.post('therapist', `/v1/stances/${id}/publish`, {}, { 'If-Match': '"3"' });
    expect(published.headers).toMatchObject({ etag: '"4"', 'x-position': String(published.body.position) });

    const text = await service.get('coordinator', `/v1/stances/${id}/versions/1`, { Accept: 'text/plain' });
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.text.length).toBeGreaterThan(500);
    const diff = await service.get('auditor', `/v1/stances/${id}/diff?from=1&to=2`);
    expect(diff.body.changedDimensions).toEqual(['informationSources']);
    await service.settled();
    const list = await service.get('coordinator', '/v1/stances?partiality=partial_to_client');
    const shown = { stanceId: id, versionNo: 2, therapistId, clientIsOnlySource: false };
    expect(list.body.data).toMatchObject([shown]);
    for (const [no, clientIsOnlySource] of [
      [1, true],
      [2, false],
    ] as const)
      expect((await service.get('auditor', `/v1/stances/${id}/versions/${no}`)).body).toMatchObject({
        versionNo: no,
        clientIsOnlySource,
      });
  });

  it('is stated by its own therapist alone; an owner may only retire it', async () => {
    const other = (await service.done('owner', '/v1/staff', { name: 'Theo', roles: ['therapist'] })).id;
    const draft = { therapistId: other, locale: 'en', dimensions: EXAMPLE_FOR_ONE };
    await service.refused(422, 'not_your_stance', () => service.post('therapist', '/v1/stances', draft));
    await service.refused(403, 'forbidden', () => service.post('owner', '/v1/stances', draft));
    const theirs = {
      Authorization: `Bearer ${await service.app.get(Tokens).issue(service.first.id, other, 'theirs')}`,
    };
    const { id } = await service.done('therapist', '/v1/stances', draft, theirs);
    await service.done('therapist', `/v1/stances/${id}/publish`, {}, theirs);
    const path = `/v1/stances/${id}`;
    await service.refused(403, 'not_yours', () =>
      service.post('therapist', `${path}/revise`, { locale: 'de' }, { 'If-Match': '"2"' }),
    );
    await service.refused(403, 'not_yours', () => service.post('therapist', `${path}/publish`));
    await service.refused(403, 'not_yours', () => service.post('therapist', `${path}/retire`));
    await service.refused(403, 'forbidden', () => service.post('owner', `${path}/publish`));
    await service.done('owner', `${path}/retire`);
  });

  it('answers with a problem document and stores nothing when the role does not allow it', () =>
    service.refused(403, 'forbidden', () => service.post('auditor', '/v1/stances', {})));
});
