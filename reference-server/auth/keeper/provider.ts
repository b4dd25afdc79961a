import type { KeeperOidc } from '../../config/keeper.ts';
import type { ProviderClient } from '../../config/provider.ts';
import { decodeCompactJws } from '../keys/compact-jws.ts';
import type { Redeemed } from '../oidc/code-flow.ts';
import { invalid } from '../oidc/id-token.ts';
import { OidcProvider } from '../oidc/provider.ts';

export type KeeperProvider = OidcProvider<ProviderClient>;

/** Where an issuer describes itself (OpenID Connect Discovery 1.0, section 4). */
const description = '/.well-known/openid-configuration';

/** The provider that gives the keeper's people their tokens. It keeps no secret of ours. */
export function keeperProvider(
  { clientId, discoveryUrl, callbackUrl }: KeeperOidc,
  now: () => Date,
): KeeperProvider {
  const issuer = discoveryUrl.endsWith(description)
    ? discoveryUrl.slice(0, -description.length)
    : discoveryUrl;
  const client: ProviderClient = {
    // No other provider has a slash in its id.
    ...{ id: 'keeper/ui', name: new URL(issuer).host, issuer },
    ...{ clientId, clientSecret: null, callback: callbackUrl, scope: 'openid' },
  };
  return new OidcProvider(client, now);
}

/**
 * Which of a provider's tokens is for the keeper: the access token where it is a JWT for it, else the ID token where it is.
 * Whether the keeper takes it, it says itself.
 *
 * @throws ApiError 401 `invalid_token` where none is.
 */
export function keepersToken(audience: string, { idToken, accessToken }: Redeemed): string {
  const found = [accessToken, idToken.text].find((token) => isFor(audience, token));
  if (found === undefined) throw invalid('no token that it gave is for this keeper');
  return found;
}

function isFor(audience: string, token: string): boolean {
  const decoded = decodeCompactJws(token);
  if (typeof decoded === 'string' || typeof decoded.claims !== 'object' || decoded.claims === null)
    return false;
  return 'aud' in decoded.claims && [decoded.claims.aud].flat().includes(audience);
}
