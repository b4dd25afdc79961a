import { contextColourSchema } from '../../../contracts/domain/context.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PerClient } from '../../../contracts/domain/registry-client.ts';
import type { SigningAlg } from '../../../contracts/server-api/index.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Sql } from '../ports.ts';
import { colourOfId } from './colour.ts';
import { isHostOf } from '../service/origin.ts';

/** A context as the vault keeps it: the window's summary and what only main needs. */
export interface StoredContext extends Omit<ContextSummary, 'hasDashboard' | 'signIn'> {
  /** Page of the same origin; null where the service has none. */
  dashboardUrl: string | null;
  signingAlg: SigningAlg;
  /** Set Podman up for the helper once the key is registered. */
  setUpPodman: boolean;
  /** The same for Docker. */
  setUpDocker: boolean;
}

export interface ContextRow {
  id: string;
  name: string;
  /** Null for a context from before there were colours to choose. */
  colour: string | null;
  label: string | null;
  origin: string;
  host: string;
  service_name: string;
  user_id: string;
  /** `pending` also while `signed_out`: neither has a key that its service knows. */
  state: 'pending' | 'active';
  signed_out: number;
  is_current: number;
  has_registry: number;
  dashboard_url: string | null;
  signing_alg: SigningAlg;
  max_token_ttl: number;
  set_up_podman: number;
  set_up_docker: number;
  created_at: string;
}

/** All contexts, oldest first. */
export function readContexts(sql: Sql): StoredContext[] {
  return sql.all<ContextRow>('SELECT * FROM contexts ORDER BY created_at, rowid').map(fromRow);
}

/** The oldest contexts, at most so many, and how many there are in all. */
export function readOldest(sql: Sql, most: number): { contexts: StoredContext[]; total: number } {
  return {
    contexts: sql
      .all<ContextRow>('SELECT * FROM contexts ORDER BY created_at, rowid LIMIT ?', most)
      .map(fromRow),
    total: sql.get<{ total: number }>('SELECT count(*) AS total FROM contexts')?.total ?? 0,
  };
}

export function readContext(sql: Sql, id: string): StoredContext | null {
  return fromRowOrNull(sql.get<ContextRow>('SELECT * FROM contexts WHERE id = ?', id));
}

export function readCurrentContext(sql: Sql): StoredContext | null {
  return fromRowOrNull(sql.get<ContextRow>('SELECT * FROM contexts WHERE is_current = 1'));
}

export function readState(sql: Sql, id: string): StoredContext['state'] | null {
  const row = sql.get<Pick<ContextRow, 'state' | 'signed_out'>>(
    'SELECT state, signed_out FROM contexts WHERE id = ?',
    id,
  );
  return row === undefined ? null : stateOf(row);
}

/** The ids of the contexts whose key is to be registered. */
export function readPending(sql: Sql): string[] {
  return sql
    .all<{ id: string }>(`SELECT id FROM contexts WHERE state = 'pending' AND signed_out = 0`)
    .map(({ id }) => id);
}

/** Names alone, which do not take the whole rows of thousands of contexts. */
export function readNames(sql: Sql): { id: string; name: string }[] {
  return sql.all('SELECT id, name FROM contexts');
}

export function readColours(sql: Sql): StoredContext['colour'][] {
  return sql.all<Pick<ContextRow, 'id' | 'colour'>>('SELECT id, colour FROM contexts').map(colourOf);
}

/** Whether a context is of this service. */
export function hasOrigin(sql: Sql, origin: string): boolean {
  return sql.get('SELECT 1 FROM contexts WHERE origin = ?', origin) !== undefined;
}

export function hasAccount(sql: Sql, { origin, userId }: Pick<StoredContext, 'origin' | 'userId'>): boolean {
  return sql.get('SELECT 1 FROM contexts WHERE origin = ? AND user_id = ?', origin, userId) !== undefined;
}

/** Which context is to be the current one when there is none: the newest active one, or the newest of all. */
export function readHeir(sql: Sql): StoredContext | null {
  return fromRowOrNull(
    sql.get<ContextRow>(
      `SELECT * FROM contexts ORDER BY state = 'active' DESC, created_at DESC, rowid DESC LIMIT 1`,
    ),
  );
}

/** A context's columns but for its id, in the order of the two statements below. */
function columnsOf(context: StoredContext): (string | number | null)[] {
  return [
    context.name,
    context.colour,
    context.label,
    context.origin,
    context.host,
    context.serviceName,
    context.userId,
    context.state === 'active' ? 'active' : 'pending',
    Number(context.state === 'signed_out'),
    Number(context.current),
    Number(context.hasRegistry),
    context.dashboardUrl,
    context.signingAlg,
    context.maxTokenTtl,
    Number(context.setUpPodman),
    Number(context.setUpDocker),
    context.createdAt,
  ];
}

