import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { ServerSettings } from '../../reference-server/config/config.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { startSession } from '../../reference-server/auth/sessions.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { sharedChromium } from './chromium.ts';
import { startLocalServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';
import { newAccount } from '../../reference-server/identity/users.ts';

/** The pages of a server in a real browser: one context and one page for all tests of a file, as each new one costs a third of a second. */
export interface Web {
  server: LocalServer;
  browser: Browser;
  context: BrowserContext;
  page: Page;
  /** What the browser has complained about since the last `reset`: with a strict policy, anything inline. */
  complaints: string[];
  /** Signs the browser in, without the sign-in's page. */
  as(username: string, context?: BrowserContext): Promise<void>;
  open(path: string): Promise<number>;
  /** Presses a button of the page. */
  press(name: string | RegExp): Promise<void>;
  fill(label: string, text: string): Promise<void>;
  /** The page's notice. */
  notice(): Promise<string>;
  /** Sends a form as another site would, or a page that is too old: gives the status. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<number>;
  /** The CSRF token of the page that is open. */
  csrf(): Promise<string>;
  /** Makes one more user, a member of `acme` if a role is given. */
  addUser(user: NewUser): Promise<string>;
  /** For between two tests; `page` may be another one afterwards. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

interface NewUser {
  username: string;
  displayName?: string;
  role?: OrgRole;
  status?: 'active' | 'pending';
}

/** Starts a server with the demo organization, for a browser of its own within the one of this process. */
export async function openWeb(settings: Partial<ServerSettings> = {}): Promise<Web> {
  const [server, browser] = await Promise.all([startLocalServer(settings), sharedChromium()]);
  const context = await browser.newContext();
  const complaints: string[] = [];
  let page = await newPage(context, complaints);
  return {
    ...{ server, browser, context, complaints },
    get page() {
      return page;
    },
    as: async (username, into = context) => {
      const name = `keyhold_session_${new URL(server.origin).port}`;
      await into.addCookies([{ name, value: await newSession(server, username), url: server.origin }]);
    },
    open: async (path) => (await page.goto(server.origin + path))?.status() ?? 0,
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
    fill: (label, text) => page.getByLabel(label, { exact: true }).fill(text),
    notice: () => page.locator('.notice').first().innerText(),
    post: async (path, form, headers = {}) => {
      const response = await context.request.post(server.origin + path, {
        form,
        headers: { accept: 'text/html', origin: server.origin, ...headers },
        maxRedirects: 0,
      });
      return response.status();
    },
    csrf: () => page.locator('input[name=_csrf]').first().inputValue(),
    addUser: (user) => addUser(server, user),
    reset: async () => {
      if (!(await left(page))) {
        await page.close();
        page = await newPage(context, complaints);
      }
      complaints.length = 0;
      await page.emulateMedia({ colorScheme: null });
      await context.clearCookies();
      await context.clearPermissions();
    },
    stop: async () => {
      await context.close();
      await server.stop();
    },
  };
}

/** @param complaints - takes what the browser complains about on the page */
async function newPage(context: BrowserContext, complaints: string[]): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('the server responded with'))
      complaints.push(message.text());
  });
  return page;
}

/**
 * Leaves what the page shows: what a live page still fetches would come back with cookies.
 * @returns false where Chromium does not get there, as was seen twice: then only another page helps
 */
async function left(page: Page): Promise<boolean> {
  try {
    await page.goto('about:blank', { waitUntil: 'commit', timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

async function newSession({ context }: LocalServer, username: string): Promise<string> {
  const user = await context.db
    .selectFrom('users')
    .selectAll()
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  const { token } = await context.write({}, (tx) => startSession(tx, user, context.now()));
  return token;
}

/** @returns the id */
async function addUser(
  { context }: LocalServer,
  { username, displayName = username, role, status = 'active' }: NewUser,
): Promise<string> {
  const id = newId('u');
  const created_at = context.now().toISOString();
  await context.write({}, async (tx) => {
    await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
    await tx
      .insertInto('users')
      .values({
        ...{ id, username, status, created_at, email: `${username}@acme.example` },
        ...{ display_name: displayName, role: 'user', ...newAccount },
      })
      .execute();
    if (role === undefined) return;
    const { id: org_id } = await tx
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', 'acme')
      .executeTakeFirstOrThrow();
    await tx.insertInto('memberships').values({ org_id, user_id: id, role, created_at }).execute();
  });
  return id;
}
