import { groupsScreens } from './groups-screens.ts';
import { remoteKeysScreens } from './remote-keys-screens.ts';
import { rulesScreens } from './rules-screens.ts';
import type { Screen } from './screens.ts';
import { click, visit } from './steps.ts';
import { apiTokensScreens, auditScreens } from './tokens-and-audit-screens.ts';
import { usersScreens } from './users-screens.ts';

/** What stands in the sidebar under Service. */
export const serviceScreens: readonly Screen[] = [
  ...usersScreens,
  ...groupsScreens,
  ...apiTokensScreens,
  ...auditScreens,
  ...rulesScreens,
  ...remoteKeysScreens,
  { name: 'directory', scene: 'users', go: visit('Directory') },
  { name: 'directory-none', scene: 'directoryNone', go: visit('Directory') },
  { name: 'directory-problem', scene: 'directoryProblem', go: visit('Directory', click('Test')) },
  { name: 'directory-running', scene: 'directoryRunning', go: visit('Directory') },
  { name: 'directory-failed', scene: 'directoryFails', go: visit('Directory') },
];
