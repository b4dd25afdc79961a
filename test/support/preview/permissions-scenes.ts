import { timeFromNow } from '../samples.ts';
import { teamId } from '../samples-team.ts';
import { sampleOwnUser, samplePermissionsContext, sampleUser } from '../samples-users.ts';
import { samplePermission, sampleRepositories } from '../world-organization.ts';
import type { World } from '../world.ts';

const contexts = [samplePermissionsContext()];
const ownUser = sampleOwnUser({ username: 'jonas', role: 'user' });
const actions = [
  ['read'],
  ['read', 'write'],
  ['read', 'write', 'delete'],
  ['read', 'write', 'delete', 'admin'],
];
const kinds = ['user', 'group', 'bot'] as const;

/** Five thousand permissions of long German names, and as many users without one. */
function manyPermissions(): Partial<World> {
  return {
    contexts,
    permissions: Array.from({ length: 5000 }, (_, index) => {
      const kind = kinds[index % 3] ?? 'user';
      const name = `verkehrsinfrastrukturplanungsdatenverarbeitung-nordwest-${String(index)}`;
      const email = kind === 'user' ? `${name}@bundesanstalt.example` : null;
      return samplePermission({
        id: `g_${String(index)}`,
        principal: { kind, id: `p_${String(index)}`, name, email },
        actions: actions[index % 4] ?? [],
        expiresAt: index % 5 === 0 ? timeFromNow((index + 1) * 3600) : null,
      });
    }),
    permissionsTotal: 6_001,
    users: Array.from({ length: 5000 }, (_, index) =>
      sampleUser({
        id: teamId('u', index + 1),
        username: `wilhelmina-hohenstein-${String(index)}`,
        name: 'Wilhelmina Christiane Freifrau von Hohenstein-Rosenthal zu Verkehrsinfrastrukturplanung',
      }),
    ),
    usersTotal: 12_345,
  };
}

/** What the main process knows in the pictures of who may use a repository, in four actions. */
export const permissionsScenes = {
  permissions: () => ({ contexts }),
  permissionsMany: manyPermissions,
  permissionsNone: () => ({ contexts, permissions: [] }),
  permissionsForbidden: () => ({
    ...{ contexts, ownUser },
    repositories: sampleRepositories().map((each) => ({ ...each, actions: ['read' as const] })),
  }),
  permissionsByEmail: () => ({ contexts, ownUser }),
  permissionsFail: () => ({
    contexts,
    failures: {
      'permissions.grant': { code: 'permission_there' },
      'permissions.change': { code: 'repository_admin_needed' },
    },
  }),
  permissionsListFails: () => ({
    contexts,
    failures: { 'permissions.list': { code: 'server_unreachable' } },
  }),
  permissionsUnlisted: () => ({ contexts, failures: { 'groups.list': { code: 'server_unreachable' } } }),
  permissionsTheirs: () => ({
    ...{ contexts, tellsActions: false },
    permissions: [
      samplePermission(),
      samplePermission({
        ...{ id: 'p_2', actions: ['read', 'promote'] },
        principal: { kind: 'other', id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', name: null, email: null },
      }),
    ],
  }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
