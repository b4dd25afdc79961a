import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely } from 'kysely';

/**
 * What people sign in with from elsewhere, and what organizations have beside repositories and bots: invitations,
 * projects with branches, API keys, events. Each refers to what it belongs to with a real foreign key and goes with it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The organization that a browser's session was last in, and when its person signed in.
  await db.schema
    .alterTable('sessions')
    .addColumn('org_id', 'text', (column) => column.references('organizations.id').onDelete('set null'))
    .execute();
  await createIdentities(db);
  await createInvitations(db);
  await createProjects(db);
  await createApiKeys(db);
  await createLoginCodes(db);
  await createEvents(db);
  // Repository addresses, tokens and audit events name an organization by its slug: nobody gets that of a deleted one.
  await db.schema.createTable('retired_slugs').addColumn('slug', 'text', primary).execute();
}

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const primary = (column: ColumnDefinitionBuilder) => column.primaryKey();
const ofUser = (column: ColumnDefinitionBuilder) =>
  column.notNull().references('users.id').onDelete('cascade');
const ofOrg = (column: ColumnDefinitionBuilder) =>
  column.notNull().references('organizations.id').onDelete('cascade');

/** Columns of text that each row has. */
const texts =
  (...names: string[]) =>
  <Table extends string>(table: CreateTableBuilder<Table, string>): CreateTableBuilder<Table, string> =>
    names.reduce((made, name) => made.addColumn(name, 'text', required), table);

async function createIdentities(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('external_identities')
    .$call(texts('issuer', 'subject'))
    .addColumn('user_id', 'text', ofUser)
    .$call(texts('provider', 'email', 'created_at', 'last_used_at'))
    .addPrimaryKeyConstraint('external_identities_issuer_subject', ['issuer', 'subject'])
    .execute();
  await index(db, 'external_identities', 'user_id');
  await db.schema
    .createTable('oidc_attempts')
    .addColumn('state_hash', 'text', primary)
    .$call(texts('provider', 'nonce', 'code_verifier', 'return_to', 'expires_at'))
    .execute();
  await db.schema
    .createTable('used_id_tokens')
    .addColumn('token_hash', 'text', primary)
    .addColumn('expires_at', 'text', required)
    .execute();
  await db.schema
    .createTable('account_decisions')
    .addColumn('user_id', 'text', (column) => column.primaryKey().references('users.id').onDelete('cascade'))
    .$call(texts('decision', 'note', 'decided_by', 'decided_at'))
    .addCheckConstraint('account_decisions_decision', sql`decision in ('approved', 'denied')`)
    .execute();
}

async function createInvitations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('invitations')
    .addColumn('id', 'text', primary)
    .addColumn('org_id', 'text', ofOrg)
    .$call(texts('email', 'role'))
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .$call(texts('invited_by', 'created_at', 'expires_at'))
    .addColumn('ended_at', 'text')
    .addColumn('ended_as', 'text')
    .addCheckConstraint('invitations_role', sql`role in ('member', 'admin')`)
    .addCheckConstraint(
      'invitations_ended_as',
      sql`ended_as is null or ended_as in ('accepted', 'revoked', 'expired')`,
    )
    .execute();
  await db.schema
    .createIndex('invitations_open')
    .unique()
    .on('invitations')
    .columns(['org_id', 'email'])
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
  await index(db, 'invitations', 'email');
}

async function createProjects(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('projects')
    .addColumn('id', 'text', primary)
    .addColumn('org_id', 'text', ofOrg)
    .$call(texts('name', 'created_by', 'created_at'))
    .addUniqueConstraint('projects_name', ['org_id', 'name'])
    .execute();
  await db.schema
    .createTable('branches')
    .addColumn('id', 'text', primary)
    .addColumn('project_id', 'text', (column) =>
      column.notNull().references('projects.id').onDelete('cascade'),
    )
    .addColumn('name', 'text', required)
    .addColumn('is_default', 'integer', required)
    .addColumn('created_at', 'text', required)
    .addUniqueConstraint('branches_name', ['project_id', 'name'])
    .execute();
}

async function createApiKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', primary)
    .addColumn('org_id', 'text', ofOrg)
    .addColumn('user_id', 'text', ofUser)
    .addColumn('name', 'text', required)
    .addColumn('secret_hash', 'text', (column) => column.notNull().unique())
    .$call(texts('prefix', 'scope_kind', 'capability'))
    // The API key that it was made with; no foreign key, as keys stay when they are revoked.
    .addColumn('created_via', 'text')
    .addColumn('created_at', 'text', required)
    .addColumn('expires_at', 'text')
    .addColumn('revoked_at', 'text')
    .addColumn('last_used_at', 'text')
    .addColumn('last_used_address', 'text')
    .addColumn('last_used_program', 'text')
    .addCheckConstraint('api_keys_scope_kind', sql`scope_kind in ('org', 'project', 'branch')`)
    .addCheckConstraint('api_keys_capability', sql`capability in ('read', 'agent', 'read_write')`)
    .execute();
  await index(db, 'api_keys', 'org_id');
  await index(db, 'api_keys', 'user_id');
  await index(db, 'api_keys', 'created_via');
  // What a key is for stays when that is deleted: a key for nothing is inert, never one for everything.
  await db.schema
    .createTable('api_key_scopes')
    .addColumn('key_id', 'text', (column) => column.notNull().references('api_keys.id').onDelete('cascade'))
    .addColumn('target_id', 'text', required)
    .addPrimaryKeyConstraint('api_key_scopes_key_target', ['key_id', 'target_id'])
    .execute();
  await index(db, 'api_key_scopes', 'target_id');
}

async function createLoginCodes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('login_codes')
    .addColumn('code_hash', 'text', primary)
    .addColumn('user_id', 'text', ofUser)
    .addColumn('org_id', 'text', ofOrg)
    // The session that allowed it: the code ends with it.
    .addColumn('session_id', 'text', required)
    .addColumn('redirect_uri', 'text')
    .$call(texts('code_challenge', 'access', 'name', 'expires_at'))
    .addColumn('used_at', 'text')
    // What its use made: an API key's id or a session's, which a second use ends.
    .addColumn('made', 'text')
    .addCheckConstraint('login_codes_access', sql`access in ('api-key', 'session')`)
    .execute();
}

async function createEvents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('id', 'text', primary)
    .addColumn('org_id', 'text', ofOrg)
    .addColumn('project_id', 'text')
    .$call(texts('type', 'at', 'data'))
    .execute();
  await db.schema.createIndex('events_org').on('events').columns(['org_id', 'id']).execute();
}

function index(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  return db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
}
