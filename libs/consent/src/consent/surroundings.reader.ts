import { client, type UnitKind } from '#libs/client';
import { foldInto, type Transaction } from '#libs/event-store';
import { dayOfAge, END_OF_TIME, localDate, missing, refuse, streamOf } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { relationship } from '#libs/relationship';
import { settingOfUnit, stance, stanceIdOf } from '#libs/stance';
import { document } from '../document/document.js';
import { rulePack, rulePackIdOf } from '../rule-pack/rule-pack.js';
import { SHIPPED_PACKS } from '../rule-pack/packs.js';
import { mayDecideAlone, packInForce, requirements } from '../rule-pack/pack.js';
import type { Part } from '../status/facts.js';
import { joinedEver, wholePerson } from '../status/merged.js';
import {
  assessmentsOf,
  authoritiesKnown,
  birthKnown,
  type ClientPart,
  jurisdictionAt,
} from '../status/people.js';
import { consentFacts } from '../status/status.projection.js';
import type { ConsentState, GivingFacts, SignedDocument } from './consent.js';
import { authoritiesFor } from './guardians.js';
import { situationOf } from './situation.js';

/* What a command of a consent has to look at. Whatever it looks at is guarded: it still holds when the command is appended. */

/** Nothing of a consent can have happened before its relationship began. */
export async function refuseBeforeOpening(tx: Transaction, relationshipId: string): Promise<void> {
  const [opened] = await tx.events([streamOf('relationship', relationshipId)]);
  if (opened && tx.occurredAt < opened.occurredAt)
    refuse(
      'before_the_opening',
      `The relationship began at ${opened.occurredAt}. Send an occurredAt that does not lie before.`,
    );
}

/** Only the newest published version can be offered. */
export async function offered(
  tx: Transaction,
  { documentId, versionNo }: { documentId: string; versionNo: number },
): Promise<SignedDocument> {
  const state = await tx.read(document, documentId);
  const version =
    state.situation === 'none'
      ? undefined
      : state.versions.find((candidate) => candidate.versionNo === versionNo);
  if (!version || state.situation === 'none') return missing('version of this document');
  const newest = state.versions.at(-1)!;
  if (version.publishedAt > tx.occurredAt)
    refuse(
      'document_not_published_yet',
      `“${version.title}” was published at ${version.publishedAt}, after the time given.`,
    );
  if (state.situation === 'withdrawn')
    refuse('document_withdrawn', `“${newest.title}” was withdrawn. Offer a current document.`);
  if (
    newest.versionNo !== versionNo &&
    state.versions.some((later) => later.versionNo > versionNo && later.materiality === 'material')
  )
    refuse('document_outdated', `“${newest.title}” is now at version ${newest.versionNo}. Offer that one.`);
  return {
    documentId,
    versionNo,
    contentHash: version.contentHash,
    material: version.materiality === 'material',
    elements: version.elements,
  };
}

