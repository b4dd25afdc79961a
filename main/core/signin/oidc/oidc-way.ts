import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Clock, HttpClient, Logger, Random } from '../../ports.ts';
import type { Discovery } from '../../service/discovery.ts';
import type { Way } from '../browser-way.ts';
import { checkToken, soundToken } from '../token/check-token.ts';
import { audiencesOf, readJwt } from '../token/pasted-jwt.ts';
import { exchangeCode, readProvider, type GivenTokens } from './provider.ts';

interface OidcDeps {
  http: HttpClient;
  clock: Clock;
  random: Pick<Random, 'bytes'>;
  logger: Logger;
}

/** As codes of all providers are: printable ASCII (RFC 6749, appendix A.11). */
const codePattern = /^[\x21-\x7e]{1,2048}$/;

/**
 * Signing in at the provider that a keeper names (OpenID Connect). The person was shown the provider's host before; it is
 * asked now what it is. What it gives for the code is held against the audience, and then the keeper is asked whether it
 * takes that.
 *
 * @param org - Slug of the organization that the context acts in.
 * @throws KeyholdError `sign_in_not_offered`, or as `readProvider`.
 */
export async function oidcWay(deps: OidcDeps, found: Discovery, org: string | null): Promise<Way> {
  const named = found.keeper?.provider ?? null;
  if (named === null) throw new KeyholdError('sign_in_not_offered');
  const provider = await readProvider(deps, named);
  const { clientId, audience } = named;
  const nonce = deps.random.bytes(32).toString('base64url');
  return {
    page: provider.authorization_endpoint,
    pageOrigin: new URL(provider.authorization_endpoint).origin,
    provider: named.host,
    query: { response_type: 'code', client_id: clientId, scope: 'openid', audience, nonce },
    isCode: (code) => codePattern.test(code),
    exchange: async (ticket) => {
      const now = deps.clock.now().getTime();
      const given = await exchangeCode(deps, { provider, clientId, nonce, now }, ticket);
      const token = soundToken('jwt', tokenFor(audience, given), now);
      return await checkToken(deps, found.service.origin, token, org);
    },
  };
}

/** The access token, where it is a JWT for the audience, or else the ID token. @throws KeyholdError `token_unfit` */
function tokenFor(audience: string, { accessToken, idToken }: GivenTokens): string {
  const fit = [accessToken, idToken].find((text) => {
    const read = text === null ? null : readJwt(text);
    return read !== null && audiencesOf(read.token.claims['aud']).includes(audience);
  });
  if (fit == null) throw new KeyholdError('token_unfit');
  return fit;
}
