import type { KeySummary } from '../../../../contracts/domain/key.ts';
import { limits } from '../../../../contracts/domain/limits.ts';
import type { RegistrationCard } from '../../../../contracts/ipc/signin.ts';
import type { RegistrationTokenClaims } from '../../../../contracts/server-api/index.ts';
import type { Account } from '../../service/account.ts';
import type { ApiTokenDeps } from './api-token.ts';

/** A registration token with what the window may show of it. */
export interface RegistrationToken {
  token: string;
  card: RegistrationCard;
}

/**
 * Signs a registration token: a JWT that carries the public key (`jwk`, RFC 7515, section 4.1.3) and proves
 * that its holder wants it to belong to the account's user at its service. It lives
 * `limits.registrationTtl` seconds; `iat` lies `limits.backdate` seconds back for services with a slow clock.
 *
 * @throws KeyholdError `vault_locked`.
 */
export function signRegistrationToken(
  { keys, clock, random }: ApiTokenDeps,
  account: Account,
  key: KeySummary,
): RegistrationToken {
  const claims = registrationClaims({ clock, random }, account.userId, account.origin, key.label);
  const { signingAlg: alg } = keys.terms(account.id);
  const header = { alg, typ: 'registration+jwt', jwk: keys.publicJwk(key.kid) };
  return {
    token: keys.signJwt(key.kid, header, claims),
    card: {
      contextId: account.id,
      userId: account.userId,
      audience: account.origin,
      keyLabel: key.label,
      fingerprint: key.fingerprint,
      kid: key.kid,
      jti: claims.jti,
      algorithm: alg,
      issuedAt: new Date(claims.iat * 1000).toISOString(),
      expiresAt: new Date(claims.exp * 1000).toISOString(),
    },
  };
}

/**
 * What a registration token says: the holder of the key that it carries wants it to belong to `subject` (a user id, or
 * `bot:<org>/<name>`) at the service `origin`.
 */
export function registrationClaims(
  { clock, random }: Pick<ApiTokenDeps, 'clock' | 'random'>,
  subject: string,
  origin: string,
  label: string,
) {
  const now = Math.floor(clock.now().getTime() / 1000);
  return {
    iss: subject,
    sub: subject,
    aud: origin,
    iat: now - limits.backdate,
    exp: now + limits.registrationTtl,
    jti: random.uuid(),
    name: label,
  } satisfies RegistrationTokenClaims;
}
