import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds the events that concern a person by an index, however long the log is: what stands against an erasure is asked
 * for under a statement timeout of seconds.
 *
 * An index and not a table beside the log, because every append pays for it. Measured on 250,000 events, the insert of
 * one more takes 20 µs without it, 23 with it and 27 with a table, at best; 41, 46 and 64 at the median. A whole append that
 * waits for no disk takes 269 µs without it and 275 with it. The table would take 42 MB, the index takes 3; and a table could be
 * incomplete. Hashes instead of texts (`jsonb_path_ops`) keep it small. What is new waits in a list and is sorted in later,
 * a little at a time: no append waits long for it, and no question looks through much that is not sorted in. On an existing
 * log of 300,000 events it is made in less than two seconds, during which nothing is appended.
 *
 * Row-level security keeps conditions that reach into JSON from using an index. Hence functions of the owner, which
 * answer for the practice that the transaction names and for no other.
 */
export class Concerning1764000000011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index concerning on log.event using gin ((meta->'subjects') jsonb_path_ops) with (gin_pending_list_limit = 256);

      -- Where the log concerns any of some persons.
      create function log.concerning(p_practice uuid, p_subjects uuid[]) returns setof bigint
      language plpgsql stable rows 100 security definer set search_path = pg_catalog, pg_temp as $$
      begin
        if p_practice is distinct from log.practice() then
          raise exception 'whom events concern is told to the practice that a transaction names' using errcode = 'insufficient_privilege';
        end if;
        return query
          select distinct e.position from unnest(p_subjects) as s(subject)
          join log.event e on e.meta->'subjects' @> jsonb_build_array(s.subject::text)
          where e.practice_id = p_practice;
      end $$;
      revoke all on function log.concerning from public;
      grant execute on function log.concerning to candor_app;

      -- The event that says so concerns the person itself, and is found by that.
      create or replace function log.refuse_unless_erased() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        if tg_op = 'DELETE' and exists (
          select from log.event e cross join lateral jsonb_array_elements_text(e.meta->'subjects') as s(subject)
          join log.event k on k.meta->'subjects' @> jsonb_build_array(s.subject) and k.practice_id = e.practice_id
          where e.practice_id = old.practice_id and e.position = old.position
            and k.stream >= 'legal-' and k.stream < 'legal.' and k.type = 'SubjectKeyDestroyed'
            and k.position >= e.position and k.data->>'clientId' = s.subject
        ) then
          return old;
        end if;
        raise exception 'history is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
          using errcode = 'insufficient_privilege', hint = 'What is sealed goes when the log says that a key of its person was destroyed.';
      end $$;

      -- Deletes what is sealed of everything that concerns some persons, up to where the log says of each that their keys
      -- were destroyed. Returns how many there were; harmless when it is done again.
      drop function log.erase;
      create function log.erase(p_practice uuid, p_subjects uuid[]) returns int
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare
        one uuid;
        destroyed bigint;
        gone int;
        total int := 0;
      begin
        if p_practice is distinct from log.practice() then
          raise exception 'a person is erased by the practice that a transaction names' using errcode = 'insufficient_privilege';
        end if;
        foreach one in array p_subjects loop
          select max(k.position) into destroyed from log.event k
          where k.meta->'subjects' @> jsonb_build_array(one::text) and k.practice_id = p_practice
            and k.stream >= 'legal-' and k.stream < 'legal.' and k.type = 'SubjectKeyDestroyed' and k.data->>'clientId' = one::text;
          if destroyed is null then
            raise exception 'no key of this person was destroyed' using errcode = 'insufficient_privilege',
              hint = 'First the log says so, then what was sealed with it goes.';
          end if;
          delete from log.sealed s using log.event e
          where s.practice_id = p_practice and e.practice_id = p_practice and e.position = s.position
            and e.meta->'subjects' @> jsonb_build_array(one::text) and e.position <= destroyed;
          get diagnostics gone = row_count;
          total := total + gone;
        end loop;
        return total;
      end $$;
      revoke all on function log.erase from public;
      grant execute on function log.erase to candor_worker;
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was erased does not come back: this migration cannot be undone.');
  }
}
