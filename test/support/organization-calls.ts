import { expect } from 'vitest';
import { systemClock } from '../../main/adapters/clock.ts';
import type { HttpClient } from '../../main/core/ports.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { addSession, appOrganization } from './app-organization.ts';
import type { LocalServer } from './local-server.ts';
import { newPerson, newTeam } from './organization.ts';

/** An organization of a test's own in the app of its owner, with something for each call to be made on. */
export async function organizationWorld(parts: SignInParts, server: LocalServer, http: HttpClient) {
  const app = appOrganization(parts, systemClock, http);
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
  return {
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
  'orgs.transfer': { run: ({ app, place, team }) => app.orgs.transfer(place, team.person('next').id) },
};
