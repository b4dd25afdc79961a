import type { ServerContext } from '../../context.ts';
import type { UserTable } from '../../db/schema.ts';
import type { Actor, Audit, Tx } from '../../db/write.ts';
import type { ProviderClient } from '../../config/provider.ts';
import { ApiError } from '../../http/api-error.ts';
import { networkOf } from '../../http/client-address.ts';
import { deleteUnusedGroups, followGroups } from '../../identity/external-groups.ts';
import { userOfIdentity, userOfSubject } from '../../identity/external-identities.ts';
import { noteFailure } from '../keys/note-failure.ts';
import { tooManyFailures } from '../password-sign-in.ts';
import { endSession, startSession } from '../sessions.ts';
import type { Session } from '../sessions.ts';
import { invalid, verifyIdToken } from './id-token.ts';
import type { VerifiedIdToken } from './id-token.ts';
import { personOf } from './person.ts';
import type { Person } from './person.ts';
import type { OidcProvider } from './provider.ts';
import type { Providers } from './providers.ts';

/** Where a sign-in comes from, and the session that the browser had before, which ends. */
interface SignInSource {
  ip: string;
  via: 'api' | 'web';
  before: string | null;
}

/** Who signs in, as a provider says. */
export interface ExternalSignIn {
  token: VerifiedIdToken;
  person: Person;
}

/**
 * Starts a session of the user that an id token, which holds, is about; the user may be a new one.
 *
 * @throws ApiError 401 `invalid_token` when the token was used before, 403 `email_not_allowed`, 409 where another account
 *   has the name or address of a new user.
 */
export async function openSessionFrom(
  context: ServerContext,
  { settings: { id: provider, issuer, accounts } }: OidcProvider,
  { token, person }: ExternalSignIn,
  { ip, via, before }: SignInSource,
): Promise<{ token: string; session: Session; isNew: boolean }> {
  const now = context.now();
  const actor: Partial<Actor> = { ip };
  return context.write(actor, async (tx, audit) => {
    if (!(await useOnce(tx, token, now))) throw invalid('it was used before');
    const identity = { issuer, subject: token.subject, provider, name: person.name };
    const { user, isNew, orgId } =
      accounts === 'of-email' && person.email !== null
        ? await userOfIdentity(tx, context, { ...identity, email: person.email }, audit)
        : await userOfSubject(tx, context, { ...identity, ...person }, audit);
    const refused = await takeGroups(tx, now, provider, { user, groups: person.groups }, audit);
    Object.assign(actor, { id: user.id, name: user.username });
    const details = { method: 'oidc', provider, via, ...(refused > 0 && { groups_refused: refused }) };
    audit({ action: 'auth.sign_in', outcome: 'success', details });
    if (before !== null) await endSession(tx, before);
    return { ...(await startSession(tx, user, now, { orgId })), isNew };
  });
}

/** Has a user be in the groups that a provider names, where it was asked. @returns how many of them cannot be taken */
async function takeGroups(
  tx: Tx,
  now: Date,
  provider: string,
  { user, groups }: { user: UserTable; groups: Person['groups'] },
  audit: Audit,
): Promise<number> {
  if (groups === null) return 0;
  const said = groups.map((name) => ({ externalId: name, name }));
  const { refused } = await followGroups(tx, now, provider, new Map([[user.id, said]]), audit);
  await deleteUnusedGroups(tx, provider, audit);
  return refused.length;
}

/**
 * Starts a session for an id token that a client brings.
 *
 * @throws ApiError 400 for an unknown provider, 401 `invalid_token`, 403 `email_not_allowed`, 429 after too many
 *   failures, 502 `provider_unreachable`.
 */
export async function exchangeIdToken(
  context: ServerContext,
  providers: Providers,
  { provider: id, id_token: idToken }: { provider: string; id_token: string },
  ip: string,
): Promise<Session> {
  const provider = providers.find(id);
  if (provider === null) throw unknownProvider();
  return countFailures(context, providers, { provider, ip, via: 'api' }, async () => {
    const token = await verifyIdToken(context, provider, idToken);
    const signIn = { token, person: personOf(token.claims, provider.settings) };
    const { session } = await openSessionFrom(context, provider, signIn, { ip, via: 'api', before: null });
    return session;
  });
}

/**
 * Tries a sign-in from a network that has not failed too often. A failure is counted and goes to the audit log; that a
 * provider does not answer is none of the caller's.
 */
export async function countFailures<T>(
  context: ServerContext,
  { failures }: Providers,
  { provider, ip, via }: { provider: OidcProvider<ProviderClient>; ip: string; via: SignInSource['via'] },
  attempt: () => Promise<T>,
): Promise<T> {
  const network = networkOf(ip);
  const seconds = failures.pausedFor(network);
  if (seconds !== null) throw tooManyFailures(seconds);
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    failures.add(network);
    const { id } = provider.settings;
    const details = { method: 'oidc', provider: id, via, reason: error.code };
    await noteFailure(context, `oidc ${id}`, { ip }, { action: 'auth.sign_in', details });
    throw error;
  }
}

async function useOnce(tx: Tx, { hash, ends }: VerifiedIdToken, now: Date): Promise<boolean> {
  await tx.deleteFrom('used_id_tokens').where('expires_at', '<=', now.toISOString()).execute();
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('used_id_tokens')
    .values({ token_hash: hash, expires_at: ends.toISOString() })
    .onConflict((conflict) => conflict.column('token_hash').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

function unknownProvider(): ApiError {
  const message = 'Must be the id of a provider of this server';
  return new ApiError('invalid_request', 'This server does not know that provider.', {
    details: { issues: [{ path: 'provider', message }] },
  });
}
