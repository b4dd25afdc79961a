import type { LocalServer } from './local-server.ts';
import type { TestProvider } from './oidc-provider.ts';

/** A browser without a screen: keeps cookies as one does, and follows nothing by itself. */
export class WebClient {
  /** By name and path. */
  readonly #cookies = new Map<string, { name: string; path: string; value: string }>();
  readonly #network: string;

  /** @param network - Address that it comes from, as the server's trusted proxy says. */
  constructor(network: string) {
    this.#network = network;
  }

  async get(address: string | URL): Promise<Response> {
    return this.#send(address, {});
  }

  async post(
    address: string | URL,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#send(address, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  /** The value of a cookie; undefined where there is none. */
  cookie(name: string): string | undefined {
    return this.#cookies.get(`${name} /`)?.value;
  }

  /** Puts a cookie into it, as somebody who can might. */
  plant(name: string, value: string): void {
    this.#cookies.set(`${name} /`, { name, path: '/', value });
  }

  async #send(
    address: string | URL,
    init: { method?: string; body?: URLSearchParams; headers?: Record<string, string> },
  ): Promise<Response> {
    const { pathname } = new URL(address);
    const sent = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path));
    const cookie = sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, cookie, 'x-forwarded-for': this.#network };
    const response = await fetch(address, { ...init, redirect: 'manual', headers });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const path = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/';
    const key = `${name} ${path}`;
    if (/;\s*(?:max-age=0|expires=Thu, 01 Jan 1970)/i.test(line)) this.#cookies.delete(key);
    else this.#cookies.set(key, { name, path, value });
  }
}

/** The CSRF token of a page's forms. */
export async function csrfOf(page: Response): Promise<string> {
  return /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
}

/** Presses the button of a provider on the sign-in page. */
export async function begin(
  client: WebClient,
  server: Pick<LocalServer, 'origin'>,
  provider: string,
  returnTo = '/dashboard/keys',
): Promise<Response> {
  const page = await client.get(
    `${server.origin}/login?${new URLSearchParams({ return_to: returnTo }).toString()}`,
  );
  const form = { _csrf: await csrfOf(page), return_to: returnTo };
  return client.post(`${server.origin}/login/oidc/${provider}`, form);
}

/** What a page says of a refusal. */
export async function refusal(answer: Response): Promise<{ status: number; alert: string }> {
  const alert = /role="alert"[^]*?<\/div>/.exec(await answer.text())?.[0] ?? '';
  return { status: answer.status, alert: alert.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') };
}

/** Where a page goes on to by itself. */
export function goesOnTo(response: Response): URL {
  return new URL(/^0;url=(.+)$/.exec(response.headers.get('refresh') ?? '')?.[1] ?? '');
}

/**
 * Signs in on a provider's page; a provider that knows the browser already shows none.
 *
 * @param email - Of the account; null presses Cancel.
 * @returns The address that the browser is sent back to.
 */
export async function signInAt(
  client: WebClient,
  { issuer }: Pick<TestProvider, 'issuer'>,
  address: URL,
  email: string | null,
): Promise<URL> {
  const page = locationOf(await client.get(address), issuer);
  if (page.origin !== issuer) return page;
  const form = email === null ? { cancel: 'yes' } : { email };
  const resume = locationOf(await client.post(page, form), issuer);
  return locationOf(await client.get(resume), issuer);
}

/** All of it: the button, the provider's page, back. */
export async function signInBy(
  client: WebClient,
  server: Pick<LocalServer, 'origin'>,
  provider: TestProvider,
  email: string,
  returnTo?: string,
): Promise<Response> {
  const begun = await begin(client, server, provider.settings.id, returnTo);
  return client.get(await signInAt(client, provider, goesOnTo(begun), email));
}

function locationOf(response: Response, base: string): URL {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`There is no redirect, but status ${String(response.status)}.`);
  return new URL(location, base);
}
