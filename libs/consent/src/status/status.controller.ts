import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { UnknownEventType } from '#libs/event-store';
import { AsOfQuery, Caller, Choice, PathId, Query, type Principal } from '#libs/http';
import { DomainError } from '#libs/kernel';
import { EMERGENCY_BASES, judge } from '../gate/gate.js';
import { STATUSES, type RelationshipStatus, type Status } from './status.js';
import { ClientStatusDocument, GateDocument, RelationshipStatusDocument } from './status.documents.js';
import { clocksOf, StatusReader, type Source } from './status.reader.js';

const READERS = ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'] as const;
const FORMATS = ['in_person', 'video', 'phone'] as const;

class GateQuery extends AsOfQuery {
  @Choice(FORMATS, {
    optional: true,
    description: 'how the session would be held; as the relationship is unless told',
  })
  format?: string;

  @Choice(EMERGENCY_BASES, { optional: true })
  emergencyBasis?: (typeof EMERGENCY_BASES)[number];
}

@ApiTags('consent status')
@Controller('v1')
export class StatusController {
  constructor(@Inject(StatusReader) private readonly reader: StatusReader) {}

  @Query('clients/:id/consent-status', {
    summary: 'Is this client properly informed, about what, by whom, in which words, and is that still true',
    allow: READERS,
    answer: ClientStatusDocument,
  })
  async ofClient(
    @Caller() { practiceId }: Principal,
    @PathId() clientId: string,
    @QueryString() query: AsOfQuery,
  ) {
    const clocks = clocksOf(query, await this.reader.now(practiceId));
    const { relationships, position } = await unlessUnknown(
      this.reader.ofClient(practiceId, clientId, clocks, sourceFor(query)),
    );
    const open = relationships.filter((relationship) => relationship.open);
    return {
      clientId,
      ...clocks,
      position,
      overall:
        relationships.length === 0
          ? 'not_sought'
          : worst((open.length > 0 ? open : relationships).map(({ overall }) => overall)),
      relationships: relationships.map((relationship) => answer(relationship, clocks.at)),
    };
  }

  @Query('relationships/:id/consent-status', {
    summary: 'Where consent stands in one relationship, for every member',
    allow: READERS,
    answer: RelationshipStatusDocument,
  })
  async ofRelationship(
    @Caller() { practiceId }: Principal,
    @PathId() relationshipId: string,
    @QueryString() query: AsOfQuery,
  ) {
    const clocks = clocksOf(query, await this.reader.now(practiceId));
    const { status, position } = await unlessUnknown(
      this.reader.ofRelationship(practiceId, relationshipId, clocks, sourceFor(query)),
    );
    return {
      ...clocks,
      position,
      ...(status
        ? answer(status, clocks.at)
        : { relationshipId, overall: 'not_sought', open: false, consents: [] }),
    };
  }

  @Query('relationships/:id/gate', {
    summary: 'May a session start, with all reasons if not',
    allow: READERS,
    answer: GateDocument,
  })
  async gate(
    @Caller() { practiceId }: Principal,
    @PathId() relationshipId: string,
    @QueryString() { format, emergencyBasis, ...query }: GateQuery,
  ) {
    const clocks = clocksOf(query, await this.reader.now(practiceId));
    const { status, position } = await unlessUnknown(
      this.reader.ofRelationship(practiceId, relationshipId, clocks, sourceFor(query)),
    );
    const decision = judge(status, {
      at: clocks.at,
      format: format ?? status?.format ?? 'in_person',
      ...(emergencyBasis ? { emergencyBasis } : {}),
    });
    const { judged: _, ...shown } = decision;
    return { relationshipId, ...clocks, position, ...shown };
  }
}

/** Questions about another day, or about what was known, are folded from the log itself. */
const sourceFor = ({ at, knownAt }: AsOfQuery): Source =>
  at === undefined && knownAt === undefined ? 'current' : 'live';

const worst = (statuses: readonly Status[]): Status =>
  STATUSES.find((status) => statuses.includes(status)) ?? 'not_sought';

/** A status with the gate's decision for a session in the relationship's own format. */
function answer({ opening, ...status }: RelationshipStatus, at: string) {
  const { judged: _, ...gate } = judge({ opening, ...status }, { at, format: status.format });
  return { ...status, unitKind: opening.unitKind, members: opening.members, gate };
}

/** A log this version cannot read answers `unknown`, never `given`. */
async function unlessUnknown<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof UnknownEventType)
      throw new DomainError('unavailable', 'consent_unknown', `Consent is unknown. ${error.message}`);
    throw error;
  }
}
