import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DecisionLog } from '#libs/access';
import { EventStore, PROJECTIONS, tables, type Projection } from '#libs/event-store';
import { Caller, Query, type Principal } from '#libs/http';
import { DomainError } from '#libs/kernel';

@ApiTags('service')
@Controller()
export class ServiceController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PROJECTIONS) private readonly projections: readonly Projection[],
    @Inject(DecisionLog) private readonly decisions: DecisionLog,
  ) {}

  @Query('health/live', { summary: 'The process runs', access: 'anyone' })
  live() {
    return { status: 'live' };
  }

  /**
   * Not ready when the database is away, when it would acknowledge what it has not written to disk, or when it is older
   * than what was signed: then nothing is stored in it. Nor while refusals could not be written down.
   */
  @Query('health/ready', { summary: 'Requests will be answered', access: 'anyone' })
  async ready() {
    const { rows } = await this.store.pool.query<{ durable: boolean }>(
      "select current_setting('synchronous_commit') <> 'off' and current_setting('fsync') = 'on' as durable",
    );
    await this.refuseIfRestored();
    const unwritten = await this.decisions.settle();
    if (unwritten > 0)
      throw new DomainError(
        'unavailable',
        'decision_log_unwritten',
        `${unwritten} refusals of commands that matter for safety are not written down yet. Look at the database; they are tried again with every question here.`,
      );
    if (!rows[0]?.durable)
      throw new DomainError(
        'unavailable',
        'database_not_durable',
        'The database does not wait for its disk. Set fsync and synchronous_commit on.',
      );
    return { status: 'ready' };
  }

  private async refuseIfRestored(): Promise<void> {
    const { rows } = await this.store.worker.query<{ logs: number }>(
      'select count(*) as logs from log.head where closed_at is not null',
    );
    if (rows[0]?.logs)
      throw new DomainError(
        'unavailable',
        'log_restored',
        `An older state of the database was put back: of ${rows[0].logs} practice${rows[0].logs === 1 ? '' : 's'} more was signed than there is. Accept it with: npm run candor -- restore accept --practice <id> --reason …`,
      );
  }

  @Query('v1/projections', {
    summary: 'How far each read model has come with this practice',
    access: 'projection:read',
  })
  async list(@Caller() { practiceId }: Principal) {
    const position = await this.store.reader.position(practiceId);
    const checkpoints = await tables.checkpoints(this.store.of(practiceId), practiceId);
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
