import { KeyholdError } from '../../../contracts/errors.ts';
import type { Sql } from '../ports.ts';
import type { VaultFile } from '../ports/vault-file.ts';

/** Marks an SQLite file as Keyhold's: 'KHLD' in ASCII, in the header's application id. */
const applicationId = 0x4b484c44;

/** One step of the schema. Its number is the `user_version` of a file that has it. */
export interface Migration {
  version: number;
  sql: string;
}

/** From this version on there is a root over the rows. */
export const rootVersion = 3;

export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE vault_header (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        header TEXT NOT NULL,
        mac BLOB NOT NULL
      ) STRICT;
      CREATE TABLE unlock_throttle (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        failures INTEGER NOT NULL,
        not_before INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE contexts (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        origin TEXT NOT NULL,
        host TEXT NOT NULL,
        service_name TEXT NOT NULL,
        user_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'active')),
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        has_registry INTEGER NOT NULL CHECK (has_registry IN (0, 1)),
        dashboard_url TEXT,
        signing_alg TEXT NOT NULL,
        max_token_ttl INTEGER NOT NULL,
        set_up_podman INTEGER NOT NULL CHECK (set_up_podman IN (0, 1)),
        created_at TEXT NOT NULL,
        UNIQUE (origin, user_id)
      ) STRICT;
      CREATE INDEX contexts_by_host ON contexts (host);
      CREATE TABLE keys (
        id TEXT PRIMARY KEY,
        context_id TEXT NOT NULL REFERENCES contexts (id) ON DELETE CASCADE,
        label TEXT NOT NULL,
        kid TEXT NOT NULL UNIQUE,
        public_key BLOB NOT NULL CHECK (length(public_key) = 32),
        sealed_seed BLOB NOT NULL,
        created_at TEXT NOT NULL,
        registered_at TEXT,
        last_used_at TEXT
      ) STRICT;
      CREATE INDEX keys_by_context ON keys (context_id);
      CREATE TABLE registry_setups (
        id TEXT PRIMARY KEY,
        context_id TEXT NOT NULL REFERENCES contexts (id) ON DELETE CASCADE,
        tool TEXT NOT NULL CHECK (tool IN ('podman')),
        host TEXT NOT NULL,
        file TEXT NOT NULL,
        before_sealed BLOB,
        after_hash TEXT NOT NULL,
        previous TEXT,
        created_at TEXT NOT NULL,
        UNIQUE (tool, host, file)
      ) STRICT;
      CREATE TABLE activity (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        context_name TEXT,
        detail TEXT,
        prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32)
      ) STRICT;
      CREATE TABLE activity_head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL,
        mac BLOB NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 2,
    sql: `
      ALTER TABLE contexts ADD COLUMN colour TEXT;
      ALTER TABLE contexts ADD COLUMN label TEXT;
      ALTER TABLE contexts ADD COLUMN signed_out INTEGER NOT NULL DEFAULT 0 CHECK (signed_out IN (0, 1));
      ALTER TABLE contexts ADD COLUMN set_up_docker INTEGER NOT NULL DEFAULT 0 CHECK (set_up_docker IN (0, 1));
      CREATE INDEX contexts_current ON contexts (is_current) WHERE is_current = 1;
      CREATE INDEX contexts_by_age ON contexts (created_at);
      CREATE INDEX contexts_pending ON contexts (created_at) WHERE state = 'pending' AND signed_out = 0;
      ALTER TABLE keys ADD COLUMN source TEXT NOT NULL DEFAULT 'made' CHECK (source IN ('made', 'imported'));
      ALTER TABLE keys ADD COLUMN expires_at TEXT;
      ALTER TABLE keys ADD COLUMN revoked_at TEXT;
      ALTER TABLE keys ADD COLUMN reminded TEXT CHECK (reminded IN ('week', 'day', 'expired'));
      ALTER TABLE keys ADD COLUMN program_used_at TEXT;
      ALTER TABLE keys ADD COLUMN program_used_by TEXT;
      CREATE INDEX keys_with_limit ON keys (expires_at) WHERE expires_at IS NOT NULL;
      CREATE TABLE rotations (
        context_id TEXT PRIMARY KEY REFERENCES contexts (id) ON DELETE CASCADE,
        old_key TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
        new_key TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
        mode TEXT NOT NULL CHECK (mode IN ('service', 'paste')),
        step TEXT NOT NULL CHECK (step IN ('register', 'verify', 'retire'))
      ) STRICT;
      CREATE TABLE registry_setups_of_clients (
        id TEXT PRIMARY KEY,
        context_id TEXT NOT NULL REFERENCES contexts (id) ON DELETE CASCADE,
        tool TEXT NOT NULL CHECK (tool IN ('podman', 'docker')),
        host TEXT NOT NULL,
        file TEXT NOT NULL,
        before_sealed BLOB,
        after_hash TEXT NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (tool, host, file)
      ) STRICT;
      INSERT INTO registry_setups_of_clients
        SELECT id, context_id, tool, host, file, before_sealed, after_hash, created_at
        FROM registry_setups ORDER BY rowid;
      DROP TABLE registry_setups;
      ALTER TABLE registry_setups_of_clients RENAME TO registry_setups;
      CREATE TABLE registry_uses (
        host TEXT PRIMARY KEY,
        at TEXT NOT NULL,
        program TEXT
      ) STRICT;
      CREATE TABLE approval_rules (
        id TEXT PRIMARY KEY,
        context_id TEXT NOT NULL REFERENCES contexts (id) ON DELETE CASCADE,
        sealed_rule BLOB NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: rootVersion,
    sql: `
      CREATE TABLE rows_root (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        log_seq INTEGER NOT NULL,
        log_hash BLOB NOT NULL CHECK (length(log_hash) = 32),
        mac BLOB NOT NULL CHECK (length(mac) = 32)
      ) STRICT;
      CREATE TABLE ended_keys (
        kid TEXT PRIMARY KEY,
        context_id TEXT NOT NULL,
        label TEXT NOT NULL,
        public_key BLOB NOT NULL CHECK (length(public_key) = 32),
        ended_at TEXT NOT NULL,
        refused INTEGER NOT NULL CHECK (refused IN (0, 1))
      ) STRICT;
      CREATE TABLE registry_accounts (
        host TEXT PRIMARY KEY,
        context_id TEXT REFERENCES contexts (id) ON DELETE SET NULL
      ) STRICT;
      CREATE INDEX registry_accounts_by_context ON registry_accounts (context_id);
      CREATE TABLE security_settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 4,
    sql: `
      CREATE TABLE contexts_made_anew (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        colour TEXT,
        label TEXT,
        origin TEXT NOT NULL,
        host TEXT NOT NULL,
        service_name TEXT NOT NULL,
        user_id TEXT,
        credential TEXT,
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        has_registry INTEGER NOT NULL CHECK (has_registry IN (0, 1)),
        dashboard_url TEXT,
        set_up_podman INTEGER NOT NULL CHECK (set_up_podman IN (0, 1)),
        set_up_docker INTEGER NOT NULL CHECK (set_up_docker IN (0, 1)),
        created_at TEXT NOT NULL,
        UNIQUE (origin, user_id)
      ) STRICT;
      INSERT INTO contexts_made_anew
        (rowid, id, name, colour, label, origin, host, service_name, user_id, credential, is_current, has_registry,
         dashboard_url, set_up_podman, set_up_docker, created_at)
        SELECT rowid, id, name, colour, label, origin, host, service_name, user_id,
          CASE signed_out WHEN 0 THEN 'key' END, is_current, has_registry,
          dashboard_url, set_up_podman, set_up_docker, created_at
        FROM contexts;
      CREATE TABLE key_terms (
        context_id TEXT PRIMARY KEY REFERENCES contexts (id) ON DELETE CASCADE,
        signing_alg TEXT NOT NULL,
        max_token_ttl INTEGER NOT NULL
      ) STRICT;
      INSERT INTO key_terms (rowid, context_id, signing_alg, max_token_ttl)
        SELECT rowid, id, signing_alg, max_token_ttl FROM contexts;
      DROP TABLE contexts;
      ALTER TABLE contexts_made_anew RENAME TO contexts;
      CREATE INDEX contexts_by_host ON contexts (host);
      CREATE INDEX contexts_current ON contexts (is_current) WHERE is_current = 1;
      CREATE INDEX contexts_by_age ON contexts (created_at);
      CREATE INDEX keys_not_registered ON keys (context_id) WHERE registered_at IS NULL AND revoked_at IS NULL;
    `,
  },
  {
    version: 5,
    sql: `
      CREATE TABLE contexts_made_anew (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        colour TEXT,
        label TEXT,
        origin TEXT NOT NULL,
        host TEXT NOT NULL,
        service_name TEXT NOT NULL,
        dialects TEXT NOT NULL,
        user_id TEXT,
        org TEXT,
        credential TEXT,
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        has_registry INTEGER NOT NULL CHECK (has_registry IN (0, 1)),
        dashboard_url TEXT,
        set_up_podman INTEGER NOT NULL CHECK (set_up_podman IN (0, 1)),
        set_up_docker INTEGER NOT NULL CHECK (set_up_docker IN (0, 1)),
        created_at TEXT NOT NULL
      ) STRICT;
      INSERT INTO contexts_made_anew
        (rowid, id, name, colour, label, origin, host, service_name, dialects, user_id, credential, is_current,
         has_registry, dashboard_url, set_up_podman, set_up_docker, created_at)
        SELECT rowid, id, name, colour, label, origin, host, service_name, 'keyhold', user_id, credential, is_current,
          has_registry, dashboard_url, set_up_podman, set_up_docker, created_at
        FROM contexts;
      DROP TABLE contexts;
      ALTER TABLE contexts_made_anew RENAME TO contexts;
      CREATE INDEX contexts_by_account ON contexts (origin, user_id);
      CREATE INDEX contexts_by_host ON contexts (host);
      CREATE INDEX contexts_current ON contexts (is_current) WHERE is_current = 1;
      CREATE INDEX contexts_by_age ON contexts (created_at);
      CREATE TABLE api_keys (
        id TEXT PRIMARY KEY,
        context_id TEXT NOT NULL UNIQUE REFERENCES contexts (id) ON DELETE CASCADE,
        key_id TEXT NOT NULL,
        label TEXT NOT NULL,
        sealed_key BLOB NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT,
        program_used_at TEXT,
        program_used_by TEXT,
        reminded TEXT CHECK (reminded IN ('week', 'day', 'expired'))
      ) STRICT;
      CREATE INDEX api_keys_with_limit ON api_keys (expires_at) WHERE expires_at IS NOT NULL;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        context_id TEXT NOT NULL UNIQUE REFERENCES contexts (id) ON DELETE CASCADE,
        sealed_token BLOB NOT NULL,
        renewed_at TEXT NOT NULL,
        token_ends_at TEXT NOT NULL,
        ends_at TEXT NOT NULL,
        is_over INTEGER NOT NULL CHECK (is_over IN (0, 1)),
        program_used_at TEXT,
        program_used_by TEXT,
        reminded TEXT CHECK (reminded IN ('hour', 'expired'))
      ) STRICT;
      CREATE TABLE unrevoked (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('api-key', 'session')),
        origin TEXT NOT NULL,
        service_name TEXT NOT NULL,
        context_name TEXT NOT NULL,
        key_id TEXT,
        label TEXT,
        sealed_secret BLOB NOT NULL,
        left_at TEXT NOT NULL,
        ends_at TEXT,
        tried_at TEXT,
        outcome TEXT CHECK (outcome IN ('unreachable', 'refused'))
      ) STRICT;
    `,
  },
  {
    version: 6,
    sql: `
      ALTER TABLE sessions ADD COLUMN form TEXT NOT NULL DEFAULT 'jwt' CHECK (form IN ('jwt', 'refresh-token'));
      ALTER TABLE sessions ADD COLUMN username TEXT;
      ALTER TABLE unrevoked ADD COLUMN form TEXT CHECK (form IN ('jwt', 'refresh-token'));
      UPDATE unrevoked SET form = 'jwt' WHERE kind = 'session';
    `,
  },
  {
    version: 7,
    sql: `
      CREATE TABLE pasted_tokens (
        id TEXT PRIMARY KEY,
        context_id TEXT NOT NULL UNIQUE REFERENCES contexts (id) ON DELETE CASCADE,
        form TEXT NOT NULL CHECK (form IN ('jwt', 'dev-token')),
        sealed_token BLOB NOT NULL,
        created_at TEXT NOT NULL,
        ends_at TEXT,
        reminded TEXT CHECK (reminded IN ('soon', 'expired'))
      ) STRICT;
    `,
  },
  {
    version: 8,
    sql: `
      CREATE TABLE roles (
        id TEXT PRIMARY KEY,
        sealed_role BLOB NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 9,
    sql: `
      CREATE TABLE audiences (
        context_id TEXT PRIMARY KEY REFERENCES contexts (id) ON DELETE CASCADE,
        audience TEXT NOT NULL
      ) STRICT;
      ALTER TABLE contexts ADD COLUMN signed_out_of TEXT;
    `,
  },
];

/** The file's `user_version`. */
export function readVersion(sql: Sql): number {
  return readNumber(sql, 'user_version');
}

function readNumber(sql: Sql, pragma: 'application_id' | 'user_version'): number {
  return sql.get<Record<typeof pragma, number>>(`PRAGMA ${pragma}`)?.[pragma] ?? 0;
}

function newestOf(steps: readonly Migration[]): number {
  return Math.max(...steps.map((step) => step.version));
}

/** @param also - What belongs to the same transaction. */
function apply(sql: Sql, steps: readonly Migration[], also: () => void = () => undefined): void {
  // Else dropping a table that is made anew would delete the rows that refer to it. Not to be set in a transaction.
  sql.exec('PRAGMA foreign_keys = OFF');
  try {
    sql.transaction(() => {
      for (const step of steps) sql.exec(step.sql);
      if (sql.get('PRAGMA foreign_key_check') !== undefined) throw new KeyholdError('vault_damaged');
      sql.exec(`PRAGMA user_version = ${newestOf(steps)}`);
      also();
    });
  } finally {
    sql.exec('PRAGMA foreign_keys = ON');
  }
}

/** Gives an empty database the schema; that of a version from before with the steps up to it. */
export function createSchema(sql: Sql, steps: readonly Migration[] = migrations): void {
  sql.exec(`PRAGMA application_id = ${applicationId}`);
  apply(sql, steps);
}

/**
 * Refuses a file that is not a vault or that a newer Keyhold has written. Reads only.
 * @throws KeyholdError `vault_damaged`, `vault_newer`
 */
export function requireKnownVersion(sql: Sql, steps: readonly Migration[] = migrations): void {
  if (readNumber(sql, 'application_id') !== applicationId) throw new KeyholdError('vault_damaged');
  const version = readVersion(sql);
  if (version < 1) throw new KeyholdError('vault_damaged');
  if (version > newestOf(steps)) throw new KeyholdError('vault_newer');
}

/** Whether a file has the newest schema. */
export function isUpToDate(sql: Sql): boolean {
  return readVersion(sql) === newestOf(migrations);
}

/**
 * Brings a vault's schema up to date, all steps in one transaction. The file is copied before, beside itself,
 * as `<name>.schema-<its version>`.
 * @param also - What belongs to the same transaction, after the steps
 */
export function migrate(
  file: VaultFile,
  sql: Sql,
  { steps = migrations, also }: { steps?: readonly Migration[]; also?: () => void } = {},
): void {
  const version = readVersion(sql);
  const missing = steps.filter((step) => step.version > version);
  if (missing.length === 0) return;
  file.backup(`.schema-${version}`, sql);
  apply(sql, missing, also);
}
