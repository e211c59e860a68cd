import { consentIdOf } from '#libs/consent';
import type { EventStore } from '#libs/event-store';
import { deriveId, sha256, streamOf, systemClock, uuidv7, type DomainEvent } from '#libs/kernel';
import { EXAMPLE_FOR_ONE, stanceIdOf } from '#libs/stance';
import { load } from './harness.js';

type Told = DomainEvent & { stream: string };

/** A practice with many clients, each through a whole consent: about `events` events. @returns how many there are */
export async function consentHistory(
  store: EventStore,
  events: number,
): Promise<{ practiceId: string; events: number }> {
  const practiceId = uuidv7();
  const therapistId = uuidv7();
  const stance = {
    stanceId: stanceIdOf(practiceId, therapistId, 'individual'),
    versionNo: 1,
    contentHash: 'sha256:1',
  };
  const now = systemClock.now();
  let total = 0;
  const append = async (told: readonly Told[], subjects: readonly string[] = []) => {
    const commandId = uuidv7();
    const versions = new Map<string, number>();
    const pending = told.map(({ stream, type, data }) => {
      const version = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, version);
      return {
        type,
        data,
        eventId: uuidv7(),
        practiceId,
        stream,
        version,
        schema: 1,
        occurredAt: now,
        actor: { id: therapistId, role: 'therapist' },
        subjects,
        commandId,
        correlationId: commandId,
        causationId: commandId,
      };
    });
    const expect = [...versions.keys()].map((stream) => ({ stream, version: 0 }));
    await store.append(practiceId, {
      commandId,
      requestHash: sha256(commandId),
      stream: expect[0]!.stream,
      version: versions.get(expect[0]!.stream)!,
      expect,
      events: pending,
    });
    total += pending.length;
  };

  await append([
    {
      stream: streamOf('practice', practiceId),
      type: 'PracticeRegistered',
      data: { name: 'Invented', zone: 'UTC', locale: 'en', rulePack: 'generic', demo: true },
    },
    {
      stream: streamOf('staff', therapistId),
      type: 'StaffRegistered',
      data: { name: 'Invented', roles: ['therapist'] },
    },
    {
      stream: streamOf('stance', stance.stanceId),
      type: 'StanceDrafted',
      data: { therapistId, setting: 'individual', locale: 'en', dimensions: EXAMPLE_FOR_ONE, ownWords: {} },
    },
    {
      stream: streamOf('stance', stance.stanceId),
      type: 'StancePublished',
      data: {
        therapistId,
        setting: 'individual',
        locale: 'en',
        dimensions: EXAMPLE_FOR_ONE,
        ownWords: {},
        versionNo: 1,
        templateVersion: 1,
        statement: 'Invented.',
        contentHash: stance.contentHash,
        materiality: 'material',
        changedDimensions: [],
      },
    },
  ]);
  await load(4, 600_000, async (writer, turn) => {
    if (total >= events) throw new Done();
    const clientId = deriveId('client', String(writer), String(turn));
    await append(oneClient(practiceId, therapistId, stance, clientId), [clientId]);
  }).catch((error: unknown) => {
    if (!(error instanceof Done)) throw error;
  });
  return { practiceId, events: total };
}

class Done extends Error {}

/** Registered, a relationship opened, and consent talked through element by element and given. */
function oneClient(
  practiceId: string,
  therapistId: string,
  stance: { stanceId: string; versionNo: number; contentHash: string },
  clientId: string,
): Told[] {
  const relationshipId = deriveId('relationship', clientId);
  const about = { relationshipId, clientId, purpose: 'treatment' as const };
  const stream = streamOf('consent', consentIdOf(practiceId, relationshipId, clientId, 'treatment'));
  const given = {
    by: 'self',
    validFrom: systemClock.now(),
    expiresOn: null,
    reviewOn: '2099-01-01',
    stance,
    documents: [],
    therapistId,
    format: 'in_person',
    rulePack: { id: 'generic', validFrom: '2015-01-01' },
    majorityOn: null,
    signature: { method: 'typed', signedName: 'Invented' },
  };
  const elements = [
    'nature_and_course',
    'fees_and_cancellation',
    'third_party_payer',
    'confidentiality_limits',
    'identity_and_credentials',
    'methods_and_approach',
    'risks',
    'benefits',
    'alternatives',
    'records_and_access',
    'data_notice',
    'ending_and_referral',
  ];
  return [
    {
      stream: streamOf('client', clientId),
      type: 'ClientRegistered',
      data: { legalName: 'Invented Person', dateOfBirth: '1990-01-01', languages: ['en'], contacts: [] },
    },
    {
      stream: streamOf('relationship', relationshipId),
      type: 'RelationshipOpened',
      data: {
        unitId: clientId,
        unitKind: 'individual',
        members: [clientId],
        therapistId,
        format: 'in_person',
        rulePack: 'generic',
      },
    },
    {
      stream,
      type: 'ConsentOffered',
      data: { ...about, documents: [], language: 'en', channel: 'in_person' },
    },
    ...elements.map((element) => ({
      stream,
      type: 'ElementDisclosed',
      data: { ...about, element, how: 'spoken' },
    })),
    {
      stream,
      type: 'ComprehensionRecorded',
      data: { ...about, method: 'teach_back', understood: true, capacity: { attested: true } },
    },
    {
      stream,
      type: 'VoluntarinessRecorded',
      data: { ...about, voluntary: true, mandated: false, pressures: [] },
    },
    { stream, type: 'StanceAcknowledged', data: { ...about, ...stance } },
    { stream, type: 'ConsentGiven', data: { ...about, ...given } },
    {
      stream,
      type: 'ReceiptIssued',
      data: { ...about, kind: 'given', locale: 'en', text: 'Invented.', contentHash: 'sha256:2' },
    },
  ];
}
