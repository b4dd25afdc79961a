import { expect } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import { mePath, meSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import type { Me } from '../../contracts/server-api/artifact-keeper/session.ts';
import { oidcCallbackPaths, oidcLoginPath } from '../../contracts/server-api/artifact-keeper/sso.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { serverDialects } from '../../reference-server/config/dialects.ts';
import type { ServerDialect } from '../../reference-server/config/dialects.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import { oidcSettings } from '../../reference-server/config/oidc.ts';
import type { Provider } from '../../reference-server/config/provider.ts';
import { startLocalServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';
import { startOidcProvider } from './oidc-provider.ts';
import type { ProviderAccount, TestProvider } from './oidc-provider.ts';
import { newAddress, sessionIn, testProxy } from './oidc-site.ts';
import { call } from './server-client.ts';
import { signInAt, WebClient } from './web-client.ts';

export type SsoPerson = ProviderAccount & { email: string };

/** A server with the demo organization, a provider of its `oidc` settings, and another one beside it. */
export class SsoSite {
  readonly server: LocalServer;
  readonly sso: TestProvider;
  readonly google: TestProvider;
  /** The server's, which may be changed. */
  readonly settings: Provider;
  /** The browser of the test. */
  client = new WebClient(newAddress());
  #people = 0;

  constructor(server: LocalServer, sso: TestProvider, google: TestProvider, settings: Provider) {
    [this.server, this.sso, this.google, this.settings] = [server, sso, google, settings];
  }

  /** A browser that has been nowhere, for the next test or step. */
  newBrowser(): WebClient {
    this.client = new WebClient(newAddress());
    return this.client;
  }

  /** Somebody whom the provider knows; its sign-in page asks for the address. */
  newPerson(claims: Partial<ProviderAccount> = {}): SsoPerson {
    this.#people += 1;
    const name = `sso${String(this.#people)}`;
    const person = {
      ...{ sub: `s-${name}`, email: `${name}@sso.example`, email_verified: true, name: `Person ${name}` },
      ...{ preferred_username: name, ...claims },
    };
    this.sso.accounts.push(person);
    return person;
  }

  /** The provider's page, as the server leads there. */
  async begin(client = this.client, query = ''): Promise<URL> {
    const answer = await client.get(`${this.server.origin}${oidcLoginPath}${query}`);
    expect(answer.status).toBe(307);
    return new URL(answer.headers.get('location') ?? '');
  }

  /** Where the provider sends the browser back to; without an address to begin at, from the server's. */
  async back(person: SsoPerson, { client = this.client, at }: { client?: WebClient; at?: URL } = {}) {
    return signInAt(client, this.sso, at ?? (await this.begin(client)), person.email);
  }

  /** All of it, in a new browser. */
  async signIn(person: SsoPerson): Promise<Response> {
    return this.newBrowser().get(await this.back(person));
  }

  /** Whom the browser is signed in as. */
  async whoIs(): Promise<Me> {
    return meSchema.parse((await call(this.server, mePath, { token: this.session() })).body);
  }

  /** The session's token in the browser; empty for none. */
  session(): string {
    return sessionIn(this.client, this.server) ?? '';
  }

  async signedIn(person: SsoPerson): Promise<Me> {
    expect((await this.signIn(person)).status).toBe(303);
    return this.whoIs();
  }

  /** How a program is refused, by which nobody was signed in. */
  async refused(answer: Response): Promise<string> {
    expect(this.session()).toBe('');
    const { code, message } = artifactKeeperErrorSchema.parse(await answer.json());
    return `${String(answer.status)} ${code}: ${message}`;
  }

  /** Has the provider give this id token for every code, until `reset`. */
  answerToken(id_token: string): void {
    this.#answer('/token', { access_token: 'x', token_type: 'Bearer', id_token });
  }

  /** Has its userinfo endpoint say this, until `reset`. */
  answerMe(claims: object): void {
    this.#answer('/me', claims);
  }

  #answer(path: string, body: object): void {
    this.sso.answer(path, (_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  }

  /** The provider and the settings as they were, and a new browser. */
  reset(): void {
    for (const path of ['/token', '/me']) this.sso.answer(path, null);
    this.settings.callback = oidcCallbackPaths[0];
    const kisenon = kisenonSettings({ providers: [this.google.settings] });
    Object.assign(this.server.context.config.kisenon, kisenon);
    this.newBrowser();
  }

  async stop(): Promise<void> {
    await Promise.all([this.server, this.sso, this.google].map((each) => each.stop()));
  }
}

/** @param dialects - The APIs that the server speaks. */
export async function startSsoSite(dialects: readonly ServerDialect[] = serverDialects): Promise<SsoSite> {
  const sso = await startOidcProvider({ id: 'sso', name: 'SSO', accounts: [] });
  const google = await startOidcProvider({ id: 'google', name: 'Google', accounts: [] });
  const { issuer, client_id, client_secret } = sso.settings;
  const scopes = ['openid', 'email', 'profile', 'groups'];
  const settings = oidcSettings({ issuer, client_id, client_secret, scopes, groups_claim: 'groups' });
  const server = await startLocalServer({
    kisenon: kisenonSettings({ providers: [google.settings] }),
    artifactKeeper: artifactKeeperSettings({}, null, settings),
    trustedProxies: testProxy(),
    dialects,
  });
  for (const path of oidcCallbackPaths) sso.serve(server.origin, path);
  google.serve(server.origin);
  return new SsoSite(server, sso, google, settings);
}
