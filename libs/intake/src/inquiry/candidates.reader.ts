import { Inject, Injectable } from '@nestjs/common';
import { recordsOf } from '#libs/client';
import { EventStore, foldInto, View } from '#libs/event-store';
import { type Decider, type DomainEvent, type Recorded, streamOf } from '#libs/kernel';
import { staff, team } from '#libs/practice';
import { currentVersion, settingOfUnit, stance, stanceIdOf } from '#libs/stance';
import { between, pointedTo, type Asking, type Between, type Tie } from '../ties/ties.js';
import { ties } from '../ties/ties.projection.js';
import type { Candidate } from './matching.js';
import type { Preferences } from './preferences.js';

/** Where to read from: a transaction, which guards what it reads, or the log as it is. */
export interface Source {
  events(streams: readonly string[]): Promise<readonly Recorded[]>;
  /** what was looked up across streams holds as long as nothing of this category comes after the position */
  noneSince(category: string, position: number): void;
}

/** The client, once it is known who that is, and the clients they named as a conflict. */
type Named = { clientId?: string; conflictsWith?: readonly string[] };

/** What the ties are made of. */
const CATEGORIES = ['unit', 'relationship'] as const;

/** Finds out about therapists what an inquiry is judged by. */
@Injectable()
export class CandidateReader {
  private readonly ties: View<Tie>;

  constructor(@Inject(EventStore) private readonly store: EventStore) {
    this.ties = new View(store, ties);
  }

  /** Everybody who is an active therapist, as far as the read side has come. */
  async therapistIds(practiceId: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const batch of new View(this.store, team).scan(practiceId, ''))
      for (const [id, { roles, status }] of batch)
        if (status === 'active' && roles.includes('therapist')) ids.push(id);
    return ids;
  }

  /** @returns one for each id that belongs to a staff member */
  async candidates(
    practiceId: string,
    therapistIds: readonly string[],
    { preferences, ...named }: { preferences: Preferences } & Named,
    source: Source,
  ): Promise<Candidate[]> {
    const setting = settingOfUnit(preferences.unitKind ?? 'individual');
    const streamsOf = (id: string) =>
      [streamOf('staff', id), streamOf('stance', stanceIdOf(practiceId, id, setting))] as const;
    const events = await source.events(therapistIds.flatMap(streamsOf));
    const ways = await this.between(practiceId, await everyRecord(named, source), source);
    return therapistIds.flatMap((therapistId): Candidate[] => {
      const [staffStream, stanceStream] = streamsOf(therapistId);
      const person = folded(staff, events, staffStream);
      if (person.situation === 'none') return [];
      const stated = folded(stance, events, stanceStream);
      const published = stated.situation === 'published' ? currentVersion(stated) : undefined;
      const { name, languages, formats } = person.registered;
      return [
        {
          therapistId,
          name,
          isTherapist: person.roles.includes('therapist'),
          active: person.situation === 'active',
          ...(languages ? { languages } : {}),
          ...(formats ? { formats } : {}),
          ...(published ? { stance: published.dimensions } : {}),
          treatsRelative: ways.treatRelative.has(therapistId),
          treatsNamed: ways.treatNamed.has(therapistId),
        },
      ];
    });
  }

  private async between(practiceId: string, asking: Asking, source: Source): Promise<Between> {
    const keys = pointedTo(new Map(), asking);
    if (keys.length === 0) return between(new Map(), asking);
    const { rows, position } =
      (await this.ties.current(practiceId, keys, (found) => pointedTo(found, asking))) ??
      (await this.fromLog(practiceId));
    for (const category of CATEGORIES) source.noneSince(category, position);
    return between(rows, asking);
  }

  /** For when the read model cannot say. */
  private async fromLog(practiceId: string): Promise<{ rows: Map<string, Tie>; position: number }> {
    const position = await this.store.reader.position(practiceId);
    const rows = new Map<string, Tie>();
    foldInto(ties, rows, await this.store.reader.categories(practiceId, CATEGORIES));
    return { rows, position };
  }
}

/** Records that were merged are one person: who treats them does so under any of them. */
async function everyRecord({ clientId, conflictsWith = [] }: Named, source: Source): Promise<Asking> {
  const read = (streams: string[]) => source.events(streams);
  const others: string[] = [];
  for (const id of conflictsWith) others.push(...(await recordsOf(read, id)));
  return { clientIds: clientId ? await recordsOf(read, clientId) : [], conflictsWith: others };
}

const folded = <S, E extends DomainEvent>(
  { initial, evolve }: Pick<Decider<S, E, never>, 'initial' | 'evolve'>,
  events: readonly Recorded[],
  stream: string,
): S => (events.filter((event) => event.stream === stream) as Recorded<E>[]).reduce(evolve, initial);
