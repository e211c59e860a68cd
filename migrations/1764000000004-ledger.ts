import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tree over each practice's log. Only the sealer writes here, as a role of its own that can read the log and change
 * nothing in it; the service reads. What was signed is never changed.
 */
export class Ledger1764000000004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      do $$ begin
        create role candor_sealer nologin;
      exception when duplicate_object or unique_violation then null;
      end $$;
      do $$ begin
        execute format('grant candor_sealer to %I', current_user);
      exception when others then
        if not pg_has_role(current_user, 'candor_sealer', 'member') then raise; end if;
      end $$;

      create schema ledger;
      grant usage on schema log, ledger to candor_sealer;
      grant usage on schema ledger to candor_app;
      grant select on log.head, log.event to candor_sealer;

      -- One row per log is the sealers' lock. A log whose past does not fit is halted, and stays so until somebody looks.
      create table ledger.log (
        practice_id uuid primary key,
        origin text not null,
        verifier_key text not null,
        size bigint not null default 0,
        halted_at bigint,
        because text
      );
      create table ledger.checkpoint (
        practice_id uuid not null,
        size bigint not null,
        root bytea not null check (length(root) = 32),
        note text not null,
        sealed_at timestamptz not null default clock_timestamp(),
        primary key (practice_id, size)
      );
      create table ledger.tile (
        practice_id uuid not null,
        level smallint not null,
        index bigint not null,
        hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
        primary key (practice_id, level, index)
      );
      create trigger append_only before update or delete or truncate on ledger.checkpoint
        for each statement execute function log.refuse_change();
      alter table ledger.checkpoint enable always trigger append_only;

      grant select, insert, update on ledger.log to candor_sealer;
      grant select, insert on ledger.checkpoint to candor_sealer;
      grant select, insert, update on ledger.tile to candor_sealer;
      grant select on ledger.log, ledger.checkpoint, ledger.tile to candor_app;
    `);
  }

  async down(): Promise<void> {
    throw new Error(
      'What was signed is never taken back: this migration cannot be undone. Drop the database instead.',
    );
  }
}
