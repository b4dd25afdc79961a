import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { maxTokenBytes } from '../../contracts/server-api/tokens.ts';
import type { Holder, RegistryTokenClaims } from '../auth/authenticate.ts';
import { ownMethods } from '../auth/caller.ts';
import type { Caller, RegistryLimits } from '../auth/caller.ts';
import { readOwnJwt, signOwnJwt } from '../auth/own-jwt.ts';
import type { ServerContext } from '../context.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { actionOf } from './scopes.ts';
import type { ScopeAccess } from './scopes.ts';

/** Life of a registry token in seconds. */
export const registryTokenTtl = 300;
/** The least that the token endpoint may name as a token's life (distribution token specification). */
const minimumNamedTtl = 60;

/** Apart from every other kind of token by its own type (RFC 8725, section 3.11). */
const tokenType = 'registry+jwt';

/** Every method but a registry token: one does not buy another. */
const credentialSchema = z.object({
  method: z.enum(ownMethods),
  id: z.string(),
});

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

/** A fresh token and its times, as the token endpoint answers them. */
interface IssuedRegistryToken {
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
 * @param caller - Who authenticated; null for an anonymous one.
 * @param access - What the token allows, already limited to what the caller has.
 */
export async function issueRegistryToken(
  context: ServerContext,
  caller: Caller | null,
  access: readonly ScopeAccess[],
): Promise<IssuedRegistryToken> {
  const now = context.now();
  const issuedAt = new Date(now.getTime() - now.getMilliseconds());
  const life = lifetime(caller, issuedAt);
  const token = await signOwnJwt(
    context,
    { access, ...credentialClaim(caller) },
    {
      key: context.secrets.registryTokenKey,
      typ: tokenType,
      audience: registryService(context),
      subject: caller?.principal.id ?? '',
      issuedAt,
      life,
    },
  );
  return { token, expiresIn: Math.max(minimumNamedTtl, life), issuedAt };
}

function lifetime(caller: Caller | null, issuedAt: Date): number {
  const ends = caller?.credential.ends ?? null;
  if (ends === null) return registryTokenTtl;
  return Math.min(registryTokenTtl, Math.floor((ends.getTime() - issuedAt.getTime()) / 1000));
}

function credentialClaim(caller: Caller | null): { credential?: Holder['credential'] } {
  return caller === null ? {} : { credential: credentialSchema.parse(caller.credential) };
}

interface VerifiedToken {
  claims: RegistryTokenClaims;
  notBefore: Date;
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
export function registryTokenVerifier(
  context: ServerContext,
): (token: string) => Promise<RegistryTokenClaims> {
  const verified = new LRUCache<string, VerifiedToken>({ max: maxVerified });
  return async (token) => {
    if (token.length > maxTokenBytes) throw tokenRefused();
    const key = hash('sha256', token, 'base64');
    const known = verified.get(key);
    const now = context.now();
    if (known !== undefined && known.notBefore <= now && now < known.claims.ends) return known.claims;
    verified.delete(key);
    const fresh = await verifyRegistryToken(context, token);
    verified.set(key, fresh);
    return fresh.claims;
  };
}

async function verifyRegistryToken(context: ServerContext, token: string): Promise<VerifiedToken> {
  const read = await readOwnJwt(context, token, {
    key: context.secrets.registryTokenKey,
    typ: tokenType,
    audience: registryService(context),
    claims: claimsSchema,
  });
  if (read === null || read.expired) throw tokenRefused();
  const { sub, nbf, exp, access, credential } = read.claims;
  // Without a credential it is an anonymous caller's, who has no name.
  if (credential === undefined && sub !== '') throw tokenRefused();
  const holder = credential === undefined ? null : { id: sub, credential };
  return {
    claims: { holder, limits: limitsOf(access), ends: new Date(exp * 1000) },
    notBefore: new Date(nbf * 1000),
  };
}

function tokenRefused(): DistributionError {
  return new DistributionError(
    401,
    'UNAUTHORIZED',
    'The registry token is not valid or has expired: ask the token endpoint for a new one.',
  );
}

/** What a token's `access` claim names, in this server's own words. */
function limitsOf(access: readonly ScopeAccess[]): RegistryLimits {
  const repositories = new Map<string, Set<RepositoryAction>>();
  for (const entry of access) {
    if (entry.type === 'registry') continue;
    const actions = repositories.get(entry.name) ?? new Set();
    for (const action of entry.actions) actions.add(actionOf[action]);
    repositories.set(entry.name, actions);
  }
  return { kind: 'registry-token', repositories, list: access.some(({ type }) => type === 'registry') };
}
