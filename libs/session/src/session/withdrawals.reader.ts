import type { Transaction } from '#libs/event-store';
import { consent, consentIdOf, purposesFor, situationOf, type StatusReader } from '#libs/consent';
import { END_OF_TIME, type Reason, streamOf } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { relationship } from '#libs/relationship';
import type { Plan } from './plan.js';
import { session } from './session.js';

type Entry = ReturnType<typeof situationOf>['entries'][number];

/** A command is judged by all that is known, whatever this process believes the time to be. */
const EVER = { at: END_OF_TIME, knownAt: END_OF_TIME };

/**
 * Every withdrawal of a whole consent that the session rests on (`recorded`: that to recording as well), through whatever channel; entries marked in error do not
 * count. What was read stays guarded until the command is appended.
 */
export async function withdrawalsOf(
  tx: Transaction,
  { relationshipId, clientIds, modality }: Pick<Plan, 'relationshipId' | 'clientIds' | 'modality'>,
  recorded = false,
): Promise<Entry[]> {
  const { practiceId } = tx.meta;
  const found = await tx.read(relationship, relationshipId);
  const unitKind = found.situation === 'none' ? 'individual' : found.opening.unitKind;
  const ids = clientIds.flatMap((clientId) =>
    [...purposesFor(unitKind, modality), ...(recorded ? (['recording'] as const) : [])].map((purpose) =>
      consentIdOf(practiceId, relationshipId, clientId, purpose),
    ),
  );
  await tx.events(ids.map((id) => streamOf(consent.category, id)));
  const states = await Promise.all(ids.map((id) => tx.read(consent, id)));
  return states.flatMap(({ entries }) =>
    situationOf(entries, EVER).entries.filter((entry) => entry.type === 'ConsentWithdrawn' && !entry.partly),
  );
}

/** Those that happened, or became known, since the session began: they stop it. Earlier ones the gate has judged. */
export async function withdrawalsSinceStart(tx: Transaction, sessionId: string): Promise<Entry[]> {
  const state = await tx.read(session, sessionId);
  if (!('startedAt' in state)) return [];
  const { plan, startedAt, started: how, recorded } = state;
  const all = await withdrawalsOf(tx, { ...plan, modality: how.modality }, recorded);
  const start = await positionOfStart(tx, sessionId);
  return all.filter(({ occurredAt, position }) => occurredAt >= startedAt || position > start);
}

/**
 * What has turned since the session began, or become known, and by the practice's policy blocks at once; most practices let
 * nothing do so, and then nothing is looked for.
 */
export async function stopsSinceStart(
  tx: Transaction,
  statusReader: StatusReader,
  sessionId: string,
): Promise<Reason[]> {
  const state = await tx.read(session, sessionId);
  const { staleEffects } = (await practiceIn(tx)).policy;
  if (!('startedAt' in state) || Object.values(staleEffects).every(({ effect }) => effect !== 'block_now'))
    return [];
  const { plan, startedAt, started, recorded } = state;
  const stops = await statusReader.stopsIn(tx, plan.relationshipId, {
    format: started.modality,
    clientIds: plan.clientIds,
    ...(recorded ? { also: 'recording' as const } : {}),
  });
  const start = await positionOfStart(tx, sessionId);
  const details = stops
    .filter(({ since, position }) => since >= startedAt || (position ?? 0) > start)
    .map(({ detail }) => detail);
  return [...new Set(details)].map((detail) => ({
    code: 'consent_blocks_now',
    detail: `${detail} Until then pause, make safety contact, or end the session.`,
  }));
}

async function positionOfStart(tx: Transaction, sessionId: string): Promise<number> {
  const events = await tx.events([streamOf(session.category, sessionId)]);
  const started = events.find(
    ({ type }) => type === 'SessionStarted' || type === 'SessionRecordedAfterwards',
  );
  return started?.position ?? Infinity;
}