/** Everything giving is judged by, as it is when the command happens. */
export async function givingFacts(tx: Transaction, state: ConsentState): Promise<GivingFacts> {
  const about = state.about ?? missing('consent');
  const { occurredAt } = tx;
  const { zone, policy } = await practiceIn(tx);
  const bond = await tx.read(relationship, about.relationshipId);
  if (bond.situation === 'none') return missing('relationship');
  await refuseBeforeOpening(tx, about.relationshipId);
  const day = localDate(occurredAt, zone);
  const { editions } = await tx.read(rulePack, rulePackIdOf(tx.meta.practiceId, bond.opening.rulePack));
  const pack =
    packInForce([...SHIPPED_PACKS, ...editions], bond.opening.rulePack, day) ??
    refuse('no_rule_pack', `The rule pack ${bond.opening.rulePack} has no edition for ${day}.`);
  const { person, streams } = await personOf(tx, about.clientId);
  const { dateOfBirth } = birthKnown(person, END_OF_TIME) ?? missing('client');
  const majorityOn = dayOfAge(dateOfBirth, pack.ageOfConsent, pack.leapDay);
  const minor = day < majorityOn;
  const then = { at: occurredAt, knownAt: END_OF_TIME };
  const { offer } = situationOf(state.entries, then);
  const authorities = authoritiesKnown(person, END_OF_TIME);
  const assessed = assessmentsOf(person, about.purpose, then).at(-1);
  const jurisdiction = jurisdictionAt(person, then)?.jurisdiction;
  const changing = [streamOf('relationship', about.relationshipId), ...streams];
  const lastChange = (await tx.events(changing)).at(-1)?.position;
  return {
    required: requirements(pack, {
      purpose: about.purpose,
      unitKind: bond.opening.unitKind,
      minor,
      remote: bond.format !== 'in_person',
      mandated: bond.mandates.length > 0,
    }),
    guardians: {
      onRecord: authorities.length > 0,
      inForce: authoritiesFor(authorities, { day, purpose: about.purpose, minor }),
    },
    ...(assessed ? { assessed: { capable: assessed.capable, at: assessed.occurredAt } } : {}),
    ...(jurisdiction ? { jurisdiction } : {}),
    ...(lastChange ? { lastChange } : {}),
    stance: await stanceInForce(tx, bond.therapistId, bond.opening.unitKind),
    documents: await Promise.all((offer?.documents ?? []).map((signed) => judgeDocument(tx, signed))),
    minor,
    mayDecideAlone: mayDecideAlone(pack, dateOfBirth, day),
    majorityOn,
    therapistId: bond.therapistId,
    format: bond.format,
    rulePack: { id: pack.id, validFrom: pack.validFrom },
    reviewIntervalMonths: policy.reviewIntervalMonths,
    zone,
    relationshipOpen: bond.situation === 'open',
  };
}

/** What is known of a client, folded as the status folds it; `streams` are those of every record of theirs. */
async function personOf(
  tx: Transaction,
  clientId: string,
): Promise<{ person: ClientPart; streams: string[] }> {
  const parts = new Map<string, Part>();
  const find = (id: string) => parts.get(streamOf(client.category, id)) as ClientPart | undefined;
  const streams: string[] = [];
  for (let ids = [clientId]; ids.length > 0;) {
    const keys = ids.map((id) => streamOf(client.category, id));
    foldInto(consentFacts, parts, await tx.events(keys));
    streams.push(...keys);
    ids = [...new Set(ids.flatMap((id) => joinedEver(find(id) ?? missing('client'))))].filter(
      (id) => !streams.includes(streamOf(client.category, id)),
    );
  }
  return { person: wholePerson(find, clientId, END_OF_TIME) ?? missing('client'), streams };
}

async function judgeDocument(
  tx: Transaction,
  { documentId, versionNo }: SignedDocument,
): Promise<GivingFacts['documents'][number]> {
  const state = await tx.read(document, documentId);
  const versions =
    state.situation === 'none'
      ? []
      : state.versions.filter(({ effectiveFrom }) => effectiveFrom <= tx.occurredAt);
  return {
    documentId,
    newestVersionNo: versions.at(-1)?.versionNo ?? versionNo,
    outdated: versions.some((version) => version.versionNo > versionNo && version.materiality === 'material'),
    withdrawn: state.situation === 'withdrawn',
  };
}

/** The version of a therapist's stance in force when the command happens; null when there is none. */
export async function stanceInForce(tx: Transaction, therapistId: string, unitKind: UnitKind) {
  const stanceId = stanceIdOf(tx.meta.practiceId, therapistId, settingOfUnit(unitKind));
  const state = await tx.read(stance, stanceId);
  const versions = state.situation === 'published' ? state.versions : [];
  // A late entry is judged by the stance of its day: nobody can have read a later one.
  const current = versions.findLast(({ publishedAt }) => publishedAt <= tx.occurredAt);
  return current ? { stanceId, versionNo: current.versionNo, contentHash: current.contentHash } : null;
}
