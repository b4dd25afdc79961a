import type { Acting } from '../../contracts/domain/acting.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { PendingAccount } from '../../contracts/ipc/accounts.ts';
import type { ApiKeySummary } from '../../contracts/ipc/api-keys.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { InvitationSummary, MemberSummary } from '../../contracts/ipc/members.ts';
import type { OrgContents, OrgSummary } from '../../contracts/ipc/orgs.ts';
import type { BranchSummary, ProjectSummary, ScopedKey } from '../../contracts/ipc/projects.ts';
import { timeFromNow } from './samples.ts';
import type { World } from './world.ts';

const day = 86_400;

/** An id of the service, such as `prj_aaaaaaaaaaaaaaaaaaaaaaaaab` for 1: of two letters, so that there are enough. */
export function teamId(prefix: 'u' | 'inv' | 'key' | 'prj' | 'br', number: number): string {
  const letters = number.toString(2).replaceAll('0', 'a').replaceAll('1', 'b');
  return `${prefix}_${letters.padStart(26, 'a')}`;
}

/** What a service knows of an organization's people, API keys and projects. */
export interface TeamWorld {
  acting: Acting;
  orgs: OrgSummary[];
  orgContents: OrgContents;
  members: MemberSummary[];
  invitations: InvitationSummary[];
  /** Whether the service's mails go out. */
  mailWorks: boolean;
  apiKeys: ApiKeySummary[];
  projects: ProjectSummary[];
  /** By the id of their project. */
  branches: Record<string, BranchSummary[]>;
  scopedKeys: ScopedKey[];
  pendingAccounts: PendingAccount[];
}

export function sampleActing(facts: Partial<Acting> = {}): Acting {
  return {
    userId: teamId('u', 1),
    org: { slug: 'acme', name: 'Acme Industries', kind: 'team' },
    role: 'owner',
    operator: false,
    key: null,
    ...facts,
  };
}

export function sampleOrg(facts: Partial<OrgSummary> = {}): OrgSummary {
  return {
    slug: 'acme',
    name: 'Acme Industries',
    kind: 'team',
    role: 'owner',
    createdAt: timeFromNow(-400 * day),
    heldBy: null,
    ...facts,
  };
}

export function sampleMember(facts: Partial<MemberSummary> = {}): MemberSummary {
  const username = facts.username ?? 'maya';
  return {
    userId: teamId('u', 1),
    username,
    name: 'Maya Chen',
    email: `${username}@acme.example`,
    role: 'owner',
    joinedAt: timeFromNow(-400 * day),
    ...facts,
  };
}

export function sampleInvitation(facts: Partial<InvitationSummary> = {}): InvitationSummary {
  return {
    id: teamId('inv', 1),
    email: 'lena@acme.example',
    role: 'member',
    invitedBy: 'maya',
    createdAt: timeFromNow(-2 * day),
    expiresAt: timeFromNow(5 * day + 3600),
    ...facts,
  };
}

export function sampleApiKey(facts: Partial<ApiKeySummary> = {}): ApiKeySummary {
  return {
    id: teamId('key', 1),
    name: 'Deploy from GitLab',
    prefix: 'nsk_Ab3d',
    scope: { kind: 'project', targets: [{ id: teamId('prj', 1), name: 'shop' }] },
    capability: 'read_write',
    inert: false,
    creator: 'maya',
    own: true,
    createdAt: timeFromNow(-40 * day),
    expiresAt: timeFromNow(20 * day),
    lastUse: { at: timeFromNow(-180), address: '198.51.100.7', program: 'curl/8.14.1' },
    ...facts,
  };
}

export function sampleProject(facts: Partial<ProjectSummary> = {}): ProjectSummary {
  return {
    id: teamId('prj', 1),
    name: 'shop',
    defaultBranch: 'main',
    branchCount: 2,
    createdAt: timeFromNow(-90 * day),
    createdBy: 'maya',
    ...facts,
  };
}

export function sampleBranch(facts: Partial<BranchSummary> = {}): BranchSummary {
  return {
    id: teamId('br', 1),
    name: 'main',
    isDefault: true,
    createdAt: timeFromNow(-90 * day),
    ...facts,
  };
}

export function samplePendingAccount(facts: Partial<PendingAccount> = {}): PendingAccount {
  return {
    userId: teamId('u', 21),
    username: 'tomas',
    name: 'Tomas Lindgren',
    email: 'tomas@northwind.example',
    createdAt: timeFromNow(-3 * 3600),
    providers: ['Acme SSO'],
    ...facts,
  };
}

