import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { client, unit } from '#libs/client';
import { consent, consentIdOf } from '#libs/consent';
import { Tokens } from '#libs/identity';
import { addMinutes, localDate, uuidv7 } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { startService, type Service } from '../support/http-kit.js';
import {
  givenClient,
  givenConsent,
  givenRelationship,
  givenStance,
  happens,
  type Story,
} from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
const pass = (minutes: number) => void (ahead += minutes * 60_000);
beforeAll(async () => ({ service, stop } = await startService(clock)));
afterAll(() => stop());

const schedule = ({ relationshipId }: Pick<Story, 'relationshipId'>) =>
  service.done('coordinator', '/v1/sessions', {
    relationshipId,
    start: addMinutes(clock.now(), 10),
    durationMinutes: 50,
    modality: 'in_person',
    override: true,
    reason: 'Many sessions at once, for the test.',
  });
async function heldSession(story: Story, start: object = {}): Promise<string> {
  const { id } = await schedule(story);
  pass(10);
  await service.done('therapist', `/v1/sessions/${id}/start`, start);
  pass(50);
  await service.done('therapist', `/v1/sessions/${id}/end`);
  return id;
}
async function consenting(): Promise<Story> {
  const story = await givenRelationship(service);
  await givenConsent(service, story);
  pass(5);
  return story;
}
const consentOf = ({ relationshipId, clientId }: Story, purpose: 'treatment' | 'disclosure_authorization') =>
  consentIdOf(service.first.id, relationshipId, clientId, purpose);
const withdraw = (consentId: string, more: object = {}) =>
  service.done('coordinator', `/v1/consents/${consentId}/withdraw`, {
    by: 'self',
    channel: 'phone',
    ...more,
  });
async function findings({ relationshipId }: Pick<Story, 'relationshipId'>): Promise<string[]> {
  const { body } = await service.get('auditor', `/v1/findings?relationshipId=${relationshipId}`);
  return body.data.map(({ kind }: { kind: string }) => kind);
}
async function anotherTherapist() {
  const id = uuidv7();
  await service.done('owner', '/v1/staff', { id, name: 'Invented Stranger', roles: ['therapist'] });
  const token = await service.app.get(Tokens).issue(service.first.id, id, 'stranger');
  return { id, as: { Authorization: `Bearer ${token}` } };
}

describe('who reads what', () => {
  it('nobody makes themself, or a friend, the one who stands in and reads the notes', async () => {
    const sessionId = await heldSession(await consenting());
    const { relationshipId } = (await service.get('therapist', `/v1/sessions/${sessionId}`)).body;
    const note = { sessionId, format: 'free', sections: { text: 'She slept better.' } };
    const { id } = await service.done('therapist', '/v1/notes', note);
    const stranger = await anotherTherapist();
    const day = localDate(clock.now(), 'Europe/Berlin');
    const path = `/v1/relationships/${relationshipId}/arrange-cover`;
    const body = { therapistId: stranger.id, from: day, to: day };
    await service.refused(403, 'not_your_client', () => service.post('therapist', path, body, stranger.as));
    const read = async () => (await service.get('therapist', `/v1/notes/${id}`, stranger.as)).text;
    expect(await read()).not.toMatch(/slept/);
    await service.done('therapist', path, body);
    expect(await read()).toMatch(/slept/);
  });

  it('the reason given for a psychotherapy note is for its author, as the note is', async () => {
    const story = await consenting();
    const sessionId = await heldSession(story);
    await service.done('therapist', '/v1/psychotherapy-notes', {
      sessionId,
      words: 'My own thoughts.',
      reason: 'What only I know.',
    });
    const timeline = `/v1/clients/${story.clientId}/timeline?limit=200`;
    const stranger = await anotherTherapist();
    for (const [role, path] of [
      ['owner', timeline],
      ['supervisor', timeline],
      ['owner', '/v1/events?type=PsychotherapyNoteWritten'],
    ] as const) {
      const { text } = await service.get(role, path);
      expect(text).toContain('PsychotherapyNoteWritten');
      expect(text).not.toMatch(/only I know|own thoughts/);
    }
    await service.refused(403, 'not_your_client', () => service.get('therapist', timeline, stranger.as));
    expect((await service.get('therapist', timeline)).text).toMatch(/only I know/);
  });
});

