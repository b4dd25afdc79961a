import { limits } from '../../../../contracts/domain/limits.ts';
import type { ApiTokenClaims } from '../../../../contracts/server-api/index.ts';
import type { Account } from '../../service/account.ts';
import type { KeyService } from './key-service.ts';
import type { Clock, Random } from '../../ports.ts';

export interface ApiTokenDeps {
  keys: KeyService;
  clock: Clock;
  random: Random;
}

/** A signed API token with what it says. */
export interface ApiToken {
  token: string;
  kid: string;
  alg: string;
  claims: ApiTokenClaims;
}

/**
 * Signs an API token (JWT, RFC 7519) for a context's service: `iss` and `sub` the user, `aud` the origin.
 * `iat` and `nbf` lie `limits.backdate` seconds back for services whose clock is slow; they measure a token's
 * life from `iat`, so that one of the greatest life ends that much sooner. `org`, the organization to act in, is there
 * where the account names one.
 *
 * @param ttl - Seconds from now until `exp`.
 * @throws KeyholdError `vault_locked`.
 */
export function signApiToken(
  { keys, clock, random }: ApiTokenDeps,
  account: Account,
  kid: string,
  ttl: number,
): ApiToken {
  const now = Math.floor(clock.now().getTime() / 1000);
  const iat = now - limits.backdate;
  const { signingAlg: alg, maxTokenTtl } = keys.terms(account.id);
  const claims = {
    iss: account.userId,
    sub: account.userId,
    aud: account.origin,
    iat,
    nbf: iat,
    exp: Math.min(now + ttl, iat + maxTokenTtl),
    jti: random.uuid(),
    ...(account.org === null ? {} : { org: account.org }),
  };
  return { token: keys.signJwt(kid, { alg, typ: 'JWT', kid }, claims), kid, alg, claims };
}
