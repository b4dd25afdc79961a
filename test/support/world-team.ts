import { KeyholdError } from '../../contracts/errors.ts';
import type { ApiKeySummary } from '../../contracts/ipc/api-keys.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { InvitationSummary, InviteResult, MemberSummary } from '../../contracts/ipc/members.ts';
import type { BranchSummary, ProjectSummary } from '../../contracts/ipc/projects.ts';
import { sampleContext, timeFromNow } from './samples.ts';
import {
  apiKeyText,
  heldKeyId,
  sampleApiKey,
  sampleBranch,
  sampleInvitation,
  sampleOrg,
  sampleProject,
  teamId,
} from './samples-team.ts';
import { clipboard } from './world-vault.ts';
import type { World } from './world.ts';

const day = 86_400;

/** What a world's service answers about them. */
export function teamHandlers(
  world: World,
): Pick<IpcHandlers, 'orgs' | 'members' | 'invitations' | 'apiKeys' | 'projects' | 'accounts'> {
  return { ...orgsHandlers(world), apiKeys: apiKeysHandlers(world), ...projectsHandlers(world) };
}

/** What the organization is that a world's context acts in, and its people. */
function orgsHandlers(world: World): Pick<IpcHandlers, 'orgs' | 'members' | 'invitations'> {
  const rename = (slug: string, name: string): void => {
    world.orgs = world.orgs.map((each) => (each.slug === slug ? { ...each, name } : each));
    if (world.acting.org?.slug === slug)
      world.acting = { ...world.acting, org: { ...world.acting.org, name } };
  };
  const forget = (slug: string): void => {
    world.orgs = world.orgs.filter((each) => each.slug !== slug);
  };
  const known = (userId: string): MemberSummary => {
    const member = world.members.find((each) => each.userId === userId);
    if (member === undefined) throw new KeyholdError('member_gone');
    return member;
  };
  const open = (id: string): InvitationSummary => {
    const invitation = world.invitations.find((each) => each.id === id);
    if (invitation === undefined) throw new KeyholdError('invitation_gone');
    return invitation;
  };
  return {
    orgs: {
      acting: () => world.acting,
      list: () => world.orgs,
      create: ({ name, slug }) => {
        const made = slug ?? name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
        if (world.orgs.some((each) => each.slug === made)) throw new KeyholdError('org_slug_taken');
        world.orgs = [...world.orgs, sampleOrg({ slug: made, name, createdAt: timeFromNow(0) })];
        return { slug: made };
      },
      switchTo: ({ contextId, org }) => {
        const found = world.orgs.find(({ slug }) => slug === org);
        if (found === undefined) throw new KeyholdError('not_allowed');
        world.contexts = world.contexts.map((each) => (each.id === contextId ? { ...each, org } : each));
        const { slug, name, kind, role } = found;
        world.acting = { ...world.acting, org: { slug, name, kind }, role };
      },
      rename: ({ org, name }) => rename(org, name),
      contents: () => world.orgContents,
      transfer: ({ userId }) => {
        known(userId);
        world.acting = { ...world.acting, role: 'admin' };
      },
      leave: ({ org }) => forget(org),
      remove: ({ org }) => forget(org),
    },
    members: {
      list: () => world.members,
      changeRole: ({ userId, role }) => {
        known(userId);
        world.members = world.members.map((each) => (each.userId === userId ? { ...each, role } : each));
      },
      remove: ({ userId }) => {
        known(userId);
        world.members = world.members.filter((each) => each.userId !== userId);
      },
    },
    invitations: {
      list: () => world.invitations,
      send: ({ emails, role }) =>
        emails.map((email, index): InviteResult => {
          if (world.members.some((each) => each.email === email))
            return { email, result: 'member', id: null };
          if (world.invitations.some((each) => each.email === email))
            return { email, result: 'invited', id: null };
          const id = teamId('inv', 100 + index);
          const times = { createdAt: timeFromNow(0), expiresAt: timeFromNow(7 * day) };
          world.invitations = [...world.invitations, sampleInvitation({ id, email, role, ...times })];
          return { email, result: world.mails, id };
        }),
      resend: ({ id }) => {
        const again = { ...open(id), expiresAt: timeFromNow(7 * day) };
        world.invitations = world.invitations.map((each) => (each.id === id ? again : each));
        return { email: again.email, result: world.mails, id };
      },
      copyLink: () => clipboard(world),
      view: () => world.invitationView,
      accept: () => {
        const { org, role } = world.invitationView;
        world.orgs = [...world.orgs, sampleOrg({ slug: org.slug, name: org.name, role })];
        return { org: org.slug, role };
      },
      revoke: ({ id }) => {
        open(id);
        world.invitations = world.invitations.filter((each) => each.id !== id);
      },
    },
  };
}

