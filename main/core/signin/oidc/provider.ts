import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Logger } from '../../ports.ts';
import { HttpRefused, HttpUnreachable, type HttpClient } from '../../ports/http.ts';
import { askService, type ServiceDeps } from '../../service/client.ts';
import { mayLeadTo, type KeeperProvider } from '../../service/keeper-sign-in.ts';
import { isSafeAddress } from '../../service/origin.ts';
import { readAnswer } from '../../service/read-answer.ts';
import type { Ticket } from '../browser-way.ts';

const timeoutMs = 20_000;
/** Descriptions and tokens are short; providers put many claims into them. */
const maxBytes = 256 * 1024;

/** Where a provider's description lies, below its issuer (OpenID Connect Discovery 1.0, section 4). */
const wellKnown = '/.well-known/openid-configuration';

const addressSchema = z.url().max(2048).refine(isSafeAddress);

/** What the app needs of a description. */
const metadataSchema = z.object({
  issuer: z.string().max(2048),
  authorization_endpoint: addressSchema,
  token_endpoint: addressSchema,
  authorization_response_iss_parameter_supported: z.boolean().catch(false),
});

/** What a provider says of itself, as far as it can be used. */
export type ProviderMetadata = z.output<typeof metadataSchema>;

interface ProviderDeps extends ServiceDeps {
  logger: Logger;
}

/**
 * Reads what a provider says of itself. Its issuer has to be what its address says, so that no provider speaks for another
 * (OpenID Connect Discovery 1.0, section 4.3), and its page is where the person was told that they sign in.
 *
 * @throws KeyholdError `service_not_confirmed`; `provider_unreachable`; `provider_unusable`, why goes to the log.
 */
export async function readProvider(
  deps: ProviderDeps,
  { discoveryUrl }: KeeperProvider,
): Promise<ProviderMetadata> {
  const refuse = (reason: string): KeyholdError => {
    deps.logger.warn('provider.refused', { origin: new URL(discoveryUrl).origin, reason });
    return new KeyholdError('provider_unusable');
  };
  const answer = await askService(
    deps,
    { method: 'GET', url: discoveryUrl, timeoutMs, maxBytes },
    { value: ({ text }) => readAnswer(text, metadataSchema), refusal: () => null },
  );
  if (answer.kind === 'unreachable') throw new KeyholdError('provider_unreachable');
  if (answer.kind !== 'answered') throw refuse(answer.kind === 'foreign' ? answer.why : answer.code);
  const { issuer, authorization_endpoint: page } = answer.value;
  if (`${issuer.replace(/\/$/, '')}${wellKnown}` !== discoveryUrl) throw refuse('another issuer');
  if (new URL(page).origin !== new URL(discoveryUrl).origin) throw refuse('page elsewhere');
  if (!mayLeadTo(discoveryUrl, answer.value.token_endpoint)) throw refuse('tokens of this computer');
  return answer.value;
}

/** What a provider gave for a code; texts that nobody has looked at. */
export interface GivenTokens {
  accessToken: string;
  idToken: string | null;
}

/** What a code came back with, and what its tokens are held against. */
interface Exchange {
  provider: ProviderMetadata;
  clientId: string;
  nonce: string;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Exchanges a code (RFC 6749, section 4.1.3; RFC 7636), as a client that keeps no secret. The ID token's issuer, audience,
 * times and nonce are checked (OpenID Connect Core 1.0, section 3.1.3.7); its signature is the connection's, as it comes
 * from the provider itself.
 *
 * @throws KeyholdError `provider_mixed_up` for an answer of another provider (RFC 9207); `sign_in_code_gone`;
 *   `sign_in_refused`; `provider_unreachable`; `provider_unusable`.
 */
export async function exchangeCode(
  deps: ProviderDeps,
  { provider, clientId, nonce, now }: Exchange,
  { code, verifier, redirectUri = '', issuer }: Ticket,
): Promise<GivenTokens> {
  const client: oauth.Client = {
    client_id: clientId,
    [oauth.clockSkew]: Math.round((now - Date.now()) / 1000),
  };
  const server: oauth.AuthorizationServer = { ...provider };
  const answered = new URLSearchParams({ code, ...(issuer !== null && { iss: issuer }) });
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      requireOwn(() => oauth.validateAuthResponse(server, client, answered, oauth.expectNoState)),
      redirectUri,
      verifier,
      { [oauth.customFetch]: fetchBy(deps.http), [oauth.allowInsecureRequests]: isLoopbackHttp(provider) },
    );
    const { access_token: accessToken, id_token: idToken = null } =
      await oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
    return { accessToken, idToken };
  } catch (error) {
    throw failureBy(deps.logger, error);
  }
}

/** `addressSchema` has let pass http to this computer alone. */
function isLoopbackHttp({ token_endpoint: address }: ProviderMetadata): boolean {
  return new URL(address).protocol === 'http:';
}

function requireOwn(validate: () => URLSearchParams): URLSearchParams {
  try {
    return validate();
  } catch {
    throw new KeyholdError('provider_mixed_up');
  }
}

function failureBy(logger: Logger, error: unknown): KeyholdError {
  if (error instanceof KeyholdError) return error;
  if (error instanceof HttpUnreachable) return new KeyholdError('provider_unreachable');
  if (error instanceof oauth.ResponseBodyError) {
    logger.warn('provider.refused', { reason: error.error.slice(0, 100) });
    return new KeyholdError(error.error === 'invalid_grant' ? 'sign_in_code_gone' : 'sign_in_refused');
  }
  // Neither what it says nor what it holds: tokens may be in both.
  const reason = error instanceof HttpRefused ? error.message : nameOf(error);
  logger.warn('provider.refused', { reason });
  return new KeyholdError('provider_unusable');
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

/** `fetch` for the library, by the client that asks before it contacts anybody and follows no redirect. */
function fetchBy(http: HttpClient) {
  return async (
    url: string,
    { body, headers }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    const form = Object.fromEntries(body);
    const answer = await http.request({ method: 'POST', url, headers, form, timeoutMs, maxBytes });
    return new Response(answer.text, { status: answer.status, headers: answer.headers });
  };
}
