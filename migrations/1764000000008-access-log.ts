import type { MigrationInterface, QueryRunner } from 'typeorm';
import { wall } from './1764000000005-row-level-security.js';

/**
 * Who read what about whom, and which commands were refused. Both only grow: the service may read them and add to them
 * through a function each, and nobody can change them.
 */
export class AccessLog1764000000008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- One row per practice is counter, lock and order, as log.head is for events.
      create table access.head (
        practice_id uuid primary key,
        position bigint not null default 0,
        recorded_at timestamptz not null default '-infinity'
      );

      create table access.entry (
        practice_id uuid not null,
        position bigint not null check (position > 0),
        access_id uuid not null,
        recorded_at timestamptz not null,
        data jsonb not null,
        leaf_hash bytea not null check (length(leaf_hash) = 32),
        -- made of the data by the database, to search by: jsonb operators cannot use an index behind row-level security
        staff_id uuid not null generated always as ((data->'actor'->>'id')::uuid) stored,
        primary key (practice_id, position)
      );
      create index on access.entry (practice_id, staff_id, position);
      create index on access.entry (practice_id, recorded_at, position);

      -- which entries name a client
      create table access.entry_client (
        practice_id uuid not null,
        client_id uuid not null,
        position bigint not null,
        primary key (practice_id, client_id, position)
      );

      create table access.decision (
        practice_id uuid not null,
        decision_id uuid not null,
        recorded_at timestamptz not null,
        data jsonb not null,
        primary key (practice_id, decision_id)
      );

      create trigger append_only before update or delete or truncate on access.entry
        for each statement execute function log.refuse_change();
      alter table access.entry enable always trigger append_only;
      create trigger append_only before update or delete or truncate on access.entry_client
        for each statement execute function log.refuse_change();
      alter table access.entry_client enable always trigger append_only;
      create trigger append_only before update or delete or truncate on access.decision
        for each statement execute function log.refuse_change();
      alter table access.decision enable always trigger append_only;

      -- Many reads, one commit. Time in one log never goes backwards: when somebody with a faster clock was here before,
      -- nothing is appended and the answer is their time, to hash and send again with; null when all are appended.
      create function access.log_reads(p_practice uuid, p_at timestamptz, p_id uuid[], p_data jsonb, p_leaf_hash text[])
      returns timestamptz language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare
        before bigint;
        latest timestamptz;
      begin
        if p_practice is distinct from log.practice() then
          raise exception 'reads are logged by the practice that a transaction names' using errcode = 'insufficient_privilege';
        end if;
        update access.head h set position = position + cardinality(p_id), recorded_at = p_at
        where h.practice_id = p_practice and h.recorded_at <= p_at
        returning h.position - cardinality(p_id) into before;
        if not found then
          insert into access.head (practice_id) values (p_practice) on conflict do nothing;
          select h.recorded_at into latest from access.head h where h.practice_id = p_practice for update;
          if latest > p_at then
            return latest;
          end if;
          update access.head h set position = position + cardinality(p_id), recorded_at = p_at
          where h.practice_id = p_practice returning h.position - cardinality(p_id) into before;
        end if;
        insert into access.entry (practice_id, position, access_id, recorded_at, data, leaf_hash)
        select p_practice, before + n, p_id[n], p_at, p_data->(n - 1), decode(p_leaf_hash[n], 'hex')
        from (select generate_series(1, cardinality(p_id)) as n) e;
        insert into access.entry_client (practice_id, client_id, position)
        select p_practice, c.id::uuid, before + n
        from (select generate_series(1, cardinality(p_id)) as n) e, jsonb_array_elements_text(p_data->(n - 1)->'clientIds') as c(id);
        return null;
      end $$;

      create function access.log_decision(p_practice uuid, p_at timestamptz, p_id uuid, p_data jsonb)
      returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        if p_practice is distinct from log.practice() then
          raise exception 'decisions are logged by the practice that a transaction names' using errcode = 'insufficient_privilege';
        end if;
        -- sent again when the answer was lost: then it is there already
        insert into access.decision (practice_id, decision_id, recorded_at, data) values (p_practice, p_id, p_at, p_data)
        on conflict do nothing;
      end $$;

      revoke all on function access.log_reads, access.log_decision from public;
      grant execute on function access.log_reads, access.log_decision to candor_app;
      grant select on access.head, access.entry, access.entry_client, access.decision to candor_app;
      ${['access.head', 'access.entry', 'access.entry_client', 'access.decision'].map(wall).join('')}

      grant usage on schema access to candor_sealer;
      grant select on access.head, access.entry to candor_sealer;
      create policy every_practice_sealed on access.head to candor_sealer using (true);
      create policy every_practice_sealed on access.entry to candor_sealer using (true);
    `);
  }

  async down(): Promise<void> {
    throw new Error(
      'Who looked stays on record: this migration cannot be undone. Drop the database instead.',
    );
  }
}
