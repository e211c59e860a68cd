import { client, unit, type UnitKind } from '#libs/client';
import {
  consent,
  consentIdOf,
  document,
  packInForce,
  requirements,
  SHIPPED_PACKS,
  type Element,
  type Purpose,
} from '#libs/consent';
import type { CommandMeta } from '#libs/event-store';
import { localDate, sha256, uuidv7, type AnyDecider } from '#libs/kernel';
import { staff } from '#libs/practice';
import { relationship, type RelationshipOpening } from '#libs/relationship';
import {
  currentVersion,
  EXAMPLE_FOR_ONE,
  EXAMPLE_FOR_SEVERAL,
  settingOfUnit,
  stance,
  stanceIdOf,
} from '#libs/stance';
import type { Service, TestRole } from './http-kit.js';

/*
 * What stories begin with, told by the deciders through the event store itself: independent of routes and handlers, so
 * that a test of one route does not depend on another.
 */

/** Where a story stands. `clientId` is the first of `clientIds`. */
export interface Story {
  clientId: string;
  clientIds: string[];
  relationshipId: string;
  therapistId: string;
  stanceId: string;
}

/** One command of somebody of the first practice, at whatever version. @returns the receipt */
export function happens<C>(
  service: Service,
  decider: AnyDecider,
  id: string,
  command: C,
  { by = 'therapist', ...more }: { by?: TestRole } & Partial<CommandMeta> = {},
) {
  const commandId = uuidv7();
  const actor = { id: service.first.staff[by], role: by };
  const meta: CommandMeta = {
    practiceId: service.first.id,
    id,
    commandId,
    requestHash: sha256(commandId),
    actor,
    expected: 'any',
    ...more,
  };
  return service.store.handle(decider, meta, command);
}

/** A therapist of the first practice beside the one of its name, with a token of their own. @returns their id */
export async function givenTherapist(service: Service): Promise<string> {
  const id = uuidv7();
  await happens(
    service,
    staff,
    id,
    { type: 'RegisterStaff', name: 'Mirela Sample', roles: ['therapist'] },
    { by: 'owner' },
  );
  await service.letIn(id);
  return id;
}

/** An open relationship with the therapist of the first practice unless told, whose stance for this kind of unit is published. */
export async function givenRelationship(
  service: Service,
  {
    kind = 'individual',
    format = 'in_person',
    therapistId = service.first.staff.therapist,
  }: { kind?: UnitKind; format?: RelationshipOpening['format']; therapistId?: string } = {},
): Promise<Story> {
  const stanceId = await givenStance(service, kind, therapistId);
  const clientIds = [
    await givenClient(service),
    ...(kind === 'individual' ? [] : [await givenClient(service)]),
  ];
  const unitId = uuidv7();
  await happens(service, unit, unitId, { type: 'FormUnit', kind, members: clientIds });
  const relationshipId = uuidv7();
  await happens(service, relationship, relationshipId, {
    type: 'OpenRelationship',
    unitId,
    unitKind: kind,
    members: clientIds,
    therapistId,
    format,
    rulePack: 'generic',
    rulePacks: { known: ['generic'], inForce: ['generic'] },
    mergedAway: [],
    therapist: { known: true, isTherapist: true, active: true },
    stance: { published: true, suits: true },
  });
  return { clientId: clientIds[0]!, clientIds, relationshipId, therapistId, stanceId };
}

/** A client of full age. @returns their id */
export async function givenClient(service: Service): Promise<string> {
  const id = uuidv7();
  await happens(service, client, id, {
    type: 'RegisterClient',
    legalName: 'Ada Sample',
    dateOfBirth: '1988-03-01',
    languages: ['en'],
    contacts: [],
    zone: 'Europe/Berlin',
    alike: [],
  });
  return id;
}

/** The therapist's published stance for a kind of unit; published once. @returns its id */
export async function givenStance(
  service: Service,
  kind: UnitKind = 'individual',
  therapistId = service.first.staff.therapist,
): Promise<string> {
  const setting = settingOfUnit(kind);
  const id = stanceIdOf(service.first.id, therapistId, setting);
  const dimensions = setting === 'individual' ? EXAMPLE_FOR_ONE : EXAMPLE_FOR_SEVERAL;
  const known = await service.store.reader.streams(service.first.id, [`stance-${id}`]);
  if (known.length > 0) return id;
  const actor = { id: therapistId, role: 'therapist' };
  const draft = { type: 'DraftStance', therapistId, setting, locale: 'en', dimensions };
  await happens(service, stance, id, draft, { actor });
  await happens(service, stance, id, { type: 'PublishStance' }, { actor });
  return id;
}