function sampleBranches(): TeamWorld['branches'] {
  const [shop, web] = [teamId('prj', 1), teamId('prj', 2)];
  return {
    [shop]: [
      sampleBranch(),
      sampleBranch({
        id: teamId('br', 2),
        name: 'feature/checkout',
        isDefault: false,
        createdAt: timeFromNow(-2 * day),
      }),
    ],
    [web]: [sampleBranch({ id: teamId('br', 3) })],
  };
}

/** An organization of three, with an invitation, three API keys and two projects. */
export function sampleTeam(): TeamWorld {
  const personal = sampleOrg({ slug: 'maya', name: 'Maya Chen', kind: 'personal' });
  return {
    acting: sampleActing(),
    orgs: [
      sampleOrg(),
      personal,
      sampleOrg({ slug: 'northwind', name: 'Northwind Traders', role: 'viewer' }),
    ],
    orgContents: { members: 3, repositories: 4, projects: 2, apiKeys: 3, bots: 2, invitations: 2 },
    members: [
      sampleMember({ userId: teamId('u', 2), username: 'jonas', name: 'Jonas Weber', role: 'admin' }),
      sampleMember(),
      sampleMember({
        ...{ userId: teamId('u', 3), username: 'sofia', name: 'Sofia Almeida', role: 'viewer' },
        joinedAt: timeFromNow(-3 * day),
      }),
    ],
    invitations: [
      sampleInvitation(),
      sampleInvitation({
        ...{ id: teamId('inv', 2), email: 'omar@acme.example', role: 'admin', invitedBy: null },
        expiresAt: timeFromNow(9 * 3600),
      }),
    ],
    mailWorks: true,
    apiKeys: [
      sampleApiKey({
        ...{
          id: teamId('key', 2),
          name: 'Assistant',
          prefix: 'nsk_9fQx',
          capability: 'agent',
          lastUse: null,
        },
        ...{ createdAt: timeFromNow(-3600), expiresAt: timeFromNow(5 * day), creator: 'jonas', own: false },
      }),
      sampleApiKey(),
      sampleApiKey({
        ...{ id: teamId('key', 3), name: 'Nightly report', prefix: 'nsk_Zz01', capability: 'read' },
        ...{ scope: { kind: 'org', targets: [] }, expiresAt: null },
        lastUse: { at: timeFromNow(-9 * day), address: null, program: null },
      }),
    ],
    projects: [
      sampleProject(),
      sampleProject({ id: teamId('prj', 2), name: 'web', branchCount: 1, createdBy: null }),
    ],
    branches: sampleBranches(),
    scopedKeys: [{ id: teamId('key', 1), name: 'Deploy from GitLab', creator: 'maya', only: true }],
    pendingAccounts: [
      samplePendingAccount(),
      samplePendingAccount({
        ...{ userId: teamId('u', 22), username: 'aiko', name: 'Aiko Tanaka', email: 'aiko@acme.example' },
        createdAt: timeFromNow(-600),
      }),
    ],
  };
}

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
        emails.map((email, index) => {
          if (world.members.some((each) => each.email === email)) return { email, result: 'member' };
          if (world.invitations.some((each) => each.email === email)) return { email, result: 'invited' };
          const id = teamId('inv', 100 + index);
          const times = { createdAt: timeFromNow(0), expiresAt: timeFromNow(7 * day) };
          world.invitations = [...world.invitations, sampleInvitation({ id, email, role, ...times })];
          return { email, result: world.mailWorks ? 'sent' : 'unsent' };
        }),
      resend: ({ id }) => {
        const again = { ...open(id), expiresAt: timeFromNow(7 * day) };
        world.invitations = world.invitations.map((each) => (each.id === id ? again : each));
        return { sent: world.mailWorks };
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
    copy: () => ({ clearsAt: timeFromNow(world.settings.settings.clipboardSeconds) }),
    reveal: () => {
      if (revealed) throw new KeyholdError('secret_gone');
      revealed = true;
      return { secret: apiKeyText };
    },
    close: () => undefined,
  };
}

export const heldKeyId = '6c1f5a3e-8f2b-4a57-9d41-2f0a7c9b1e55';

/** Has the form of an API key, and is none: its random part is plain words. */
export const apiKeyText = `nsk_New0${'this-is-not-a-real-key'.padEnd(39, '-')}`;

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
