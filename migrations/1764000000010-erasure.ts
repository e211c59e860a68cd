import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is sealed of an event may go for one reason: the log says, after that event, that a key of somebody it concerns
 * was destroyed. The events themselves stay, and with them all that the tree is made of.
 */
export class Erasure1764000000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function log.refuse_unless_erased() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        if tg_op = 'DELETE' and exists (
          select from log.event e join log.event k on k.practice_id = e.practice_id
          where e.practice_id = old.practice_id and e.position = old.position
            and k.stream >= 'legal-' and k.stream < 'legal.' and k.type = 'SubjectKeyDestroyed'
            and k.position >= e.position and e.meta->'subjects' ? (k.data->>'clientId')
        ) then
          return old;
        end if;
        raise exception 'history is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
          using errcode = 'insufficient_privilege', hint = 'What is sealed goes when the log says that a key of its person was destroyed.';
      end $$;
      drop trigger append_only on log.sealed;
      create trigger append_only before update or delete on log.sealed for each row execute function log.refuse_unless_erased();
      alter table log.sealed enable always trigger append_only;
      create trigger never_emptied before truncate on log.sealed for each statement execute function log.refuse_change();
      alter table log.sealed enable always trigger never_emptied;

      -- Deletes what is sealed of everything that concerns a person, up to where the log says that their keys were
      -- destroyed. Returns how many there were; harmless when it is done again.
      create function log.erase(p_practice uuid, p_subject uuid) returns int
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare
        destroyed bigint;
        gone int;
      begin
        if p_practice is distinct from log.practice() then
          raise exception 'a person is erased by the practice that a transaction names' using errcode = 'insufficient_privilege';
        end if;
        select max(k.position) into destroyed from log.event k
        where k.practice_id = p_practice and k.stream >= 'legal-' and k.stream < 'legal.'
          and k.type = 'SubjectKeyDestroyed' and k.data->>'clientId' = p_subject::text;
        if destroyed is null then
          raise exception 'no key of this person was destroyed' using errcode = 'insufficient_privilege',
            hint = 'First the log says so, then what was sealed with it goes.';
        end if;
        delete from log.sealed s using log.event e
        where s.practice_id = p_practice and e.practice_id = p_practice and e.position = s.position
          and e.position <= destroyed and e.meta->'subjects' ? p_subject::text;
        get diagnostics gone = row_count;
        return gone;
      end $$;
      revoke all on function log.erase from public;
      grant execute on function log.erase to candor_app;
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was erased does not come back: this migration cannot be undone.');
  }
}
