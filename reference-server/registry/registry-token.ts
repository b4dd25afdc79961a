import { hash, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { maxTokenBytes } from '../../contracts/server-api/tokens.ts';
import { decodeCompactJws } from '../auth/keys/compact-jws.ts';
import type { Principal } from '../auth/credentials.ts';
import type { Holder } from '../auth/standing.ts';
import type { ServerContext } from '../context.ts';
import { DistributionError } from './distribution-error.ts';
import type { ScopeAccess, ScopeAction } from './scopes.ts';

/** Life of a registry token in seconds; one push makes as many requests with it as it likes. */
export const registryTokenTtl = 300;
/** The least that the token endpoint may name as a token's life (distribution token specification). */
const minimumNamedTtl = 60;

/** Apart from every other kind of token by its own type (RFC 8725, section 3.11). */
const tokenType = 'registry+jwt';
const algorithm = 'HS256';

const credentialSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('session'), session: z.string() }),
  z.object({ method: z.literal('key'), kid: z.string() }),
  z.object({ method: z.literal('password'), epoch: z.string() }),
]);

const claimsSchema = z.object({
  sub: z.string(),
  nbf: z.number(),
  exp: z.number(),
  access: z.array(
    z.discriminatedUnion('type', [
      z.object({
        type: z.literal('repository'),
        name: z.string(),
        actions: z.array(z.enum(['pull', 'push', 'delete'])),
      }),
      z.object({
        type: z.literal('registry'),
        name: z.literal('catalog'),
        actions: z.tuple([z.literal('*')]),
      }),
    ]),
  ),
  /** What bought the token; nothing for an anonymous caller. */
  credential: credentialSchema.optional(),
});

/** What a registry token says whose signature and time are good. `holder` is null for an anonymous caller. */
export interface RegistryClaims {
  holder: Holder | null;
  access: readonly ScopeAccess[];
}

/** A fresh token and its times, as the token endpoint answers them. */
export interface IssuedRegistryToken {
  token: string;
  /** Seconds from `issuedAt`, one minute at least: what clients are told. The token itself ends with its credential. */
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
  const life = lifetime(principal, issuedAt);
  const seconds = issuedAt.getTime() / 1000;
  const token = await new SignJWT({ access, ...credentialClaim(principal) })
    .setProtectedHeader({ alg: algorithm, typ: tokenType })
    .setIssuer(context.origin())
    .setAudience(registryService(context))
    .setSubject(principal?.id ?? '')
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + life)
    .setJti(randomUUID())
    .sign(context.secrets.registryTokenKey);
  return { token, expiresIn: Math.max(minimumNamedTtl, life), issuedAt };
}

function lifetime(principal: Principal | null, issuedAt: Date): number {
  const until = principal?.auth.expiresAt;
  if (until === undefined) return registryTokenTtl;
  return Math.min(registryTokenTtl, Math.floor((until.getTime() - issuedAt.getTime()) / 1000));
}

function credentialClaim(principal: Principal | null): { credential?: Holder['credential'] } {
  return principal === null ? {} : { credential: credentialSchema.parse(principal.auth) };
}

/** A verified token, and when it is one, in milliseconds since 1970. */
interface VerifiedToken {
  claims: RegistryClaims;
  notBefore: number;
  expiresAt: number;
}

/** Tokens beyond this number are verified again; each lives five minutes. */
const maxVerified = 10_000;

/**
 * Makes the check of Bearer tokens for the routes under `/v2`. A token is verified once and then recognized until it
 * ends; whether what bought it still counts, and what its holder may do, is asked at every request by the guard. Only
 * hashes of tokens are kept.
 *
 * @returns a function that throws DistributionError 401 UNAUTHORIZED, without the challenge that its caller adds
 */
export function registryTokenVerifier(context: ServerContext): (token: string) => Promise<RegistryClaims> {
  const verified = new Map<string, VerifiedToken>();
  return async (token) => {
    if (token.length > maxTokenBytes) throw tokenRefused();
    const key = hash('sha256', token, 'base64');
    const known = verified.get(key);
    const now = context.now().getTime();
    if (known !== undefined && known.notBefore <= now && now < known.expiresAt) return known.claims;
    verified.delete(key);
    const fresh = await verifyRegistryToken(context, token);
    if (verified.size >= maxVerified) verified.clear();
    verified.set(key, fresh);
    return fresh.claims;
  };
}

async function verifyRegistryToken(context: ServerContext, token: string): Promise<VerifiedToken> {
  // jose would take padding, white space and stray bits: one token, one spelling (RFC 8725, section 3).
  if (typeof decodeCompactJws(token) === 'string') throw tokenRefused();
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
  const { sub, nbf, exp, access, credential } = claims.data;
  // Without a credential it is an anonymous caller's, who has no name.
  if (credential === undefined && sub !== '') throw tokenRefused();
  const holder = credential === undefined ? null : { id: sub, credential };
  return { claims: { holder, access }, notBefore: nbf * 1000, expiresAt: exp * 1000 };
}

function tokenRefused(): DistributionError {
  return new DistributionError(
    401,
    'UNAUTHORIZED',
    'The registry token is not valid or has expired: ask the token endpoint for a new one.',
  );
}

/** Whether a token names this action for this repository. */
export function tokenAllows(
  { access }: Pick<RegistryClaims, 'access'>,
  name: string,
  action: ScopeAction,
): boolean {
  return access.some(
    (entry) => entry.type === 'repository' && entry.name === name && entry.actions.includes(action),
  );
}

/** Whether a token names the list of repositories. */
export function tokenAllowsCatalog({ access }: Pick<RegistryClaims, 'access'>): boolean {
  return access.some(({ type }) => type === 'registry');
}