/** The API keys of a world. */
function apiKeysHandlers(world: World): IpcHandlers['apiKeys'] {
  let revealed = false;
  const change = (id: string, next: (key: ApiKeySummary) => ApiKeySummary[]): void => {
    if (!world.apiKeys.some((each) => each.id === id)) throw new KeyholdError('api_key_gone');
    world.apiKeys = world.apiKeys.flatMap((each) => (each.id === id ? next(each) : [each]));
  };
  const nameOf = (id: string): string | null =>
    [...world.projects, ...Object.values(world.branches).flat()].find((each) => each.id === id)?.name ?? null;
  return {
    list: () => world.apiKeys,
    create: ({ name, scope, capability, expiresAt }) => {
      const ids = scope.kind === 'org' ? [] : scope.ids;
      const key = sampleApiKey({
        ...{ id: teamId('key', 100), name, prefix: 'nsk_New0', capability, expiresAt, lastUse: null },
        scope: { kind: scope.kind, targets: ids.map((id) => ({ id, name: nameOf(id) })) },
        createdAt: timeFromNow(0),
      });
      world.apiKeys = [key, ...world.apiKeys];
      revealed = false;
      return { key, heldId: heldKeyId };
    },
    rename: ({ id, name }) => change(id, (key) => [{ ...key, name }]),
    revoke: ({ id }) => change(id, () => []),
    copy: () => clipboard(world),
    reveal: () => {
      if (revealed) throw new KeyholdError('secret_gone');
      revealed = true;
      return { secret: apiKeyText };
    },
    saveAsContext: ({ name }) => {
      if (world.contexts.some((each) => each.name === name)) throw new KeyholdError('name_taken');
      const added = sampleContext({ id: crypto.randomUUID(), name, credential: 'api-key', current: false });
      world.contexts = [...world.contexts, added];
      return added;
    },
    close: () => undefined,
  };
}

/** The projects of a world, and who waits for an operator. */
function projectsHandlers(world: World): Pick<IpcHandlers, 'projects' | 'accounts'> {
  const known = (projectId: string): ProjectSummary => {
    const project = world.projects.find((each) => each.id === projectId);
    if (project === undefined) throw new KeyholdError('project_gone');
    return project;
  };
  const requireFree = (
    names: readonly string[],
    name: string,
    code: 'project_name_taken' | 'branch_name_taken',
  ): void => {
    if (names.includes(name)) throw new KeyholdError(code);
  };
  const branchesOf = (projectId: string): BranchSummary[] => world.branches[known(projectId).id] ?? [];
  const setBranches = (projectId: string, branches: BranchSummary[]): void => {
    world.branches = { ...world.branches, [projectId]: branches };
  };
  const decide = (userId: string): void => {
    if (!world.pendingAccounts.some((each) => each.userId === userId))
      throw new KeyholdError('account_decided');
    world.pendingAccounts = world.pendingAccounts.filter((each) => each.userId !== userId);
  };
  return {
    projects: {
      list: () => world.projects,
      create: ({ name, defaultBranch }) => {
        requireFree(
          world.projects.map((each) => each.name),
          name,
          'project_name_taken',
        );
        const id = teamId('prj', 100 + world.projects.length);
        const made = sampleProject({ id, name, defaultBranch, branchCount: 1, createdAt: timeFromNow(0) });
        world.projects = [...world.projects, made];
        setBranches(id, [
          sampleBranch({ id: teamId('br', 100 + world.projects.length), name: defaultBranch }),
        ]);
        return { id };
      },
      rename: ({ projectId, name }) => {
        known(projectId);
        requireFree(
          world.projects.map((each) => each.name),
          name,
          'project_name_taken',
        );
        world.projects = world.projects.map((each) => (each.id === projectId ? { ...each, name } : each));
      },
      scopedKeys: () => world.scopedKeys,
      remove: ({ projectId }) => {
        known(projectId);
        world.projects = world.projects.filter((each) => each.id !== projectId);
      },
      branches: ({ projectId }) => branchesOf(projectId),
      createBranch: ({ projectId, name }) => {
        const branches = branchesOf(projectId);
        requireFree(
          branches.map((each) => each.name),
          name,
          'branch_name_taken',
        );
        const made = sampleBranch({ id: teamId('br', 200 + branches.length), name, isDefault: false });
        setBranches(projectId, [...branches, made]);
      },
      renameBranch: ({ projectId, branchId, name }) => {
        const branches = branchesOf(projectId);
        requireFree(
          branches.map((each) => each.name),
          name,
          'branch_name_taken',
        );
        setBranches(
          projectId,
          branches.map((each) => (each.id === branchId ? { ...each, name } : each)),
        );
      },
      removeBranch: ({ projectId, branchId }) => {
        setBranches(
          projectId,
          branchesOf(projectId).filter((each) => each.id !== branchId),
        );
      },
    },
    accounts: {
      pending: () => world.pendingAccounts,
      approve: ({ userId }) => decide(userId),
      deny: ({ userId }) => decide(userId),
    },
  };
}
