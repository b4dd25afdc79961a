import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely } from 'kysely';

/**
 * What administrators of a server manage: passwords that must be changed, groups, API tokens that are not of one
 * organization, sign-ins that go on by refresh tokens, and what was read from a directory.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('must_change_password', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('users').addColumn('last_sign_in_at', 'text').execute();
  await createRefreshTokens(db);
  await createGroups(db);
  await createApiTokens(db);
  await db.schema
    .createTable('directory_syncs')
    .addColumn('directory', 'text', primary)
    .$call(texts('started_at'))
    .addColumn('ended_at', 'text')
    .addColumn('succeeded_at', 'text')
    .addColumn('problem', 'text')
    .addColumn('counts', 'text', required)
    .execute();
}

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const primary = (column: ColumnDefinitionBuilder) => column.primaryKey();
const ofUser = (column: ColumnDefinitionBuilder) =>
  column.notNull().references('users.id').onDelete('cascade');

/** Columns of text that each row has. */
const texts =
  (...names: string[]) =>
  <Table extends string>(table: CreateTableBuilder<Table, string>): CreateTableBuilder<Table, string> =>
    names.reduce((made, name) => made.addColumn(name, 'text', required), table);

async function createRefreshTokens(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('refresh_tokens')
    .addColumn('jti', 'text', primary)
    .addColumn('session_id', 'text', (column) =>
      column.notNull().references('sessions.token_hash').onDelete('cascade'),
    )
    .$call(texts('created_at', 'expires_at'))
    .addColumn('used_at', 'text')
    .addColumn('successor', 'text')
    .execute();
  await index(db, 'refresh_tokens', 'session_id');
}

async function createGroups(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('groups')
    .addColumn('id', 'text', (column) => column.primaryKey().references('principals.id').onDelete('cascade'))
    .addColumn('org_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .$call(texts('name', 'description'))
    .addColumn('source', 'text')
    .addColumn('external_id', 'text')
    .$call(texts('created_by', 'created_at'))
    .addUniqueConstraint('groups_org_name', ['org_id', 'name'])
    .execute();
  await db.schema
    .createTable('group_members')
    .addColumn('group_id', 'text', (column) => column.notNull().references('groups.id').onDelete('cascade'))
    .addColumn('user_id', 'text', ofUser)
    .$call(texts('created_at'))
    .addPrimaryKeyConstraint('group_members_group_user', ['group_id', 'user_id'])
    .execute();
  await index(db, 'group_members', 'user_id');
}

async function createApiTokens(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('api_tokens')
    .addColumn('id', 'text', primary)
    .addColumn('user_id', 'text', ofUser)
    .$call(texts('name', 'scopes', 'prefix'))
    .addColumn('secret_hash', 'text', (column) => column.notNull().unique())
    .addColumn('all_repositories', 'integer', required)
    .$call(texts('created_by', 'created_at'))
    .addColumn('expires_at', 'text')
    .addColumn('revoked_at', 'text')
    .addColumn('last_used_at', 'text')
    .addColumn('last_used_address', 'text')
    .addColumn('last_used_program', 'text')
    .addCheckConstraint('api_tokens_all_repositories', sql`all_repositories in (0, 1)`)
    .execute();
  await index(db, 'api_tokens', 'user_id');
  await db.schema
    .createTable('api_token_repositories')
    .addColumn('token_id', 'text', (column) =>
      column.notNull().references('api_tokens.id').onDelete('cascade'),
    )
    .addColumn('repository_id', 'text', required)
    .addPrimaryKeyConstraint('api_token_repositories_pair', ['token_id', 'repository_id'])
    .execute();
}

async function index(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
}
