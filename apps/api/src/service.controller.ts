import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, PROJECTIONS, tables, type Projection } from '#libs/event-store';
import { Caller, Query, type Principal } from '#libs/http';
import { DomainError } from '#libs/kernel';

@ApiTags('service')
@Controller()
export class ServiceController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PROJECTIONS) private readonly projections: readonly Projection[],
  ) {}

  @Query('health/live', { summary: 'The process runs', allow: ['anyone'] })
  live() {
    return { status: 'live' };
  }

  /** Not ready when the database is away, or when it would acknowledge what it has not written to disk. */
  @Query('health/ready', { summary: 'Requests will be answered', allow: ['anyone'] })
  async ready() {
    const { rows } = await this.store.pool.query<{ durable: boolean }>(
      "select current_setting('synchronous_commit') <> 'off' and current_setting('fsync') = 'on' as durable",
    );
    if (!rows[0]?.durable)
      throw new DomainError(
        'unavailable',
        'database_not_durable',
        'The database does not wait for its disk. Set fsync and synchronous_commit on.',
      );
    return { status: 'ready' };
  }

  @Query('v1/projections', {
    summary: 'How far each read model has come with this practice',
    allow: ['owner', 'auditor'],
  })
  async list(@Caller() { practiceId }: Principal) {
    const position = await this.store.reader.position(practiceId);
    const checkpoints = await tables.checkpoints(this.store.pool, practiceId);
    return {
      position,
      projections: this.projections.map(({ name, version }) => {
        const found = checkpoints.find(
          (checkpoint) => checkpoint.projection === name && checkpoint.version === version,
        );
        return {
          name,
          version,
          position: found?.position ?? 0,
          behind: position - (found?.position ?? 0),
          haltedAt: found?.haltedAt ?? null,
          haltedBecause: found?.haltedBecause ?? null,
        };
      }),
    };
  }
}
