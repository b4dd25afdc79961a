import {
  groupId,
  sampleGroup,
  sampleGroupMember,
  sampleOwnUser,
  sampleUsersContext,
} from '../samples-users.ts';
import { teamId } from '../samples-team.ts';
import type { World } from '../world.ts';

const contexts = [sampleUsersContext()];

/** Five thousand groups with German names, the first with as many members. */
function manyGroups(): Partial<World> {
  return {
    contexts,
    groups: Array.from({ length: 5000 }, (_, index) =>
      sampleGroup({
        id: groupId(index + 1),
        name:
          index % 3 === 0
            ? `verkehrsinfrastrukturplanungsdatenverarbeitung-${String(index)}`
            : `team-${String(index)}`,
        description:
          index % 2 === 0
            ? 'Nächtliche Zusammenstellung der Verkehrsinfrastrukturberichte, Referat Nordwest'
            : '',
        organization: index % 4 === 0 ? 'acme-industries-platform-engineering-eu' : 'main',
        source: index % 5 === 1 ? 'verzeichnis.bundesanstalt.example' : null,
        memberCount: index === 0 ? 5000 : index % 90,
      }),
    ),
    groupMembers: {
      [groupId(1)]: Array.from({ length: 5000 }, (_, index) =>
        sampleGroupMember({
          userId: teamId('u', index + 1),
          username: `wilhelmina-hohenstein-${String(index)}`,
          name: 'Wilhelmina Christiane Freifrau von Hohenstein-Rosenthal',
        }),
      ),
    },
  };
}

/** What the main process knows in the pictures of a service's groups. */
export const groupsScenes = {
  groupsEmpty: () => ({ contexts, groups: [] }),
  groupsMany: manyGroups,
  groupsForbidden: () => ({ contexts, ownUser: sampleOwnUser({ username: 'jonas', role: 'user' }) }),
  groupsForbiddenEmpty: () => ({
    ...{ contexts, groups: [] },
    ownUser: sampleOwnUser({ username: 'jonas', role: 'user' }),
  }),
  groupsUntold: () => ({ contexts, tellsMembers: false }),
  groupsFail: () => ({
    contexts,
    failures: {
      'groups.members': { code: 'server_unreachable' },
      'groups.remove': { code: 'group_elsewhere' },
      'groups.addMembers': { code: 'not_allowed' },
    },
  }),
  groupsListFails: () => ({ contexts, failures: { 'groups.list': { code: 'not_allowed' } } }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
