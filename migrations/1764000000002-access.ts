import type { MigrationInterface, QueryRunner } from 'typeorm';

/** API tokens, stored as SHA-256 only. Roles are not kept here: they are read from the staff member's history. */
export class Access1764000000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create schema access;
      grant usage on schema access to candor_app;
      create table access.token (
        token_hash bytea primary key check (length(token_hash) = 32),
        practice_id uuid not null,
        staff_id uuid not null,
        label text not null,
        created_at timestamptz not null,
        expires_at timestamptz not null
      );
      grant select, insert on access.token to candor_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop schema access cascade');
  }
}