describe('what a client withdrew', () => {
  it('stops a session planned with them although they have left the family since', async () => {
    const clientIds = [await givenClient(service), await givenClient(service), await givenClient(service)];
    const stanceId = await givenStance(service, 'family');
    const unitId = uuidv7();
    await happens(service, unit, unitId, { type: 'FormUnit', kind: 'family', members: clientIds });
    const relationshipId = uuidv7();
    const therapistId = service.first.staff.therapist;
    await happens(service, relationship, relationshipId, {
      type: 'OpenRelationship',
      unitId,
      unitKind: 'family',
      members: clientIds,
      therapistId,
      format: 'in_person',
      rulePack: 'generic',
      rulePacks: { known: ['generic'], inForce: ['generic'] },
      mergedAway: [],
      therapist: { isTherapist: true, active: true },
      stance: { published: true, suits: true },
    });
    const leaver = clientIds[2]!;
    const story = { clientId: leaver, clientIds, relationshipId, therapistId, stanceId };
    for (const clientId of clientIds) await givenConsent(service, story, { clientId });
    const { id } = await schedule(story);
    pass(1);
    await withdraw(consentOf(story, 'treatment'));
    await service.done('coordinator', `/v1/units/${unitId}/remove-member`, { clientId: leaver });
    pass(9);
    const refusal = await service.refused(422, 'consent_withdrawn', () =>
      service.post('therapist', `/v1/sessions/${id}/start`),
    );
    expect(refusal.reasons).toHaveLength(1);
    await service.settled();
    const date = localDate(clock.now(), 'Europe/Berlin');
    const { body } = await service.get('coordinator', `/v1/session-readiness?date=${date}&limit=200`);
    const readiness = body.data.find((one: { sessionId: string }) => one.sessionId === id);
    expect(readiness).toMatchObject({ mayStart: false });
    const when = { start: clock.now(), end: addMinutes(clock.now(), 20), reason: 'begun all the same' };
    pass(20);
    await service.done('therapist', `/v1/sessions/${id}/record-afterwards`, when);
    expect(await findings(story)).toEqual(['session_entered_afterwards_without_consent']);
    // those who are left go on without them
    const { id: next } = await schedule(story);
    pass(10);
    await service.done('therapist', `/v1/sessions/${next}/start`);
    await service.done('therapist', `/v1/sessions/${next}/end`);
  });

  it('towards one recipient is not forgotten because it is entered for a time before the giving', async () => {
    const story = await givenRelationship(service);
    pass(10);
    await givenConsent(service, story, {
      purpose: 'disclosure_authorization',
      recipients: ['Dr Sample'],
    });
    const asked = { purpose: 'a report', what: 'attendance', basis: 'authorization', recipient: 'Dr Sample' };
    const { clientId, relationshipId } = story;
    const { id } = await service.done('coordinator', '/v1/disclosures', {
      clientId,
      relationshipId,
      ...asked,
    });
    await withdraw(consentOf(story, 'disclosure_authorization'), {
      scope: { kind: 'recipient', recipient: 'Dr Sample' },
      occurredAt: addMinutes(clock.now(), -5),
    });
    await service.refused(422, 'withdrawn_towards_recipient', () =>
      service.post('therapist', `/v1/disclosures/${id}/make`, { what: 'attendance', channel: 'phone' }),
    );
  });
});

describe('one person under two records', () => {
  const gate = async ({ relationshipId }: Story) => {
    const { body } = await service.get(
      'therapist',
      `/v1/relationships/${relationshipId}/gate?format=in_person`,
    );
    return body.result as string;
  };
  const merge = async (clientId: string, otherClientId: string) => {
    await service.done('coordinator', `/v1/clients/${clientId}/merge`, { otherClientId });
    await service.done('owner', `/v1/clients/${clientId}/confirm-merge`, { otherClientId });
    pass(1);
  };
  const incapable = (clientId: string) =>
    happens(service, client, clientId, { type: 'AssessCapacity', decision: 'treatment', capable: false });
  const born = async (clientId: string, dateOfBirth: string) => {
    const { version } = (await service.get('owner', `/v1/clients/${clientId}`)).body;
    const path = `/v1/clients/${clientId}/change-details`;
    await service.done('coordinator', path, { dateOfBirth }, { 'If-Match': `"${version}"` });
    pass(1);
  };

  it('what is learned at the record that is kept counts for consents given under the other', async () => {
    for (const learn of [(kept: string) => incapable(kept), (kept: string) => born(kept, '2015-01-01')]) {
      const story = await consenting();
      const kept = await givenClient(service);
      await merge(story.clientId, kept);
      expect(await gate(story)).toBe('allow');
      const { id } = await schedule(story);
      await learn(kept);
      pass(9);
      expect(await gate(story)).toBe('refuse');
      expect((await service.post('therapist', `/v1/sessions/${id}/start`)).status).toBe(422);
      await service.settled();
      const { body } = await service.get('coordinator', '/v1/consent-statuses?limit=200');
      const row = body.data.find((one: Story) => one.relationshipId === story.relationshipId);
      expect(JSON.stringify(row), 'the board says the same').toMatch(/capacity_changed|minor|majority|stale/);
    }
  });

  it('what was known at either before they were merged counts, of a birth date only what each says itself', async () => {
    const story = await consenting();
    const kept = await givenClient(service);
    await born(kept, '2015-01-01');
    await merge(story.clientId, kept);
    expect(await gate(story)).toBe('allow');
    const another = await consenting();
    const other = await givenClient(service);
    await incapable(other);
    await merge(another.clientId, other);
    expect(await gate(another)).toBe('refuse');
  });

  it('counts no longer once they are parted', async () => {
    const story = await consenting();
    const { clientId } = story;
    const kept = await givenClient(service);
    await merge(clientId, kept);
    await service.done('therapist', `/v1/clients/${kept}/assess-capacity`, {
      decision: 'treatment',
      capable: false,
    });
    pass(1);
    expect(await gate(story)).toBe('refuse');
    await service.done('coordinator', `/v1/clients/${clientId}/unmerge`, { otherClientId: kept });
    await service.done('owner', `/v1/clients/${clientId}/confirm-unmerge`, { otherClientId: kept });
    pass(1);
    expect(await gate(story)).toBe('allow');
  });

  it('what was learned later is found in sessions held before it was', async () => {
    const story = await consenting();
    const kept = await givenClient(service);
    await merge(story.clientId, kept);
    const before = clock.now();
    await heldSession(story);
    expect(await findings(story)).toEqual([]);
    const finding = { decision: 'treatment', capable: false, occurredAt: before };
    await service.done('therapist', `/v1/clients/${kept}/assess-capacity`, finding);
    expect(await findings(story)).toEqual(['session_without_valid_consent']);
  });
});

