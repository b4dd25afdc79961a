import { hash } from 'node:crypto';
import { z } from 'zod';
import { apiTokenPattern } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { apiKeyPattern } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { ServerContext } from '../context.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import { ApiError } from '../http/api-error.ts';
import { findApiKey } from '../identity/api-keys.ts';
import { findApiToken } from '../identity/api-tokens.ts';
import { findKeyWithOwner, orgOf, ownerOfUser } from '../identity/keys.ts';
import type { KeyOwner } from '../identity/keys.ts';
import { membershipsOf } from '../identity/users.ts';
import type { OrgMembership } from '../identity/users.ts';
import { noteUse } from '../identity/last-use.ts';
import type { UsedCredential } from '../identity/last-use.ts';
import { lowerRole } from '../identity/roles.ts';
import { verifyApiKey } from './api-key-credential.ts';
import { verifyPersonalToken } from './api-token-credential.ts';
import type { Caller, Credential, JwtLimits, OwnMethod, RegistryLimits, Source } from './caller.ts';
import { verifyApiToken } from './keys/api-token.ts';
import { decodeCompactJws } from './keys/compact-jws.ts';
import { limitsOfApiKey, limitsOfApiToken } from './own-limits.ts';
import { signInWithPassword } from './password-sign-in.ts';
import { passwordEpoch } from './passwords.ts';
import { accessTokenType, readAccessToken } from './renewed-sessions/tokens.ts';
import { readSessionJwt, sessionJwtType } from './session-jwt.ts';
import { findSession, readSession, sessionTokenPattern } from './sessions.ts';
import type { Session } from './sessions.ts';

/**
 * Who presents this `Authorization: Bearer` credential: a session's token, an API key, a user's API token, a server
 * JWT, or an API token signed by a registered key.
 *
 * @throws ApiError 401 with the reason.
 */
export async function authenticateBearer(
  context: ServerContext,
  token: string,
  source: Source,
): Promise<Caller> {
  return noted(context, await believe(context, token, source), source);
}

/** Tells who presents a Bearer credential. @throws ApiError 401 with the reason. */
export type BearerCallers = (token: string, source: Source) => Promise<Caller>;

/** Who presents some kind of Bearer credential, and what its use is to be noted by; null for none. */
interface Believed {
  caller: Caller;
  used: UsedCredential | null;
}

/**
 * Makes a function that does what `authenticateBearer` does, for requests that come often: who presents what was believed
 * once is remembered until something is written to the database, or its time is over. Nothing is remembered of what was
 * refused.
 */
export function bearerCallers(context: ServerContext): BearerCallers {
  const cache = new UnchangedCache<Believed & { at: Date }>(context.db, maxRemembered);
  return async (token, source) => {
    const read = async () => ({ at: context.now(), ...(await believe(context, token, source)) });
    const still = (found: Believed & { at: Date }) => isInTime(context, found);
    return noted(context, await cache.get(hash('sha256', token, 'base64'), read, still), source);
  };
}

/** Whether the clock, which may be set back, is where the credential counts. */
function isInTime(context: ServerContext, { at, caller }: Believed & { at: Date }): boolean {
  const now = context.now();
  const { ends } = caller.credential;
  return at <= now && (ends === null || now < ends);
}

async function noted(context: ServerContext, { caller, used }: Believed, source: Source): Promise<Caller> {
  if (used !== null) await noteUse(context, used, source);
  return caller;
}

async function believe(context: ServerContext, token: string, source: Source): Promise<Believed> {
  if (apiKeyPattern.test(token)) return believeApiKey(context, token, source);
  if (apiTokenPattern.test(token)) return believePersonalToken(context, token, source);
  if (!sessionTokenPattern.test(token)) return believeJwt(context, token, source);
  const session = await findSession(context, token);
  if (session === null) throw new ApiError('session_expired', 'The session has ended. Sign in again.');
  return { caller: await callerOfSession(context, session), used: null };
}

/**
 * Who presents these Basic credentials: with an API key, API token or server JWT as password any user name will do, else
 * a user's own name and password.
 *
 * @throws ApiError 401, or 429 with `retryAfterSeconds` after too many failures.
 */
export async function authenticateBasic(
  context: ServerContext,
  username: string,
  password: string,
  source: Source,
): Promise<Caller> {
  const isToken = apiKeyPattern.test(password) || apiTokenPattern.test(password) || looksLikeJwt(password);
  if (isToken) return authenticateBearer(context, password, source);
  const user = await signInWithPassword(context, { username, password, ip: source.ip, via: 'basic' });
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
  limits: RegistryLimits;
  ends: Date;
}

/** Far more than the holders that are in use at a time. */
const maxRemembered = 10_000;

