import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSession, appOrganization } from '../support/app-organization.ts';
import { FaultyHttp } from '../support/faulty-http.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson, newTeam, rolesIn } from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { registerContext } from '../support/register-context.ts';
import { call, signIn } from '../support/server-client.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { newAccount } from '../../reference-server/identity/users.ts';

let server: LocalServer;
let clock: ManualClock;
let parts: SignInParts;
let app: ReturnType<typeof appOrganization>;
let team: Team;
/** A context of the team's owner. */
let owner: string;

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  clock = new ManualClock(new Date());
  parts = await signInParts(clock);
  app = appOrganization(parts, clock);
  team = await newTeam(server, { o: 'owner', a: 'admin', m: 'member', v: 'viewer' });
  owner = await addSession(parts, server, team.person('o'), team.slug);
});
afterEach(() => parts.dispose());

const as = (name: string): Promise<string> => addSession(parts, server, team.person(name), team.slug);
const at = (contextId: string) => ({ contextId, org: team.slug });
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

describe('who the app is, and where', () => {
  it('is known with name, kind and role', async () => {
    expect(await app.orgs.acting(await as('v'))).toEqual({
      userId: team.person('v').id,
      org: { slug: team.slug, name: team.slug, kind: 'team' },
      role: 'viewer',
      operator: false,
      key: null,
    });
  });

  it('is known of an API key for a project, which may see no more of its organization', async () => {
    const { id } = await app.projects.create(owner, 'shop', 'main');
    const scope = { kind: 'project' as const, ids: [id] };
    const made = await app.apiKeys.create(owner, { name: 'ci', scope, capability: 'agent', expiresAt: null });
    const saved = await app.apiKeys.saveAsContext(made.heldId, 'CI');
    expect(saved).toMatchObject({ name: 'CI', credential: 'api-key', org: team.slug, maxTokenTtl: null });
    expect(await app.orgs.acting(saved.id)).toMatchObject({
      org: { slug: team.slug, kind: null },
      key: { capability: 'agent', scope: 'project', inert: false },
    });
    expect((await app.projects.list(saved.id)).map(({ name }) => name)).toEqual(['shop']);
    await refused(app.members.list(at(saved.id)), 'beyond_scope');
    await refused(app.projects.rename({ contextId: saved.id, projectId: id }, 'store'), 'beyond_capability');
    await app.projects.remove({ contextId: owner, projectId: id });
    expect((await app.orgs.acting(saved.id)).key?.inert).toBe(true);
  });
});

