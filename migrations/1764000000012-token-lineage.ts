import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With which token a token was made, so that it ends with it: otherwise whoever stole one would keep what they made of it. */
export class TokenLineage1764000000012 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table access.token
        add made_with uuid,
        add foreign key (practice_id, made_with) references access.token (practice_id, id);
      create index on access.token (practice_id, made_with) where made_with is not null;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table access.token drop made_with');
  }
}
