import { z } from 'zod';
import { apiKeyPattern } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { ServerContext } from '../context.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import { ApiError } from '../http/api-error.ts';
import { findApiKey } from '../identity/api-keys.ts';
import type { FoundApiKey } from '../identity/api-keys.ts';
import { findKeyWithOwner, orgOf, ownerOfUser } from '../identity/keys.ts';
import type { KeyOwner } from '../identity/keys.ts';
import { membershipsOf } from '../identity/users.ts';
import type { OrgMembership } from '../identity/users.ts';
import { lowerRole } from '../identity/roles.ts';
import { verifyApiKey } from './api-key-credential.ts';
import type {
  ApiKeyLimits,
  Caller,
  Credential,
  JwtLimits,
  OwnMethod,
  RegistryLimits,
  Source,
} from './caller.ts';
import { verifyApiToken } from './keys/api-token.ts';
import { decodeCompactJws } from './keys/compact-jws.ts';
import { signInWithPassword } from './password-sign-in.ts';
import { passwordEpoch } from './passwords.ts';
import { readSessionJwt, sessionJwtType } from './session-jwt.ts';
import { findSession, readSession, sessionTokenPattern } from './sessions.ts';
import type { Session } from './sessions.ts';

/**
 * Who presents this `Authorization: Bearer` credential: a session's token, an API key, a server JWT, or an API token
 * signed by a registered key.
 *
 * @throws ApiError 401 with the reason.
 */
export async function authenticateBearer(
  context: ServerContext,
  token: string,
  source: Source,
): Promise<Caller> {
  if (apiKeyPattern.test(token)) return authenticateApiKey(context, token, source);
  if (!sessionTokenPattern.test(token)) return authenticateJwt(context, token, source);
  const session = await findSession(context, token);
  if (session === null) throw new ApiError('session_expired', 'The session has ended. Sign in again.');
  return callerOfSession(context, session);
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
  if (apiKeyPattern.test(password)) return authenticateApiKey(context, password, source);
  if (looksLikeJwt(password)) return authenticateJwt(context, password, source);
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
    case 'jwt': {
      const session = await readSession(context, credential.id);
      return session === null ? null : ownerOfUser(session.user);
    }
    case 'api-key': {
      const found = await findApiKey(context, { column: 'id', value: credential.id });
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

/** A server JWT says by its type what it is; all others are tokens of keys. */
async function authenticateJwt(context: ServerContext, token: string, { ip }: Source): Promise<Caller> {
  if (!isSessionJwt(token)) return authenticateApiToken(context, token, ip);
  const { session, membership, role, ends } = await readSessionJwt(context, token);
  const caller = await newCaller(context, ownerOfUser(session.user), { method: 'jwt', id: session.id, ends });
  const limits: JwtLimits = { kind: 'jwt', org: membership?.slug ?? null, role };
  const credential = { ...caller.credential, limits };
  if (membership === null) return { ...caller, credential, organization: null };
  const { slug } = membership;
  return { ...caller, credential, organization: { slug, role: lowerRole(membership.role, role) } };
}

async function authenticateApiToken(context: ServerContext, token: string, ip: string): Promise<Caller> {
  const { owner, kid, expiresAt, org } = await verifyApiToken(context, token, ip);
  return newCaller(context, owner, { method: 'key', id: kid, ends: expiresAt }, (all) =>
    org === null ? all[0] : all.find(({ slug }) => slug === org),
  );
}

async function authenticateApiKey(context: ServerContext, secret: string, source: Source): Promise<Caller> {
  const found = await verifyApiKey(context, secret, source);
  const { key, org, user } = found;
  const ends = key.expires_at === null ? null : new Date(key.expires_at);
  const caller = await newCaller(context, ownerOfUser(user), { method: 'api-key', id: key.id, ends }, (all) =>
    all.find(({ slug }) => slug === org),
  );
  return { ...caller, credential: { ...caller.credential, limits: limitsOf(found) } };
}

function limitsOf({ key, org, targets }: FoundApiKey): ApiKeyLimits {
  const projects = new Set(targets.projectIds);
  const branches = new Set(targets.branchIds);
  const scope = {
    org: { kind: 'org' },
    project: { kind: 'project', projects },
    branch: { kind: 'branch', branches, projects },
  } as const;
  return { kind: 'api-key', org, scope: scope[key.scope_kind], capability: key.capability };
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
  { kind, id, name, approved }: KeyOwner,
  credential: Omit<Credential, 'limits'>,
  choose: (memberships: readonly OrgMembership[]) => OrgMembership | undefined = ([first]) => first,
): Promise<Caller> {
  const caller = { principal: { kind, id, name }, approved, credential: { ...credential, limits: null } };
  const { org } = orgOf({ kind, name });
  if (org !== undefined) return { ...caller, organization: { slug: org, role: null } };
  const chosen = choose(await membershipsOf(db, id));
  return { ...caller, organization: chosen === undefined ? null : { slug: chosen.slug, role: chosen.role } };
}

/** Says only which check it is for. */
const sessionJwtHeader = z.looseObject({ typ: z.literal(sessionJwtType) });

function isSessionJwt(token: string): boolean {
  const decoded = decodeCompactJws(token);
  return typeof decoded !== 'string' && sessionJwtHeader.safeParse(decoded.header).success;
}

/** A JWT begins with a JSON object: in base64url, `{` and a quote, blank or line break begin with `ey` or `ew`. */
function looksLikeJwt(password: string): boolean {
  return /^e[wy]/.test(password) && password.split('.').length === 3;
}
