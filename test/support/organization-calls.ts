import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '../../main/adapters/clock.ts';
import type { HttpClient } from '../../main/core/ports/http.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { addSession, appOrganization, byAccessToken } from './app-organization.ts';
import type { LocalServer } from './local-server.ts';
import { newPerson, newTeam } from './organization.ts';

const reading = { actions: ['read'] as const, expiresAt: null };

/** An organization of a test's own in the app of its owner, with something for each call to be made on. */
export async function organizationWorld(parts: SignInParts, server: LocalServer, http: HttpClient) {
  const app = appOrganization(parts, systemClock, http, byAccessToken(server, parts));
  const team = await newTeam(server, { owner: 'owner', viewer: 'viewer', leaver: 'member', next: 'member' });
  const own = await addSession(parts, server, team.person('owner'), team.slug);
  const place = { contextId: own, org: team.slug };
  const [left, ended] = [await newTeam(server, { m: 'owner' }), await newTeam(server, { m: 'owner' })];
  const guest = await addSession(parts, server, left.person('m'), left.slug);
  const gone = await addSession(parts, server, ended.person('m'), ended.slug);
  const leaving = await addSession(parts, server, team.person('leaver'), team.slug);
  const { slug: second } = await app.orgs.create(own, 'Second', `${team.slug}-second`);
  const emails = [left.person('m').email, 'resent@people.example', 'revoked@people.example'];
  const sent = await app.invitations.send(place, emails, 'member');
  const idOf = (email = ''): string => sent.find((each) => each.email === email)?.id ?? '';
  await app.invitations.copyLink(idOf(emails[0]));
  const link = new URL(app.copied()).pathname.split('/').at(-1) ?? '';
  const shop = await app.projects.create(own, 'shop', 'main');
  const project = { contextId: own, projectId: shop.id };
  for (const name of ['renamed', 'removed']) await app.projects.createBranch(project, name);
  const branches = await app.projects.branches(project);
  const branch = (name: string) => ({
    ...project,
    branchId: branches.find((each) => each.name === name)?.id ?? '',
  });
  const newKey = { scope: { kind: 'org' as const }, capability: 'read' as const, expiresAt: null };
  const made = await app.apiKeys.create(own, { name: 'made', ...newKey });
  const waiting = [
    await newPerson(server, { status: 'pending' }),
    await newPerson(server, { status: 'pending' }),
  ] as const;
  const operator = team.person('owner').id;
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set({ role: 'admin' }).where('id', '=', operator).execute(),
  );
  const { user } = await app.users.create(own, {
    ...({
      username: `${team.slug}-user`,
      email: `${team.slug}@people.example`,
      name: null,
      role: 'user',
    } as const),
  });
  const group = (name: string) => app.groups.create(own, { name, description: '', organization: null });
  const [kept, removed] = [await group(`${team.slug}-kept`), await group(`${team.slug}-removed`)];
  const newToken = { scopes: ['repository:read'] as const, repositories: null, expiresAt: null };
  await app.apiTokens.create(own, { name: 'made', ...newToken });
  const tokenId = (await app.apiTokens.list(own)).tokens[0]?.id ?? '';
  const { repositories } = await app.permissions.repositories(own);
  const web = {
    contextId: own,
    repositoryId: repositories.find(({ name }) => name === 'acme/web')?.id ?? '',
  };
  const viewer = { kind: 'user' as const, id: team.person('viewer').id };
  const { id: permissionId } = await app.permissions.grant(web, viewer, reading);
  return {
    ...{ web, viewer, permissionId },
    grantFile: join(parts.folder, 'grants.csv'),
    acme: { contextId: own, organization: 'acme' },
    ofTeam: { contextId: own, organization: team.slug },
    /** Who owns that. */
    owner: `user:${server.user('maya').id}`,
    newToken,
    tokenId,
    kept: { contextId: own, groupId: kept.id },
    removed: { contextId: own, groupId: removed.id },
    /** Somebody with a password. */
    person: { contextId: own, userId: user.id },
    ...{ app, team, own, place, guest, leaving, second, idOf, project, branch, newKey, made, waiting },
    gone: { contextId: gone, org: ended.slug },
    /** Opens the link of the guest's invitation. */
    openLink: () => app.openLink(server.origin, link),
  };
}
type World = Awaited<ReturnType<typeof organizationWorld>>;

