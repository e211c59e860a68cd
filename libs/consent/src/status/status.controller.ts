import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { UnknownEventType } from '#libs/event-store';
import { AsOfQuery, Caller, Choice, PathId, Query, type Principal } from '#libs/http';
import { DomainError, ROLES } from '#libs/kernel';
import { FORMATS } from '#libs/practice';
import { EMERGENCY_BASES, type EmergencyBasis } from '../consent/consent.js';
import { judge } from '../gate/gate.js';
import { PURPOSES, type Purpose } from '../rule-pack/elements.js';
import { shownTo } from './shown.js';
import { worstOf, type RelationshipStatus } from './status.js';
import { ClientStatusDocument, GateDocument, RelationshipStatusDocument } from './status.documents.js';
import { clocksOf, StatusReader, type Source } from './status.reader.js';

class GateQuery extends AsOfQuery {
  @Choice(FORMATS, {
    optional: true,
    description: 'how the session would be held; as the relationship is unless told',
  })
  format?: string;

  @Choice(EMERGENCY_BASES, { optional: true })
  emergencyBasis?: EmergencyBasis;

  @Choice(PURPOSES, {
    optional: true,
    description: 'a further consent the session would rest on, e.g. recording',
  })
  also?: Purpose;
}

@ApiTags('consent status')
@Controller('v1')
export class StatusController {
  constructor(@Inject(StatusReader) private readonly reader: StatusReader) {}

  @Query('clients/:id/consent-status', {
    summary: 'Is this client properly informed, about what, by whom, in which words, and is that still true',
    allow: ROLES,
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
    const open = relationships.filter(
      (relationship) =>
        relationship.open && relationship.members.some((member) => member.clientId === clientId),
    );
    return {
      clientId,
      ...clocks,
      position,
      overall:
        relationships.length === 0
          ? 'not_sought'
          : worstOf((open.length > 0 ? open : relationships).map(({ overall }) => overall)),
      relationships: relationships.map((relationship) => shownTo(clientId, answer(relationship, clocks.at))),
    };
  }

  @Query('relationships/:id/consent-status', {
    summary: 'Where consent stands in one relationship, for every member',
    allow: ROLES,
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
    allow: ROLES,
    answer: GateDocument,
  })
  async gate(
    @Caller() { practiceId }: Principal,
    @PathId() relationshipId: string,
    @QueryString() { format, emergencyBasis, also, ...query }: GateQuery,
  ) {
    const clocks = clocksOf(query, await this.reader.now(practiceId));
    const { status, position } = await unlessUnknown(
      this.reader.ofRelationship(practiceId, relationshipId, clocks, sourceFor(query)),
    );
    const decision = judge(status, {
      at: clocks.at,
      format: format ?? status?.format ?? 'in_person',
      ...(emergencyBasis ? { emergencyBasis } : {}),
      ...(also ? { also } : {}),
    });
    const { judged: _, ...shown } = decision;
    return { relationshipId, ...clocks, position, ...shown };
  }
}

/** Questions about another day, or about what was known, are folded from the log itself. */
const sourceFor = ({ at, knownAt }: AsOfQuery): Source =>
  at === undefined && knownAt === undefined ? 'current' : 'live';

/** A status with the gate's decision for a session in the relationship's own format. */
function answer({ opening, members, ...status }: RelationshipStatus, at: string) {
  const { judged: _, ...gate } = judge({ opening, members, ...status }, { at, format: status.format });
  return {
    ...status,
    unitKind: opening.unitKind,
    members: members.map(({ clientId }) => clientId),
    memberStatuses: members,
    gate,
  };
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
