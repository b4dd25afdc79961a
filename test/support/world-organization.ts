import type { Grant, Repository } from '../../contracts/ipc/grants.ts';
import type { PermissionSummary } from '../../contracts/ipc/permissions.ts';
import type { BotList, BotSummary } from '../../contracts/ipc/bots.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { timeFromNow } from './samples.ts';
import { teamId } from './samples-team.ts';
import { groupId } from './samples-users.ts';
import { sampleTags } from './world-images.ts';
import type { World } from './world.ts';

const day = 86_400;

export function sampleBot(facts: Partial<BotSummary> = {}): BotSummary {
  const name = facts.name ?? 'release';
  return {
    id: `b_${name}`,
    org: 'acme',
    name,
    subject: `bot:acme/${name}`,
    createdAt: timeFromNow(-40 * day),
    createdBy: 'maya',
    keys: [
      {
        kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
        label: 'Build server',
        fingerprint: 'SHA256:Qm7x0TfYk3uLr8vNc2Zb9sWjHdEaPo6iGt4lXyV1MnR',
        createdAt: timeFromNow(-40 * day),
        lastUsedAt: timeFromNow(-180),
      },
    ],
    grantCount: 2,
    grants: [
      { repository: 'acme/api', permission: 'reader', expiresAt: null },
      { repository: 'acme/web', permission: 'writer', expiresAt: timeFromNow(20 * day) },
    ],
    ...facts,
  };
}

/** What an organization's service knows. */
export interface OrganizationWorld {
  bots: BotList;
  repositories: Repository[];
  /** On each of the repositories. */
  grants: Grant[];
  /** On each of the repositories, at a service with permissions. */
  permissions: PermissionSummary[];
  /** How many there are, where the app reads fewer. */
  permissionsTotal: number | null;
  /** Whether such a service tells what its user may do on a repository. */
  tellsActions: boolean;
  /** Of each of the repositories. */
  tags: string[];
}

export function sampleOrganization(): OrganizationWorld {
  return {
    bots: sampleBots(),
    repositories: sampleRepositories(),
    grants: sampleGrants(),
    permissions: samplePermissions(),
    permissionsTotal: null,
    tellsActions: true,
    tags: sampleTags,
  };
}

/** An organization with two bots, one of them new. */
function sampleBots(): BotList {
  const fresh = sampleBot({
    name: 'nightly',
    keys: [],
    grants: [],
    grantCount: 0,
    createdBy: null,
    createdAt: timeFromNow(-90),
  });
  return { org: 'acme', allowed: true, bots: [fresh, sampleBot()] };
}

export function sampleRepositories(): Repository[] {
  return [
    { name: 'acme/api', public: false, actions: ['read', 'write', 'delete', 'admin'] },
    { name: 'acme/base', public: true, actions: ['read', 'write', 'delete', 'admin'] },
    { name: 'acme/web', public: false, actions: ['read', 'write', 'delete', 'admin'] },
    { name: 'northwind/shop', public: false, actions: ['read', 'write'] },
  ];
}

function sampleGrants(): Grant[] {
  return [
    {
      id: 'g_aaaaaaaaaaaaaaaaaaaaaaaaaa',
      kind: 'user',
      name: 'jonas',
      email: 'jonas@acme.example',
      permission: 'reader',
      createdAt: timeFromNow(-30 * day),
      expiresAt: null,
    },
    {
      id: 'g_bbbbbbbbbbbbbbbbbbbbbbbbbb',
      kind: 'user',
      name: 'priya',
      email: 'priya@northwind.example',
      permission: 'writer',
      createdAt: timeFromNow(-5 * day),
      expiresAt: timeFromNow(2 * day),
    },
    {
      id: 'g_cccccccccccccccccccccccccc',
      kind: 'bot',
      name: 'release',
      email: null,
      permission: 'writer',
      createdAt: timeFromNow(-40 * day),
      expiresAt: timeFromNow(20 * day),
    },
  ];
}

export function samplePermission(facts: Partial<PermissionSummary> = {}): PermissionSummary {
  return {
    id: 'g_eeeeeeeeeeeeeeeeeeeeeeeeee',
    principal: { kind: 'user', id: teamId('u', 2), name: 'jonas', email: 'jonas@acme.example' },
    actions: ['read'],
    createdAt: timeFromNow(-30 * day),
    expiresAt: null,
    ...facts,
  };
}

/** To a user, a group and a bot. */
function samplePermissions(): PermissionSummary[] {
  return [
    samplePermission(),
    samplePermission({
      ...{ id: 'g_ffffffffffffffffffffffffff', actions: ['read', 'write', 'delete', 'admin'] },
      principal: { kind: 'group', id: groupId(3), name: 'platform', email: null },
    }),
    samplePermission({
      ...{ id: 'g_gggggggggggggggggggggggggg', actions: ['read', 'write', 'delete'] },
      principal: { kind: 'bot', id: 'b_release', name: 'acme/release', email: null },
      expiresAt: timeFromNow(20 * day),
    }),
  ];
}

