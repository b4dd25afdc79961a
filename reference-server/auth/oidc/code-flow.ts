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
import type { ProviderClient } from '../../config/provider.ts';
import { ApiError } from '../../http/api-error.ts';
import { keepAttempt } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import { invalid, verifyIdToken } from './id-token.ts';
import type { VerifiedIdToken } from './id-token.ts';
import { personOf } from './person.ts';
import type { Person } from './person.ts';
import type { OidcProvider } from './provider.ts';

/** Where a provider sends the browser back to: the address as it was told to the provider, letter for letter. */
export function redirectUri(
  context: ServerContext,
  { settings: { callback } }: OidcProvider<ProviderClient>,
): string {
  return callback.startsWith('/') ? `${context.origin()}${callback}` : callback;
}

/**
 * Begins a sign-in at a provider: authorization code flow with PKCE (RFC 7636), `state` and `nonce`.
 *
 * @param browser - `browserSecret` of who may finish it.
 * @param further - What else the provider is asked.
 * @returns The provider's page to go to.
 * @throws ApiError 502 `provider_unreachable`.
 */
export async function beginSignIn(
  context: ServerContext,
  provider: OidcProvider<ProviderClient>,
  { browser, returnTo, further }: { browser: string; returnTo: string; further?: Record<string, string> },
): Promise<URL> {
  const { id, scope } = provider.settings;
  const { client } = await provider.describe();
  const nonce = randomNonce();
  const codeVerifier = randomPKCECodeVerifier();
  const state = await keepAttempt(context, browser, { provider: id, nonce, codeVerifier, returnTo });
  return buildAuthorizationUrl(client, {
    ...further,
    redirect_uri: redirectUri(context, provider),
    scope,
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
  const { idToken: token, accessToken } = await redeemCode(context, provider, attempt, answer);
  const { client } = await provider.describe();
  const { email, username, groups } = provider.settings.claims;
  // Many providers say who it is at their userinfo endpoint alone (OpenID Connect Core, section 5.4).
  const lacks = [email, username, groups].some((name) => name !== null && token.claims[name] === undefined);
  const elsewhere = lacks && client.serverMetadata().userinfo_endpoint !== undefined;
  const further = elsewhere
    ? await asked(provider, () => fetchUserInfo(client, accessToken, token.subject))
    : {};
  return { token, person: personOf(joined(token.claims, further, email), provider.settings) };
}

/** What a provider gives for a code. */
export interface Redeemed {
  idToken: VerifiedIdToken & { text: string };
  accessToken: string;
}

/**
 * Has a provider give its tokens for the answer to a sign-in. The ID token is verified, and is of this sign-in; what the
 * access token is worth, the one knows whom it is for.
 *
 * @param answer - The query with which the browser came back.
 * @throws ApiError 400 `invalid_grant` when it has to begin anew, 401 `invalid_token`, 502 `provider_unreachable`.
 */
export async function redeemCode(
  context: ServerContext,
  provider: OidcProvider<ProviderClient>,
  attempt: Attempt,
  answer: URLSearchParams,
): Promise<Redeemed> {
  const { client } = await provider.describe();
  const address = new URL(`${redirectUri(context, provider)}?${answer.toString()}`);
  const { id_token: text = '', access_token: accessToken } = await asked(provider, () =>
    authorizationCodeGrant(client, address, {
      expectedState: answer.get('state') ?? '',
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.codeVerifier,
      idTokenExpected: true,
    }),
  );
  return { idToken: { ...(await verifyIdToken(context, provider, text)), text }, accessToken };
}

/** @throws ApiError for what the library finds wrong. */
async function asked<T>(provider: OidcProvider<ProviderClient>, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof ApiError ? error : problemOf(provider, error);
  }
}

/** What was signed counts more. Whether an address is verified is said where the address is. */
function joined(signed: Claims, further: Claims, email: string): Claims {
  const { [email]: address, email_verified } = signed[email] === undefined ? further : signed;
  return { ...further, ...signed, [email]: address, email_verified };
}

type Claims = Record<string, unknown>;

/** What to tell a person of what the library found. Texts of the provider are not repeated. */
function problemOf(provider: OidcProvider<ProviderClient>, error: unknown): ApiError {
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
