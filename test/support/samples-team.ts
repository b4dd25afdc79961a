import type { Acting } from '../../contracts/domain/acting.ts';
import type { PendingAccount } from '../../contracts/ipc/accounts.ts';
import type { ApiKeySummary } from '../../contracts/ipc/api-keys.ts';
import type { InvitationSummary, InvitationView, MemberSummary } from '../../contracts/ipc/members.ts';
import type { OrgContents, OrgSummary } from '../../contracts/ipc/orgs.ts';
import type { BranchSummary, ProjectSummary, ScopedKey } from '../../contracts/ipc/projects.ts';
import { timeFromNow } from './samples.ts';

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
  /** What becomes of the service's mails. */
  mails: 'sent' | 'unsent' | 'link';
  /** The invitation whose link was opened. */
  invitationView: InvitationView;
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

export function sampleInvitationView(facts: Partial<InvitationView> = {}): InvitationView {
  return {
    org: { slug: 'fabrikam', name: 'Fabrikam' },
    role: 'member',
    invitedBy: 'tara',
    expiresAt: timeFromNow(5 * day + 3600),
    forYou: true,
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
    mails: 'sent',
    invitationView: sampleInvitationView(),
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

export const heldKeyId = '6c1f5a3e-8f2b-4a57-9d41-2f0a7c9b1e55';

/** Has the form of an API key, and is none: its random part is plain words. */
export const apiKeyText = `nsk_New0${'this-is-not-a-real-key'.padEnd(39, '-')}`;
