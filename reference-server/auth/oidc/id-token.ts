import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { maxClockSkew } from '../../../contracts/server-api/tokens.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import { decodeCompactJws } from '../keys/compact-jws.ts';
import type { ProviderClient } from '../../config/provider.ts';
import type { OidcProvider } from './provider.ts';

/** How old an id token may be, seconds: it is exchanged right after the sign-in that it is of. */
const maxAge = 600;

/** Signatures by a public key alone (RFC 8725, section 3.1): no `none`, and no secret that the key could be taken for. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const headerSchema = z.looseObject({
  alg: z.enum(algorithms),
  kid: z.string().exactOptional(),
  // Other kinds of token name themselves here (RFC 8725, section 3.11).
  typ: z
    .string()
    .regex(/^(?:application\/)?jwt$/i)
    .exactOptional(),
  crit: z.never().exactOptional(),
});

const claimsSchema = z.looseObject({
  /** OpenID Connect Core, section 2. */
  sub: z.string().regex(/^[ -~]{1,255}$/),
  iat: z.number(),
  exp: z.number(),
  azp: z.string().optional(),
});

/** An id token that holds. */
export interface VerifiedIdToken {
  subject: string;
  /** Names it, whatever the spelling of its signature; hex. */
  hash: string;
  /** When it is too old, or has expired. */
  ends: Date;
  /** All that it says. */
  claims: Record<string, unknown>;
}

/**
 * Verifies an id token (OpenID Connect Core, section 3.1.3.7): signed by a key of the provider, from it, for this server
 * alone, made in the last ten minutes and not expired. `personOf` reads whom it names. Whether it is of this sign-in, and
 * new, its caller has to see.
 *
 * @throws ApiError 401 `invalid_token`, 502 `provider_unreachable`.
 */
export async function verifyIdToken(
  { now }: Pick<ServerContext, 'now'>,
  provider: OidcProvider<ProviderClient>,
  idToken: string,
): Promise<VerifiedIdToken> {
  const decoded = decodeCompactJws(idToken);
  if (typeof decoded === 'string') throw invalid(decoded);
  const header = headerSchema.safeParse(decoded.header);
  if (!header.success) {
    throw invalid('its header names another kind of token, or no signature that can be trusted');
  }
  const payload = await verifySignature(provider, idToken, header.data, now());
  const read = claimsSchema.safeParse(payload);
  if (!read.success) throw invalid('claims are missing or have another form');
  const { sub: subject, azp, exp, iat } = read.data;
  const { clientId } = provider.settings;
  const audience = [payload.aud ?? []].flat();
  if (audience.length !== 1 || (azp !== undefined && azp !== clientId)) {
    throw invalid('it is for somebody else as well');
  }
  const seconds = now().getTime() / 1000;
  if (exp <= seconds || iat <= seconds - maxAge) throw invalid('it is too old');
  if (iat > seconds + maxClockSkew) throw invalid('it is from the future');
  const hash = createHash('sha256')
    .update(idToken.slice(0, idToken.lastIndexOf('.')))
    .digest('hex');
  return { subject, hash, ends: new Date(Math.min(exp, iat + maxAge) * 1000), claims: payload };
}

async function verifySignature(
  provider: OidcProvider<ProviderClient>,
  idToken: string,
  header: z.output<typeof headerSchema>,
  currentDate: Date,
): Promise<JWTPayload> {
  const key = await findKey(provider, header);
  const { issuer, clientId } = provider.settings;
  try {
    const { payload } = await jwtVerify(idToken, key, {
      algorithms,
      issuer,
      audience: clientId,
      currentDate,
      // Of `nbf`; the end is looked at to the second.
      clockTolerance: maxClockSkew,
    });
    return payload;
  } catch (error) {
    throw invalid(wordsOf(error));
  }
}

async function findKey(provider: OidcProvider<ProviderClient>, header: z.output<typeof headerSchema>) {
  const { keys } = await provider.describe();
  try {
    return await keys(header, { payload: '', signature: '' });
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
      throw invalid('it is not signed by a key of the provider');
    }
    throw provider.unreachable(error);
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim } = error;
    return claim === 'nbf' ? 'it is from the future' : `its ${claim} is not the one that it should have`;
  }
  return 'it is not signed by a key of the provider';
}

/** The refusal of an id token. */
export function invalid(why: string): ApiError {
  return new ApiError(
    'invalid_token',
    `What the provider says of this sign-in does not hold: ${why}. Sign in once more.`,
  );
}
