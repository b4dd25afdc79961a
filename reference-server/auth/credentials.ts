import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/errors.ts';
import { verifyApiToken } from './keys/api-token.ts';
import { signInWithPassword } from './password-sign-in.ts';
import { passwordEpoch } from './passwords.ts';
import { findSession, sessionTokenPattern } from './sessions.ts';

/**
 * What proved who somebody is, by the name under which the database can be asked whether it still counts: a session
 * by the hash of its token, a key by its kid, a password by `passwordEpoch`. Nothing in it is secret.
 */
export type Credential =
  | { method: 'session'; session: string }
  | { method: 'key'; kid: string }
  | { method: 'password'; epoch: string };

/** Who a request comes from, and how that was proved. */
export interface Principal {
  kind: 'user' | 'bot';
  id: string;
  /** User name, or `org/name` of a bot. */
  name: string;
  /** `expiresAt` is when the credential ends by itself; a password does not. */
  auth: Credential & { expiresAt?: Date };
}

/**
 * Who presents this `Authorization: Bearer` credential: an API token signed by a registered key, or a session token.
 *
 * @param ip - The caller's address, for the audit log.
 * @throws ApiError 401 with the reason.
 */
export async function authenticateBearer(
  context: ServerContext,
  token: string,
  ip: string,
): Promise<Principal> {
  if (!sessionTokenPattern.test(token)) return authenticateApiToken(context, token, ip);
  const session = await findSession(context, token);
  if (session === null) throw new ApiError('session_expired', 'The session has ended. Sign in again.');
  const { user, id, expiresAt } = session;
  const auth = { method: 'session', session: id, expiresAt } as const;
  return { kind: 'user', id: user.id, name: user.username, auth };
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
): Promise<Principal> {
  if (looksLikeJwt(password)) return authenticateApiToken(context, password, ip);
  const user = await signInWithPassword(context, { username, password, ip, via: 'basic' });
  const auth = { method: 'password', epoch: passwordEpoch(user.password_hash) } as const;
  return { kind: 'user', id: user.id, name: user.username, auth };
}

async function authenticateApiToken(context: ServerContext, token: string, ip: string): Promise<Principal> {
  const { owner, kid, expiresAt } = await verifyApiToken(context, token, ip);
  return { kind: owner.kind, id: owner.id, name: owner.name, auth: { method: 'key', kid, expiresAt } };
}

/** Every JWT's header is a JSON object: `{` with a quote, a blank or a line break behind it is `ey` or `ew` in base64url. */
function looksLikeJwt(password: string): boolean {
  return /^e[wy]/.test(password) && password.split('.').length === 3;
}