describe('what was held without consent', () => {
  it('stays a finding whatever policy is set for days past', async () => {
    const story = await consenting();
    const { relationshipId } = story;
    await service.done('owner', `/v1/relationships/${relationshipId}/change-format`, { to: 'phone' });
    const when = { start: addMinutes(clock.now(), 1), end: addMinutes(clock.now(), 30) };
    pass(40);
    const session = { relationshipId, modality: 'in_person', reason: 'entered late', ...when };
    await service.done('therapist', `/v1/sessions/${uuidv7()}/record-afterwards`, session);
    const kinds = await findings(story);
    expect(kinds).toEqual(['session_entered_afterwards_without_consent']);
    const inform = { effect: 'inform', graceDays: 0 };
    const policy = { staleEffects: { format_changed: inform, information_source_changed: inform } };
    await service.refused(422, 'policy_set_for_the_past', () =>
      service.post('owner', '/v1/practice/set-policy', { policy, occurredAt: when.start }),
    );
    await service.done('owner', '/v1/practice/set-policy', { policy });
    expect(await findings(story)).toEqual(kinds);
  });

  it('is not made good by an edition of the rules that begins in the past', async () => {
    const edition = {
      packId: 'generic',
      title: 'Weaker, invented for a test',
      jurisdiction: 'X',
      profession: 'psychotherapy',
      validFrom: '2026-01-01',
      ageOfConsent: 10,
      requirements: [{ element: 'therapist_stance', clause: 'the stance' }],
      reason: 'our counsel says so',
    };
    await service.refused(422, 'edition_begins_in_the_past', () =>
      service.post('owner', '/v1/rule-packs', edition, { 'If-Match': null }),
    );
  });

  it('is shown after it was marked in error, and so is that it was', async () => {
    const story = await consenting();
    await withdraw(consentOf(story, 'treatment'));
    const when = { start: addMinutes(clock.now(), 1), end: addMinutes(clock.now(), 30) };
    pass(40);
    const { relationshipId } = story;
    const { id } = await service.done('therapist', `/v1/sessions/${uuidv7()}/record-afterwards`, {
      relationshipId,
      modality: 'in_person',
      reason: 'entered late',
      ...when,
    });
    await service.done('therapist', `/v1/sessions/${id}/mark-in-error`, { reason: 'never mind' });
    expect(await findings(story)).toEqual(['session_without_consent_marked_in_error']);
  });

  it('in an emergency needs its follow-up, whatever one person marks as entered in error', async () => {
    const story = await givenRelationship(service);
    await heldSession(story, { emergencyBasis: 'imminent_harm' });
    pass(72 * 60);
    const consentId = consentOf(story, 'treatment');
    const { events, version } = await service.store.load(consent, service.first.id, consentId);
    const { eventId: correctsEventId } = events.find(({ type }) => type === 'ConsentDeferredForEmergency')!;
    const body = { correctsEventId, requestedBy: 'clinician', reason: 'never mind' };
    for (const [role, code] of [
      ['therapist', 'second_clinician_needed'],
      ['coordinator', 'clinician_needed'],
    ] as const)
      await service.refused(422, code, () =>
        service.post(role, `/v1/consents/${consentId}/mark-in-error`, body, { 'If-Match': `"${version}"` }),
      );
    expect(await findings(story)).toEqual(['emergency_without_follow_up']);
  });
});
