import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

/**
 * Users and bots are principals: keys and grants belong to one, whatever its kind, with a real foreign key. Grants say
 * what may be done instead of `reader` or `writer`.
 *
 * SQLite cannot add a foreign key to a column: the tables are made anew. Those that refer to `users` and `bots` are
 * made anew with them, since dropping a table that is still referred to would delete the rows that refer to it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createPrincipals(db);
  for (const index of ['memberships_user', 'bots_name', 'public_keys_user_id', 'public_keys_bot_id']) {
    await db.schema.dropIndex(index).execute();
  }
  await db.schema.dropIndex('grants_principal').execute();
  for (const table of replaced) await db.schema.alterTable(table).renameTo(before(table)).execute();
  await createUsersAndBots(db);
  await createMembershipsAndSessions(db);
  await createPublicKeys(db);
  await createGrants(db);
  for (const table of replaced) await db.schema.dropTable(before(table)).execute();
  await createChanges(db);
}

/** Those that refer to others come first. */
const replaced = ['grants', 'public_keys', 'sessions', 'memberships', 'bots', 'users'] as const;

function before(table: (typeof replaced)[number]): string {
  return `${table}_before`;
}

async function createPrincipals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('principals')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addCheckConstraint('principals_kind', sql`kind in ('user', 'group', 'bot')`)
    .execute();
  await sql`insert into principals (id, kind) select id, 'user' from users`.execute(db);
  await sql`insert into principals (id, kind) select id, 'bot' from bots`.execute(db);
}

async function createUsersAndBots(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => principal(column).primaryKey())
    .addColumn('username', 'text', (column) => column.notNull().unique())
    .addColumn('email', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();
  const user = ['id', 'username', 'email', 'display_name', 'status', 'role', 'password_hash', 'created_at'];
  await copy(db, 'users', user);
  await db.schema
    .createTable('bots')
    .addColumn('id', 'text', (column) => principal(column).primaryKey())
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
  await copy(db, 'bots', ['id', 'org_id', 'name', 'created_by', 'created_at', 'deleted_at']);
}

async function createMembershipsAndSessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('memberships')
    .addColumn('org_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('memberships_org_user', ['org_id', 'user_id'])
    .execute();
  await db.schema.createIndex('memberships_user').on('memberships').column('user_id').execute();
  await copy(db, 'memberships', ['org_id', 'user_id', 'role', 'created_at']);
  await db.schema
    .createTable('sessions')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('password_epoch', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('sessions_user').on('sessions').column('user_id').execute();
  await copy(db, 'sessions', ['token_hash', 'user_id', 'password_epoch', 'created_at', 'expires_at']);
}

async function createPublicKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('public_keys')
    .addColumn('kid', 'text', (column) => column.primaryKey())
    .addColumn('principal_id', 'text', principal)
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('x', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('last_used_at', 'text')
    .addColumn('revoked_at', 'text')
    .execute();
  await db.schema.createIndex('public_keys_principal').on('public_keys').column('principal_id').execute();
  await copy(db, 'public_keys', ['kid', 'name', 'x', 'created_at', 'last_used_at', 'revoked_at'], {
    principal_id: 'coalesce(user_id, bot_id)',
  });
}

async function createGrants(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('grants')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('repository_id', 'text', (column) =>
      column.notNull().references('repositories.id').onDelete('cascade'),
    )
    .addColumn('principal_id', 'text', principal)
    .addColumn('actions', 'text', (column) => column.notNull())
    .addColumn('effect', 'text', (column) => column.notNull().defaultTo('allow'))
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('batch', 'text')
    .addCheckConstraint('grants_effect', sql`effect in ('allow', 'deny')`)
    .addUniqueConstraint('grants_one_each', ['repository_id', 'principal_id', 'effect'])
    .execute();
  await db.schema.createIndex('grants_principal').on('grants').column('principal_id').execute();
  // A grant of somebody who is gone gives nothing to anybody, and has nobody to belong to.
  const known = 'where exists (select 1 from principals where id = principal_id and kind = principal_kind)';
  await copy(
    db,
    'grants',
    ['id', 'repository_id', 'principal_id', 'created_by', 'created_at', 'expires_at'],
    { actions: `case permission when 'writer' then 'read,write' else 'read' end` },
    known,
  );
}

/** How often anything was written: whoever keeps answers of the database asks whether it is still the same. */
async function createChanges(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('changes')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addCheckConstraint('changes_one_row', sql`id = 1`)
    .execute();
  await sql`insert into changes (id, count) values (1, 0)`.execute(db);
}

/** A column that names a principal. */
function principal(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull().references('principals.id').onDelete('cascade');
}

/** @param derived - Columns whose value is made of those of before: an SQL expression for each. */
async function copy(
  db: Kysely<unknown>,
  table: (typeof replaced)[number],
  columns: readonly string[],
  derived: Record<string, string> = {},
  condition = '',
): Promise<void> {
  const into = sql.join([...columns, ...Object.keys(derived)].map((column) => sql.ref(column)));
  const values = sql.join([
    ...columns.map((column) => sql.ref(column)),
    ...Object.values(derived).map((expression) => sql.raw(expression)),
  ]);
  await sql`insert into ${sql.table(table)} (${into})
    select ${values} from ${sql.table(before(table))} ${sql.raw(condition)}`.execute(db);
}