/**
 * Makes a function that tells who presents a registry token whose signature and time are good. It gives null once the
 * credential that bought the token has ended: key revoked, bot deleted, session signed out, password changed, user
 * disabled, membership of an API key's user gone. Its answers are remembered until something is written to the database.
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
    case 'session':
    case 'jwt':
    case 'access-token': {
      const session = await readSession(context, credential.id);
      return session === null ? null : ownerOfUser(session.user);
    }
    case 'api-key': {
      const found = await findApiKey(context, { column: 'id', value: credential.id });
      return found === null ? null : ownerOfUser(found.user);
    }
    case 'api-token': {
      const found = await findApiToken(context, { column: 'id', value: credential.id });
      return found === null ? null : ownerOfUser(found.user);
    }
    case 'password': {
      const user = await context.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return user !== undefined && passwordEpoch(user.password_hash) === credential.id
        ? ownerOfUser(user)
        : null;
    }
  }
}

/** Tokens of the server's own say by their type what they are; all others are tokens of keys. */
async function believeJwt(context: ServerContext, token: string, { ip }: Source): Promise<Believed> {
  const type = typeOf(token);
  if (type === accessTokenType) return { caller: await callerOfAccessToken(context, token), used: null };
  if (type === sessionJwtType) return { caller: await callerOfSessionJwt(context, token), used: null };
  return believeApiToken(context, token, ip);
}

async function callerOfSessionJwt(context: ServerContext, token: string): Promise<Caller> {
  const { session, membership, role, ends } = await readSessionJwt(context, token);
  const caller = await newCaller(context, ownerOfUser(session.user), { method: 'jwt', id: session.id, ends });
  const limits: JwtLimits = { kind: 'jwt', org: membership?.slug ?? null, role };
  const credential = { ...caller.credential, limits };
  if (membership === null) return { ...caller, credential, organization: null };
  const { slug } = membership;
  return { ...caller, credential, organization: { slug, role: lowerRole(membership.role, role) } };
}

async function callerOfAccessToken(context: ServerContext, token: string): Promise<Caller> {
  const { session, ends } = await readAccessToken(context, token);
  return newCaller(context, ownerOfUser(session.user), { method: 'access-token', id: session.id, ends });
}

async function believeApiToken(context: ServerContext, token: string, ip: string): Promise<Believed> {
  const { owner, kid, lastUsedAt, expiresAt, org } = await verifyApiToken(context, token, ip);
  const credential = { method: 'key', id: kid, ends: expiresAt } as const;
  const caller = await newCaller(context, owner, credential, (all) =>
    org === null ? all[0] : all.find(({ slug }) => slug === org),
  );
  return { caller, used: { table: 'public_keys', id: kid, last_used_at: lastUsedAt } };
}

async function believeApiKey(context: ServerContext, secret: string, source: Source): Promise<Believed> {
  const found = await verifyApiKey(context, secret, source);
  const { key, org, user } = found;
  const ends = key.expires_at === null ? null : new Date(key.expires_at);
  const caller = await newCaller(context, ownerOfUser(user), { method: 'api-key', id: key.id, ends }, (all) =>
    all.find(({ slug }) => slug === org),
  );
  return {
    caller: { ...caller, credential: { ...caller.credential, limits: limitsOfApiKey(found) } },
    used: { table: 'api_keys', id: key.id, last_used_at: key.last_used_at },
  };
}

async function believePersonalToken(
  context: ServerContext,
  secret: string,
  source: Source,
): Promise<Believed> {
  const found = await verifyPersonalToken(context, secret, source);
  const { token, user } = found;
  const ends = token.expires_at === null ? null : new Date(token.expires_at);
  const caller = await newCaller(context, ownerOfUser(user), { method: 'api-token', id: token.id, ends });
  return {
    caller: { ...caller, credential: { ...caller.credential, limits: limitsOfApiToken(found) } },
    used: { table: 'api_tokens', id: token.id, last_used_at: token.last_used_at },
  };
}

async function callerOfSession(
  context: ServerContext,
  { id, user, expiresAt, orgId }: Session,
): Promise<Caller> {
  return newCaller(
    context,
    ownerOfUser(user),
    { method: 'session', id, ends: expiresAt },
    (all) => all.find((each) => each.orgId === orgId) ?? all[0],
  );
}

/** @param choose - In which of a user's organizations the caller acts. */
async function newCaller(
  { db }: ServerContext,
  { kind, id, name, approved, mustChangePassword }: KeyOwner,
  credential: Omit<Credential, 'limits'>,
  choose: (memberships: readonly OrgMembership[]) => OrgMembership | undefined = ([first]) => first,
): Promise<Caller> {
  const standing = { approved, mustChangePassword };
  const caller = { principal: { kind, id, name }, ...standing, credential: { ...credential, limits: null } };
  const { org } = orgOf({ kind, name });
  if (org !== undefined) return { ...caller, organization: { slug: org, role: null } };
  const chosen = choose(await membershipsOf(db, id));
  return { ...caller, organization: chosen === undefined ? null : { slug: chosen.slug, role: chosen.role } };
}

const typedHeader = z.looseObject({ typ: z.string() });

/** What a token says it is, which says only which check it is for. */
function typeOf(token: string): string | null {
  const decoded = decodeCompactJws(token);
  return typeof decoded === 'string' ? null : (typedHeader.safeParse(decoded.header).data?.typ ?? null);
}

/** A JWT begins with a JSON object: in base64url, `{` and a quote, blank or line break begin with `ey` or `ew`. */
function looksLikeJwt(password: string): boolean {
  return /^e[wy]/.test(password) && password.split('.').length === 3;
}
