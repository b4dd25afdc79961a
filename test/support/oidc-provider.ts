import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import Provider from 'oidc-provider';
import type { Adapter, AdapterPayload, Configuration } from 'oidc-provider';

/** Somebody whom a provider knows. What is left out, its tokens leave out. */
export interface ProviderAccount {
  sub: string;
  email?: string;
  email_verified?: unknown;
  name?: string;
  preferred_username?: unknown;
  groups?: unknown;
}

export interface ProviderOptions {
  /** Names it in the server's configuration. */
  id: string;
  /** What people see. */
  name: string;
  accounts: ProviderAccount[];
  /** What its id tokens are signed with (RS256). */
  alg?: 'RS256' | 'ES256';
  /** Whether id tokens say who somebody is, as Google's do; else only the userinfo endpoint (OIDC Core, 5.4). */
  claimsInIdToken?: boolean;
  /**
   * Whom programs of people's own computers get tokens for, by the client `nativeClient` that keeps no secret. `isJwt`:
   * their access tokens are JWTs for it, else texts that only the provider reads.
   */
  native?: { audience: string; isJwt: boolean; permissions: string[] };
}

/** The client of programs on people's own computers. */
export const nativeClient = 'keyhold-desktop';

/** A real OpenID Connect provider on a free port of this computer. */
export interface TestProvider {
  issuer: string;
  /** Its entry in the configuration of a server, under `kisenon.providers`. */
  settings: { id: string; name: string; issuer: string; client_id: string; client_secret: string };
  /** May be changed at any time. */
  accounts: ProviderAccount[];
  /** The paths of the requests so far. */
  requests: string[];
  /** Lets a server take its answers: its origin, such as `http://127.0.0.1:8970`, and where it takes them. */
  serve(origin: string, callback?: string): void;
  /** From now on it signs with a new key of a new `kid`, and publishes that alone. */
  rotateKey(): Promise<void>;
  /** The public key that it signs with. */
  publicKey(): JWK;
  /** An id token of an account, signed now with its key; claims that are undefined are left out. */
  idToken(account: ProviderAccount, claims?: Record<string, unknown>, header?: object): Promise<string>;
  /** Answers requests to a path in its own way from now on; with null as a provider does. */
  answer(path: string, handler: RequestListener | null): void;
  stop(): Promise<void>;
}

interface SigningKey {
  key: CryptoKey;
  jwk: JWK & { kid: string };
}

/** Starts a provider. Only servers that it `serve`s get answers from it. */
export async function startOidcProvider(options: ProviderOptions): Promise<TestProvider> {
  const { id, name, alg = 'RS256' } = options;
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  const settings = { id, name, issuer, client_id: `keyhold-${id}`, client_secret: secret() };
  const { client_id, client_secret } = settings;
  const redirect_uris: string[] = [];
  const handlers = new Map<string, RequestListener>();
  const state = { accounts: options.accounts, requests: [] as string[] };
  const store = memoryAdapter();
  let signing = await newKey(alg);
  let provider: Provider;
  // A provider reads its keys and clients once.
  const renew = () => {
    const keys = [signing.jwk];
    provider = new Provider(issuer, {
      ...configuration(options, () => state.accounts),
      adapter: store,
      jwks: { keys },
      clients: [
        { client_id, client_secret, redirect_uris, id_token_signed_response_alg: alg },
        {
          client_id: nativeClient,
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          // Of any port (RFC 8252, section 7.3).
          redirect_uris: [
            'http://127.0.0.1/callback',
            ...['127.0.0.1', 'localhost'].map((host) => `http://${host}/ui/oidc/callback`),
          ],
          id_token_signed_response_alg: alg,
        },
      ],
    });
  };
  http.on('request', (request, response) => {
    const { pathname } = new URL(request.url ?? '', issuer);
    state.requests.push(pathname);
    const handler = handlers.get(pathname);
    if (handler !== undefined) handler(request, response);
    else if (pathname.startsWith('/interaction/'))
      void signInPage(provider, name, state.accounts, request, response);
    else void provider.callback()(request, response);
  });
  if (options.native !== undefined) renew();
  return Object.assign(state, {
    issuer,
    settings,
    serve: (origin: string, callback = `/login/oidc/${id}/callback`) => {
      redirect_uris.push(origin + callback);
      renew();
    },
    rotateKey: async () => {
      signing = await newKey(alg);
      renew();
    },
    publicKey: () => publicPart(signing.jwk),
    idToken: (account: ProviderAccount, claims: Record<string, unknown> = {}, header: object = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        ...account,
        iss: issuer,
        aud: settings.client_id,
        iat: now,
        exp: now + 3600,
        jti: randomUUID(),
      };
      return new SignJWT({ ...payload, ...claims })
        .setProtectedHeader({ alg, kid: signing.jwk.kid, ...header })
        .sign(signing.key);
    },
    answer: (path: string, handler: RequestListener | null) => {
      if (handler === null) handlers.delete(path);
      else handlers.set(path, handler);
    },
    stop: () => close(http),
  });
}

