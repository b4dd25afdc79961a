import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { chainFault, genesisHash } from '../../reference-server/audit/hash-chain.ts';
import type { AuditEventTable } from '../../reference-server/db/schema.ts';

/** As a server of an earlier version left it, killed while it was used; see `databases/README.md`. */
export const oldDatabase = join(import.meta.dirname, 'databases/schema-4.sqlite');

/** Rows as text, by table. */
export type Rows = Record<string, string[]>;

/** What the older tables say, in the terms of the newest schema. It asks nothing of the server's own code. */
const inOldTerms: Readonly<Record<string, string>> = {
  principals: `select id, 'user' as kind from users union all select id, 'bot' from bots`,
  users: 'select *, 0 as must_change_password, null as last_sign_in_at from users',
  organizations: 'select * from organizations',
  memberships: 'select * from memberships',
  bots: 'select * from bots',
  public_keys: `select kid, case when user_id is null then bot_id else user_id end as principal_id, name, x, created_at,
    last_used_at, revoked_at from public_keys`,
  repositories: 'select * from repositories',
  grants: `select id, repository_id, principal_id, case permission when 'writer' then 'read,write' else 'read' end
    as actions, 'allow' as effect, created_by, created_at, expires_at, null as batch from grants`,
  used_registration_tokens: 'select * from used_registration_tokens',
  audit_events: 'select * from audit_events',
  server_secrets: 'select * from server_secrets',
  registry_blobs: 'select *, -1 as size from registry_blobs',
  registry_manifests: 'select * from registry_manifests',
  registry_references: 'select * from registry_references',
  registry_tags: 'select * from registry_tags',
  registry_uploads: `select id, repository_id, substr(principal, instr(principal, ':') + 1) as principal_id, created_at,
    touched_at from registry_uploads`,
};

/** All that an older database has, as it must be found after the migration. */
export function expectedRows(file: string): Rows {
  return readRows(file, inOldTerms);
}

/** The same of a database that was migrated. Sessions of before ended with migration 5. */
export function migratedRows(file: string): Rows {
  return readRows(
    file,
    Object.fromEntries(Object.keys(inOldTerms).map((table) => [table, `select * from ${table}`])),
  );
}

/** What does not hold in a migrated database: references to what is not there, pages, the audit chain. */
export function databaseFaults(file: string): unknown[] {
  const db = new Sqlite(file);
  try {
    const faults: unknown[] = db.pragma('foreign_key_check') as unknown[];
    const integrity = db.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') faults.push(integrity);
    const left = db.prepare(`select name from sqlite_schema where name like '%\\_before%' escape '\\'`).all();
    let previous = { seq: 0, hash: genesisHash };
    for (const row of db.prepare('select * from audit_events order by seq').all() as AuditEventTable[]) {
      const fault = chainFault(previous, row);
      if (fault !== null) faults.push(fault);
      previous = row;
    }
    return [...faults, ...left];
  } finally {
    db.close();
  }
}

function readRows(file: string, queries: Readonly<Record<string, string>>): Rows {
  const db = new Sqlite(file);
  try {
    return Object.fromEntries(
      Object.entries(queries).map(([table, query]) => {
        const rows = db.prepare<[], Record<string, unknown>>(query).all();
        return [table, rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort()];
      }),
    );
  } finally {
    db.close();
  }
}
