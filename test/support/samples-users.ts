import type { ContextSummary } from '../../contracts/domain/context.ts';
import type { ApiTokenSummary, TokenRepository } from '../../contracts/ipc/api-tokens.ts';
import type { AuditEntry } from '../../contracts/ipc/audit.ts';
import type { SignInWays } from '../../contracts/ipc/directory.ts';
import type { GroupMemberSummary, GroupSummary } from '../../contracts/ipc/groups.ts';
import type { OwnUser, UserSummary } from '../../contracts/ipc/users.ts';
import { sampleContext, timeFromNow } from './samples.ts';
import { teamId } from './samples-team.ts';

const day = 86_400;

/** What a service knows of its users. */
export interface UsersWorld {
  ownUser: OwnUser;
  users: UserSummary[];
  /** How many there are, where the app reads fewer. */
  usersTotal: number | null;
  /** Those whom the app does not read, and a search finds. */
  usersBehind: UserSummary[];
  groups: GroupSummary[];
  groupsTotal: number | null;
  /** Whether the service tells who is in a group. */
  tellsMembers: boolean;
  /** By the id of their group. */
  groupMembers: Record<string, GroupMemberSummary[]>;
  apiTokens: ApiTokenSummary[];
  tokenRepositories: TokenRepository[];
  /** The service's events, the newest first. */
  auditEntries: AuditEntry[];
  /** The first event that does not fit the service's chain; null when all do. */
  auditBrokenAt: number | null;
  signInWays: SignInWays;
  /** What the service says of a test of its directory. */
  directoryTest: { works: boolean; message: string };
}

/** A context that a person's session signs in, at a service with users. */
export function sampleUsersContext(facts: Partial<ContextSummary> = {}): ContextSummary {
  return sampleContext({
    credential: 'session',
    capabilities: ['users', 'groups', 'api-tokens', 'audit', 'directory', 'audit-proof'],
    maxTokenTtl: null,
    ...facts,
  });
}

/** The same, whose repositories' permissions can be given. */
export function samplePermissionsContext(facts: Partial<ContextSummary> = {}): ContextSummary {
  const { capabilities } = sampleUsersContext();
  return sampleUsersContext({
    capabilities: [...capabilities, 'repositories', 'permissions', 'bots'],
    ...facts,
  });
}

export function sampleOwnUser(facts: Partial<OwnUser> = {}): OwnUser {
  return { userId: teamId('u', 1), username: 'maya', role: 'admin', ...facts };
}

export function sampleUser(facts: Partial<UserSummary> = {}): UserSummary {
  const username = facts.username ?? 'maya';
  return {
    id: teamId('u', 1),
    username,
    name: 'Maya Chen',
    email: `${username}@acme.example`,
    role: 'admin',
    status: 'active',
    mustChangePassword: false,
    createdAt: timeFromNow(-400 * day),
    lastSignInAt: timeFromNow(-600),
    ...facts,
  };
}

/** Five users of every role and state, whose administrator looks at them. */
export function sampleUsers(): UsersWorld {
  return {
    ownUser: sampleOwnUser(),
    users: [
      sampleUser({
        ...{ id: teamId('u', 2), username: 'jonas', name: 'Jonas Weber', role: 'user' },
        lastSignInAt: timeFromNow(-3 * 3600),
      }),
      sampleUser({
        ...{ id: teamId('u', 4), username: 'lena', name: 'Lena Brandt', role: 'user' },
        ...{ mustChangePassword: true, lastSignInAt: null, createdAt: timeFromNow(-1800) },
      }),
      sampleUser(),
      sampleUser({
        ...{ id: teamId('u', 5), username: 'omar', name: 'Omar Haddad', role: 'user', status: 'disabled' },
        lastSignInAt: timeFromNow(-90 * day),
      }),
      sampleUser({
        ...{ id: teamId('u', 3), username: 'sofia', name: 'Sofia Almeida', role: 'viewer' },
        lastSignInAt: timeFromNow(-9 * day),
      }),
    ],
    usersTotal: null,
    usersBehind: [],
    groups: [
      sampleGroup(),
      sampleGroup({
        ...{ id: groupId(2), name: 'release', description: '', memberCount: 1 },
        organization: 'main',
      }),
      sampleGroup({
        ...{ id: groupId(3), name: 'platform', description: 'Platform engineering', memberCount: 42 },
        ...{ organization: 'main', source: 'ldap.acme.example' },
      }),
    ],
    groupsTotal: null,
    tellsMembers: true,
    apiTokens: sampleApiTokens(),
    tokenRepositories: ['web', 'acme/shop', 'acme/tools'].map((name, index) => ({
      id: `repo_${String(index)}`,
      name,
    })),
    auditEntries: sampleAuditEntries(),
    auditBrokenAt: null,
    signInWays: sampleSignInWays(),
    directoryTest: { works: true, message: 'The directory answers, and shows people who can sign in.' },
    groupMembers: {
      [groupId(1)]: [
        sampleGroupMember({ userId: teamId('u', 2), username: 'jonas', name: 'Jonas Weber' }),
        sampleGroupMember(),
      ],
      [groupId(2)]: [sampleGroupMember()],
      [groupId(3)]: Array.from({ length: 42 }, (_, index) =>
        sampleGroupMember({
          ...{ userId: teamId('u', 100 + index), username: `engineer-${String(index)}` },
          name: `Engineer ${String(index)}`,
        }),
      ),
    },
  };
}

