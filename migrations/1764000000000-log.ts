import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log: one head row per practice is counter, lock and order. History is append-only by the database itself: the
 * role `candor_app`, which the service works as, may read and call `log.append`; triggers refuse update, delete and
 * truncate even to the owner.
 */
export class Log1764000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      do $$ begin
        create role candor_app nologin;
      exception when duplicate_object or unique_violation then null;
      end $$;
      do $$ begin
        execute format('grant candor_app to %I', current_user);
      exception when others then
        if not pg_has_role(current_user, 'candor_app', 'member') then raise; end if;
      end $$;

      create schema log;
      grant usage on schema log to candor_app;

      create table log.head (
        practice_id uuid primary key,
        position bigint not null default 0,
        recorded_at timestamptz not null default '-infinity'
      );

      create table log.event (
        practice_id uuid not null,
        position bigint not null,
        event_id uuid not null,
        stream text collate "C" not null,
        version integer not null check (version > 0),
        type text not null,
        schema smallint not null,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null,
        data jsonb not null,
        sealed bytea,
        meta jsonb not null,
        leaf_hash bytea not null check (length(leaf_hash) = 32),
        primary key (practice_id, position),
        unique (practice_id, stream, version)
      );

      create table log.command_result (
        practice_id uuid not null,
        command_id uuid not null,
        request_hash bytea not null,
        stream text not null,
        version integer not null,
        first_position bigint not null,
        events integer not null,
        recorded_at timestamptz not null,
        primary key (practice_id, command_id)
      );

      create function log.refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'history is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
          using errcode = 'insufficient_privilege', hint = 'A correction is a new event that names the one it corrects.';
      end $$;
      create trigger append_only before update or delete or truncate on log.event
        for each statement execute function log.refuse_change();
      alter table log.event enable always trigger append_only;
      create trigger append_only before update or delete or truncate on log.command_result
        for each statement execute function log.refuse_change();
      alter table log.command_result enable always trigger append_only;

      -- One round trip, one commit, many commands. The caller never puts two commands that touch the same stream, or the
      -- same command twice, into one call. All are appended in the order given and one row tells where the log stood
      -- before; or, when some are known already or out of date, nothing is, and a row for each of those tells why.
      -- Arrays are read by subscript: unnesting nine of them in the from clause costs more than the insert itself.
      create function log.append(
        p_practice uuid, p_recorded_at timestamptz,
        p_command_id uuid[], p_request_hash text[], p_stream text[], p_version int[], p_first int[], p_events int[],
        p_expect_of int[], p_expect_stream text[], p_expect_version int[],
        e_id uuid[], e_stream text[], e_version int[], e_type text[], e_schema int[], e_occurred_at timestamptz[],
        e_data jsonb[], e_meta jsonb[], e_leaf_hash text[]
      ) returns table (n int, outcome text, first_position bigint, stream text, version int, events int, recorded_at timestamptz)
      language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
      #variable_conflict use_column
      declare
        before bigint;
        latest timestamptz;
        refused boolean;
      begin
        -- Takes the lock and the positions in one step; nobody else sees them before the commit.
        update log.head h set position = position + cardinality(e_id), recorded_at = p_recorded_at
        where h.practice_id = p_practice and h.recorded_at <= p_recorded_at
        returning h.position - cardinality(e_id) into before;
        if not found then
          insert into log.head (practice_id) values (p_practice) on conflict do nothing;
          select h.recorded_at into latest from log.head h where h.practice_id = p_practice for update;
          if latest > p_recorded_at then
            return query select 0, 'clock', null::bigint, null::text, 0, 0, latest;
            return;
          end if;
          update log.head h set position = position + cardinality(e_id), recorded_at = p_recorded_at
          where h.practice_id = p_practice returning h.position - cardinality(e_id) into before;
        end if;

        select exists (select from log.command_result r where r.practice_id = p_practice and r.command_id = any (p_command_id))
          or exists (
            select from (select generate_series(1, cardinality(p_expect_stream)) as n) x
            where p_expect_version[n] <> coalesce((select e.version from log.event e where e.practice_id = p_practice and e.stream = p_expect_stream[n]
              order by e.version desc limit 1), 0))
        into refused;
        if refused then
          update log.head h set position = before where h.practice_id = p_practice;
          return query
            with known as (
              select c.n::int, case when r.request_hash = decode(c.request_hash, 'hex') then 'replayed' else 'key_reused' end,
                r.first_position, r.stream, r.version, r.events, r.recorded_at
              from unnest(p_command_id, p_request_hash) with ordinality as c(command_id, request_hash, n)
              join log.command_result r on r.practice_id = p_practice and r.command_id = c.command_id
            ), stale as (
              select x.n, 'stale', null::bigint, x.stream, x.newest, 0, null::timestamptz
              from (
                select x.*, coalesce((select max(e.version) from log.event e where e.practice_id = p_practice and e.stream = x.stream), 0) as newest
                from unnest(p_expect_of, p_expect_stream, p_expect_version) as x(n, stream, expected)
              ) x
              where x.newest <> x.expected and not exists (select from known k where k.n = x.n)
            )
            select * from known union all select * from stale;
          return;
        end if;

        insert into log.command_result (practice_id, command_id, request_hash, stream, version, first_position, events, recorded_at)
        select p_practice, p_command_id[n], decode(p_request_hash[n], 'hex'), p_stream[n], p_version[n], before + p_first[n], p_events[n], p_recorded_at
        from (select generate_series(1, cardinality(p_command_id)) as n) c;
        insert into log.event (practice_id, position, event_id, stream, version, type, schema, occurred_at, recorded_at, data, meta, leaf_hash)
        select p_practice, before + n, e_id[n], e_stream[n], e_version[n], e_type[n], e_schema[n], e_occurred_at[n], p_recorded_at, e_data[n], e_meta[n], decode(e_leaf_hash[n], 'hex')
        from (select generate_series(1, cardinality(e_id)) as n) e;

        n := 0; outcome := 'appended'; first_position := before;
        return next;
      end $$;
      revoke all on function log.append from public;
      grant execute on function log.append to candor_app;
      grant select on log.head, log.event, log.command_result to candor_app;

      create schema audit;
      grant usage on schema audit to candor_app;
      create view audit.events_v1 as
        select practice_id, position, event_id, stream, version, type, occurred_at, recorded_at, leaf_hash from log.event;
      grant select on audit.events_v1 to candor_app;
    `);
  }

  async down(): Promise<void> {
    throw new Error('History is append-only: this migration cannot be undone. Drop the database instead.');
  }
}