describe('organizations', () => {
  it('are made, switched to, renamed and left; a context goes on in another one', async () => {
    const { slug } = await app.orgs.create(owner, 'Team Zwei', `${team.slug}-zwei`);
    await refused(app.orgs.create(owner, 'Again', slug), 'org_slug_taken');
    expect((await app.orgs.list(owner)).map((org) => org.slug)).toContain(slug);
    await app.orgs.switchTo({ contextId: owner, org: slug });
    expect(parts.contexts.get(owner).org).toBe(slug);
    expect(await app.orgs.acting(owner)).toMatchObject({ org: { slug, name: 'Team Zwei' }, role: 'owner' });
    await app.orgs.rename({ contextId: owner, org: slug }, 'Team 2');
    expect((await app.orgs.acting(owner)).org?.name).toBe('Team 2');
    await refused(app.orgs.leave({ contextId: owner, org: slug }), 'last_owner');
    expect(await app.orgs.contents({ contextId: owner, org: slug })).toEqual({
      ...{ members: 1, repositories: 0, projects: 0, apiKeys: 0, bots: 0, invitations: 0 },
    });
    await app.orgs.remove({ contextId: owner, org: slug });
    expect(parts.contexts.get(owner).org).toBe(team.slug);
    expect((await app.orgs.acting(owner)).org?.slug).toBe(team.slug);
  });

  it('that the account does not belong to are not switched to', async () => {
    await refused(app.orgs.switchTo({ contextId: owner, org: 'acme' }), 'not_allowed');
    expect(parts.contexts.get(owner).org).toBe(team.slug);
  });

  it('can be two at once for two contexts of one account, and none twice', async () => {
    const { slug } = await app.orgs.create(owner, 'Other', `${team.slug}-other`);
    const second = await addSession(parts, server, team.person('o'), slug);
    expect((await app.orgs.list(owner)).find((org) => org.slug === slug)?.heldBy).toBe(second);
    await refused(app.orgs.switchTo({ contextId: owner, org: slug }), 'already_added');
    const [one, two] = await Promise.all([app.orgs.acting(owner), app.orgs.acting(second)]);
    expect([one.org?.slug, two.org?.slug]).toEqual([team.slug, slug]);
    await app.projects.create(second, 'only-here', 'main');
    expect(await app.projects.list(owner)).toEqual([]);
  });

  it('are named by a key in each token that it signs', async () => {
    const { id } = await parts.add({ address: server.host, userId: server.user('maya').id });
    await registerContext(parts, id, server, await signIn(server, 'maya'));
    const orgs = (await app.orgs.list(id)).map(({ slug }) => slug);
    expect(orgs).toEqual(expect.arrayContaining(['acme', 'northwind']));
    for (const slug of ['northwind', 'acme']) {
      await app.orgs.switchTo({ contextId: id, org: slug });
      expect((await app.orgs.acting(id)).org?.slug).toBe(slug);
    }
  });

  it('are handed over, after which the one before cannot delete them', async () => {
    await app.orgs.transfer(at(owner), team.person('m').id);
    expect(await rolesIn(server, team.id)).toMatchObject({
      [team.person('m').username]: 'owner',
      [team.person('o').username]: 'admin',
    });
    await refused(app.orgs.remove(at(owner)), 'not_allowed');
    await refused(app.orgs.transfer(at(owner), team.person('v').id), 'not_allowed');
  });
});

describe('members', () => {
  it('are listed, get another role and are removed', async () => {
    const viewer = team.person('v');
    const listed = await app.members.list(at(owner));
    expect(listed.find(({ userId }) => userId === viewer.id)).toMatchObject({
      ...{ username: viewer.username, email: viewer.email, role: 'viewer' },
    });
    await app.members.changeRole(at(owner), viewer.id, 'admin');
    expect(await rolesIn(server, team.id)).toMatchObject({ [viewer.username]: 'admin' });
    await app.members.remove(at(owner), viewer.id);
    // Whoever reads the log later finds the name nowhere else.
    expect(parts.logged().at(-1)).toContain(`: ${viewer.username} (${viewer.id})`);
    await refused(app.members.remove(at(owner), viewer.id), 'member_gone');
    await refused(app.members.changeRole(at(owner), team.person('o').id, 'member'), 'last_owner');
  });

  it('are read to the last page', async () => {
    await server.context.write({}, async (tx) => {
      for (let index = 0; index < 230; index++) {
        const id = `u_${index.toString(2).replaceAll('0', 'a').replaceAll('1', 'b').padStart(20, 'c')}`;
        const user = { display_name: '', status: 'active', role: 'user', ...newAccount } as const;
        const created_at = new Date().toISOString();
        await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
        const names = { username: `many-${String(index)}`, email: `many-${String(index)}@people.example` };
        await tx
          .insertInto('users')
          .values({ id, ...names, ...user, created_at })
          .execute();
        const membership = { org_id: team.id, user_id: id, role: 'viewer', created_at } as const;
        await tx.insertInto('memberships').values(membership).execute();
      }
    });
    const listed = await app.members.list(at(owner));
    expect(listed).toHaveLength(234);
    // Those have no name but this one.
    expect(listed).toContainEqual(expect.objectContaining({ username: 'many-0', name: 'many-0' }));
  });

  it('are not changed by who may not', async () => {
    const member = await as('m');
    await refused(app.members.remove(at(member), team.person('v').id), 'not_allowed');
    await refused(app.members.changeRole(at(await as('a')), team.person('v').id, 'owner'), 'not_allowed');
    await refused(app.invitations.list(at(member)), 'not_allowed');
  });
});

