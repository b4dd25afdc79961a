import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityProblems } from '../support/accessibility.ts';
import { authorizeAddress, exchange, newProgram } from '../support/loopback-program.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
let server: Web['server'];
let context: Web['context'];
let page: Web['page'];
beforeAll(async () => {
  web = await openWeb();
  ({ server, context } = web);
});
afterAll(() => web.stop());
beforeEach(async () => {
  await web.reset();
  ({ page } = web);
});
afterEach(() => {
  expect(web.complaints).toEqual([]);
});

/** A program that listens on a loopback address, as the app does. */
async function listen(host: '127.0.0.1' | '::1') {
  const seen: string[] = [];
  const listener: Server = createServer((request, response) => {
    if (request.url?.startsWith('/callback') === true) seen.push(request.url);
    response.setHeader('content-type', 'text/html').end('<title>done</title>You can close this.');
  });
  await new Promise<void>((resolve) => listener.listen(0, host, resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const at = host === '::1' ? '[::1]' : host;
  return {
    redirectUri: `http://${at}:${String(port)}/callback`,
    seen,
    close: () => listener.close(),
  };
}

describe('in a browser', () => {
  it.each(['127.0.0.1', '::1'] as const)(
    'a program at %s gets its code, and its state as it was',
    async (host) => {
      const listener = await listen(host);
      const state = '~!@#$%^&*()+=?/<>"\'{}|`';
      const program = newProgram({ redirect_uri: listener.redirectUri, state });
      await web.as('maya');
      await page.goto(authorizeAddress(server, program.query));
      await page.getByRole('button', { name: 'Authorize' }).click();
      await page.waitForURL((url) => url.pathname === '/callback');
      expect(await page.title()).toBe('done');
      const answer = new URL(page.url()).searchParams;
      expect(answer.get('state')).toBe(state);
      const { status, body } = await exchange(server, program, answer.get('code') ?? '');
      expect([status, body]).toMatchObject([200, { name: 'keon on maya-laptop', org: 'acme' }]);
      expect(listener.seen).toHaveLength(1);
      listener.close();
    },
  );

  it('the sign-in stands before the question, and leads back to it', async () => {
    const listener = await listen('127.0.0.1');
    // The longest there is.
    const program = newProgram({
      redirect_uri: `${listener.redirectUri}/${'p'.repeat(260)}`,
      client_name: 'Größe & <b>',
      device: '語'.repeat(64),
      state: '%'.repeat(512),
    });
    await page.goto(authorizeAddress(server, program.query));
    await page.getByLabel('User name or e-mail').fill('maya');
    await page.getByLabel('Password').fill(server.user('maya').password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('main').innerText()).toContain('Größe & <b>');
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/callback/p'));
    expect(listener.seen).toHaveLength(1);
    listener.close();
  });

  it('Cancel tells the program that the person refused', async () => {
    const listener = await listen('127.0.0.1');
    const program = newProgram({ redirect_uri: listener.redirectUri });
    await web.as('maya');
    await page.goto(authorizeAddress(server, program.query));
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL((url) => url.pathname === '/callback');
    const answer = Object.fromEntries(new URL(page.url()).searchParams);
    expect(answer).toEqual({ error: 'access_denied', state: program.query['state'] });
    listener.close();
  });

  it('a question that has become too old is asked again', async () => {
    await web.as('maya');
    await page.goto(authorizeAddress(server, newProgram({ redirect_uri: undefined }).query));
    await context.clearCookies({ name: 'keyhold_csrf' });
    await page.getByRole('button', { name: 'Authorize' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('That page was too old');
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByLabel('Code').waitFor();
  });

  it('without a redirect_uri the code is shown, and copied by a button', async () => {
    const program = newProgram({ redirect_uri: undefined });
    await web.as('maya');
    await page.goto(authorizeAddress(server, program.query));
    await page.getByRole('button', { name: 'Authorize' }).click();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const code = await page.evaluate(() => navigator.clipboard.readText());
    expect(code).toBe(await page.getByLabel('Code').inputValue());
    expect((await exchange(server, program, code)).status).toBe(200);
    await context.clearPermissions();
  });
});

describe('another page on this computer', () => {
  /** A page whose address differs in its port alone: cookies come with what it asks for. */
  async function serve(html: string) {
    const other = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(html);
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    await page.goto(`http://127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}/`);
    return other;
  }

  it('cannot show the question in a frame', async () => {
    await web.as('maya');
    const other = await serve(`<iframe src="${authorizeAddress(server, newProgram().query)}"></iframe>`);
    await expect.poll(() => web.complaints.join()).toMatch(/frame-ancestors/);
    expect(page.frames().some((frame) => frame.url().startsWith(server.origin))).toBe(false);
    web.complaints.length = 0;
    other.close();
  });

  it('cannot send its form', async () => {
    await web.as('maya');
    const codes = () => server.context.db.selectFrom('login_codes').select('code_hash').execute();
    const before = await codes();
    // The secret's cookie is there, too.
    await page.goto(authorizeAddress(server, newProgram().query));
    const fields = Object.entries({ ...newProgram().query, answer: 'authorize', org: 'acme', _csrf: 'x' });
    const inputs = fields.map(([name, value]) => `<input name="${name}" value="${value}">`).join('');
    const form = `<form method="post" action="${server.origin}/cli/authorize">${inputs}<button>Win</button></form>`;
    const other = await serve(form);
    await Promise.all([
      page.waitForURL(`${server.origin}/cli/authorize`),
      page.getByRole('button', { name: 'Win' }).click(),
    ]);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('That was refused');
    expect(await codes()).toEqual(before);
    other.close();
  });
});

describe('the pages of it', () => {
  const states = {
    question: async () => {
      await page.goto(authorizeAddress(server, newProgram({ device: 'maya-laptop'.repeat(5) }).query));
    },
    'question about a session': async () => {
      await page.goto(authorizeAddress(server, newProgram({ access: 'session', org: 'other' }).query));
    },
    'question about tokens': async () => {
      await page.goto(authorizeAddress(server, newProgram({ access: 'token-pair' }).query));
    },
    code: async () => {
      await page.goto(authorizeAddress(server, newProgram({ redirect_uri: undefined }).query));
      await page.getByRole('button', { name: 'Authorize' }).click();
      await page.getByLabel('Code').waitFor();
    },
    refusal: async () => {
      await page.goto(authorizeAddress(server, newProgram({ redirect_uri: 'http://localhost:9/' }).query));
    },
  };
  it.each(Object.entries(states))('%s: fits, and is accessible in light and dark', async (_, open) => {
    await web.as('maya');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 360, height: 640 });
      await open();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.setViewportSize({ width: 1280, height: 720 });
      expect(await accessibilityProblems(page)).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: null });
  });

  it('the question is answered by keyboard alone', async () => {
    await web.as('maya');
    await page.goto(authorizeAddress(server, newProgram({ redirect_uri: undefined }).query));
    await page.getByLabel('Organization').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('Code').waitFor();
  });
});
