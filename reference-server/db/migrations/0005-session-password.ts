import type { Kysely } from 'kysely';

/** A session ends with the password that began it. Those from before do not know theirs and end now. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await (db as Kysely<{ sessions: object }>).deleteFrom('sessions').execute();
  await db.schema
    .alterTable('sessions')
    .addColumn('password_epoch', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
}