describe('invitations', () => {
  it('go out to several, say what became of each, and are accepted by their link in the app', async () => {
    const invited = await newPerson(server);
    const emails = [invited.email, team.person('v').email, 'other@people.example'];
    const results = await app.invitations.send(at(owner), emails, 'admin');
    // The server sends no mail: main has the links.
    expect(results.map(({ email, result }) => [email, result]).toSorted()).toEqual(
      [
        [invited.email, 'link'],
        ['other@people.example', 'link'],
        [team.person('v').email, 'member'],
      ].toSorted(),
    );
    await app.invitations.copyLink(results.find(({ email }) => email === invited.email)?.id ?? '');
    const link = new URL(app.copied());
    expect(link.origin).toBe(server.origin);
    const linkId = app.openLink(server.origin, link.pathname.split('/').at(-1) ?? '');
    const own = await call(server, '/v1/orgs', { token: invited.token, body: { name: 'Own' } });
    const joining = await addSession(parts, server, invited, (own.body as { slug: string }).slug);
    expect(await app.invitations.view(joining, linkId)).toMatchObject({
      ...{ org: { slug: team.slug }, role: 'admin', invitedBy: team.person('o').username, forYou: true },
    });
    expect(await app.invitations.view(owner, linkId)).toMatchObject({ forYou: false });
    await refused(app.invitations.accept(owner, linkId), 'invitation_wrong_account');
    expect(await app.invitations.accept(joining, linkId)).toEqual({ org: team.slug, role: 'admin' });
    await refused(app.invitations.accept(joining, linkId), 'invitation_ended');
    await app.orgs.switchTo({ contextId: joining, org: team.slug });
    expect((await app.orgs.acting(joining)).role).toBe('admin');
  });

  it('to one address that has one, or a member’s, say which of them', async () => {
    await app.invitations.send(at(owner), ['twice@people.example'], 'member');
    expect(await app.invitations.send(at(owner), ['twice@people.example'], 'member')).toEqual([
      { email: 'twice@people.example', result: 'invited', id: null },
    ]);
    const { email } = team.person('m');
    expect(await app.invitations.send(at(owner), [email], 'member')).toEqual([
      { email, result: 'member', id: null },
    ]);
  });

  it('are sent again by a new link, and revoked once', async () => {
    const [first] = await app.invitations.send(at(owner), ['again@people.example'], 'member');
    const id = first?.id ?? '';
    await app.invitations.copyLink(id);
    const old = app.copied();
    expect(await app.invitations.resend(at(owner), id)).toMatchObject({ result: 'link', id });
    await app.invitations.copyLink(id);
    expect(app.copied()).not.toBe(old);
    expect((await app.invitations.list(at(owner))).map((each) => each.id)).toEqual([id]);
    await app.invitations.revoke(at(owner), id);
    expect(parts.logged().at(-1)).toContain(`: again@people.example (${id})`);
    await refused(app.invitations.revoke(at(owner), id), 'invitation_gone');
    await refused(app.invitations.resend(at(owner), id), 'invitation_gone');
  });

  it('are told to no other service than that of their link, and their links are gone with a lock', async () => {
    const [sent] = await app.invitations.send(at(owner), ['far@people.example'], 'member');
    await app.invitations.copyLink(sent?.id ?? '');
    const token = new URL(app.copied()).pathname.split('/').at(-1) ?? '';
    const elsewhere = app.openLink('https://elsewhere.example', token);
    await refused(app.invitations.view(owner, elsewhere), 'invitation_gone');
    await refused(app.invitations.accept(owner, elsewhere), 'invitation_gone');
    parts.vault.lock();
    expect(() => app.invitations.copyLink(sent?.id ?? '')).toThrow('secret_gone');
  });
});

