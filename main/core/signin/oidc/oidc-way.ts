import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Provider } from '../../../../contracts/ipc/contexts.ts';
import { requireOwnAudience } from '../../credentials/pasted/audiences.ts';
import type { Clock, Logger, Random } from '../../ports.ts';
import type { HttpClient } from '../../ports/http.ts';
import type { Discovery } from '../../service/discovery.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Way } from '../browser-way.ts';
import { checkToken, soundToken } from '../token/check-token.ts';
import { audiencesOf, readJwt } from '../token/pasted-jwt.ts';
import { exchangeCode, readProvider, type GivenTokens } from './provider.ts';

interface OidcDeps {
  vault: Vault;
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
 * takes that. A keeper may name whatever it likes: it gets what the person agreed to, and no token that is known to be
 * for the service of another context.
 *
 * @param agreed - What the person was shown, and agreed to.
 * @param org - Slug of the organization that the context acts in.
 * @throws KeyholdError `sign_in_not_offered`, `provider_changed`, `audience_of_another`, or as `readProvider`.
 */
export async function oidcWay(
  deps: OidcDeps,
  found: Discovery,
  agreed: Provider | undefined,
  org: string | null,
): Promise<Way> {
  const named = found.keeper?.provider ?? null;
  if (named === null) throw new KeyholdError('sign_in_not_offered');
  const { host, clientId, audience } = named;
  if (host !== agreed?.host || audience !== agreed.audience) throw new KeyholdError('provider_changed');
  const { origin } = found.service;
  requireOwnAudience(deps.vault.sql(), [audience], origin);
  const provider = await readProvider(deps, named);
  const nonce = deps.random.bytes(32).toString('base64url');
  return {
    page: provider.authorization_endpoint,
    pageOrigin: new URL(provider.authorization_endpoint).origin,
    provider: { host, audience },
    query: { response_type: 'code', client_id: clientId, scope: 'openid', audience, nonce },
    isCode: (code) => codePattern.test(code),
    exchange: async (ticket) => {
      const now = deps.clock.now().getTime();
      const given = await exchangeCode(deps, { provider, clientId, nonce, now }, ticket);
      const { text, audiences } = tokenFor(audience, given);
      if (!deps.vault.isUnlocked) throw new KeyholdError('sign_in_dropped');
      // One token may be for several, and another context may have come in meanwhile.
      requireOwnAudience(deps.vault.sql(), audiences, origin);
      return await checkToken(deps, origin, { ...soundToken('jwt', text, now), audience }, org);
    },
  };
}

/** The access token, where it is a JWT for the audience, or else the ID token. @throws KeyholdError `token_unfit` */
function tokenFor(
  audience: string,
  { accessToken, idToken }: GivenTokens,
): { text: string; audiences: string[] } {
  for (const given of [accessToken, idToken]) {
    const read = given === null ? null : readJwt(given);
    const audiences = audiencesOf(read?.token.claims['aud']);
    if (read !== null && audiences.includes(audience)) return { text: read.text, audiences };
  }
  throw new KeyholdError('token_unfit');
}