/** The id of a group, such as `grp_aaaaaaaaaaaaaaab` for 1. */
export function groupId(number: number): string {
  return teamId('u', number).replace(/^u_/, 'grp_');
}

export function sampleGroup(facts: Partial<GroupSummary> = {}): GroupSummary {
  return {
    id: groupId(1),
    name: 'developers',
    description: 'Everybody who works on the shop',
    organization: 'acme',
    source: null,
    memberCount: 2,
    createdAt: timeFromNow(-30 * day),
    ...facts,
  };
}

export function sampleGroupMember(facts: Partial<GroupMemberSummary> = {}): GroupMemberSummary {
  return {
    userId: teamId('u', 1),
    username: 'maya',
    name: 'Maya Chen',
    joinedAt: timeFromNow(-20 * day),
    ...facts,
  };
}

/** The password of no account, as a service would tell one. */
export const toldPassword = 'quiet-harbour-velvet-88';

export function sampleApiToken(facts: Partial<ApiTokenSummary> = {}): ApiTokenSummary {
  return {
    id: 'tok_1',
    name: 'Nightly build',
    prefix: '9f3c01ab',
    scopes: ['repository:read', 'repository:write'],
    repositoryCount: 2,
    createdAt: timeFromNow(-40 * day),
    expiresAt: timeFromNow(50 * day),
    expired: false,
    lastUse: { at: timeFromNow(-180), address: '198.51.100.7', program: 'buildah/1.43' },
    ...facts,
  };
}

function sampleApiTokens(): ApiTokenSummary[] {
  return [
    sampleApiToken({
      ...{ id: 'tok_2', name: 'Report', prefix: '00c2d7e1', scopes: ['repository:read', 'read:users'] },
      ...{ repositoryCount: null, expiresAt: timeFromNow(5 * day), lastUse: null },
    }),
    sampleApiToken(),
    sampleApiToken({
      ...{ id: 'tok_3', name: 'Old deploy', prefix: 'ee10b2c4', scopes: ['repository:admin'] },
      ...{ expiresAt: timeFromNow(-2 * day), expired: true },
    }),
  ];
}

export function sampleAuditEntry(facts: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: '104',
    at: timeFromNow(-120),
    action: 'USER_ROLE_CHANGED',
    actor: { id: teamId('u', 1), name: 'maya' },
    resource: { type: 'user', id: 'jonas' },
    address: '203.0.113.9',
    details: [
      { name: 'from', value: 'user' },
      { name: 'to', value: 'admin' },
    ],
    ...facts,
  };
}

function sampleAuditEntries(): AuditEntry[] {
  return [
    sampleAuditEntry(),
    sampleAuditEntry({
      ...{ id: '103', at: timeFromNow(-900), action: 'REPOSITORY_PERMISSION_CHANGED' },
      ...{ resource: { type: 'grant', id: 'acme/shop' } },
      details: [{ name: 'permissions', value: 'read,write' }],
    }),
    sampleAuditEntry({
      ...{ id: '102', at: timeFromNow(-3600), action: 'LOGIN_FAILED', actor: null },
      ...{ resource: { type: 'auth', id: 'root' }, details: [] },
    }),
    sampleAuditEntry({
      ...{ id: '101', at: timeFromNow(-7200), action: 'API_TOKEN_CREATED' },
      ...{ actor: { id: teamId('u', 2), name: 'jonas' }, address: null },
      ...{
        resource: { type: 'api-token', id: 'tok_1' },
        details: [{ name: 'scopes', value: 'repository:read' }],
      },
    }),
  ];
}

export function sampleSignInWays(facts: Partial<NonNullable<SignInWays['directory']>> = {}): SignInWays {
  return {
    passwords: true,
    directory: {
      host: 'ldap.acme.example',
      baseDn: 'ou=people,dc=acme,dc=example',
      groups: true,
      syncSeconds: 3600,
      running: false,
      lastSync: {
        startedAt: timeFromNow(-1205),
        endedAt: timeFromNow(-1200),
        problem: null,
        counts: {
          ...{ people: 1234, accounts: 987, disabled: 2, enabled: 1 },
          ...{ membershipsAdded: 12, membershipsRemoved: 3, administratorsKept: [], groupsRefused: [] },
        },
      },
      lastSuccessAt: timeFromNow(-1200),
      nextSyncAt: timeFromNow(2400),
      ...facts,
    },
    providers: ['Acme SSO'],
  };
}
