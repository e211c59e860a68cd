import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What makes a table show the service the rows of one practice only. Not forced upon the table's owner: that is whoever
 * runs migrations, and the functions that append; the service never works as the owner.
 */
export const wall = (table: string): string => `
  alter table ${table} enable row level security;
  create policy practice on ${table} to candor_app using (practice_id = log.practice());
  create policy every_practice on ${table} to candor_worker using (true);`;

/**
 * The second wall between practices. Whatever the service asks, the database shows it the rows of one practice only: the
 * one named for the length of a transaction. Named none, it shows none. Keeping read models and sealing concern all
 * practices and have roles of their own: `candor_worker`, `candor_sealer`.
 */
export class RowLevelSecurity1764000000005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      do $$ begin
        create role candor_worker nologin;
      exception when duplicate_object or unique_violation then null;
      end $$;
      do $$ begin
        execute format('grant candor_worker to %I', current_user);
      exception when others then
        if not pg_has_role(current_user, 'candor_worker', 'member') then raise; end if;
      end $$;

      -- After a transaction that named one, the setting is '' and not null.
      create function log.practice() returns uuid language sql stable parallel safe
        return nullif(current_setting('candor.practice', true), '')::uuid;

      grant usage on schema log to candor_worker;
      grant select on log.head, log.event, log.command_result to candor_worker;
      ${['log.head', 'log.event', 'log.command_result'].map(wall).join('')}
      create policy every_practice_sealed on log.head to candor_sealer using (true);
      create policy every_practice_sealed on log.event to candor_sealer using (true);
      alter view audit.events_v1 set (security_invoker = true);

      ${['ledger.log', 'ledger.checkpoint', 'ledger.tile']
        .map(
          (table) => `
            alter table ${table} enable row level security;
            create policy practice on ${table} to candor_app using (practice_id = log.practice());
            create policy every_practice_sealed on ${table} to candor_sealer using (true);`,
        )
        .join('')}

      -- Read models are folded again, into tables of the worker's that the service can only read.
      do $$ declare old text; begin
        for old in select c.relname from pg_class c where c.relnamespace = 'read'::regnamespace and c.relkind = 'r' and c.relname <> 'checkpoint' loop
          execute format('drop table read.%I', old);
        end loop;
      end $$;
      delete from read.checkpoint;
      revoke create on schema read from candor_app;
      revoke insert, update, delete on read.checkpoint from candor_app;
      grant usage, create on schema read to candor_worker;
      grant select, insert, update, delete on read.checkpoint to candor_worker;
      ${wall('read.checkpoint')}

      -- Who holds a token is asked before it is known which practice is theirs.
      create function access.holder(p_token_hash bytea) returns table (practice_id uuid, staff_id uuid, type text, roles jsonb)
      language sql stable security definer set search_path = pg_catalog, pg_temp as $$
        select t.practice_id, t.staff_id, e.type, e.data->'roles' from access.token t
        left join log.event e on e.practice_id = t.practice_id and e.stream = 'staff-' || t.staff_id
        where t.token_hash = p_token_hash and t.expires_at > now() order by e.version
      $$;
      revoke all on function access.holder from public;
      grant execute on function access.holder to candor_app;
      revoke select on access.token from candor_app;
    `);
  }

  async down(): Promise<void> {
    throw new Error('The wall between practices is not taken down again. Drop the database instead.');
  }
}
