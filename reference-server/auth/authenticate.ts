import type { ServerContext } from '../context.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import { ApiError } from '../http/api-error.ts';
import { findKeyWithOwner, orgOf, ownerOfUser } from '../identity/keys.ts';
import type { KeyOwner } from '../identity/keys.ts';
import { membershipsOf } from '../identity/users.ts';
import type { Caller, Credential, Limits, OwnMethod } from './caller.ts';
import { verifyApiToken } from './keys/api-token.ts';
import { signInWithPassword } from './password-sign-in.ts';
import { passwordEpoch } from './passwords.ts';
import { findSession, readSession, sessionTokenPattern } from './sessions.ts';
import type { Session } from './sessions.ts';

/**
 * Who presents this `Authorization: Bearer` credential: an API token signed by a registered key, or a session token.
 *
 * @param ip - The caller's address, for the audit log.
 * @throws ApiError 401 with the reason.
 */
export async function authenticateBearer(context: ServerContext, token: string, ip: string): Promise<Caller> {
  if (!sessionTokenPattern.test(token)) return authenticateApiToken(context, token, ip);
  const session = await findSession(context, token);
  if (session === null) throw new ApiError('session_expired', 'The session has ended. Sign in again.');
  return callerOfSession(context, session);
}

/**
 * Who presents these Basic credentials: with an API token as password any user name will do, else a user's own name
 * and password.
 *
 * @param ip - The caller's address, for the failure limit and the audit log.
 * @throws ApiError 401, or 429 with `retryAfterSeconds` after too many failures.
 */
export async function authenticateBasic(
  context: ServerContext,
  username: string,
  password: string,
  ip: string,
): Promise<Caller> {
  if (looksLikeJwt(password)) return authenticateApiToken(context, password, ip);
  const user = await signInWithPassword(context, { username, password, ip, via: 'basic' });
  const credential = { method: 'password', id: passwordEpoch(user.password_hash), ends: null } as const;
  return newCaller(context, ownerOfUser(user), credential);
}

/** Whose browser sends this session token; null when the session has ended. */
export async function authenticateBrowser(context: ServerContext, token: string): Promise<Caller | null> {
  const session = await findSession(context, token);
  return session === null ? null : callerOfSession(context, session);
}

/** Whom a registry token was given to, and by what credential: the token ends with it. */
export interface Holder {
  /** Id of the user or bot. */
  id: string;
  credential: { method: OwnMethod; id: string };
}

/** What a verified registry token says. */
export interface RegistryTokenClaims {
  /** Null for an anonymous caller. */
  holder: Holder | null;
  limits: Limits;
  ends: Date;
}

/** Far more than the holders that are in use at a time. */
const maxRemembered = 10_000;

/**
 * Makes a function that tells who presents a registry token whose signature and time are good. It gives null once the
 * credential that bought the token has ended: key revoked, bot deleted, session signed out, password changed, user
 * disabled. Its answers are remembered until something is written to the database.
 */
export function registryTokenCallers(
  context: ServerContext,
): (holder: Holder, claims: Pick<RegistryTokenClaims, 'limits' | 'ends'>) => Promise<Caller | null> {
  const cache = new UnchangedCache<Caller | null>(context.db, maxRemembered);
  return async (holder, { limits, ends }) => {
    const caller = await cache.get(JSON.stringify(holder), () => callerOfHolder(context, holder));
    return caller && { ...caller, credential: { ...caller.credential, limits, ends } };
  };
}

async function callerOfHolder(context: ServerContext, holder: Holder): Promise<Caller | null> {
  const owner = await ownerOfCredential(context, holder);
  if (owner?.id !== holder.id || !owner.active) return null;
  // The end of an API token is not known here; the registry token that it bought ends no later.
  return newCaller(context, owner, { method: 'registry-token', id: holder.credential.id, ends: null });
}

async function ownerOfCredential(
  context: ServerContext,
  { id, credential }: Holder,
): Promise<KeyOwner | null> {
  switch (credential.method) {
    case 'key': {
      const found = await findKeyWithOwner(context.db, credential.id);
      return found?.key.revoked_at === null ? found.owner : null;
    }
    case 'session': {
      const session = await readSession(context, credential.id);
      return session === null ? null : ownerOfUser(session.user);
    }
    case 'password': {
      const user = await context.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return user !== undefined && passwordEpoch(user.password_hash) === credential.id
        ? ownerOfUser(user)
        : null;
    }
  }
}

async function authenticateApiToken(context: ServerContext, token: string, ip: string): Promise<Caller> {
  const { owner, kid, expiresAt } = await verifyApiToken(context, token, ip);
  return newCaller(context, owner, { method: 'key', id: kid, ends: expiresAt });
}

async function callerOfSession(context: ServerContext, { id, user, expiresAt }: Session): Promise<Caller> {
  return newCaller(context, ownerOfUser(user), { method: 'session', id, ends: expiresAt });
}

async function newCaller(
  { db }: ServerContext,
  { kind, id, name }: KeyOwner,
  credential: Omit<Credential, 'limits'>,
): Promise<Caller> {
  const caller = { principal: { kind, id, name }, credential: { ...credential, limits: null } };
  const { org } = orgOf({ kind, name });
  if (org !== undefined) return { ...caller, organization: { slug: org, role: null } };
  const [first] = await membershipsOf(db, id);
  return { ...caller, organization: first === undefined ? null : { slug: first.slug, role: first.role } };
}

/** A JWT begins with a JSON object: in base64url, `{` and a quote, blank or line break begin with `ey` or `ew`. */
function looksLikeJwt(password: string): boolean {
  return /^e[wy]/.test(password) && password.split('.').length === 3;
}
