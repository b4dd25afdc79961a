import type { FastifyReply, FastifyRequest } from 'fastify';
import { attemptSeconds, browserSecret } from '../auth/oidc/attempts.ts';
import type { Attempt } from '../auth/oidc/attempts.ts';
import { beginSignIn, redirectUri } from '../auth/oidc/code-flow.ts';
import type { OidcProvider } from '../auth/oidc/provider.ts';
import type { Providers } from '../auth/oidc/providers.ts';
import { tooManyFailures } from '../auth/password-sign-in.ts';
import type { ProviderClient } from '../config/provider.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { sendPageTo } from './send-page.ts';
import { page } from './views.ts';
import { attemptCookie, setAttemptCookie } from './web-session.ts';

const goingOnView = page<{ name: string; address: string }>('going-on');

interface Beginning {
  request: FastifyRequest;
  reply: FastifyReply;
  /** Path of this server that the sign-in leads to. */
  returnTo: string;
  /** What else the provider is asked. */
  further?: Record<string, string>;
}

/** Begins a sign-in in a browser. @returns The provider's page to go to. @throws ApiError */
export async function goTo(
  context: ServerContext,
  providers: Providers,
  provider: OidcProvider<ProviderClient>,
  { request, reply, ...more }: Beginning,
): Promise<URL> {
  requireRoom(providers, request.ip);
  const browser = browserSecret(attemptCookie(context, request));
  const address = await beginSignIn(context, provider, { browser, ...more });
  setAttemptCookie(context, reply, browser, attemptSeconds);
  return address;
}

/**
 * Answers with a page that goes on to another by itself, where a redirect would not do: it is part of sending a form, which
 * the browser checks against what our own policy lets forms be sent to, all the way through a provider's pages (CSP 3,
 * form-action); and on the way back from a provider it is that site's, so that strict cookies stay away from it.
 *
 * @param name - Of what is there.
 */
export function sendGoingOn(
  context: ServerContext,
  reply: FastifyReply,
  name: string,
  address: string,
): Promise<FastifyReply> {
  reply.header('refresh', `0;url=${address}`);
  const data = { title: `Going on to ${name}`, name, address };
  return sendPageTo(context, reply, { user: null, org: null }, goingOnView, data);
}

/**
 * What one provider answers is never taken for another's, nor at another address (RFC 9700, section 4.4).
 *
 * @param attempt - What `takeAttempt` found.
 * @throws ApiError 400 `invalid_grant` where the browser did not begin it.
 */
export function requireOwn(
  context: ServerContext,
  provider: OidcProvider<ProviderClient>,
  attempt: Attempt | null,
  { url }: FastifyRequest,
): asserts attempt is Attempt {
  const isAt = new URL(redirectUri(context, provider)).pathname === url.split('?')[0];
  if (attempt?.provider === provider.settings.id && isAt) return;
  throw new ApiError(
    'invalid_grant',
    'This sign-in was not begun in this browser, is finished already or took longer than ten minutes. Begin it once more.',
  );
}

/** As it was sent: the framework's own reading takes one of two for a list. */
export function queryOf({ url }: FastifyRequest): URLSearchParams {
  return new URLSearchParams(url.split('?').slice(1).join('?'));
}

/** @throws ApiError 429 */
function requireRoom({ begun }: Providers, ip: string): void {
  const network = networkOf(ip);
  const seconds = begun.pausedFor(network);
  if (seconds !== null) throw tooManyFailures(seconds);
  begun.add(network);
}
