import { Inject, Injectable } from '@nestjs/common';
import { crossingRegister } from '#libs/boundary';
import { client, recordsOf, staysOf, treatedDuring, unitsNamed, type ClientEvent } from '#libs/client';
import {
  consent,
  consentIdOf,
  PURPOSES,
  RulePackReader,
  situationOf,
  type ConsentEvent,
} from '#libs/consent';
import { EventStore, View, type Projection } from '#libs/event-store';
import { DomainError, END_OF_TIME, parseStream, streamOf, type Instant, type Recorded } from '#libs/kernel';
import { practiceNow } from '#libs/practice';
import { relationship, type RelationshipEvent } from '#libs/relationship';
import { calendar, session } from '#libs/session';
import type { Treatment } from '../retention/retention.js';
import { inquiriesOf, type AskedAs, type InquiryLine } from './inquiries.js';
import { MERGING, openProposals, type MergeLine } from './merging.js';

/** One person, under all of their records, as far as it matters for how long they are kept. All are ids. */
export type Person = {
  /** of an inquiry, of somebody who is no client yet */
  records: readonly string[];
  /** what was said there has keys of its own */
  inquiries: readonly AskedAs[];
  treatment: Treatment;
  relationships: readonly string[];
  openRelationships: readonly string[];
  plannedSessions: readonly string[];
  therapists: readonly string[];
};

/** Whose keys seal what is said of a person. */
export const keyIdsOf = ({ records, inquiries }: Pick<Person, 'records' | 'inquiries'>): string[] => [
  ...new Set([...records, ...inquiries.map(({ id }) => id)]),
];

type Bond = { id: string; open: boolean; last: Instant; rulePack: string; therapists: string[] };

/** Nothing more happens in these. */
const OVER: readonly string[] = ['ended', 'cancelled', 'no_show', 'entered_in_error'];

