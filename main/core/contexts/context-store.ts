import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { SigningAlg } from '../../../contracts/server-api/index.ts';
import type { Sql } from '../ports.ts';

/** A context as the vault keeps it: the window's summary and what only main needs. */
export interface StoredContext extends Omit<ContextSummary, 'hasDashboard'> {
  /** Page of the same origin; null where the service has none. */
  dashboardUrl: string | null;
  signingAlg: SigningAlg;
  /** Set Podman up for the helper once the key is registered. */
  setUpPodman: boolean;
}

interface ContextRow {
  id: string;
  name: string;
  origin: string;
  host: string;
  service_name: string;
  user_id: string;
  state: 'pending' | 'active';
  is_current: number;
  has_registry: number;
  dashboard_url: string | null;
  signing_alg: SigningAlg;
  max_token_ttl: number;
  set_up_podman: number;
  created_at: string;
}

/** All contexts, oldest first. */
export function readContexts(sql: Sql): StoredContext[] {
  return sql.all<ContextRow>('SELECT * FROM contexts ORDER BY created_at, rowid').map(fromRow);
}

export function readContext(sql: Sql, id: string): StoredContext | null {
  return fromRowOrNull(sql.get<ContextRow>('SELECT * FROM contexts WHERE id = ?', id));
}

export function readCurrentContext(sql: Sql): StoredContext | null {
  return fromRowOrNull(sql.get<ContextRow>('SELECT * FROM contexts WHERE is_current = 1'));
}

/** The active context of a registry host: the current one before others, then the newest. */
export function readContextOfHost(sql: Sql, host: string): StoredContext | null {
  return fromRowOrNull(
    sql.get<ContextRow>(
      `SELECT * FROM contexts WHERE host = ? AND state = 'active'
       ORDER BY is_current DESC, created_at DESC, rowid DESC LIMIT 1`,
      host,
    ),
  );
}

export function insertContext(sql: Sql, context: StoredContext): void {
  sql.run(
    `INSERT INTO contexts (id, name, origin, host, service_name, user_id, state, is_current, has_registry,
       dashboard_url, signing_alg, max_token_ttl, set_up_podman, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    context.id,
    context.name,
    context.origin,
    context.host,
    context.serviceName,
    context.userId,
    context.state,
    Number(context.current),
    Number(context.hasRegistry),
    context.dashboardUrl,
    context.signingAlg,
    context.maxTokenTtl,
    Number(context.setUpPodman),
    context.createdAt,
  );
}

/** Makes one context the current one, and no other. */
export function writeCurrent(sql: Sql, id: string): void {
  sql.run('UPDATE contexts SET is_current = (id = ?)', id);
}

export function writeActive(sql: Sql, id: string): void {
  sql.run(`UPDATE contexts SET state = 'active' WHERE id = ?`, id);
}

/** Its key and registry set-ups go with it; `secure_delete` overwrites what they held. */
export function deleteContext(sql: Sql, id: string): void {
  sql.run('DELETE FROM contexts WHERE id = ?', id);
}

export function toSummary(context: StoredContext): ContextSummary {
  return {
    id: context.id,
    name: context.name,
    origin: context.origin,
    host: context.host,
    serviceName: context.serviceName,
    userId: context.userId,
    state: context.state,
    current: context.current,
    hasRegistry: context.hasRegistry,
    hasDashboard: context.dashboardUrl !== null,
    maxTokenTtl: context.maxTokenTtl,
    createdAt: context.createdAt,
  };
}

function fromRow(row: ContextRow): StoredContext {
  return {
    id: row.id,
    name: row.name,
    origin: row.origin,
    host: row.host,
    serviceName: row.service_name,
    userId: row.user_id,
    state: row.state,
    current: row.is_current === 1,
    hasRegistry: row.has_registry === 1,
    dashboardUrl: row.dashboard_url,
    signingAlg: row.signing_alg,
    maxTokenTtl: row.max_token_ttl,
    setUpPodman: row.set_up_podman === 1,
    createdAt: row.created_at,
  };
}

function fromRowOrNull(row: ContextRow | undefined): StoredContext | null {
  return row === undefined ? null : fromRow(row);
}
