import { contextColourSchema } from '../../../contracts/domain/context.ts';
import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PerClient } from '../../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import {
  endOfRow,
  hasNarrowSession,
  isOnlyOfAccount,
  isPending,
  longestLifeOfRow,
  stateOfRow,
} from '../credentials/state.ts';
import type { Sql } from '../ports.ts';
import { lastAudience } from '../credentials/pasted/audiences.ts';
import { colourOfId } from './colour.ts';
import { capabilitiesOf } from '../service/dialects/capabilities.ts';
import { knownDialects, type Dialect } from '../service/dialects/dialect.ts';
import { isHostOf } from '../service/origin.ts';

/** A context as the vault keeps it: the window's summary and what only main needs. */
export interface StoredContext extends Omit<
  ContextSummary,
  'hasDashboard' | 'takesTokens' | 'capabilities' | 'signIn'
> {
  /** The forms of API that its service speaks and this version knows. */
  dialects: Dialect[];
  /** Whether a session signs it in that is for one organization. */
  hasNarrowSession: boolean;
  /** What signed it in before it was signed out last; null where nobody knows. */
  signedOutOf: CredentialKind | null;
  /** Page of the same origin; null where the service has none. */
  dashboardUrl: string | null;
  /** Set Podman up for the helper once the service knows the credential. */
  setUpPodman: boolean;
  /** The same for Docker. */
  setUpDocker: boolean;
}

/** A row of `columns`. */
export interface ContextRow {
  id: string;
  name: string;
  /** Null for a context from before there were colours to choose. */
  colour: string | null;
  label: string | null;
  origin: string;
  host: string;
  service_name: string;
  /** Names, with spaces between. */
  dialects: string;
  user_id: string | null;
  org: string | null;
  credential: CredentialKind | null;
  signed_out_of: CredentialKind | null;
  state: StoredContext['state'];
  longest_life: number | null;
  ends_at: string | null;
  has_narrow_session: number;
  audience: string | null;
  is_current: number;
  has_registry: number;
  dashboard_url: string | null;
  set_up_podman: number;
  set_up_docker: number;
  created_at: string;
}

/** What is read of a context: its columns, and what follows from its credential. */
export const columns = `contexts.*, ${stateOfRow} AS state, ${longestLifeOfRow} AS longest_life,
  ${endOfRow} AS ends_at, ${hasNarrowSession} AS has_narrow_session, ${lastAudience} AS audience`;

/** All contexts, oldest first. */
export function readContexts(sql: Sql): StoredContext[] {
  return sql.all<ContextRow>(`SELECT ${columns} FROM contexts ORDER BY created_at, rowid`).map(fromRow);
}

/** The oldest contexts, at most so many, and how many there are in all. */
export function readOldest(sql: Sql, most: number): { contexts: StoredContext[]; total: number } {
  return {
    contexts: sql
      .all<ContextRow>(`SELECT ${columns} FROM contexts ORDER BY created_at, rowid LIMIT ?`, most)
      .map(fromRow),
    total: sql.get<{ total: number }>('SELECT count(*) AS total FROM contexts')?.total ?? 0,
  };
}

export function readContext(sql: Sql, id: string): StoredContext | null {
  return fromRowOrNull(sql.get<ContextRow>(`SELECT ${columns} FROM contexts WHERE id = ?`, id));
}

export function readCurrentContext(sql: Sql): StoredContext | null {
  return fromRowOrNull(sql.get<ContextRow>(`SELECT ${columns} FROM contexts WHERE is_current = 1`));
}

export function readState(sql: Sql, id: string): StoredContext['state'] | null {
  const row = sql.get<Pick<ContextRow, 'state'>>(
    `SELECT ${stateOfRow} AS state FROM contexts WHERE id = ?`,
    id,
  );
  return row?.state ?? null;
}

/** The ids of the contexts whose service is to learn of their credential. */
export function readPending(sql: Sql): string[] {
  return sql.all<{ id: string }>(`SELECT id FROM contexts WHERE ${isPending}`).map(({ id }) => id);
}

/** Names alone, which do not take the whole rows of thousands of contexts. */
export function readNames(sql: Sql): { id: string; name: string }[] {
  return sql.all('SELECT id, name FROM contexts');
}

