import type { JwtAuth } from '../../reference-server/config/keeper.ts';
import { freePort } from './gateway.ts';
import { startEmptyServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';
import { nativeClient, startOidcProvider } from './oidc-provider.ts';
import type { TestProvider } from './oidc-provider.ts';
import { testProxy } from './oidc-site.ts';

interface Options {
  permissions: string[];
  /** Whom the provider's access tokens are for; the keeper, where it is not said. */
  tokensFor?: string;
  /** Its access tokens are no JWTs, and its ID tokens are for the keeper. */
  byIdToken?: boolean;
  /** Of the server, as browsers know it. */
  host?: string;
}

/** A server with a keeper whose people sign in at a real provider. */
export class OidcKeeper {
  readonly provider: TestProvider;
  readonly server: LocalServer;
  readonly audience: string;
  readonly clientId = nativeClient;
  #ahead = 0;

  private constructor(provider: TestProvider, server: LocalServer, audience: string) {
    [this.provider, this.server, this.audience] = [provider, server, audience];
    const now = server.context.now.bind(server.context);
    server.context.now = () => new Date(now().getTime() + this.#ahead * 1000);
  }

  static async start({
    permissions,
    tokensFor,
    byIdToken = false,
    host = '127.0.0.1',
  }: Options): Promise<OidcKeeper> {
    const audience = byIdToken ? nativeClient : 'https://keeper.example/api';
    const accounts = ['ada', 'eve'].map((name) => ({
      sub: `auth0|${name}`,
      email: `${name}@acme.example`,
    }));
    const native = { audience: tokensFor ?? audience, isJwt: !byIdToken, permissions };
    const provider = await startOidcProvider({ id: 'corp', name: 'Corp', accounts, native });
    const port = await freePort();
    const origin = `http://${host}:${String(port)}`;
    const oidc = {
      ...{ clientId: nativeClient, discoveryUrl: `${provider.issuer}/.well-known/openid-configuration` },
      callbackUrl: `${origin}/ui/oidc/callback`,
    };
    const auth: JwtAuth = {
      ...{ type: 'jwt', jwks: { url: `${provider.issuer}/jwks` }, audience, issuer: provider.issuer },
      ...{ refreshSeconds: 900, skewSeconds: 15, oidc },
    };
    const server = await startEmptyServer({
      ...{ keeper: { auth, allowAnonymous: false }, trustedProxies: testProxy(), port, origin },
    });
    return new OidcKeeper(provider, server, audience);
  }

  /** Has so many seconds pass on the server since the start. */
  later(seconds: number): void {
    this.#ahead = seconds;
  }

  async stop(): Promise<void> {
    await Promise.all([this.server.stop(), this.provider.stop()]);
  }
}
