import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { HttpUnreachable, type HttpClient, type HttpRequest } from '../../main/core/ports/http.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import { appOrganization } from './app-organization.ts';
import type { LocalServer } from './local-server.ts';
import { registerContext } from './register-context.ts';
import { signIn } from './server-client.ts';

/** A client whose answers a test can lose. */
export class LosingHttp implements HttpClient {
  readonly #real = fetchHttpClient(fetch);
  /** What becomes of a request: null for what the server makes of it. */
  onTheWay: (request: HttpRequest, send: () => Promise<unknown>) => Promise<'lost' | null> = () =>
    Promise.resolve(null);

  async request(request: HttpRequest): ReturnType<HttpClient['request']> {
    const lost = await this.onTheWay(request, () => this.#real.request(request));
    if (lost === 'lost') throw new HttpUnreachable('the connection broke off');
    return this.#real.request(request);
  }

  /** Has the server do what it is asked for by such a request, and loses its first answer. */
  loseAfter(isMeant: (request: HttpRequest) => boolean): void {
    let lost = 0;
    this.onTheWay = async (request, send) => {
      if (!isMeant(request) || ++lost > 1) return null;
      await send();
      return 'lost';
    };
  }
}

/** The app of somebody whom a key signs in to the demo's server. */
export async function openAccessApp(server: LocalServer, http: HttpClient, username = 'maya') {
  const clock = new ManualClock(new Date());
  const parts = await signInParts(clock, 'silent', http);
  const app = appOrganization(parts, clock, http);
  const { id: contextId } = await parts.add({ address: server.host, userId: server.user(username).id });
  await registerContext(parts, contextId, server, await signIn(server, username));
  return { parts, app, acme: { contextId, organization: 'acme' } };
}
export type AccessApp = Awaited<ReturnType<typeof openAccessApp>>;