export function insertContext(sql: Sql, context: StoredContext): void {
  sql.run(
    `INSERT INTO contexts (name, colour, label, origin, host, service_name, user_id, state, signed_out,
       is_current, has_registry, dashboard_url, signing_alg, max_token_ttl, set_up_podman, set_up_docker,
       created_at, id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...columnsOf(context),
    context.id,
  );
}

/** Writes a context that is there. What hangs on it, by its id, stays. */
export function writeContext(sql: Sql, context: StoredContext): void {
  sql.run(
    `UPDATE contexts SET name = ?, colour = ?, label = ?, origin = ?, host = ?, service_name = ?, user_id = ?,
       state = ?, signed_out = ?, is_current = ?, has_registry = ?, dashboard_url = ?, signing_alg = ?,
       max_token_ttl = ?, set_up_podman = ?, set_up_docker = ?, created_at = ?
     WHERE id = ?`,
    ...columnsOf(context),
    context.id,
  );
}

/** Makes one context the current one, and no other. Touches no more rows than change. */
export function writeCurrent(sql: Sql, id: string): void {
  sql.transaction(() => {
    sql.run('UPDATE contexts SET is_current = 0 WHERE is_current = 1 AND id <> ?', id);
    sql.run('UPDATE contexts SET is_current = 1 WHERE id = ?', id);
  });
}

export function writeActive(sql: Sql, id: string): void {
  sql.run(`UPDATE contexts SET state = 'active', signed_out = 0 WHERE id = ?`, id);
}

/** @param setUp - Which clients signing in again sets up. */
export function writeSignedOut(sql: Sql, id: string, setUp: PerClient<boolean>): void {
  sql.run(
    `UPDATE contexts SET state = 'pending', signed_out = 1, set_up_podman = ?, set_up_docker = ? WHERE id = ?`,
    ...[Number(setUp.podman), Number(setUp.docker), id],
  );
}

export function writeUser(sql: Sql, id: string, userId: string): void {
  sql.run('UPDATE contexts SET user_id = ? WHERE id = ?', userId, id);
}

/** It has a new key that its service does not know yet. */
export function writePending(sql: Sql, id: string): void {
  sql.run(`UPDATE contexts SET state = 'pending', signed_out = 0 WHERE id = ?`, id);
}

export function writeLook(
  sql: Sql,
  id: string,
  look: Pick<ContextSummary, 'name' | 'colour' | 'label'>,
): void {
  sql.run(
    'UPDATE contexts SET name = ?, colour = ?, label = ? WHERE id = ?',
    ...[look.name, look.colour, look.label, id],
  );
}

/** Its key and registry set-ups go with it; `secure_delete` overwrites what they held. */
export function deleteContext(sql: Sql, id: string): void {
  sql.run('DELETE FROM contexts WHERE id = ?', id);
}

export function toSummary(context: StoredContext, signIn: ContextSummary['signIn']): ContextSummary {
  return {
    id: context.id,
    name: context.name,
    colour: context.colour,
    label: context.label,
    origin: context.origin,
    host: context.host,
    serviceName: context.serviceName,
    userId: context.userId,
    state: context.state,
    signIn,
    current: context.current,
    hasRegistry: context.hasRegistry,
    hasDashboard: context.dashboardUrl !== null,
    maxTokenTtl: context.maxTokenTtl,
    createdAt: context.createdAt,
  };
}

function colourOf({ id, colour }: Pick<ContextRow, 'id' | 'colour'>): StoredContext['colour'] {
  return contextColourSchema.safeParse(colour).data ?? colourOfId(id);
}

export function stateOf(row: Pick<ContextRow, 'state' | 'signed_out'>): StoredContext['state'] {
  return row.signed_out === 1 ? 'signed_out' : row.state;
}

/** @throws KeyholdError `vault_damaged` for a host that is not its origin's: tokens for one would go to the other */
export function fromRow(row: ContextRow): StoredContext {
  if (!isHostOf(row.origin, row.host)) throw new KeyholdError('vault_damaged');
  return {
    id: row.id,
    name: row.name,
    colour: colourOf(row),
    label: row.label,
    origin: row.origin,
    host: row.host,
    serviceName: row.service_name,
    userId: row.user_id,
    state: stateOf(row),
    current: row.is_current === 1,
    hasRegistry: row.has_registry === 1,
    dashboardUrl: row.dashboard_url,
    signingAlg: row.signing_alg,
    maxTokenTtl: row.max_token_ttl,
    setUpPodman: row.set_up_podman === 1,
    setUpDocker: row.set_up_docker === 1,
    createdAt: row.created_at,
  };
}

function fromRowOrNull(row: ContextRow | undefined): StoredContext | null {
  return row === undefined ? null : fromRow(row);
}