interface OrganizationCall {
  run: (world: World) => Promise<unknown>;
  /** Part of what it answers when the service knows more than this version. */
  longer?: unknown;
  /** Part of what a refusal comes to; without it the error that tells the service's own words. */
  refused?: unknown;
}

const later = 'later';
const sole = { after: null, count: 1 };

/** Gives somebody reading on the repository of the demo's organization. */
async function applied({ app, acme, viewer }: World) {
  const { version } = await app.access.cells(acme, { principals: sole, repositories: sole });
  const shall = { principal: `user:${viewer.id}`, repository: 'acme/web', expiresAt: null };
  const changes = [{ ...shall, actions: ['read' as const] }];
  return app.batches.apply(acme, { version, key: randomUUID(), changes });
}

/** Asks for access to a repository of the demo's organization. */
function asked(app: World['app'], contextId: string): Promise<string> {
  const reading = { actions: ['read' as const], until: null };
  return app.accessRequests.ask(contextId, { repository: 'acme/web', ...reading, reason: 'To look' });
}

const lineOf = (org: string) => ({ repositories: `${org}/*`, actions: ['read' as const], days: null });

/** Every call about organizations that asks a service, in an order in which each can be made once. */
export const organizationCalls: Readonly<Record<string, OrganizationCall>> = {
  'orgs.acting': { run: ({ app, own }) => app.orgs.acting(own), longer: { role: later } },
  'orgs.list': { run: ({ app, own }) => app.orgs.list(own) },
  'orgs.create': { run: ({ app, own, team }) => app.orgs.create(own, 'Third', `${team.slug}-third`) },
  'orgs.switchTo': {
    run: async ({ app, own, second, place }) => {
      await app.orgs.switchTo({ contextId: own, org: second });
      await app.orgs.switchTo(place);
    },
  },
  'orgs.rename': { run: ({ app, place }) => app.orgs.rename(place, 'Renamed') },
  'orgs.contents': { run: ({ app, place }) => app.orgs.contents(place), longer: { projects: 1 } },
  'orgs.leave': { run: ({ app, leaving, place }) => app.orgs.leave({ ...place, contextId: leaving }) },
  'orgs.remove': { run: ({ app, gone }) => app.orgs.remove(gone) },
  'members.list': {
    run: ({ app, place }) => app.members.list(place),
    longer: expect.arrayContaining([expect.objectContaining({ role: later })]),
  },
  'members.changeRole': {
    run: ({ app, place, team }) => app.members.changeRole(place, team.person('viewer').id, 'member'),
  },
  'members.remove': { run: ({ app, place, team }) => app.members.remove(place, team.person('viewer').id) },
  'invitations.list': { run: ({ app, place }) => app.invitations.list(place) },
  'invitations.send': {
    run: ({ app, place }) => app.invitations.send(place, ['new@people.example'], 'member'),
  },
  'invitations.resend': {
    run: ({ app, place, idOf }) => app.invitations.resend(place, idOf('resent@people.example')),
  },
  'invitations.revoke': {
    run: ({ app, place, idOf }) => app.invitations.revoke(place, idOf('revoked@people.example')),
  },
  'invitations.view': {
    run: ({ app, guest, openLink }) => app.invitations.view(guest, openLink()),
    longer: { forYou: true, role: later },
  },
  'invitations.accept': {
    run: ({ app, guest, openLink }) => app.invitations.accept(guest, openLink()),
  },
  'apiKeys.list': { run: ({ app, own }) => app.apiKeys.list(own) },
  'apiKeys.create': {
    run: ({ app, own, newKey }) => app.apiKeys.create(own, { name: 'another', ...newKey }),
  },
  'apiKeys.rename': { run: ({ app, own, made }) => app.apiKeys.rename(own, made.key.id, 'renamed') },
  'apiKeys.saveAsContext': {
    run: ({ app, made }) => app.apiKeys.saveAsContext(made.heldId, 'Saved'),
    // It asks first what the service is.
    refused: { error: { code: 'not_a_keyhold_server' } },
  },
  'apiKeys.revoke': { run: ({ app, own, made }) => app.apiKeys.revoke(own, made.key.id) },
  'projects.list': { run: ({ app, own }) => app.projects.list(own) },
  'projects.create': { run: ({ app, own }) => app.projects.create(own, 'web', 'main') },
  'projects.rename': { run: ({ app, project }) => app.projects.rename(project, 'store') },
  'projects.scopedKeys': { run: ({ app, project }) => app.projects.scopedKeys(project) },
  'projects.branches': { run: ({ app, project }) => app.projects.branches(project) },
  'projects.createBranch': { run: ({ app, project }) => app.projects.createBranch(project, 'new') },
  'projects.renameBranch': {
    run: ({ app, branch }) => app.projects.renameBranch(branch('renamed'), 'other'),
  },
  'projects.removeBranch': { run: ({ app, branch }) => app.projects.removeBranch(branch('removed')) },
  'projects.remove': { run: ({ app, project }) => app.projects.remove(project) },
  'accounts.pending': { run: ({ app, own }) => app.accounts.pending(own) },
  'accounts.approve': {
    run: ({ app, own, waiting }) => app.accounts.approve({ contextId: own, userId: waiting[0].id, note: '' }),
  },
  'accounts.deny': {
    run: ({ app, own, waiting }) => app.accounts.deny({ contextId: own, userId: waiting[1].id, note: '' }),
  },
  'users.me': { run: ({ app, own }) => app.users.me(own), longer: { role: later } },
  'users.list': {
    run: ({ app, own }) => app.users.list(own),
    longer: { users: expect.arrayContaining([expect.objectContaining({ role: later })]) as unknown },
  },
  'users.create': {
    run: ({ app, own, team }) => {
      const [username, email] = [`${team.slug}-new`, `${team.slug}-new@people.example`];
      return app.users.create(own, { username, email, name: null, role: 'user' });
    },
  },
  'users.change': { run: ({ app, person }) => app.users.change(person, { name: 'Renamed' }) },
  'users.resetPassword': { run: ({ app, person }) => app.users.resetPassword(person) },
  'users.forcePasswordChange': { run: ({ app, person }) => app.users.forcePasswordChange(person) },
  'groups.list': { run: ({ app, own }) => app.groups.list(own) },
  'groups.members': { run: ({ app, kept }) => app.groups.members(kept) },
  'groups.create': {
    run: ({ app, own, team }) =>
      app.groups.create(own, { name: `${team.slug}-third`, description: '', organization: team.slug }),
  },
  'groups.change': {
    run: ({ app, kept, team }) =>
      app.groups.change(kept, { name: `${team.slug}-renamed`, description: 'Renamed' }),
  },
  'groups.addMembers': { run: ({ app, kept, person }) => app.groups.addMembers(kept, [person.userId]) },
  'groups.removeMembers': { run: ({ app, kept, person }) => app.groups.removeMembers(kept, [person.userId]) },
  'groups.remove': { run: ({ app, removed }) => app.groups.remove(removed) },
  'permissions.repositories': {
    run: ({ app, own }) => app.permissions.repositories(own),
    longer: {
      repositories: expect.arrayContaining([
        expect.objectContaining({ actions: ['read', 'write', 'delete', 'admin'] }),
      ]) as unknown,
    },
  },
  'permissions.list': {
    run: ({ app, web }) => app.permissions.list(web),
    longer: {
      permissions: expect.arrayContaining([expect.objectContaining({ actions: ['read', later] })]) as unknown,
    },
  },
  'permissions.grant': {
    run: ({ app, web, person }) => app.permissions.grant(web, { kind: 'user', id: person.userId }, reading),
  },
  'permissions.change': {
    run: ({ app, web, viewer, permissionId }) =>
      app.permissions.change(web, { permissionId, principal: viewer }, reading),
  },
  'permissions.revoke': { run: ({ app, own, permissionId }) => app.permissions.revoke(own, permissionId) },
  'access.organizations': {
    run: ({ app, own }) => app.access.organizations(own),
    longer: expect.arrayContaining([expect.objectContaining({ slug: 'acme' })]) as unknown,
  },
  'access.sides': {
    run: ({ app, acme }) => app.access.sides(acme),
    longer: {
      isWhole: true,
      principals: expect.arrayContaining([expect.objectContaining({ role: 'other' })]) as unknown,
    },
  },
  'access.cells': {
    run: ({ app, acme }) =>
      app.access.cells(acme, { principals: sole, repositories: { after: null, count: 10 } }),
    longer: { repositories: expect.arrayContaining(['acme/web']) as unknown },
  },
  'access.explain': {
    run: ({ app, own, owner }) => app.access.explain(own, owner, 'acme/web'),
    longer: {
      actions: ['read', 'write', 'delete', 'admin'],
      because: expect.arrayContaining([expect.objectContaining({ by: [{ kind: 'other' }] })]) as unknown,
    },
  },
  'access.whoCan': {
    run: ({ app, acme }) => app.accessLists.whoCan(acme, 'acme/web'),
    longer: { isWhole: true },
  },
  'access.whatCan': {
    run: ({ app, acme, owner }) => app.accessLists.whatCan(acme, owner),
    longer: { isWhole: true },
  },
  'access.explainCredential': {
    run: ({ app, own, tokenId }) => app.credentialAccess.explain(own, `api-token:${tokenId}`, 'acme/web'),
    longer: { actions: ['read'], principal: { kind: 'user' } },
  },
  'access.credentialCan': {
    run: ({ app, own, tokenId }) => app.credentialAccess.can(own, `api-token:${tokenId}`),
    longer: {
      ...{ isWhole: true, holder: { role: 'other' } },
      repositories: expect.arrayContaining([expect.objectContaining({ actions: ['read'] })]) as unknown,
    },
  },
  'access.preview': {
    run: ({ app, acme, viewer }) => {
      const shall = { principal: `user:${viewer.id}`, repository: 'acme/web', expiresAt: null };
      return app.access.preview(acme, [{ ...shall, actions: ['read', 'delete'] }]);
    },
    longer: { gains: [{ actions: ['read', 'delete'] }], refused: [] },
  },
  'access.apply': { run: applied, longer: { kind: 'done' } },
  'access.batches': { run: ({ app, acme }) => app.batches.batches(acme) },
  'access.undo': {
    run: async (world) => {
      const made = await applied(world);
      return made.kind === 'done' ? world.app.batches.undo(world.acme, made.batchId) : made;
    },
    longer: { kind: 'done' },
  },
  'accessReview.findings': {
    run: ({ app, acme }) => app.accessReview.findings(acme),
    longer: { kinds: expect.arrayContaining([expect.objectContaining({ kind: 'many_admins' })]) as unknown },
  },
  'accessRequests.ask': { run: ({ app, own }) => asked(app, own) },
  'accessRequests.mine': {
    run: ({ app, own }) => app.accessRequests.mine(own),
    longer: [{ repository: 'acme/web', actions: ['read'], state: 'open' }],
  },
  'accessRequests.waiting': {
    run: ({ app, acme }) => app.accessRequests.waiting(acme),
    longer: { requests: expect.arrayContaining([expect.objectContaining({ actions: ['read'] })]) as unknown },
  },
  'accessRequests.counts': {
    run: ({ app, own }) => app.accessRequests.counts(own),
    longer: {
      organizations: expect.arrayContaining([expect.objectContaining({ slug: 'acme', open: 1 })]) as unknown,
    },
  },
  'accessRequests.approve': {
    run: async ({ app, own }) => {
      const given = { replaces: null, actions: ['read' as const], until: null };
      return app.accessRequests.approve(own, await asked(app, own), given);
    },
  },
  'accessRequests.decline': {
    run: async ({ app, own }) => app.accessRequests.decline(own, await asked(app, own), 'Not now'),
  },
  'accessRequests.withdraw': {
    run: async ({ app, own }) => app.accessRequests.withdraw(own, await asked(app, own)),
  },
  'accessTemplates.save': {
    run: ({ app, ofTeam, team }) =>
      app.accessTemplates.save(ofTeam, { name: 'Release bot', lines: [lineOf(team.slug)], replaces: null }),
  },
  'accessTemplates.list': {
    run: ({ app, ofTeam }) => app.accessTemplates.list(ofTeam),
    longer: { templates: [{ lines: [{ actions: ['read'] }] }], mayChange: false },
  },
  'accessTemplates.remove': {
    run: async ({ app, ofTeam, team }) => {
      const lines = [lineOf(team.slug)];
      const id = await app.accessTemplates.save(ofTeam, { name: 'Another', lines, replaces: null });
      await app.accessTemplates.remove(ofTeam, id);
    },
  },
  'accessTemplates.defaults': {
    run: ({ app, ofTeam }) => app.accessTemplates.defaults(ofTeam),
    longer: { grants: [], changedAt: null, mayChange: true },
  },
  'accessTemplates.saveDefaults': {
    run: async ({ app, ofTeam, team }) => {
      const grants = [{ principal: `user:${team.person('owner').id}`, actions: ['read' as const] }];
      const { changedAt: replaces } = await app.accessTemplates.defaults(ofTeam);
      await app.accessTemplates.saveDefaults(ofTeam, { replaces, grants });
    },
  },
  'accessFiles.export': { run: ({ app, acme }) => app.grantFiles.export(acme, 'csv') },
  'accessFiles.compare': {
    run: async ({ app, acme, grantFile }) => {
      await writeFile(grantFile, 'repository,principal,actions,until\r\nacme/web,user:maya,later,\r\n');
      app.choose(grantFile);
      return app.grantFiles.compare(acme);
    },
    longer: { grants: 1, problems: { total: 1, first: [{ code: 'unknown_action' }] } },
  },
  'apiTokens.list': { run: ({ app, own }) => app.apiTokens.list(own) },
  'apiTokens.repositories': { run: ({ app, own }) => app.apiTokens.repositories(own) },
  'apiTokens.create': {
    run: ({ app, own, newToken }) => app.apiTokens.create(own, { name: 'another', ...newToken }),
  },
  'apiTokens.revoke': { run: ({ app, own, tokenId }) => app.apiTokens.revoke(own, tokenId) },
  'directory.status': { run: ({ app, own }) => app.directory.status(own) },
  'directory.test': { run: ({ app, own }) => app.directory.test(own) },
  'directory.sync': { run: ({ app, own }) => app.directory.sync(own) },
  'audit.list': { run: ({ app, own }) => app.audit.list(own, {}, 1) },
  'audit.export': { run: ({ app, own }) => app.audit.export(own, { action: 'USER_CREATED' }, 'csv') },
  'audit.verify': { run: ({ app, own }) => app.audit.verify(own), longer: { brokenAt: null } },
  'orgs.transfer': { run: ({ app, place, team }) => app.orgs.transfer(place, team.person('next').id) },
};
