import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  ResponseBodyError,
} from 'openid-client';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import { keepAttempt } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import { invalid, verifyIdToken } from './id-token.ts';
import type { VerifiedIdToken } from './id-token.ts';
import { personOf } from './person.ts';
import type { Person } from './person.ts';
import type { OidcProvider } from './provider.ts';

/** The page that a provider sends the browser back to; each has its own (RFC 9700, section 4.4.2). */
export function callbackPath(provider: string): string {
  return `/login/oidc/${provider}/callback`;
}

function redirectUri(context: ServerContext, { settings }: OidcProvider): string {
  return `${context.origin()}${callbackPath(settings.id)}`;
}

/**
 * Begins a sign-in at a provider: authorization code flow with PKCE (RFC 7636), `state` and `nonce`.
 *
 * @param browser - `browserSecret` of who may finish it.
 * @returns The provider's page to go to.
 * @throws ApiError 502 `provider_unreachable`.
 */
export async function beginSignIn(
  context: ServerContext,
  provider: OidcProvider,
  { browser, returnTo }: { browser: string; returnTo: string },
): Promise<URL> {
  const { id } = provider.settings;
  const { client } = await provider.describe();
  const nonce = randomNonce();
  const codeVerifier = randomPKCECodeVerifier();
  const state = await keepAttempt(context, browser, { provider: id, nonce, codeVerifier, returnTo });
  return buildAuthorizationUrl(client, {
    redirect_uri: redirectUri(context, provider),
    scope: 'openid email profile',
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
}

/**
 * Takes a provider's answer to a sign-in.
 *
 * @param answer - The query with which the browser came back.
 * @throws ApiError 400 `invalid_grant` when it has to begin anew, 401 `invalid_token`, 502 `provider_unreachable`.
 */
export async function finishSignIn(
  context: ServerContext,
  provider: OidcProvider,
  attempt: Attempt,
  answer: URLSearchParams,
): Promise<{ token: VerifiedIdToken; person: Person }> {
  const { client } = await provider.describe();
  const address = new URL(`${redirectUri(context, provider)}?${answer.toString()}`);
  try {
    const { id_token: idToken = '', access_token: accessToken } = await authorizationCodeGrant(
      client,
      address,
      {
        expectedState: answer.get('state') ?? '',
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.codeVerifier,
        idTokenExpected: true,
      },
    );
    const token = await verifyIdToken(context, provider, idToken);
    // Many providers say who it is at their userinfo endpoint alone (OpenID Connect Core, section 5.4).
    const elsewhere =
      token.claims['email'] === undefined && client.serverMetadata().userinfo_endpoint !== undefined;
    const claims = elsewhere ? await fetchUserInfo(client, accessToken, token.subject) : token.claims;
    return { token, person: personOf(claims) };
  } catch (error) {
    throw error instanceof ApiError ? error : problemOf(provider, error);
  }
}

/** What to tell a person of what the library found. Texts of the provider are not repeated. */
function problemOf(provider: OidcProvider, error: unknown): ApiError {
  const { name } = provider.settings;
  if (error instanceof AuthorizationResponseError && error.error === 'access_denied') {
    return new ApiError(
      'invalid_grant',
      `${name} did not let you go on, or you went back. Nothing was done.`,
    );
  }
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant') {
    return new ApiError('invalid_grant', `${name} does not take this sign-in any more. Begin it once more.`);
  }
  if (error instanceof ClientError && aboutTheAnswer.has(error.code ?? '')) {
    return invalid('it does not fit the sign-in that was begun');
  }
  return provider.unreachable(error);
}

/** Codes of the library for an answer that can be read, and is not the one to this sign-in. */
const aboutTheAnswer: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
]);
