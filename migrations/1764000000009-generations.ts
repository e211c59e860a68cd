import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A tree for each log of a practice, the history and who has read it; and what is done when a log is behind what was
 * signed of it, as after the restore of an old backup: nothing is appended until somebody accepts that what came after
 * is lost. Then a new generation begins, which signs under a name of its own.
 */
export class Generations1764000000009 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create type ledger.log_kind as enum ('events', 'access');
      alter table ledger.log
        add column log ledger.log_kind not null default 'events',
        add column generation int not null default 1,
        -- the largest checkpoint that is known to have been signed, when the log is behind it
        add column behind_size bigint,
        add column behind_root bytea check (length(behind_root) = 32),
        add column behind_generation int,
        drop constraint log_pkey,
        add primary key (practice_id, log);
      alter table ledger.checkpoint
        add column log ledger.log_kind not null default 'events',
        drop constraint checkpoint_pkey,
        add primary key (practice_id, log, size);
      alter table ledger.tile
        add column log ledger.log_kind not null default 'events',
        drop constraint tile_pkey,
        add primary key (practice_id, log, level, index);
      alter table ledger.log alter column log drop default;
      alter table ledger.checkpoint alter column log drop default;
      alter table ledger.tile alter column log drop default;

      -- Beyond this position the log does not go; null, nearly always, means that it goes on. Judged at commit, so that
      -- the event which accepts the restore can open the log again in the transaction that appends it. What costs every
      -- append is two comparisons, no call.
      alter table log.head add column closed_at bigint;
      create function log.refuse_when_closed() returns trigger
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        if exists (select from log.head h where h.practice_id = new.practice_id and h.position > h.closed_at) then
          raise exception 'the log of practice % is behind what was signed of it', new.practice_id
            using errcode = 'CN001', hint = 'Accept the restore first: candor restore accept';
        end if;
        return null;
      end $$;
      create constraint trigger closed after update on log.head deferrable initially deferred
        for each row when (new.position > new.closed_at) execute function log.refuse_when_closed();
      alter table log.head enable always trigger closed;
      create function log.open_again() returns trigger
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        update log.head h set closed_at = null where h.practice_id = new.practice_id;
        return null;
      end $$;
      create trigger open_again after insert on log.event
        for each row when (new.type = 'LogRestored') execute function log.open_again();

      -- All that the sealer may do to a log.
      create function ledger.close_log(p_practice uuid, p_log ledger.log_kind, p_generation int, p_size bigint, p_root bytea)
      returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        update ledger.log l set behind_generation = p_generation, behind_size = p_size, behind_root = p_root
        where l.practice_id = p_practice and l.log = p_log;
        update log.head h set closed_at = h.position where h.practice_id = p_practice and h.closed_at is null;
      end $$;
      revoke all on function log.refuse_when_closed, log.open_again, ledger.close_log from public;
      grant execute on function ledger.close_log to candor_sealer;
    `);
  }

  async down(): Promise<void> {
    throw new Error(
      'What was signed is never taken back: this migration cannot be undone. Drop the database instead.',
    );
  }
}
