import type { Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orgRoleSchema } from '../../contracts/server-api/primitives.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { ruleOf } from '../../contracts/server-api/kisenon/organization-actions.ts';
import type { DeclaredRoute, Need } from '../../reference-server/access/route-access.ts';
import { createApiKey } from '../../reference-server/identity/api-key-changes.ts';
import { createBranch } from '../../reference-server/identity/branches.ts';
import { invite } from '../../reference-server/identity/invitations.ts';
import { createProject } from '../../reference-server/identity/projects.ts';
import { isAtLeast } from '../../reference-server/identity/roles.ts';
import { accessibilityProblems, problemsInBothSchemes } from '../support/accessibility.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

/** What people may call themselves and their things: shown as it is, and nothing of it is done. */
const hostile = `"><script>alert(1)</script>'\`\${7*7}<b>`;
/** Long, and with no place to break it at. */
const longest = 'Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichenfabr';

let web: Web;
/** Every page with what it needs, by its declaration. */
let pages: { route: DeclaredRoute; may: Need | null; open: boolean }[];
const roles: Record<OrgRole, string> = { viewer: 'vera', member: 'jonas', admin: 'adam', owner: 'maya' };

beforeAll(async () => {
  web = await openWeb();
  await web.addUser({ username: 'vera', displayName: hostile, role: 'viewer' });
  await web.addUser({ username: 'adam', displayName: longest, role: 'admin' });
  await web.addUser({ username: 'pia', displayName: hostile, status: 'pending' });
  const { context } = web.server;
  await context.write({}, async (tx) => {
    await tx.updateTable('organizations').set({ display_name: hostile }).where('slug', '=', 'acme').execute();
    // Whoever administers the server decides about accounts.
    await tx.updateTable('users').set({ role: 'admin' }).where('username', '=', 'maya').execute();
  });
  await fill();
  pages = web.server.routes.flatMap((route) => {
    const { access } = route;
    if (typeof access !== 'object' || !('page' in access)) return [];
    return [{ route, may: access.may ?? null, open: access.page === 'anybody' }];
  });
});
afterAll(() => web.stop());
beforeEach(() => web.reset());

/** Puts something on each list, with names as long as they can be. */
async function fill(): Promise<void> {
  const { context } = web.server;
  const { id } = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const org = { id, slug: 'acme', role: 'owner' } as const;
  const maya = { id: web.server.user('maya').id, name: 'maya', ip: '127.0.0.1' };
  const name = longest.toLowerCase();
  const project = await createProject(context, org, { name, default_branch: longest }, maya);
  const branch = await createBranch(context, org, project.id, `${longest}-2`, maya);
  Object.assign(samples, { project: project.id, branch: branch.id });
  const key = { capability: 'agent', expiresAt: '2099-01-01T00:00:00Z' } as const;
  const scope = { kind: 'branch', ids: [branch.id] } as const;
  await createApiKey(
    context,
    org,
    { ...key, scope: { ...scope, ids: [...scope.ids] }, name: longest },
    null,
    maya,
  );
  await createApiKey(context, org, { ...key, scope: { kind: 'org' }, name: hostile }, null, maya);
  const emails = [`${longest}@${longest}.example`, 'a@b.example'];
  await invite(context, org, { emails, role: 'admin' }, maya);
}

/** What stands for the parts of an address; ids are nobody's where `fill` makes none. */
const samples: Record<string, string> = {
  org: 'acme',
  provider: 'none',
  kid: 'k'.repeat(43),
  token: 't'.repeat(43),
  user: `u_${'a'.repeat(26)}`,
};

function addressOf({ url }: DeclaredRoute): string {
  return url.replaceAll(/:(\w+)/g, (_, part: string) => {
    if (part === 'id') return url.includes('invitations') ? `inv_${'a'.repeat(26)}` : `key_${'a'.repeat(26)}`;
    const sample = samples[part];
    if (sample === undefined) throw new Error(`There is no sample for :${part} of ${url}.`);
    return sample;
  });
}

/** The pages that a browser shows, signed in as somebody who may open all. */
function shown(): string[] {
  const gets = pages.filter(({ route }) => route.method === 'GET' && !route.url.endsWith('/events'));
  return gets.map(({ route }) => addressOf(route));
}

const forms = () => pages.filter(({ route }) => route.method === 'POST');

