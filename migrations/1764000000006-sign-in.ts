import type { MigrationInterface, QueryRunner } from 'typeorm';
import { wall } from './1764000000005-row-level-security.js';

/**
 * Accounts, sessions, invitations and tokens: credentials, not history. Whoever has stolen these tables can sign in with
 * none of it: tokens are kept as SHA-256, passwords as argon2id, the keys of authenticator apps sealed, e-mail addresses
 * as keyed hashes. What is looked up before the practice is known goes through the functions at the end.
 */
export class SignIn1764000000006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table access.token
        add id uuid not null default gen_random_uuid(),
        add scopes text[] not null default '{read,write}',
        add roles text[],
        add withdrawn_at timestamptz,
        add unique (practice_id, id);

      create table access.invitation (
        practice_id uuid not null,
        staff_id uuid not null,
        token_hash bytea not null unique check (length(token_hash) = 32),
        expires_at timestamptz not null,
        primary key (practice_id, staff_id)
      );

      -- With a password or with an identity that another service vouches for.
      create table access.account (
        practice_id uuid not null,
        staff_id uuid not null,
        email_index bytea unique check (length(email_index) = 32),
        password_hash text,
        totp_secret bytea,
        totp_step bigint not null default 0,
        recovery_codes bytea[] not null default '{}',
        issuer text,
        subject text,
        primary key (practice_id, staff_id),
        unique (issuer, subject),
        check (num_nulls(email_index, password_hash, totp_secret) in (0, 3)),
        check (num_nulls(issuer, subject) in (0, 2)),
        check ((email_index is null) <> (issuer is null))
      );

      create table access.session (
        practice_id uuid not null,
        id uuid not null,
        staff_id uuid not null,
        token_hash bytea not null unique check (length(token_hash) = 32),
        roles_version integer not null,
        agent text,
        begun_at timestamptz not null,
        seen_at timestamptz not null,
        ends_at timestamptz not null,
        primary key (practice_id, id)
      );
      create index on access.session (practice_id, staff_id);

      create table access.sign_in_log (
        practice_id uuid not null,
        id uuid not null,
        at timestamptz not null,
        kind text not null,
        staff_id uuid not null,
        by_staff_id uuid,
        address text,
        agent text,
        reason text,
        primary key (practice_id, id)
      );
      create index on access.sign_in_log (practice_id, staff_id, id);
      create trigger append_only before update or delete or truncate on access.sign_in_log
        for each statement execute function log.refuse_change();
      alter table access.sign_in_log enable always trigger append_only;

      ${['access.token', 'access.invitation', 'access.account', 'access.session', 'access.sign_in_log'].map(wall).join('')}
      grant usage on schema access to candor_worker;
      grant select (practice_id) on access.token to candor_worker;
      grant select on access.token to candor_app;
      grant update (withdrawn_at) on access.token to candor_app;
      grant select, insert, update, delete on access.invitation, access.account, access.session to candor_app;
      grant select, insert on access.sign_in_log to candor_app;

      -- Of an account or an address, by keyed hash; unknown accounts are counted like known ones.
      create table access.throttle (
        key bytea primary key,
        attempts integer not null,
        free_at timestamptz not null,
        at timestamptz not null
      );
      create index on access.throttle (at);

      -- Counts an attempt for each key before it is judged, so that many at once are not all judged. The first p_free are
      -- free, each later one waits twice as long as the one before, p_most seconds at most; a day without any forgets.
      -- Returns the seconds to wait, in which case nothing is counted; 0: go on.
      create function access.attempt(p_keys bytea[], p_free int[], p_most int[], p_now timestamptz) returns int
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare
        wait int := 0;
        made int[] := '{}';
        one access.throttle;
      begin
        for i in 1 .. cardinality(p_keys) loop
          insert into access.throttle values (p_keys[i], 0, '-infinity', p_now) on conflict do nothing;
          select * into one from access.throttle t where t.key = p_keys[i] for update;
          made := made || case when one.at > p_now - interval '1 day' then one.attempts else 0 end;
          if one.free_at > p_now then wait := greatest(wait, ceil(extract(epoch from one.free_at - p_now))::int); end if;
        end loop;
        if wait > 0 then return wait; end if;
        for i in 1 .. cardinality(p_keys) loop
          update access.throttle t set attempts = made[i] + 1, at = p_now, free_at = case when made[i] < p_free[i] then '-infinity'
            else p_now + make_interval(secs => least(2 ^ least(made[i] - p_free[i] + 1, 20), p_most[i])) end
          where t.key = p_keys[i];
        end loop;
        delete from access.throttle t where t.key in
          (select o.key from access.throttle o where o.at < p_now - interval '1 day' limit 100 for update skip locked);
        return 0;
      end $$;

      -- The attempt was right: nothing is held against the account, and one less against the address.
      create function access.attempt_succeeded(p_account bytea, p_address bytea) returns void
      language sql security definer set search_path = pg_catalog, pg_temp as $$
        update access.throttle set attempts = greatest(attempts - 1, 0), free_at = '-infinity' where key = p_address;
        delete from access.throttle where key = p_account;
      $$;

      -- What somebody may do now, and since which version of their stream; no row for whoever never was or is no longer.
      create function access.roles_of(p_practice uuid, p_staff uuid) returns table (roles jsonb, version int)
      language sql stable security definer set search_path = pg_catalog, pg_temp as $$
        select r.roles, r.version from (
          select e.type, e.data->'roles' as roles, e.version from log.event e
          where e.practice_id = p_practice and e.stream = 'staff-' || p_staff
            and e.type in ('StaffRegistered', 'RolesChanged', 'StaffDeactivated')
          order by e.version desc limit 1
        ) r where r.type <> 'StaffDeactivated'
      $$;

      drop function access.holder(bytea);
      create function access.token_holder(p_token_hash bytea, p_now timestamptz)
      returns table (practice_id uuid, staff_id uuid, roles jsonb, id uuid, scopes text[], only_roles text[], ends_at timestamptz)
      language sql stable security definer set search_path = pg_catalog, pg_temp as $$
        select t.practice_id, t.staff_id, r.roles, t.id, t.scopes, t.roles, t.expires_at
        from access.token t cross join lateral access.roles_of(t.practice_id, t.staff_id) r
        where t.token_hash = p_token_hash and t.withdrawn_at is null and t.expires_at > p_now
      $$;

      -- A session ends by itself: unused, in any case, and when what its owner may do has changed since it began.
      create function access.session_holder(p_token_hash bytea, p_seen_since timestamptz, p_now timestamptz)
      returns table (practice_id uuid, staff_id uuid, roles jsonb, id uuid, seen_at timestamptz, ends_at timestamptz)
      language sql stable security definer set search_path = pg_catalog, pg_temp as $$
        select s.practice_id, s.staff_id, r.roles, s.id, s.seen_at, s.ends_at
        from access.session s cross join lateral access.roles_of(s.practice_id, s.staff_id) r
        where s.token_hash = p_token_hash and s.seen_at > p_seen_since and s.ends_at > p_now and s.roles_version = r.version
      $$;

      create function access.invited(p_token_hash bytea, p_now timestamptz)
      returns table (practice_id uuid, staff_id uuid, expires_at timestamptz)
      language sql stable security definer set search_path = pg_catalog, pg_temp as $$
        select i.practice_id, i.staff_id, i.expires_at from access.invitation i where i.token_hash = p_token_hash and i.expires_at > p_now
      $$;

      create function access.account_by_email(p_email_index bytea)
      returns table (practice_id uuid, staff_id uuid, password_hash text, totp_secret bytea)
      language sql stable security definer set search_path = pg_catalog, pg_temp as $$
        select a.practice_id, a.staff_id, a.password_hash, a.totp_secret from access.account a where a.email_index = p_email_index
      $$;

      create function access.account_by_identity(p_issuer text, p_subject text)
      returns table (practice_id uuid, staff_id uuid)
      language sql stable security definer set search_path = pg_catalog, pg_temp as $$
        select a.practice_id, a.staff_id from access.account a where a.issuer = p_issuer and a.subject = p_subject
      $$;

      do $$ declare made regprocedure; begin
        for made in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'access'::regnamespace loop
          execute format('revoke all on function %s from public', made);
          execute format('grant execute on function %s to candor_app', made);
        end loop;
      end $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Accounts are not thrown away. Drop the database instead.');
  }
}
