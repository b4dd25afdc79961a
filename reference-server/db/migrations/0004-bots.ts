import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Bots, and keys that belong to one. A deleted bot stays, so that its name in the audit log keeps its meaning. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('bots')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('org_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('deleted_at', 'text')
    .execute();
  await db.schema
    .createIndex('bots_name')
    .unique()
    .on('bots')
    .columns(['org_id', 'name'])
    .where(sql.ref('deleted_at'), 'is', null)
    .execute();
  await giveKeysToBots(db);
}

/** SQLite cannot make a column nullable: the table of keys is made anew. Nothing refers to it. */
async function giveKeysToBots(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('public_keys').renameTo('public_keys_of_users').execute();
  await db.schema.dropIndex('public_keys_user').execute();
  await db.schema
    .createTable('public_keys')
    .addColumn('kid', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('bot_id', 'text', (column) => column.references('bots.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('x', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('last_used_at', 'text')
    .addColumn('revoked_at', 'text')
    .addCheckConstraint('public_keys_owner', sql`(user_id is null) <> (bot_id is null)`)
    .execute();
  const columns = ['kid', 'user_id', 'name', 'x', 'created_at', 'last_used_at', 'revoked_at'] as const;
  const refs = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into public_keys (${refs}) select ${refs} from public_keys_of_users`.execute(db);
  await db.schema.dropTable('public_keys_of_users').execute();
  for (const column of ['user_id', 'bot_id']) {
    await db.schema.createIndex(`public_keys_${column}`).on('public_keys').column(column).execute();
  }
}
