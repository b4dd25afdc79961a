import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { UserSummary } from '../../contracts/ipc/users.ts';
import { timeFromNow } from './samples.ts';
import { heldKeyId, teamId } from './samples-team.ts';
import {
  groupId,
  sampleApiToken,
  sampleGroup,
  sampleGroupMember,
  sampleUser,
  toldPassword,
} from './samples-users.ts';
import { clipboard } from './world-vault.ts';
import type { World } from './world.ts';

/** How many a search gives. */
const searchPage = 100;

/** What a world's service answers about its users. */
export function usersHandlers(
  world: World,
): Pick<IpcHandlers, 'users' | 'groups' | 'apiTokens' | 'audit' | 'directory' | 'toldSecrets'> {
  let revealed = false;
  const change = (userId: string, facts: Partial<UserSummary>): void => {
    if (!world.users.some(({ id }) => id === userId)) throw new KeyholdError('user_gone');
    world.users = world.users.map((user) => (user.id === userId ? { ...user, ...facts } : user));
  };
  const hold = (): { heldId: string } => {
    revealed = false;
    return { heldId: heldKeyId };
  };
  return {
    users: {
      me: () => world.ownUser,
      list: ({ search }) => {
        if (search === undefined)
          return { users: world.users, total: world.usersTotal ?? world.users.length };
        const found = [...world.users, ...world.usersBehind].filter(({ username, name, email }) =>
          [username, name, email].some((text) => text.toLowerCase().includes(search.toLowerCase())),
        );
        return { users: found.slice(0, searchPage), total: found.length };
      },
      create: ({ username, email, name, role }) => {
        if (world.users.some((user) => user.username === username)) throw new KeyholdError('username_taken');
        if (world.users.some((user) => user.email === email)) throw new KeyholdError('email_taken');
        const user = sampleUser({
          ...{ id: teamId('u', 100), username, email, name: name ?? username, role },
          ...{ mustChangePassword: true, createdAt: timeFromNow(0), lastSignInAt: null },
        });
        world.users = [...world.users, user];
        return { user, held: hold() };
      },
      change: ({ userId, active, email, name, role }) => {
        change(userId, {
          ...(email !== undefined && { email }),
          ...(name !== undefined && { name }),
          ...(role !== undefined && { role }),
          ...(active !== undefined && { status: active ? 'active' : 'disabled' }),
        });
      },
      resetPassword: ({ userId }) => {
        change(userId, { mustChangePassword: true });
        return hold();
      },
      forcePasswordChange: ({ userId }) => change(userId, { mustChangePassword: true }),
    },
    groups: groupsHandlers(world),
    apiTokens: apiTokensHandlers(world, hold),
    audit: auditHandlers(world),
    directory: {
      status: () => world.signInWays,
      sync: () => {
        const { directory } = world.signInWays;
        if (directory === null || directory.running)
          throw new KeyholdError('service_refused', { said: 'A sync of the directory goes on already.' });
        world.signInWays = { ...world.signInWays, directory: { ...directory, running: true } };
      },
      test: () => world.directoryTest,
    },
    toldSecrets: {
      copy: () => clipboard(world),
      reveal: () => {
        if (revealed) throw new KeyholdError('secret_gone');
        revealed = true;
        return { secret: toldPassword };
      },
      close: () => undefined,
    },
  };
}

/** The groups of a world. */
function groupsHandlers(world: World): IpcHandlers['groups'] {
  const known = (id: string): void => {
    if (!world.groups.some((group) => group.id === id)) throw new KeyholdError('group_gone');
  };
  const setMembers = (id: string, members: World['groupMembers'][string]): void => {
    world.groupMembers = { ...world.groupMembers, [id]: members };
    world.groups = world.groups.map((group) =>
      group.id === id ? { ...group, memberCount: members.length } : group,
    );
  };
  const membersOf = (id: string): World['groupMembers'][string] => {
    known(id);
    return world.groupMembers[id] ?? [];
  };
  return {
    list: ({ search }) => {
      if (search === undefined)
        return { groups: world.groups, total: world.groupsTotal ?? world.groups.length };
      const found = world.groups.filter(({ name }) => name.includes(search));
      return { groups: found.slice(0, searchPage), total: found.length };
    },
    members: ({ groupId: id }) => {
      const members = membersOf(id);
      return world.tellsMembers ? { members, total: members.length } : { members: [], total: members.length };
    },
    create: ({ name, description, organization }) => {
      if (world.groups.some((group) => group.name === name)) throw new KeyholdError('group_name_taken');
      const made = { id: groupId(100), name, description, organization: organization ?? 'main' };
      const group = sampleGroup({ ...made, memberCount: 0, createdAt: timeFromNow(0) });
      world.groups = [...world.groups, group];
      return group;
    },
    change: ({ groupId: id, name, description }) => {
      known(id);
      if (world.groups.some((group) => group.id !== id && group.name === name))
        throw new KeyholdError('group_name_taken');
      world.groups = world.groups.map((group) => (group.id === id ? { ...group, name, description } : group));
    },
    remove: ({ groupId: id }) => {
      known(id);
      world.groups = world.groups.filter((group) => group.id !== id);
    },
    addMembers: ({ groupId: id, userIds }) => {
      const added = world.users
        .filter((user) => userIds.includes(user.id))
        .map(({ id: userId, username, name }) =>
          sampleGroupMember({ userId, username, name, joinedAt: timeFromNow(0) }),
        );
      setMembers(id, [...membersOf(id), ...added]);
    },
    removeMembers: ({ groupId: id, userIds }) =>
      setMembers(
        id,
        membersOf(id).filter(({ userId }) => !userIds.includes(userId)),
      ),
  };
}

/** The API tokens of a world's user. */
function apiTokensHandlers(world: World, hold: () => { heldId: string }): IpcHandlers['apiTokens'] {
  return {
    list: () => ({ tokens: world.apiTokens, total: world.apiTokens.length }),
    repositories: () => ({
      repositories: world.tokenRepositories,
      total: world.tokenRepositories.length,
    }),
    create: ({ name, scopes, repositories, expiresAt }) => {
      const made = { id: 'tok_new', name, scopes, repositoryCount: repositories?.length ?? null, expiresAt };
      const token = sampleApiToken({ ...made, createdAt: timeFromNow(0), lastUse: null });
      world.apiTokens = [token, ...world.apiTokens];
      return { ...hold(), name };
    },
    revoke: ({ id }) => {
      if (!world.apiTokens.some((token) => token.id === id)) throw new KeyholdError('api_token_gone');
      world.apiTokens = world.apiTokens.filter((token) => token.id !== id);
    },
  };
}

/** How many events a page has. */
const auditPage = 100;

/** The audit log of a world's service. */
function auditHandlers(world: World): IpcHandlers['audit'] {
  return {
    list: ({ page, userId, action, resourceType, resourceId, from, to }) => {
      const fitting = world.auditEntries.filter(
        ({ at, actor, resource, ...event }) =>
          (userId === undefined || actor?.id === userId) &&
          (action === undefined || event.action === action) &&
          (resourceType === undefined || resource.type === resourceType) &&
          (resourceId === undefined || resource.id === resourceId) &&
          (from === undefined || at >= from) &&
          (to === undefined || at <= to),
      );
      return {
        entries: fitting.slice((page - 1) * auditPage, page * auditPage),
        total: fitting.length,
      };
    },
    export: ({ format }) => ({
      fileName: `audit-log.${format}`,
      entries: world.auditEntries.length,
      total: world.auditEntries.length,
    }),
    verify: () => ({ checked: world.auditEntries.length, brokenAt: world.auditBrokenAt }),
  };
}