/** A published text that covers some elements, as a consent names it. */
export async function givenDocument(service: Service, elements: readonly Element[]) {
  const documentId = uuidv7();
  await happens(service, document, documentId, {
    type: 'DraftDocument',
    kind: 'consent_form',
    title: 'What therapy here is',
    locale: 'en',
    text: 'In plain words.',
    elements: [...elements],
  });
  await happens(service, document, documentId, { type: 'PublishDocument', materiality: 'material' });
  const { state } = await service.store.load(document, service.first.id, documentId);
  const version = 'versions' in state ? state.versions.at(-1)! : undefined;
  return {
    documentId,
    versionNo: version!.versionNo,
    contentHash: version!.contentHash,
    material: true,
    elements: [...elements],
  };
}

export interface ConsentOptions {
  /** treatment unless told */
  purpose?: Purpose;
  /** the first client of the story unless told */
  clientId?: string;
  /** who may be told, for the purposes that are about telling somebody */
  recipients?: string[];
}

/**
 * Walks one person's consent from the offer until it is given, with everything the generic pack asks for; to treatment of
 * a couple or family, the one to joint work before it. @returns its id
 */
export async function givenConsent(
  service: Service,
  story: Story,
  { purpose = 'treatment', clientId = story.clientId, recipients }: ConsentOptions = {},
): Promise<string> {
  const { relationshipId, therapistId, stanceId } = story;
  const practiceId = service.first.id;
  const id = consentIdOf(practiceId, relationshipId, clientId, purpose);
  const { state: opened } = await service.store.load(relationship, practiceId, relationshipId);
  if (opened.situation === 'none') throw new Error('no such relationship');
  const { format } = opened;
  if (purpose === 'treatment' && ['couple', 'family'].includes(opened.opening.unitKind))
    await givenConsent(service, story, { purpose: 'joint_work_confidentiality', clientId });
  const zone = 'Europe/Berlin';
  const pack = packInForce(SHIPPED_PACKS, 'generic', localDate(service.store.clock.now(), zone))!;
  const required = requirements(pack, {
    purpose,
    unitKind: opened.opening.unitKind,
    minor: false,
    remote: format !== 'in_person',
  });
  const elements = required.map(({ element }) => element).filter((element) => element !== 'therapist_stance');
  const { state: stated } = await service.store.load(stance, practiceId, stanceId);
  const { versionNo, contentHash } = currentVersion(stated)!;
  const inForce = { stanceId, versionNo, contentHash };
  const text = await givenDocument(service, elements);
  const tell = (command: object) => happens(service, consent, id, command);

  await tell({
    type: 'OfferConsent',
    relationshipId,
    clientId,
    purpose,
    documents: [text],
    language: 'en',
    channel: 'in_person',
    relationshipOpen: true,
  });
  await tell({ type: 'DiscloseElements', elements, how: 'spoken' });
  await tell({
    type: 'RecordComprehension',
    method: 'teach_back',
    understood: true,
    capacity: { attested: true },
  });
  await tell({ type: 'RecordVoluntariness', voluntary: true, mandated: false, pressures: [] });
  await tell({ type: 'AcknowledgeStance', stanceVersionNo: versionNo, contentHash, stance: inForce });
  await tell({
    type: 'GiveConsent',
    by: 'self',
    signature: { method: 'typed', signedName: 'Ada Sample' },
    ...(recipients ? { recipients } : {}),
    facts: {
      required,
      stance: inForce,
      documents: [
        { documentId: text.documentId, newestVersionNo: text.versionNo, outdated: false, withdrawn: false },
      ],
      minor: false,
      therapistId,
      format,
      rulePack: { id: pack.id, validFrom: pack.validFrom },
      majorityOn: null,
      reviewIntervalMonths: 12,
      zone,
      relationshipOpen: true,
    },
  });
  return id;
}
