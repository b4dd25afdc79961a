import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSession, appOrganization, byAccessToken } from '../support/app-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newTeam, type Team } from '../support/organization.ts';
import { call } from '../support/server-client.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

let server: LocalServer;
let clock: ManualClock;
let parts: SignInParts;
let app: ReturnType<typeof appOrganization>;
let team: Team;
/** Contexts of an administrator of the server, and of a member of the team. */
let admin: string;
let member: string;

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  clock = new ManualClock(new Date());
  parts = await signInParts(clock);
  app = appOrganization(parts, clock, undefined, byAccessToken(server, parts));
  team = await newTeam(server, { root: 'owner', m: 'member' });
  const { id } = team.person('root');
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set({ role: 'admin' }).where('id', '=', id).execute(),
  );
  admin = await addSession(parts, server, team.person('root'), team.slug);
  member = await addSession(parts, server, team.person('m'), team.slug);
});
afterEach(() => parts.dispose());

const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
const reading = { scopes: ['repository:read'] as const, repositories: null, expiresAt: null };

describe('the API tokens of somebody', () => {
  it('are made, used, listed with their last use, and revoked', async () => {
    const { heldId, name } = await app.apiTokens.create(member, { name: 'build', ...reading });
    expect(name).toBe('build');
    const token = app.told.reveal(heldId);
    expect((await call(server, '/api/v1/auth/me', { token })).status).toBe(200);
    const { tokens, total } = await app.apiTokens.list(member);
    expect(total).toBe(1);
    expect(tokens[0]).toMatchObject({
      ...{ name: 'build', prefix: token.slice(0, 8), scopes: ['repository:read'] },
      ...{ repositoryCount: null, expiresAt: null, expired: false, lastUse: { address: '127.0.0.1' } },
    });
    await app.apiTokens.revoke(member, tokens[0]?.id ?? '');
    expect((await call(server, '/api/v1/auth/me', { token })).status).toBe(401);
    await refused(app.apiTokens.revoke(member, tokens[0]?.id ?? ''), 'api_token_gone');
    const log = parts.logged().join('\n');
    expect(log).toContain('| build: repository:read');
    expect(log).not.toContain(token);
  });

  it('are for repositories that their user may read, and end when it was said', async () => {
    const maya = { ...team.person('m'), id: server.user('maya').id };
    const context = await addSession(parts, server, maya, 'acme', 'Maya');
    const { repositories } = await app.apiTokens.repositories(context);
    const [first] = repositories;
    const end = new Date(clock.now().getTime() + 3_600_000).toISOString();
    const terms = { ...reading, repositories: [first?.id ?? ''], expiresAt: end };
    await app.apiTokens.create(context, { name: 'one', ...terms });
    expect((await app.apiTokens.list(context)).tokens[0]).toMatchObject({
      repositoryCount: 1,
      expiresAt: end,
    });
    await refused(app.apiTokens.create(member, { name: 'other', ...terms }), 'repository_gone');
    const past = new Date(clock.now().getTime() - 1).toISOString();
    await refused(app.apiTokens.create(context, { name: 'x', ...terms, expiresAt: past }), 'expiry_passed');
  });

  it('get no scope that is for administrators from others', async () => {
    const asked = { name: 'all', ...reading, scopes: ['admin'] as const };
    await refused(app.apiTokens.create(member, asked), 'not_allowed');
    await app.apiTokens.create(admin, asked);
  });
});

describe('the audit log of a server', () => {
  it('is read by filters, and refused to others', async () => {
    const { id, username } = team.person('root');
    const asked = { email: `${team.slug}@people.example`, name: null, role: 'user' as const };
    await app.users.create(admin, { username: `${team.slug}-new`, ...asked });
    const { entries } = await app.audit.list(admin, { userId: id, action: 'USER_CREATED' }, 1);
    expect(entries).toMatchObject([
      {
        ...{ action: 'USER_CREATED', actor: { id, name: username } },
        ...{ resource: { type: 'user', id: `${team.slug}-new` }, address: '127.0.0.1' },
      },
    ]);
    expect(entries[0]?.details).toContainEqual({ name: 'role', value: 'user' });
    const before = new Date(Date.parse(entries[0]?.at ?? '') - 1).toISOString();
    const earlier = await app.audit.list(admin, { userId: id, action: 'USER_CREATED', to: before }, 1);
    expect(earlier).toEqual({ entries: [], total: 0 });
    await refused(app.audit.list(member, {}, 1), 'not_allowed');
  });

  it('comes in pages, and as a file of all of them', async () => {
    await server.context.write({}, (_tx, audit) => {
      for (let index = 0; index < 250; index += 1) {
        audit({ action: 'user.updated', outcome: 'success', target: `=${team.slug}-${String(index)}` });
      }
      return Promise.resolve();
    });
    const filter = { action: 'USER_UPDATED' };
    const [first, third] = [await app.audit.list(admin, filter, 1), await app.audit.list(admin, filter, 3)];
    expect([first.entries.length, first.total, third.entries.length]).toEqual([100, 250, 50]);
    const saved = await app.audit.export(admin, filter, 'csv');
    expect(saved).toMatchObject({ entries: 250, total: 250 });
    const text = await readFile(join(parts.folder, saved?.fileName ?? ''), 'utf8');
    expect(text.split('\r\n')).toHaveLength(252);
    // A spreadsheet must not run it.
    expect(text).toContain(`,'=${team.slug}-0,`);
    const json = await app.audit.export(admin, filter, 'json');
    const read = JSON.parse(await readFile(join(parts.folder, json?.fileName ?? ''), 'utf8')) as unknown[];
    expect(read).toHaveLength(250);
    expect(parts.logged().at(-1)).toContain('audit_log.exported');
  });

  it('is verified where it lies', async () => {
    const { checked, brokenAt } = await app.audit.verify(admin);
    expect(checked).toBeGreaterThan(0);
    expect(brokenAt).toBeNull();
  });
});
