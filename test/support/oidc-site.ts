import { BlockList } from 'node:net';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import { startLocalServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';
import { startOidcProvider } from './oidc-provider.ts';
import type { ProviderOptions, TestProvider } from './oidc-provider.ts';
import { WebClient } from './web-client.ts';

/** A server with the demo organization whose people sign in by providers, each a real one. */
export interface OidcSite {
  server: LocalServer;
  google: TestProvider;
  github: TestProvider;
  /** Says who somebody is at its userinfo endpoint alone. */
  quiet: TestProvider;
  /** A browser in a network of its own: what fails in one does not pause another. */
  newClient(): WebClient;
  /** An address in a network of its own. */
  newAddress(): string;
  /** The session's token in a browser. */
  sessionOf(client: WebClient): string | undefined;
  stop(): Promise<void>;
}

/** Starts three providers and a server that knows them, to which requests come through a proxy. */
export async function startOidcSite(accounts: ProviderOptions['accounts'] = []): Promise<OidcSite> {
  const [google, github, quiet] = await Promise.all([
    startOidcProvider({ id: 'google', name: 'Google', accounts }),
    startOidcProvider({ id: 'github', name: 'GitHub', accounts, alg: 'ES256' }),
    startOidcProvider({ id: 'quiet', name: 'Quiet', accounts, claimsInIdToken: false }),
  ]);
  const providers = [google, github, quiet];
  const kisenon = kisenonSettings({ providers: providers.map(({ settings }) => settings) });
  const server = await startLocalServer({ kisenon, trustedProxies: testProxy() });
  for (const provider of providers) provider.serve(server.origin);
  return {
    ...{ server, google, github, quiet, newAddress },
    newClient: () => new WebClient(newAddress()),
    sessionOf: (client) => sessionIn(client, server),
    stop: async () => {
      await Promise.all([server, ...providers].map((each) => each.stop()));
    },
  };
}

/** The proxy that a `WebClient` says it comes through. */
export function testProxy(): BlockList {
  const proxies = new BlockList();
  proxies.addAddress('127.0.0.1');
  return proxies;
}

let networks = 0;
/** An address in a network of its own. */
export function newAddress(): string {
  networks += 1;
  return `10.1.${String(networks >> 8)}.${String(networks & 255)}`;
}

/** The session's token in a browser. */
export function sessionIn(client: WebClient, { origin }: Pick<LocalServer, 'origin'>): string | undefined {
  return client.cookie(`keyhold_session_${new URL(origin).port}`);
}