describe('API keys', () => {
  it('are made, listed, renamed and revoked; the secret is held until it is closed, and shown once', async () => {
    const terms = { scope: { kind: 'org' as const }, capability: 'read' as const };
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const { key, heldId } = await app.apiKeys.create(owner, { name: 'Report', ...terms, expiresAt });
    expect(key).toMatchObject({ name: 'Report', own: true, capability: 'read', lastUse: null, expiresAt });
    await app.apiKeys.copy(heldId, 'raw');
    const secret = app.copied();
    expect(secret).toMatch(/^nsk_/);
    expect(app.apiKeys.reveal(heldId)).toBe(secret);
    expect(() => app.apiKeys.reveal(heldId)).toThrow('secret_gone');
    expect((await call(server, '/v1/whoami', { token: secret })).status).toBe(200);
    await app.apiKeys.rename(owner, key.id, 'Reports');
    const [listed] = await app.apiKeys.list(owner);
    expect(listed).toMatchObject({ id: key.id, name: 'Reports', prefix: secret.slice(0, 8) });
    expect(listed?.lastUse).not.toBeNull();
    app.apiKeys.close(heldId);
    expect(() => app.apiKeys.reveal(heldId)).toThrow('secret_gone');
    await app.apiKeys.revoke(owner, key.id);
    expect(parts.logged().at(-1)).toContain(`Reports (${key.id})`);
    await refused(app.apiKeys.revoke(owner, key.id), 'api_key_gone');
    await refused(app.apiKeys.rename(owner, key.id, 'x'), 'api_key_gone');
    expect((await call(server, '/v1/whoami', { token: secret })).status).toBe(401);
    expect(parts.logged().join('\n')).not.toContain(secret);
  });

  it('whose secret a shell would run are no answer, and nothing is copied', async () => {
    const http = new FaultyHttp();
    const hostile = appOrganization(parts, clock, http);
    http.answer = (_what, response) => ({
      ...response,
      text: response.text.replace(/"secret":"[^"]+"/, `"secret":"nsk_x'; id; echo '"`),
    });
    const terms = { name: 'x', scope: { kind: 'org' as const }, capability: 'read' as const };
    await refused(hostile.apiKeys.create(owner, { ...terms, expiresAt: null }), 'not_a_keyhold_server');
  });

  it('are not made by viewers, nor with an end that has passed; a lock lets go of their secrets', async () => {
    const terms = { name: 'x', scope: { kind: 'org' as const }, capability: 'read' as const };
    await refused(app.apiKeys.create(await as('v'), { ...terms, expiresAt: null }), 'not_allowed');
    const past = new Date(clock.now().getTime() - 1000).toISOString();
    await refused(app.apiKeys.create(owner, { ...terms, expiresAt: past }), 'expiry_passed');
    const { heldId } = await app.apiKeys.create(owner, { ...terms, expiresAt: null });
    parts.vault.lock();
    expect(() => app.apiKeys.reveal(heldId)).toThrow('secret_gone');
  });
});

describe('what a context signs in by', () => {
  it('is copied for other programs, whether a session or an API key, and is in no log', async () => {
    const terms = {
      name: 'ci',
      scope: { kind: 'org' as const },
      capability: 'read' as const,
      expiresAt: null,
    };
    const { heldId } = await app.apiKeys.create(owner, terms);
    const { id: keyed } = await app.apiKeys.saveAsContext(heldId, 'By key');
    for (const [contextId, method] of [
      [owner, 'jwt'],
      [keyed, 'api-key'],
    ] as const) {
      const token = await parts.tokens.credentialText(contextId, 'raw');
      expect((await call(server, '/v1/whoami', { token })).body).toMatchObject({ auth: { method } });
      expect(await parts.tokens.credentialText(contextId, 'header')).toBe(`Authorization: Bearer ${token}`);
      expect(parts.logged().join('\n')).not.toContain(token);
    }
    const [key] = await app.apiKeys.list(owner);
    await app.apiKeys.revoke(owner, key?.id ?? '');
    await parts.contexts.status(keyed);
    await refused(parts.tokens.credentialText(keyed, 'raw'), 'api_key_refused');
    parts.vault.lock();
    await refused(parts.tokens.credentialText(owner, 'raw'), 'vault_locked');
  });
});