/** What there is of one person, as it stands at this moment: never behind the log. */
@Injectable()
export class PersonReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(RulePackReader) private readonly packs: RulePackReader,
  ) {}

  async of(practiceId: string, clientId: string): Promise<Person> {
    const treated = await this.treated(practiceId, clientId);
    const lines = await this.inquiryLines(practiceId);
    return { ...treated, inquiries: inquiriesOf(lines, treated.records) };
  }

  /** The same without their inquiries. */
  async treated(practiceId: string, clientId: string): Promise<Omit<Person, 'inquiries'>> {
    const records = await recordsOf((streams) => this.store.reader.streams(practiceId, streams), clientId);
    const details = await this.detailsOf(practiceId, records);
    const bonds = await this.bondsOf(practiceId, records);
    const sessions = await this.streamsConcerning(practiceId, records, session.category);
    const named = sessions.map((stream) => parseStream(stream).id);
    const theirs = this.known(
      calendar,
      await new View(this.store, calendar).current(practiceId, named),
    ).filter(({ clientIds }) => clientIds.some((id) => records.includes(id)));
    const held = theirs.filter(({ status }) => status !== 'entered_in_error');
    const plannedSessions = theirs
      .filter(({ status }) => !OVER.includes(status))
      .map(({ sessionId }) => sessionId);
    const openRelationships = bonds.filter(({ open }) => open).map(({ id }) => id);
    const moments = [
      ...bonds.map(({ last }) => last),
      ...held.flatMap(({ startedAt, endedAt }) => endedAt ?? startedAt ?? []),
    ];
    const last = moments.sort().at(-1);
    return {
      records,
      treatment: {
        ...(details.dateOfBirth ? { dateOfBirth: details.dateOfBirth } : {}),
        jurisdictions: [
          ...details.jurisdictions,
          ...(await this.jurisdictionsOf(practiceId, new Set(bonds.map(({ rulePack }) => rulePack)))),
        ],
        goesOn: openRelationships.length + plannedSessions.length > 0,
        ...(last === undefined ? {} : { last }),
      },
      relationships: bonds.map(({ id }) => id),
      openRelationships,
      plannedSessions,
      therapists: [
        ...new Set([
          ...bonds.flatMap(({ therapists }) => therapists),
          ...held.map(({ therapistId }) => therapistId),
        ]),
      ],
    };
  }

  /** Consents put off in an emergency that nobody has come back to. */
  async openFollowUps(practiceId: string, { records, relationships }: Person): Promise<string[]> {
    const ids = relationships.flatMap((relationshipId) =>
      records.flatMap((record) =>
        PURPOSES.map((purpose) => consentIdOf(practiceId, relationshipId, record, purpose)),
      ),
    );
    const events = await this.store.reader.streams(
      practiceId,
      ids.map((id) => streamOf(consent.category, id)),
    );
    const always = { at: END_OF_TIME, knownAt: END_OF_TIME };
    return ids.filter((id) => {
      const own = events.filter(({ stream }) => parseStream(stream).id === id) as Recorded<ConsentEvent>[];
      const { deferral, followedUp } = situationOf(
        own.reduce(consent.evolve, consent.initial).entries,
        always,
      );
      return deferral !== undefined && !followedUp;
    });
  }

  async openViolations(practiceId: string, { records, relationships }: Person): Promise<string[]> {
    const where = '"relationshipId" = any($2::text[])';
    const found = await new View(this.store, crossingRegister).matching(practiceId, where, [relationships]);
    return this.known(crossingRegister, found)
      .filter(({ relationshipId }) => relationships.includes(relationshipId))
      .filter(({ line }) => line.open && line.clientIds.some((id) => records.includes(id)))
      .filter(
        ({ crossing }) =>
          crossing.situation !== 'planned' &&
          crossing.assessments.some(({ data }) => data.outcome === 'violation'),
      )
      .map(({ line }) => line.crossingId);
  }

  /** Records of which a merge with one of this person's is asked, or that it be undone, their own among them. */
  async mergeProposals(practiceId: string, { records }: Person): Promise<string[]> {
    const { rows } = await this.store.of(practiceId).query<MergeLine>(
      `select substr(stream, 8) as id, type, data from log.event
       where practice_id = $1 and stream >= 'client-' and stream < 'client.' and type = any($2::text[]) order by position`,
      [practiceId, MERGING],
    );
    return openProposals(rows, records);
  }

  /** Other persons whose keys sealed texts together with this one's, with how many events hold one. */
  async sharers(practiceId: string, person: Person): Promise<readonly { clientId: string; texts: number }[]> {
    const { rows } = await this.store.of(practiceId).query<{ clientId: string; texts: number }>(
      `select other as "clientId", count(*)::int as texts
       from log.concerning($1, $2::uuid[]) as c(position)
       join log.event e on e.practice_id = $1 and e.position = c.position
       join log.sealed s on s.practice_id = $1 and s.position = c.position
       cross join lateral jsonb_array_elements_text(e.meta->'subjects') as other
       where not other = any($2::text[])
       group by other order by other`,
      [practiceId, keyIdsOf(person)],
    );
    return rows;
  }

  /** The streams of a category in which something concerns any of some persons. */
  async streamsConcerning(practiceId: string, ids: readonly string[], category: string): Promise<string[]> {
    const { rows } = await this.store.of(practiceId).query<{ stream: string }>(
      `select distinct e.stream from log.concerning($1, $2::uuid[]) as c(position)
       join log.event e on e.practice_id = $1 and e.position = c.position
       where e.stream >= $3 || '-' and e.stream < $3 || '.'`,
      [practiceId, ids, category],
    );
    return rows.map(({ stream }) => stream);
  }

  private async inquiryLines(practiceId: string): Promise<InquiryLine[]> {
    const { rows } = await this.store.of(practiceId).query<InquiryLine>(
      `select substr(stream, 9) as id, type, data->>'clientId' as "clientId", data->>'linkedInquiryId' as "linkedInquiryId"
       from log.event where practice_id = $1 and stream >= 'inquiry-' and stream < 'inquiry.' order by position`,
      [practiceId],
    );
    return rows;
  }

  private async detailsOf(practiceId: string, records: readonly string[]) {
    const events = await this.store.reader.streams(
      practiceId,
      records.map((id) => streamOf(client.category, id)),
    );
    const states = records.map((id) =>
      (events.filter(({ stream }) => parseStream(stream).id === id) as Recorded<ClientEvent>[]).reduce(
        client.evolve,
        client.initial,
      ),
    );
    const known = states.flatMap((state) => (state.situation === 'none' ? [] : state.details));
    return {
      // Missing where it was erased. Of two the later one: it keeps longer.
      dateOfBirth: known
        .flatMap(({ dateOfBirth }) => dateOfBirth ?? [])
        .sort()
        .at(-1),
      jurisdictions: known.flatMap(({ jurisdiction }) => jurisdiction ?? []),
    };
  }

  /** The relationships in which they are or were treated; who has left has been treated until then. */
  private async bondsOf(practiceId: string, records: readonly string[]): Promise<Bond[]> {
    const stays = await staysOf(this.store, practiceId, records[0]!);
    const units = await unitsNamed(this.store, practiceId, [...new Set(stays.map(({ unitId }) => unitId))]);
    const events = await this.store.reader.streams(
      practiceId,
      [...units.values()].flatMap(({ relationships }) =>
        relationships.map((id) => streamOf(relationship.category, id)),
      ),
    );
    return [...units.values()].flatMap((unit) =>
      unit.relationships.flatMap((id): Bond[] => {
        const own = events.filter(
          ({ stream }) => parseStream(stream).id === id,
        ) as Recorded<RelationshipEvent>[];
        const state = own.reduce(relationship.evolve, relationship.initial);
        if (state.situation === 'none') return [];
        const ended = state.situation === 'ended' ? state.since.last : null;
        const treated = treatedDuring(unit.stays, state.since.opening, ended);
        const theirs = treated.stays.filter(({ clientId }) => records.includes(clientId));
        if (theirs.length === 0) return [];
        const left = theirs
          .map(({ until }) => until ?? END_OF_TIME)
          .sort()
          .at(-1)!;
        const until = ended ?? state.since.last;
        return [
          {
            id,
            open: ended === null && treated.members.some((member) => records.includes(member)),
            last: left < until ? left : until,
            rulePack: state.opening.rulePack,
            therapists: own.flatMap(({ type, data }) =>
              type === 'RelationshipOpened' || type === 'CoverArranged'
                ? data.therapistId
                : type === 'TherapistReassigned'
                  ? data.to
                  : [],
            ),
          },
        ];
      }),
    );
  }

  private async jurisdictionsOf(practiceId: string, packs: ReadonlySet<string>): Promise<string[]> {
    const { jurisdiction } = await practiceNow(this.store, practiceId);
    const editions = await this.packs.editions(practiceId);
    return [
      ...(jurisdiction === undefined ? [] : [jurisdiction]),
      ...new Set(editions.filter(({ id }) => packs.has(id)).map((edition) => edition.jurisdiction)),
    ].filter((one) => one !== 'any');
  }

  /** @throws DomainError `unavailable` when the read model cannot say: nothing is judged by what may be missing */
  private known<Row extends object>(
    projection: Projection<Row>,
    found: { rows: ReadonlyMap<string, Row> } | undefined,
  ): Row[] {
    if (found) return [...found.rows.values()];
    throw new DomainError(
      'unavailable',
      'read_model_halted',
      `What ${projection.name} holds is not known right now. Try again; if it stays so, ask whoever runs Candor to look at /v1/projections.`,
    );
  }
}
