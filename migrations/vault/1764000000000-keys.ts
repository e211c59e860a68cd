import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The keys, each wrapped by another; the root key is never here. Only the role `candor_vault` can read them. They may be
 * in a database of their own (VAULT_DATABASE_URL), with a backup of its own that is kept for a short time only: a key
 * that was destroyed lives on in backups.
 */
export class Keys1764000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      do $$ begin
        create role candor_vault nologin;
      exception when duplicate_object or unique_violation then null;
      end $$;
      do $$ begin
        execute format('grant candor_vault to %I', current_user);
      exception when others then
        if not pg_has_role(current_user, 'candor_vault', 'member') then raise; end if;
      end $$;

      create schema vault;
      grant usage on schema vault to candor_vault;

      create table vault.practice_key (
        practice_id uuid not null,
        version integer not null check (version > 0),
        -- the root key that wraps it
        provider text not null,
        wrapped bytea not null,
        commitment bytea not null check (length(commitment) = 32),
        made_at timestamptz not null default now(),
        primary key (practice_id, version)
      );
      create table vault.data_key (
        practice_id uuid not null,
        -- a person; the practice's own id for what concerns nobody, and for read models
        subject_id uuid not null,
        kind text not null check (kind in ('record', 'psychotherapy_notes', 'read_models')),
        version integer not null check (version between 1 and 65535),
        practice_key integer,
        wrapped bytea,
        commitment bytea check (length(commitment) = 32),
        made_at timestamptz not null default now(),
        -- the row stays, so that what was erased is never taken for lost, nor a new key for the old one
        destroyed_at timestamptz,
        primary key (practice_id, subject_id, kind, version),
        foreign key (practice_id, practice_key) references vault.practice_key (practice_id, version),
        check (num_nulls(practice_key, wrapped, commitment) in (0, 3)),
        check ((wrapped is null) = (destroyed_at is not null))
      );
      create index on vault.data_key (practice_id, practice_key);
      create index on vault.practice_key (provider);

      grant select, insert, update, delete on vault.practice_key to candor_vault;
      grant select, insert, update on vault.data_key to candor_vault;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Without its keys nothing can be read: this migration cannot be undone.');
  }
}