/** The id of the context that is called so. */
export function readByName(sql: Sql, name: string): string | null {
  return sql.get<{ id: string }>('SELECT id FROM contexts WHERE name = ?', name)?.id ?? null;
}

/** All contexts are about to be written: two may have exchanged their names, and none is in the way of another. */
export function setNamesAside(sql: Sql): void {
  sql.run('UPDATE contexts SET name = id, is_current = 0');
}

export function readColours(sql: Sql): StoredContext['colour'][] {
  return sql.all<Pick<ContextRow, 'id' | 'colour'>>('SELECT id, colour FROM contexts').map(colourOf);
}

/** Whether a context is of this service. */
export function hasOrigin(sql: Sql, origin: string): boolean {
  return sql.get('SELECT 1 FROM contexts WHERE origin = ?', origin) !== undefined;
}

/** What makes two contexts the same for a person: a user of a service, in one organization. */
export type AccountFacts = Pick<StoredContext, 'origin' | 'userId' | 'org'>;

/** Whether there is a context that a second one of the account would be the same as. */
export function hasAccount(sql: Sql, { origin, userId, org }: AccountFacts, except: string | null): boolean {
  const row = sql.get(
    `SELECT 1 FROM contexts WHERE origin = ? AND user_id = ? AND org IS ? AND id IS NOT ? AND ${isOnlyOfAccount}`,
    ...[origin, userId, org, except],
  );
  return row !== undefined;
}

/** Which context is to be the current one when there is none: the newest active one, or the newest of all. */
export function readHeir(sql: Sql): StoredContext | null {
  return fromRowOrNull(
    sql.get<ContextRow>(
      `SELECT ${columns} FROM contexts ORDER BY state = 'active' DESC, created_at DESC, rowid DESC LIMIT 1`,
    ),
  );
}

/** A context without what follows from its credential, or became of one. */
export type NewContext = Omit<
  StoredContext,
  'state' | 'maxTokenTtl' | 'endsAt' | 'hasNarrowSession' | 'signedOutOf' | 'audience'
>;

/** The columns of a context, by its fields. */
const columnOf = {
  id: 'id',
  name: 'name',
  colour: 'colour',
  label: 'label',
  origin: 'origin',
  host: 'host',
  serviceName: 'service_name',
  dialects: 'dialects',
  userId: 'user_id',
  org: 'org',
  credential: 'credential',
  current: 'is_current',
  hasRegistry: 'has_registry',
  dashboardUrl: 'dashboard_url',
  setUpPodman: 'set_up_podman',
  setUpDocker: 'set_up_docker',
  createdAt: 'created_at',
} as const satisfies Record<keyof NewContext, keyof ContextRow>;

const fields = Object.keys(columnOf) as (keyof NewContext)[];

/** In the order of `columnOf`. */
function valuesOf(context: NewContext): (string | number | null)[] {
  return fields.map((field) => {
    const value = context[field];
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'object' && value !== null ? namesText(value) : value;
  });
}

function namesText(dialects: readonly Dialect[]): string {
  return dialects.join(' ');
}

const insertion = `INSERT INTO contexts (${Object.values(columnOf).join(', ')})
  VALUES (${fields.map(() => '?').join(', ')})`;

export function insertContext(sql: Sql, context: NewContext): void {
  sql.run(insertion, ...valuesOf(context));
}

const change = `UPDATE contexts SET ${Object.values(columnOf)
  .map((column) => `${column} = ?`)
  .join(', ')} WHERE id = ?`;

/** Writes a context that is there. What hangs on it, by its id, stays. */
export function writeContext(sql: Sql, context: NewContext): void {
  sql.run(change, ...valuesOf(context), context.id);
}

/** Makes one context the current one, and no other. Touches no more rows than change. */
export function writeCurrent(sql: Sql, id: string): void {
  sql.transaction(() => {
    sql.run('UPDATE contexts SET is_current = 0 WHERE is_current = 1 AND id <> ?', id);
    sql.run('UPDATE contexts SET is_current = 1 WHERE id = ?', id);
  });
}

/** @param setUp - Which clients signing in again sets up. */
export function writeSignedOut(sql: Sql, id: string, setUp: PerClient<boolean>): void {
  sql.run(
    `UPDATE contexts SET signed_out_of = credential, credential = NULL, set_up_podman = ?, set_up_docker = ?
     WHERE id = ?`,
    ...[Number(setUp.podman), Number(setUp.docker), id],
  );
}

