import type { Transaction } from '#libs/event-store';
import { consent, consentIdOf, purposesIn, situationOf, type StatusReader } from '#libs/consent';
import { END_OF_TIME, type Instant, type Reason, streamOf } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import type { Plan } from './plan.js';
import { session } from './session.js';

type Entry = ReturnType<typeof situationOf>['entries'][number];
type Stops = Awaited<ReturnType<StatusReader['stopsIn']>>;

/** A command is judged by all that is known, whatever this process believes the time to be. */
const EVER = { at: END_OF_TIME, knownAt: END_OF_TIME };

/**
 * Every withdrawal of a whole consent that the session rests on, through whatever channel, and a no to what was offered
 * anew; `recorded`: also to recording, and of that every part. Entries marked in error do not count. What was read stays
 * guarded until the command is appended.
 */
export async function withdrawalsOf(
  tx: Transaction,
  { relationshipId, clientIds, modality }: Pick<Plan, 'relationshipId' | 'clientIds' | 'modality'>,
  recorded = false,
): Promise<Entry[]> {
  const { practiceId } = tx.meta;
  const purposes = await purposesIn(tx, relationshipId, modality);
  const ids = clientIds.flatMap((clientId) =>
    [...purposes, ...(recorded ? (['recording'] as const) : [])].map((purpose) =>
      consentIdOf(practiceId, relationshipId, clientId, purpose),
    ),
  );
  await tx.events(ids.map((id) => streamOf(consent.category, id)));
  const states = await Promise.all(ids.map((id) => tx.read(consent, id)));
  return states.flatMap(({ about, entries }) => {
    const situation = situationOf(entries, EVER);
    return [
      ...situation.entries.filter(
        (entry) => entry.type === 'ConsentWithdrawn' && (!entry.partly || about?.purpose === 'recording'),
      ),
      ...(situation.declined ? [situation.declined] : []),
    ];
  });
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
 * What has turned and by the practice's policy blocks at once, at the moment of the command or now; most practices let
 * nothing do so, and then nothing is looked for.
 */
export async function stopsOf(
  tx: Transaction,
  statusReader: StatusReader,
  { relationshipId, clientIds, modality }: Pick<Plan, 'relationshipId' | 'clientIds' | 'modality'>,
  recorded = false,
): Promise<Stops> {
  const { staleEffects } = (await practiceIn(tx)).policy;
  if (Object.values(staleEffects).every(({ effect }) => effect !== 'block_now')) return [];
  return statusReader.stopsIn(tx, relationshipId, {
    format: modality,
    clientIds,
    ...(recorded ? { also: 'recording' as const } : {}),
  });
}

/** Those that came, or became known, since the session began. */
export async function stopsSinceStart(
  tx: Transaction,
  statusReader: StatusReader,
  sessionId: string,
): Promise<Stops> {
  const state = await tx.read(session, sessionId);
  if (!('startedAt' in state)) return [];
  const { plan, startedAt, started: how, recorded } = state;
  const stops = await stopsOf(tx, statusReader, { ...plan, modality: how.modality }, recorded);
  const start = await positionOfStart(tx, sessionId);
  return stops.filter(({ since, position }) => since >= startedAt || (position ?? 0) > start);
}

/** Why only pause, safety contact and end are accepted next; each thing once. */
export const stopReasons = (stops: Stops): Reason[] =>
  [...new Set(stops.map(({ detail }) => detail))].map((detail) => ({
    code: 'consent_blocks_now',
    detail: `${detail} Until then pause, make safety contact, or end the session.`,
  }));

/** The earliest of some moments. */
export const firstOf = (moments: readonly Instant[]): Instant | undefined => moments.toSorted()[0];

async function positionOfStart(tx: Transaction, sessionId: string): Promise<number> {
  const events = await tx.events([streamOf(session.category, sessionId)]);
  const started = events.find(
    ({ type }) => type === 'SessionStarted' || type === 'SessionRecordedAfterwards',
  );
  return started?.position ?? Infinity;
}