/** The permissions of a world: the same on each of its repositories. */
export function permissionsHandlers(world: World): IpcHandlers['permissions'] {
  const whoIs = (kind: string, id: string): { name: string; email: string | null } | null => {
    const user = world.users.find((each) => kind === 'user' && (each.id === id || each.email === id));
    if (user !== undefined) return { name: user.username, email: user.email };
    const group = world.groups.find((each) => kind === 'group' && each.id === id);
    const bot = world.bots.bots.find((each) => kind === 'bot' && each.id === id);
    const name = group?.name ?? (bot && `${bot.org}/${bot.name}`);
    return name === undefined ? null : { name, email: null };
  };
  return {
    repositories: () => {
      const repositories = world.repositories.map(({ actions, ...repository }) => ({
        ...repository,
        id: repository.name.replaceAll('/', '-'),
        actions: world.tellsActions ? actions : null,
      }));
      return { repositories, total: repositories.length };
    },
    list: () => ({
      permissions: world.permissions,
      total: world.permissionsTotal ?? world.permissions.length,
    }),
    grant: ({ to, actions, expiresAt }) => {
      const id = 'email' in to ? to.email : to.id;
      const found = whoIs(to.kind, id);
      if (found === null) throw new KeyholdError('nobody_found');
      const principal = { kind: to.kind, id, ...found };
      const granted = samplePermission({ id: `g_${'h'.repeat(26)}`, principal, actions, expiresAt });
      world.permissions = [...world.permissions, granted];
      return granted;
    },
    change: ({ permissionId, actions, expiresAt }) => {
      const before = world.permissions.find(({ id }) => id === permissionId);
      if (before === undefined) throw new KeyholdError('permission_gone');
      const changed = { ...before, actions, expiresAt };
      world.permissions = world.permissions.map((each) => (each === before ? changed : each));
      return changed;
    },
    revoke: ({ permissionId }) => {
      if (!world.permissions.some(({ id }) => id === permissionId)) throw new KeyholdError('permission_gone');
      world.permissions = world.permissions.filter(({ id }) => id !== permissionId);
    },
  };
}

/** The bots of a world. */
export function botsHandlers(world: World): IpcHandlers['bots'] {
  const change = (name: string, changed: (bot: BotSummary) => BotSummary[]): void => {
    if (!world.bots.bots.some((bot) => bot.name === name)) throw new KeyholdError('bot_gone');
    const bots = world.bots.bots.flatMap((bot) => (bot.name === name ? changed(bot) : [bot]));
    world.bots = { ...world.bots, bots };
  };
  return {
    list: () => world.bots,
    create: ({ name }) => {
      if (world.bots.bots.some((bot) => bot.name === name)) throw new KeyholdError('bot_name_taken');
      const made = sampleBot({
        name,
        keys: [],
        grants: [],
        grantCount: 0,
        createdAt: timeFromNow(0),
      });
      world.bots = { ...world.bots, bots: [...world.bots.bots, made] };
    },
    remove: ({ name }) => {
      change(name, () => []);
    },
    makeKey: ({ name, label }) => {
      const key = {
        kid: 'Zt81bQpLk2c7Tn0vHh3sXyUaWm5dRf9gEoJi6Kq4PzA',
        fingerprint: 'SHA256:b8KqXc5Ze1uRt7yPo4iLs9dGf3aJn6QkT0vBxMHw2mV',
      };
      const added = { ...key, label, createdAt: timeFromNow(0), lastUsedAt: null };
      change(name, (bot) => [{ ...bot, keys: [added, ...bot.keys] }]);
      return {
        credentialId: '7c9e6679-7425-40de-944b-000000000042',
        fingerprint: key.fingerprint,
        variables: [
          { name: 'KEYHOLD_ORIGIN', value: 'https://registry.acme.example' },
          { name: 'KEYHOLD_REGISTRY', value: 'registry.acme.example' },
          { name: 'KEYHOLD_BOT', value: `bot:acme/${name}` },
          { name: 'KEYHOLD_ALG', value: 'Ed25519' },
          { name: 'KEYHOLD_KID', value: key.kid },
          { name: 'KEYHOLD_KEY', value: null },
        ],
      };
    },
    revokeKey: ({ name, kid }) => {
      change(name, (bot) => [{ ...bot, keys: bot.keys.filter((key) => key.kid !== kid) }]);
    },
    saveCredential: () => (world.savesAndPrints ? { fileName: 'acme-release.env' } : null),
    copyCredential: () => ({ clearsAt: timeFromNow(world.settings.settings.clipboardSeconds) }),
    closeCredential: () => undefined,
  };
}

/** The repositories of a world and who may use them: the same for each of them. */
export function grantsHandlers(world: World): IpcHandlers['grants'] {
  return {
    repositories: () => world.repositories,
    list: () => world.grants,
    grant: ({ to, permission, expiresAt }) => {
      const [emailName = ''] = to.kind === 'user' ? to.email.split('@') : [to.name];
      const granted: Grant = {
        id: `g_${'d'.repeat(26)}`,
        kind: to.kind,
        name: emailName,
        permission,
        expiresAt,
        email: to.kind === 'user' ? to.email : null,
        createdAt: timeFromNow(0),
      };
      const others = world.grants.filter(({ kind, name }) => kind !== granted.kind || name !== granted.name);
      world.grants = [...others, granted];
      return granted;
    },
    revoke: ({ id }) => {
      if (!world.grants.some((each) => each.id === id)) throw new KeyholdError('grant_gone');
      world.grants = world.grants.filter((each) => each.id !== id);
    },
  };
}