describe('projects and branches', () => {
  it('are made, renamed and deleted; the default branch stays, and keys for the project are named', async () => {
    const { id: projectId } = await app.projects.create(owner, 'shop', 'trunk');
    const place = { contextId: owner, projectId };
    await refused(app.projects.create(owner, 'shop', 'main'), 'project_name_taken');
    await app.projects.rename(place, 'store');
    await app.projects.createBranch(place, 'fix/cart');
    await refused(app.projects.createBranch(place, 'fix/cart'), 'branch_name_taken');
    const branches = await app.projects.branches(place);
    expect(branches.map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['fix/cart', false],
      ['trunk', true],
    ]);
    const [fix, trunk] = branches.map(({ id: branchId }) => ({ ...place, branchId }));
    if (fix === undefined || trunk === undefined) throw new Error('There are two branches.');
    await app.projects.renameBranch(fix, 'fix/basket');
    await refused(app.projects.removeBranch(trunk), 'branch_is_default');
    await app.projects.removeBranch(fix);
    expect(parts.logged().at(-1)).toContain(`fix/cart (${fix.branchId})`);
    await refused(app.projects.removeBranch(fix), 'branch_gone');
    const scope = { kind: 'project' as const, ids: [projectId] };
    await app.apiKeys.create(owner, { name: 'ci', scope, capability: 'read', expiresAt: null });
    expect(await app.projects.scopedKeys(place)).toMatchObject([{ name: 'ci', only: true }]);
    await refused(app.projects.remove({ ...place, contextId: await as('m') }), 'not_allowed');
    await app.projects.remove(place);
    await refused(app.projects.remove(place), 'project_gone');
    expect(await app.apiKeys.list(owner)).toMatchObject([{ name: 'ci', inert: true }]);
  });
});

describe('accounts that wait', () => {
  it('are listed and decided about by operators alone, once', async () => {
    const operator = await newPerson(server, { role: 'admin' });
    const own = await call(server, '/v1/orgs', { token: operator.token, body: { name: 'Operators' } });
    const contextId = await addSession(parts, server, operator, (own.body as { slug: string }).slug);
    expect((await app.orgs.acting(contextId)).operator).toBe(true);
    const [one, two] = [await newPerson(server), await newPerson(server)];
    const ids = [one.id, two.id];
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status: 'pending' }).where('id', 'in', ids).execute(),
    );
    const waiting = async (): Promise<string[]> =>
      (await app.accounts.pending(contextId)).map(({ userId }) => userId).filter((id) => ids.includes(id));
    expect((await waiting()).toSorted()).toEqual(ids.toSorted());
    await app.accounts.approve({ contextId, userId: one.id, note: 'Welcome' });
    await app.accounts.deny({ contextId, userId: two.id, note: '' });
    expect(await waiting()).toEqual([]);
    await refused(app.accounts.deny({ contextId, userId: one.id, note: '' }), 'account_decided');
    await refused(app.accounts.pending(owner), 'not_allowed');
  });
});

it('a service that is gone is said to be', async () => {
  const gone = await startLocalServer();
  const away = await newTeam(gone, { o: 'owner' });
  const contextId = await addSession(parts, gone, away.person('o'), away.slug);
  await gone.stop();
  await refused(app.orgs.acting(contextId), 'server_unreachable');
  await refused(app.projects.list(contextId), 'server_unreachable');
});
