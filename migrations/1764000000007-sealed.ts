import type { MigrationInterface, QueryRunner } from 'typeorm';
import { wall } from './1764000000005-row-level-security.js';

/**
 * What is personal of an event lies beside it in an envelope, whose SHA-256 is in the event and so in its leaf: envelope
 * and key can go one day, and the history still verifies. Events from before stay as they are, readable.
 */
export class Sealed1764000000007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table log.sealed (
        practice_id uuid not null,
        position bigint not null,
        envelope bytea not null,
        primary key (practice_id, position)
      );
      -- What is encrypted cannot be compressed.
      alter table log.sealed alter column envelope set storage external;
      create trigger append_only before update or delete or truncate on log.sealed
        for each statement execute function log.refuse_change();
      alter table log.sealed enable always trigger append_only;
      grant select on log.sealed to candor_app, candor_worker, candor_sealer;
      ${wall('log.sealed')}
      create policy every_practice_sealed on log.sealed to candor_sealer using (true);

      drop function log.append, log.append_one;

      -- One round trip, one commit, many commands. The caller never puts two commands that touch the same stream, or the
      -- same command twice, into one call. All are appended in the order given and one row tells where the log stood
      -- before; or, when some are known already or out of date, nothing is, and rows tell which: a known command with what
      -- it brought about, a stale stream with its version, a category that should have had no event since but has.
      -- Arrays are read by subscript: unnesting nine of them in the from clause costs more than the insert itself.
      create function log.append(
        p_practice uuid, p_recorded_at timestamptz,
        p_command_id uuid[], p_request_hash text[], p_stream text[], p_version int[], p_first int[], p_events int[],
        p_expect_stream text[], p_expect_version int[], p_none_category text[], p_none_since bigint[],
        e_id uuid[], e_stream text[], e_version int[], e_type text[], e_schema int[], e_occurred_at timestamptz[],
        -- data and meta of the first event, data and meta of the second, ...
        e_json jsonb, e_leaf_hash text[],
        -- base64; null where nothing is sealed, and none at all when that is so everywhere
        e_envelope text[]
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
        -- One by one: joined to the list, the planner would rather read the whole log than the few newest events of it.
        for i in 1 .. cardinality(p_none_category) loop
          exit when refused;
          select exists (
            select from log.event e
            where e.practice_id = p_practice and e.position > p_none_since[i] and split_part(e.stream, '-', 1) = p_none_category[i]
          ) into refused;
        end loop;
        if refused then
          update log.head h set position = before where h.practice_id = p_practice;
          return query
            select c.n::int, case when r.request_hash = decode(c.request_hash, 'hex') then 'replayed' else 'key_reused' end,
              r.first_position, r.stream, r.version, r.events, r.recorded_at
            from unnest(p_command_id, p_request_hash) with ordinality as c(command_id, request_hash, n)
            join log.command_result r on r.practice_id = p_practice and r.command_id = c.command_id
            union all
            select distinct 0, 'stale', null::bigint, x.stream, x.newest, 0, null::timestamptz
            from (
              select x.*, coalesce((select max(e.version) from log.event e where e.practice_id = p_practice and e.stream = x.stream), 0) as newest
              from unnest(p_expect_stream, p_expect_version) as x(stream, expected)
            ) x
            where x.newest <> x.expected
            union all
            select distinct 0, 'not_none', null::bigint, x.category, 0, 0, null::timestamptz
            from unnest(p_none_category, p_none_since) as x(category, since)
            join log.event e on e.practice_id = p_practice and e.position > x.since and split_part(e.stream, '-', 1) = x.category;
          return;
        end if;

        insert into log.command_result (practice_id, command_id, request_hash, stream, version, first_position, events, recorded_at)
        select p_practice, p_command_id[n], decode(p_request_hash[n], 'hex'), p_stream[n], p_version[n], before + p_first[n], p_events[n], p_recorded_at
        from (select generate_series(1, cardinality(p_command_id)) as n) c;
        insert into log.event (practice_id, position, event_id, stream, version, type, schema, occurred_at, recorded_at, data, sealed, meta, leaf_hash)
        select p_practice, before + n, e_id[n], e_stream[n], e_version[n], e_type[n], e_schema[n], e_occurred_at[n], p_recorded_at,
          e_json[2 * n - 2], sha256(decode(e_envelope[n], 'base64')), e_json[2 * n - 1], decode(e_leaf_hash[n], 'hex')
        from (select generate_series(1, cardinality(e_id)) as n) e;
        if cardinality(e_envelope) > 0 then
          insert into log.sealed (practice_id, position, envelope)
          select p_practice, before + n, decode(e_envelope[n], 'base64')
          from (select generate_series(1, cardinality(e_envelope)) as n) e where e_envelope[n] is not null;
        end if;

        n := 0; outcome := 'appended'; first_position := before;
        return next;
      end $$;
      revoke all on function log.append from public;
      grant execute on function log.append to candor_app;

      -- One command with one event. Returns where the log stood before; or null, with nothing appended, when anything is
      -- out of the ordinary: a new practice, a clock that is behind, a known command, a stale stream. log.append tells which.
      create function log.append_one(
        p_practice uuid, p_recorded_at timestamptz,
        p_command_id uuid, p_request_hash text, p_stream text, p_version int,
        p_expect_stream text[], p_expect_version int[],
        e_id uuid, e_stream text, e_version int, e_type text, e_schema int, e_occurred_at timestamptz,
        e_data jsonb, e_meta jsonb, e_leaf_hash text, e_envelope bytea
      ) returns bigint
      language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
      declare
        before bigint;
        newest int;
        refused boolean := false;
      begin
        update log.head h set position = position + 1, recorded_at = p_recorded_at
        where h.practice_id = p_practice and h.recorded_at <= p_recorded_at
        returning h.position - 1 into before;
        if not found then return null; end if;

        for n in 1 .. cardinality(p_expect_stream) loop
          select e.version into newest from log.event e where e.practice_id = p_practice and e.stream = p_expect_stream[n]
          order by e.version desc limit 1;
          refused := refused or p_expect_version[n] <> coalesce(newest, 0);
        end loop;
        if not refused then
          insert into log.command_result (practice_id, command_id, request_hash, stream, version, first_position, events, recorded_at)
          values (p_practice, p_command_id, decode(p_request_hash, 'hex'), p_stream, p_version, before + 1, 1, p_recorded_at)
          on conflict do nothing;
          refused := not found;
        end if;
        if refused then
          update log.head h set position = before where h.practice_id = p_practice;
          return null;
        end if;

        insert into log.event (practice_id, position, event_id, stream, version, type, schema, occurred_at, recorded_at, data, sealed, meta, leaf_hash)
        values (p_practice, before + 1, e_id, e_stream, e_version, e_type, e_schema, e_occurred_at, p_recorded_at, e_data, sha256(e_envelope), e_meta, decode(e_leaf_hash, 'hex'));
        if e_envelope is not null then
          insert into log.sealed (practice_id, position, envelope) values (p_practice, before + 1, e_envelope);
        end if;
        return before;
      end $$;
      revoke all on function log.append_one from public;
      grant execute on function log.append_one to candor_app;
    `);
  }

  async down(): Promise<void> {
    throw new Error(
      'What was sealed is not opened again: this migration cannot be undone. Drop the database instead.',
    );
  }
}
