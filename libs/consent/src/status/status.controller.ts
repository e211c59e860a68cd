import { Controller, Inject, Query as QueryString, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { EventStore, UnknownEventType } from '#libs/event-store';
import { AsOfQuery, Caller, Choice, PathId, Query, type Principal, type SignedIn } from '#libs/http';
import { OWNERSHIP, within, type Ownership } from '#libs/identity';
import { DomainError } from '#libs/kernel';
import { FORMATS } from '#libs/practice';
import { EMERGENCY_BASES, type EmergencyBasis } from '../consent/consent.js';
import { judge } from '../gate/gate.js';
import { PURPOSES, type Purpose } from '../rule-pack/elements.js';
import { clientStatus, withGate } from './client-status.js';
import { ClientStatusDocument, GateDocument, RelationshipStatusDocument } from './status.documents.js';
import { StatusReader, type Source } from './status.reader.js';

type SignedInRequest = FastifyRequest & SignedIn;

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
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(StatusReader) private readonly reader: StatusReader,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
  ) {}

  @Query('clients/:id/consent-status', {
    summary: 'Is this client properly informed, about what, by whom, in which words, and is that still true',
    access: 'consent:read',
    answer: ClientStatusDocument,
  })
  async ofClient(
    @Caller() { practiceId }: Principal,
    @Req() request: SignedInRequest,
    @PathId() clientId: string,
    @QueryString() query: AsOfQuery,
  ) {
    const { clocks, position, ...statuses } = await unlessUnknown(
      this.reader.ofClient(practiceId, clientId, query, sourceFor(query)),
    );
    const relationships = await this.withinReach(request, statuses.relationships);
    return clientStatus(clientId, clocks, position, { ...statuses, relationships });
  }

  @Query('relationships/:id/consent-status', {
    summary: 'Where consent stands in one relationship, for every member',
    access: 'consent:read',
    answer: RelationshipStatusDocument,
  })
  async ofRelationship(
    @Caller() { practiceId }: Principal,
    @PathId() relationshipId: string,
    @QueryString() query: AsOfQuery,
  ) {
    const { status, clocks, position } = await unlessUnknown(
      this.reader.ofRelationship(practiceId, relationshipId, query, sourceFor(query)),
    );
    return {
      ...clocks,
      position,
      ...(status
        ? withGate(status, clocks.at)
        : { relationshipId, overall: 'not_sought', open: false, consents: [] }),
    };
  }

  @Query('relationships/:id/gate', {
    summary: 'May a session start, with all reasons if not',
    access: 'consent:read',
    answer: GateDocument,
  })
  async gate(
    @Caller() { practiceId }: Principal,
    @PathId() relationshipId: string,
    @QueryString() { format, emergencyBasis, also, ...query }: GateQuery,
  ) {
    const { status, clocks, position } = await unlessUnknown(
      this.reader.ofRelationship(practiceId, relationshipId, query, sourceFor(query)),
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

  /** Whoever treats a client in one relationship does not see into another; who broke the glass before the client sees all. */
  private async withinReach<Status extends { relationshipId: string }>(
    { principal: { practiceId, staffId }, reaches, underGlass }: SignedInRequest,
    statuses: readonly Status[],
  ): Promise<readonly Status[]> {
    if (reaches.has('all') || underGlass.length > 0) return statuses;
    const asking = { practiceId, staffId, at: this.store.clock.now() };
    const concerns = await this.ownership.concerns(
      asking,
      statuses.map(({ relationshipId }) => relationshipId),
    );
    return statuses.filter(({ relationshipId }) => {
      const concern = concerns.get(relationshipId);
      return concern !== undefined && within(concern, reaches);
    });
  }
}

/** Questions about another day, or about what was known, are folded from the log itself. */
const sourceFor = ({ at, knownAt }: AsOfQuery): Source =>
  at === undefined && knownAt === undefined ? 'current' : 'live';

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
