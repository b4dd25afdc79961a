import { coversScope } from '../../../contracts/server-api/artifact-keeper/scopes.ts';
import { isForOneOrganization } from '../../auth/caller.ts';
import type { ApiKeyLimits, ApiTokenLimits, Caller } from '../../auth/caller.ts';
import { limitsOfApiKey, limitsOfApiToken } from '../../auth/own-limits.ts';
import type { ServerContext } from '../../context.ts';
import type { UserTable } from '../../db/schema.ts';
import { notFound } from '../../http/api-error.ts';
import { findApiKey } from '../../identity/api-keys.ts';
import { findApiToken } from '../../identity/api-tokens.ts';
import { decideAction } from '../decide-action.ts';
import { loadPrincipalFacts } from '../facts.ts';
import type { NamedSubject } from '../matrix/access-principals.ts';
import { keyLimitsOf } from '../require-right.ts';

/** A key or token that counts, and what somebody who asks about it may know. */
export interface AskedCredential {
  /** Whom it belongs to. */
  holder: NamedSubject;
  limits: ApiKeyLimits | ApiTokenLimits;
  /** Of an API key; null for an API token, which is for no one organization. */
  org: { id: string; slug: string } | null;
  /** `itself`: it is what the caller uses. `holder`: whose it is. `other`: who administers something. */
  asker: 'itself' | 'holder' | 'other';
}

interface FoundCredential extends Omit<AskedCredential, 'asker'> {
  method: 'api-key' | 'api-token';
  id: string;
}

/**
 * The key or token of a reference such as `api-key:ID`. Those may ask about it: itself; its holder, signed in or by a
 * key, in the organization of an API key where their credential is for one alone; whoever is shown it in the list of an
 * organization's API keys, who may revoke it too; administrators of the server.
 *
 * @throws ApiError 404 for everybody else, and for one that is unknown, revoked or over: all look the same.
 */
export async function requireCredential(
  context: ServerContext,
  caller: Caller,
  reference: string,
): Promise<AskedCredential> {
  const found = await findCredential(context, reference);
  const asker = found && (await askerAbout(context, caller, found));
  if (found === null || asker === null)
    throw notFound(`A key or token ${reference} that counts`, 'credential_gone');
  const { holder, limits, org } = found;
  return { holder, limits, org, asker };
}

async function findCredential(context: ServerContext, reference: string): Promise<FoundCredential | null> {
  const by = { column: 'id', value: reference.slice(reference.indexOf(':') + 1) } as const;
  if (reference.startsWith('api-key:')) {
    const key = await findApiKey(context, by);
    if (key === null) return null;
    const org = { id: key.key.org_id, slug: key.org };
    return { method: 'api-key', id: by.value, holder: subjectOf(key), limits: limitsOfApiKey(key), org };
  }
  const token = await findApiToken(context, by);
  if (token === null) return null;
  const limits = limitsOfApiToken(token);
  return { method: 'api-token', id: by.value, holder: subjectOf(token), limits, org: null };
}

function subjectOf({ user: { id, username, email } }: { user: UserTable }): NamedSubject {
  return { kind: 'user', id, name: username, email, isKnown: true };
}

async function askerAbout(
  context: ServerContext,
  caller: Caller,
  { method, id, holder, org }: FoundCredential,
): Promise<AskedCredential['asker'] | null> {
  const { principal, credential, organization } = caller;
  if (credential.method === method && credential.id === id) return 'itself';
  const isElsewhere = org !== null && isForOneOrganization(credential) && organization?.slug !== org.slug;
  if (isElsewhere) return null;
  const { limits } = credential;
  if (principal.id === holder.id && (limits === null || limits.kind === 'jwt')) return 'holder';
  const who = await loadPrincipalFacts(context, principal);
  const isWhole = limits === null || (limits.kind === 'api-token' && coversScope(limits.scopes, 'admin'));
  if (who.active && who.administrator && isWhole) return 'other';
  if (org === null || limits?.kind === 'api-token') return null;
  const place = who.roles.find(({ slug }) => slug === org.slug) ?? null;
  const role = isForOneOrganization(credential) ? organization?.role : place?.role;
  const whole = { projectId: null, branchId: null };
  const refusal = decideAction('api-keys:read-all', whole, role ?? null, keyLimitsOf(caller));
  return who.active && refusal === null ? 'other' : null;
}
