import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type Step, type as fill, visit } from './steps.ts';

const listed = (page: Page): Promise<void> => page.getByRole('table', { name: 'Groups' }).waitFor();

const members = (group: string): Step => {
  return (page) => page.getByRole('table', { name: `Members of ${group}` }).waitFor();
};

const adding: Step = async (page) => {
  await click('developers')(page);
  await members('developers')(page);
  await click('Add members')(page);
  await page.getByRole('checkbox', { name: 'Select Lena Brandt', exact: true }).check();
};

/** The groups of a service. */
export const groupsScreens: readonly Screen[] = [
  { name: 'groups', scene: 'users', go: visit('Groups', listed) },
  { name: 'groups-empty', scene: 'groupsEmpty', go: visit('Groups') },
  { name: 'groups-many', scene: 'groupsMany', go: visit('Groups', listed) },
  { name: 'groups-forbidden', scene: 'groupsForbidden', go: visit('Groups', listed) },
  { name: 'groups-forbidden-empty', scene: 'groupsForbiddenEmpty', go: visit('Groups') },
  { name: 'groups-failed', scene: 'groupsListFails', go: visit('Groups') },
  { name: 'groups-sheet', scene: 'users', go: visit('Groups', click('developers'), members('developers')) },
  {
    name: 'groups-sheet-directory',
    scene: 'users',
    go: visit('Groups', click('platform'), members('platform')),
  },
  {
    name: 'groups-sheet-forbidden',
    scene: 'groupsForbidden',
    go: visit('Groups', click('developers'), members('developers')),
  },
  {
    name: 'groups-sheet-many',
    scene: 'groupsMany',
    go: visit('Groups', click(/^verkehrsinfrastrukturplanungsdatenverarbeitung-0$/)),
  },
  { name: 'groups-sheet-untold', scene: 'groupsUntold', go: visit('Groups', click('developers')) },
  { name: 'groups-sheet-failed', scene: 'groupsFail', go: visit('Groups', click('developers')) },
  { name: 'groups-add', scene: 'users', go: visit('Groups', adding) },
  {
    name: 'groups-new',
    scene: 'users',
    go: visit('Groups', click('New group'), (page) => fill(page, 'Name', 'release-managers')),
  },
  {
    name: 'groups-edit',
    scene: 'users',
    go: visit('Groups', click('developers'), click('Edit group…')),
  },
  {
    name: 'groups-delete',
    scene: 'users',
    go: visit('Groups', click('developers'), click('Delete group…')),
  },
];