async function overflow(): Promise<number> {
  return web.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What lies over a page: one dialog of each kind, as `revoke-key_…` and `revoke-key_…` are alike. */
async function dialogsOf(page: Page): Promise<string[]> {
  const all = await page.locator('dialog').evaluateAll((dialogs) => dialogs.map(({ id }) => id));
  return [...new Map(all.map((id) => [id.replace(/[a-z]+_.*/, ''), id])).values()];
}

/** What is wrong with a dialog on a phone. */
async function problemsOfDialog(page: Page, id: string): Promise<string[]> {
  const dialog = page.locator(`#${id}`);
  await dialog.evaluate((each: HTMLDialogElement) => each.showModal());
  const wrong = (await accessibilityProblems(page)).map((problem) => `${id}: ${problem}`);
  const box = await dialog.boundingBox();
  if (box === null || box.x < 0 || box.x + box.width > phone.width || (await overflow()) > 0)
    wrong.push(`${id} does not fit`);
  await page.keyboard.press('Escape');
  expect(await dialog.isVisible(), id).toBe(false);
  return wrong;
}

const phone = { width: 360, height: 640 };
const smallWindow = { width: 900, height: 600 };
const largeScreen = { width: 3840, height: 2160 };

/** What is wrong with the page that is open; frames differ between a phone and a window, colours between light and dark. */
async function problemsOfPage(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  for (const size of [phone, smallWindow, largeScreen]) {
    await page.setViewportSize(size);
    if (size === phone) wrong.push(...(await accessibilityProblems(page)));
    if (size === smallWindow) wrong.push(...(await problemsInBothSchemes(page)));
    if ((await overflow()) > 0) wrong.push(`is wider than ${String(size.width)}`);
    if ((await page.getByRole('heading', { level: 1 }).count()) !== 1) wrong.push('has no one heading');
    if (size !== phone) continue;
    for (const id of await dialogsOf(page)) wrong.push(...(await problemsOfDialog(page, id)));
  }
  return wrong;
}

describe('every page', () => {
  it('and each dialog fits, is accessible, shows names as text and complains of nothing', async () => {
    await web.as('maya');
    web.page.on('dialog', (dialog) => void dialog.dismiss().then(() => web.complaints.push('a script ran')));
    const wrong: string[] = [];
    for (const address of shown()) {
      await web.page.emulateMedia({ colorScheme: null });
      await web.page.setViewportSize(phone);
      expect(await web.open(address), address).toBeLessThan(500);
      expect(await web.page.locator('b, main script').count(), address).toBe(0);
      wrong.push(...(await problemsOfPage(web.page)).map((problem) => `${address}: ${problem}`));
    }
    expect(wrong).toEqual([]);
    await web.open('/orgs/acme/members');
    expect(await web.page.getByRole('rowheader', { name: hostile }).count()).toBe(1);
    expect(web.complaints).toEqual([]);
  });

  it('has menus on a phone that are accessible and close one by one', async () => {
    await web.page.setViewportSize(phone);
    await web.as('maya');
    await web.open('/orgs');
    await web.press('Menu');
    const wrong = await accessibilityProblems(web.page);
    await web.page.getByRole('button', { name: /^Organization:/ }).click();
    wrong.push(...(await accessibilityProblems(web.page)));
    // The menu of organizations closes first, then the sidebar.
    await web.page.keyboard.press('Escape');
    expect(await web.page.getByRole('link', { name: 'Public keys' }).isVisible()).toBe(true);
    await web.page.keyboard.press('Escape');
    expect(await web.page.getByRole('link', { name: 'Public keys' }).isVisible()).toBe(false);
    expect(wrong).toEqual([]);
  });

  it('reaches all that it has by the keyboard, from the link to its content on', async () => {
    await web.page.setViewportSize({ width: 1280, height: 800 });
    await web.as('maya');
    for (const address of shown()) {
      await web.open(address);
      const inOrder = await web.page.evaluate(() => {
        const all = document.querySelectorAll<HTMLElement>(
          'a[href], button, input, select, textarea, summary',
        );
        const seen = [...all].filter((each) => each.checkVisibility({ visibilityProperty: true }));
        // Of the choices of one question, one is a stop.
        const stops = seen.filter(
          (each) => !each.matches('input[type=hidden], input[type=radio]:not(:checked), [tabindex="-1"]'),
        );
        (document.activeElement as HTMLElement | null)?.blur();
        document.addEventListener('focusin', ({ target }) => {
          (target as HTMLElement).dataset['reached'] = '';
        });
        stops.forEach((each) => (each.dataset['stop'] = ''));
        return stops.length;
      });
      // Held down, which repeats it.
      for (let press = 0; press < inOrder + 5; press += 1) await web.page.keyboard.down('Tab');
      await web.page.keyboard.up('Tab');
      expect(await web.page.locator('[data-stop][data-reached]').count(), address).toBe(inOrder);
    }
    await web.open('/orgs');
    await web.page.keyboard.press('Tab');
    await web.page.keyboard.press('Enter');
    expect(await web.page.evaluate(() => document.activeElement?.id)).toBe('main');
  });
});

describe('every form', () => {
  it('changes nothing without the token of its page, or from another site', async () => {
    await web.as('maya');
    await web.open('/orgs');
    const csrf = await web.csrf();
    const members = () => web.server.context.db.selectFrom('memberships').selectAll().execute();
    const before = await members();
    for (const { route } of forms()) {
      const address = addressOf(route);
      // The keeper's people are led back to its page, which says so.
      const refused = address.startsWith('/ui/') ? 303 : 403;
      expect([address, await web.post(address, {})]).toEqual([address, refused]);
      for (const origin of ['https://evil.example', 'null']) {
        expect([address, await web.post(address, { _csrf: csrf }, { origin })]).toEqual([address, 403]);
      }
    }
    expect(await members()).toEqual(before);
  });
});

/** What each page of an organization takes, said a second time: a page that declares too little is found. */
const takes = {
  'GET /orgs/:org/events': 'events:read',
  'GET /orgs/:org/projects': 'projects:read',
  'POST /orgs/:org/projects': 'projects:create',
  'GET /orgs/:org/projects/:project': 'branches:read',
  'POST /orgs/:org/projects/:project/rename': 'projects:rename',
  'POST /orgs/:org/projects/:project/delete': 'projects:delete',
  'POST /orgs/:org/projects/:project/branches': 'branches:create',
  'POST /orgs/:org/projects/:project/branches/:branch/rename': 'branches:rename',
  'POST /orgs/:org/projects/:project/branches/:branch/delete': 'branches:delete',
  'GET /orgs/:org/keys': 'api-keys:read',
  'GET /orgs/:org/keys/new': 'api-keys:create',
  'POST /orgs/:org/keys/new': 'api-keys:create',
  'POST /orgs/:org/keys/:id/rename': 'api-keys:manage',
  'POST /orgs/:org/keys/:id/revoke': 'api-keys:manage',
  'GET /orgs/:org/members': 'members:read',
  'POST /orgs/:org/members/:user/role': 'members:manage',
  'POST /orgs/:org/members/:user/remove': 'members:manage',
  'GET /orgs/:org/invitations': 'invitations:read',
  'POST /orgs/:org/invitations': 'invitations:manage',
  'POST /orgs/:org/invitations/:id/resend': 'invitations:manage',
  'POST /orgs/:org/invitations/:id/revoke': 'invitations:manage',
  'GET /orgs/:org/settings': 'organization:read',
  'POST /orgs/:org/settings/rename': 'organization:rename',
  'POST /orgs/:org/settings/transfer': 'organization:transfer',
  'POST /orgs/:org/settings/delete': 'organization:delete',
};

describe('what a role may not do', () => {
  it('is what the page declares, for every page of an organization', () => {
    const ofOrganization = pages.filter(({ route }) => route.url.includes(':org') && route.method !== 'HEAD');
    const declared = ofOrganization.map(({ route: { method, url }, may }) => [
      `${method} ${url}`,
      may !== null && 'organization' in may ? may.organization : 'nothing',
    ]);
    expect(Object.fromEntries(declared)).toEqual(takes);
  });

  it.each(orgRoleSchema.options)('is refused to a %s, page by page', async (role) => {
    await web.as(roles[role]);
    await web.open('/orgs');
    const csrf = await web.csrf();
    const wrong: string[] = [];
    for (const { route, may } of pages) {
      if (may === null || !('organization' in may) || isAtLeast(role, ruleOf(may.organization).role))
        continue;
      const address = addressOf(route);
      const status =
        route.method === 'POST'
          ? await web.post(address, { _csrf: csrf })
          : (await web.context.request.get(web.server.origin + address)).status();
      if (status !== 403) wrong.push(`${route.method} ${address}: ${String(status)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('does not exist for who does not belong to the organization', async () => {
    await web.as('priya');
    await web.open('/orgs');
    const csrf = await web.csrf();
    for (const { route, may } of pages) {
      if (may === null || !('organization' in may)) continue;
      const address = addressOf(route);
      const status =
        route.method === 'POST'
          ? await web.post(address, { _csrf: csrf })
          : (await web.context.request.get(web.server.origin + address)).status();
      expect([address, status]).toEqual([address, 404]);
    }
    expect(await web.post('/operator/approve', { _csrf: csrf })).toBe(404);
    for (const address of [
      '/orgs/No Slug/members',
      '/orgs/acme/projects/x',
      '/invitations/x',
      '/login/oidc/x/callback',
    ])
      expect([address, await web.open(address)]).toEqual([address, 404]);
  });

  it('is not offered in the sidebar', async () => {
    const offered = async (role: OrgRole) => {
      await web.context.clearCookies();
      await web.as(roles[role]);
      await web.open('/orgs/acme/members');
      return web.page
        .getByRole('navigation', { name: 'Pages', exact: true })
        .getByRole('link')
        .allInnerTexts();
    };
    expect(await offered('viewer')).not.toContain('Invitations');
    expect(await offered('member')).not.toContain('Invitations');
    expect(await offered('admin')).toContain('Invitations');
    expect(await offered('admin')).not.toContain('Accounts');
    expect(await offered('owner')).toContain('Accounts');
  });
});
