import { hash, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { compactJwsPattern, maxTokenBytes } from '../../contracts/server-api/tokens.ts';
import type { Principal } from '../auth/credentials.ts';
import type { ServerContext } from '../context.ts';
import { DistributionError } from './distribution-error.ts';
import type { ScopeAccess, ScopeAction } from './scopes.ts';

/** Life of a registry token in seconds; one push makes as many requests with it as it likes. */
export const registryTokenTtl = 300;
/** Clients treat anything shorter as this many seconds, so no token is given out for less. */
const minimumTtl = 60;

/** Apart from every other kind of token by its own type (RFC 8725, section 3.11). */
const tokenType = 'registry+jwt';
const algorithm = 'HS256';

const claimsSchema = z.object({
  sub: z.string(),
  nbf: z.number(),
  exp: z.number(),
  access: z.array(
    z.object({
      type: z.literal('repository'),
      name: z.string(),
      actions: z.array(z.enum(['pull', 'push', 'delete'])),
    }),
  ),
  principal: z
    .object({
      kind: z.enum(['user', 'bot']),
      name: z.string(),
      method: z.enum(['session', 'key', 'password']),
      kid: z.string().optional(),
    })
    .optional(),
});

/** What a verified registry token says. `principal` is null for an anonymous caller. */
export interface RegistryCaller {
  principal: Principal | null;
  access: readonly ScopeAccess[];
}

/** A fresh token and its times, as the token endpoint answers them. */
export interface IssuedRegistryToken {
  token: string;
  /** Seconds from `issuedAt`. */
  expiresIn: number;
  issuedAt: Date;
}

/** The `service` of challenges and the audience of tokens: the host and port of the public origin. */
export function registryService(context: ServerContext): string {
  return new URL(context.origin()).host;
}

/**
 * Signs a Bearer token for the routes under `/v2` (distribution token specification, "JWT").
 *
 * @param principal - Who authenticated; null for an anonymous caller.
 * @param access - What the token allows, already limited to what the caller has.
 */
export async function issueRegistryToken(
  context: ServerContext,
  principal: Principal | null,
  access: readonly ScopeAccess[],
): Promise<IssuedRegistryToken> {
  const now = context.now();
  const issuedAt = new Date(now.getTime() - now.getMilliseconds());
  const expiresIn = lifetime(principal, issuedAt);
  const seconds = issuedAt.getTime() / 1000;
  const token = await new SignJWT({ access, ...principalClaim(principal) })
    .setProtectedHeader({ alg: algorithm, typ: tokenType })
    .setIssuer(context.origin())
    .setAudience(registryService(context))
    .setSubject(principal?.id ?? '')
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + expiresIn)
    .setJti(randomUUID())
    .sign(context.secrets.registryTokenKey);
  return { token, expiresIn, issuedAt };
}

function lifetime(principal: Principal | null, issuedAt: Date): number {
  const until = principal?.auth.expiresAt;
  if (until === undefined) return registryTokenTtl;
  const left = Math.floor((until.getTime() - issuedAt.getTime()) / 1000);
  return Math.min(registryTokenTtl, Math.max(minimumTtl, left));
}

function principalClaim(principal: Principal | null): {
  principal?: z.infer<typeof claimsSchema>['principal'];
} {
  if (principal === null) return {};
  const { kind, name, auth } = principal;
  return {
    principal: { kind, name, method: auth.method, ...(auth.kid === undefined ? {} : { kid: auth.kid }) },
  };
}

/** A verified token, and when it is one, in milliseconds since 1970. */
interface VerifiedToken {
  caller: RegistryCaller;
  notBefore: number;
  expiresAt: number;
}

/** Tokens beyond this number are verified again; each lives five minutes. */
const maxVerified = 10_000;

/**
 * Makes the check of Bearer tokens for the routes under `/v2`. A token is verified once and then recognized until it
 * ends; what its holder may still do is another question, asked at every request. Only hashes of tokens are kept.
 *
 * @returns a function that throws DistributionError 401 UNAUTHORIZED, without the challenge that its caller adds
 */
export function registryTokenVerifier(context: ServerContext): (token: string) => Promise<RegistryCaller> {
  const verified = new Map<string, VerifiedToken>();
  return async (token) => {
    if (token.length > maxTokenBytes) throw tokenRefused();
    const key = hash('sha256', token, 'base64');
    const known = verified.get(key);
    const now = context.now().getTime();
    if (known !== undefined && known.notBefore <= now && now < known.expiresAt) return known.caller;
    verified.delete(key);
    const fresh = await verifyRegistryToken(context, token);
    if (verified.size >= maxVerified) verified.clear();
    verified.set(key, fresh);
    return fresh.caller;
  };
}

async function verifyRegistryToken(context: ServerContext, token: string): Promise<VerifiedToken> {
  if (!compactJwsPattern.test(token)) throw tokenRefused();
  const verified = await jwtVerify(token, context.secrets.registryTokenKey, {
    algorithms: [algorithm],
    typ: tokenType,
    issuer: context.origin(),
    audience: registryService(context),
    requiredClaims: ['exp', 'nbf', 'iat', 'sub', 'jti'],
    currentDate: context.now(),
  }).catch(() => null);
  const claims = claimsSchema.safeParse(verified?.payload);
  if (!claims.success) throw tokenRefused();
  const { nbf, exp, access } = claims.data;
  const caller = { principal: principalOf(claims.data), access };
  return { caller, notBefore: nbf * 1000, expiresAt: exp * 1000 };
}

function principalOf({ sub, principal }: z.infer<typeof claimsSchema>): Principal | null {
  if (principal === undefined) return null;
  const { kind, name, method, kid } = principal;
  return { kind, id: sub, name, auth: { method, ...(kid === undefined ? {} : { kid }) } };
}

function tokenRefused(): DistributionError {
  return new DistributionError(
    401,
    'UNAUTHORIZED',
    'The registry token is not valid or has expired: ask the token endpoint for a new one.',
  );
}

/** Whether a token names this action for this repository. */
export function tokenAllows(caller: RegistryCaller, name: string, action: ScopeAction): boolean {
  return caller.access.some((entry) => entry.name === name && entry.actions.includes(action));
}
