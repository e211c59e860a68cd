import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Read models can be folded again from the log at any time, so the service owns their schema: a rebuild makes new tables
 * beside the old ones and switches by renaming. Tables themselves are made by the projections that fill them.
 */
export class ReadModels1764000000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create schema read;
      grant usage, create on schema read to candor_app;

      -- one row per projection and practice: how far it has come, and the mutex of whoever moves it on
      create table read.checkpoint (
        projection text not null,
        version integer not null,
        practice_id uuid not null,
        position bigint not null default 0,
        halted_at_position bigint,
        halted_because text,
        primary key (practice_id, projection, version)
      );
      grant select, insert, update, delete on read.checkpoint to candor_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop schema read cascade');
  }
}
