import { timeFromNow } from '../samples.ts';
import { teamId } from '../samples-team.ts';
import { sampleOwnUser, sampleUser, sampleUsers, sampleUsersContext } from '../samples-users.ts';
import type { World } from '../world.ts';

const contexts = [sampleUsersContext()];
const longName = 'Wilhelmina Christiane Freifrau von Hohenstein-Rosenthal';
const roles = ['user', 'viewer', 'admin'] as const;
const states = ['active', 'active', 'active', 'pending', 'disabled'] as const;

/** Five thousand users with German names, of many more. */
function manyUsers(): Partial<World> {
  return {
    contexts,
    users: Array.from({ length: 5000 }, (_, index) =>
      sampleUser({
        id: teamId('u', index + 1),
        username: `wilhelmina-hohenstein-${String(index)}`,
        email: `wilhelmina.christiane.von.hohenstein-rosenthal.${String(index)}@verkehrsinfrastruktur.example`,
        name: index % 3 === 0 ? longName : `Jonas Weber ${String(index)}`,
        role: roles[index % 3] ?? 'user',
        status: states[index % 5] ?? 'active',
        lastSignInAt: index % 4 === 0 ? null : timeFromNow(-index * 3600),
      }),
    ),
    usersTotal: 12_345,
  };
}

/** What the main process knows in the pictures of a service's users. */
export const usersScenes = {
  users: () => ({ contexts }),
  usersAlone: () => ({ contexts, users: [sampleUser()] }),
  usersMany: manyUsers,
  usersForbidden: () => ({ contexts, ownUser: sampleOwnUser({ username: 'jonas', role: 'user' }) }),
  usersFail: () => ({
    contexts,
    failures: {
      'users.list': { code: 'server_unreachable' },
      'users.create': { code: 'service_refused', details: { said: 'Too many users.' } },
    },
  }),
  usersDeedsFail: () => ({
    contexts,
    users: sampleUsers().users,
    failures: {
      'users.resetPassword': { code: 'password_elsewhere' },
      'users.change': { code: 'email_taken' },
      'users.forcePasswordChange': { code: 'not_allowed' },
    },
  }),
  usersLoading: () => ({ contexts, hanging: ['users.list'] }),
  usersSignedOut: () => ({ contexts: [sampleUsersContext({ state: 'signed_out', credential: null })] }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