async function close(http: Server): Promise<void> {
  http.close();
  http.closeAllConnections();
  await once(http, 'close');
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

async function newKey(alg: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { key: privateKey, jwk: { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomUUID() } };
}

function publicPart({ kty, n, e, crv, x, y, alg, use, kid }: JWK): JWK {
  const parts = { kty, n, e, crv, x, y, alg, use, kid };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function configuration(
  { id, claimsInIdToken = true, native, alg = 'RS256' }: ProviderOptions,
  accounts: () => ProviderAccount[],
): Configuration {
  return {
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
      groups: ['groups'],
    },
    conformIdTokenClaims: !claimsInIdToken,
    // Two providers on one computer share the browser's cookies.
    cookies: {
      keys: [secret()],
      names: { session: `${id}_session`, interaction: `${id}_interaction`, resume: `${id}_resume` },
    },
    features: {
      devInteractions: { enabled: false },
      ...(native?.isJwt === true && {
        resourceIndicators: {
          enabled: true,
          defaultResource: () => native.audience,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: 'openid',
            audience: native.audience,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg } },
          }),
        },
      }),
    },
    ...(native !== undefined && {
      extraParams: ['audience'],
      extraTokenClaims: () => ({ permissions: native.permissions }),
    }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    findAccount: (_context, sub) => {
      const account = accounts().find((each) => each.sub === sub);
      return account && { accountId: sub, claims: () => ({ ...account }) };
    },
    // Whoever signs in agrees.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        accountId: oidc.session?.accountId ?? '',
        clientId: oidc.client?.clientId ?? '',
      });
      grant.addOIDCScope('openid email profile groups');
      if (native !== undefined) grant.addResourceScope(native.audience, 'openid');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 3600, Interaction: 600, Session: 3600 },
    renderError: (context, { error }) => {
      context.type = 'text/plain';
      context.body = `The provider refused: ${error}`;
    },
  };
}

/** The provider's own page: whoever types an address that it knows is signed in as that account. */
async function signInPage(
  provider: Provider,
  name: string,
  accounts: readonly ProviderAccount[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  const form = new URLSearchParams(request.method === 'POST' ? await text(request) : '');
  const account = accounts.find(({ email }) => email === form.get('email'));
  if (form.has('cancel')) {
    await provider.interactionFinished(request, response, { error: 'access_denied' });
  } else if (account !== undefined) {
    const login = { accountId: account.sub, remember: false };
    // Of programs on people's own computers, a provider asks for it each time.
    await provider.interactionFinished(request, response, { login, consent: {} });
  } else {
    const problem = form.has('email') ? '<p role="alert">There is no such account.</p>' : '';
    response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${name}</title></head>
<body style="font: 16px system-ui; max-width: 22rem; margin: 4rem auto; padding: 0 1rem">
<h1>${name}</h1><p>Sign in to go on to Keyhold.</p>${problem}
<form method="post" action="/interaction/${uid}">
<p><label>E-mail <input name="email" type="email" autofocus></label></p>
<p><button>Continue</button> <button name="cancel" value="yes" formnovalidate>Cancel</button></p>
</form></body></html>`);
  }
}

/** What the library keeps, in memory; each provider has its own. Nothing is removed by time: tests end soon. */
function memoryAdapter(): (model: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  const find = (model: string, wanted: (payload: AdapterPayload) => boolean) =>
    [...kept].find(([key, payload]) => key.startsWith(`${model} `) && wanted(payload))?.[1];
  return (model) => ({
    upsert: (id, payload) => done(kept.set(`${model} ${id}`, payload)),
    find: (id) => Promise.resolve(kept.get(`${model} ${id}`)),
    findByUid: (uid) => Promise.resolve(find(model, (payload) => payload.uid === uid)),
    findByUserCode: () => Promise.resolve(undefined),
    consume: (id) => {
      const payload = kept.get(`${model} ${id}`);
      return done(payload && Object.assign(payload, { consumed: Math.floor(Date.now() / 1000) }));
    },
    destroy: (id) => done(kept.delete(`${model} ${id}`)),
    revokeByGrantId: (grantId) => {
      const ofGrant = [...kept].filter(([, payload]) => payload.grantId === grantId);
      return done(ofGrant.map(([key]) => kept.delete(key)));
    },
  });
}

/** What the library waits for, whatever came of it. */
const done = async (...results: unknown[]): Promise<void> => {
  await Promise.all(results);
};