export function writeUser(sql: Sql, id: string, userId: string): void {
  sql.run('UPDATE contexts SET user_id = ? WHERE id = ?', userId, id);
}

export function writeDialects(sql: Sql, id: string, dialects: readonly Dialect[]): void {
  sql.run('UPDATE contexts SET dialects = ? WHERE id = ?', namesText(dialects), id);
}

/** @param org - Slug; null for the one that the service takes by itself. */
export function writeOrg(sql: Sql, id: string, org: string | null): void {
  sql.run('UPDATE contexts SET org = ? WHERE id = ?', org, id);
}

/** It is signed in by a credential of another kind from now on, or again. */
export function writeCredential(sql: Sql, id: string, kind: CredentialKind): void {
  sql.run('UPDATE contexts SET credential = ? WHERE id = ?', kind, id);
}

export function writeAppearance(
  sql: Sql,
  id: string,
  appearance: Pick<ContextSummary, 'name' | 'colour' | 'label'>,
): void {
  sql.run(
    'UPDATE contexts SET name = ?, colour = ?, label = ? WHERE id = ?',
    ...[appearance.name, appearance.colour, appearance.label, id],
  );
}

/** Its credentials and registry set-ups go with it; `secure_delete` overwrites what they held. */
export function deleteContext(sql: Sql, id: string): void {
  sql.run('DELETE FROM contexts WHERE id = ?', id);
}

export function toSummary(context: StoredContext, signIn: ContextSummary['signIn']): ContextSummary {
  const { dialects, signedOutOf } = context;
  return {
    id: context.id,
    name: context.name,
    colour: context.colour,
    label: context.label,
    origin: context.origin,
    host: context.host,
    serviceName: context.serviceName,
    userId: context.userId,
    org: context.org,
    credential: context.credential,
    endsAt: context.endsAt,
    state: context.state,
    signIn,
    current: context.current,
    hasRegistry: context.hasRegistry,
    hasDashboard: context.dashboardUrl !== null,
    audience: context.audience,
    takesTokens: dialects.includes('tkeeper') && (signedOutOf ?? 'pasted') === 'pasted',
    capabilities: capabilitiesOf({
      ...context,
      credential: context.credential ?? (signedOutOf === 'pasted' ? signedOutOf : null),
    }),
    maxTokenTtl: context.maxTokenTtl,
    createdAt: context.createdAt,
  };
}

function colourOf({ id, colour }: Pick<ContextRow, 'id' | 'colour'>): StoredContext['colour'] {
  return contextColourSchema.safeParse(colour).data ?? colourOfId(id);
}

/**
 * Every context has a user: a key is made for one that was named, an API key and a session say whose they are. The file
 * leaves room for kinds of credentials that do not. One that keys sign in has a longest life of its tokens.
 *
 * @throws KeyholdError `vault_damaged` for one without them, or with a host that is not its origin's: tokens for one
 *   would go to the other
 */
export function fromRow(row: ContextRow): StoredContext {
  const { user_id: userId, longest_life: maxTokenTtl } = row;
  const lacksTerms = row.credential === 'key' && maxTokenTtl === null;
  if (userId === null || lacksTerms || !isHostOf(row.origin, row.host)) {
    throw new KeyholdError('vault_damaged');
  }
  return {
    id: row.id,
    name: row.name,
    colour: colourOf(row),
    label: row.label,
    origin: row.origin,
    host: row.host,
    serviceName: row.service_name,
    dialects: knownDialects(row.dialects.split(' ')),
    userId,
    org: row.org,
    credential: row.credential,
    signedOutOf: row.signed_out_of,
    endsAt: row.ends_at,
    hasNarrowSession: row.has_narrow_session === 1,
    audience: row.audience,
    state: row.state,
    maxTokenTtl,
    current: row.is_current === 1,
    // No registry takes a pasted token.
    hasRegistry: row.has_registry === 1 && (row.credential ?? row.signed_out_of) !== 'pasted',
    dashboardUrl: row.dashboard_url,
    setUpPodman: row.set_up_podman === 1,
    setUpDocker: row.set_up_docker === 1,
    createdAt: row.created_at,
  };
}

function fromRowOrNull(row: ContextRow | undefined): StoredContext | null {
  return row === undefined ? null : fromRow(row);
}
