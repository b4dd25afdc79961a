import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type Step, visit, tap } from './steps.ts';

const access: Step = (page) => tap(page.getByRole('tab', { name: 'Access' }));
const listed: Step = (page) => page.getByRole('table', { name: 'Permissions' }).waitFor();
const open = (...then: Step[]): Step => visit('Repositories', click('acme/web'), access, ...then);

/** Types a name, and takes the first who has it. */
const choose = (name: string): Step => {
  return async (page: Page) => {
    await click('Give permission')(page);
    await page.getByRole('combobox', { name: /^Search/ }).fill(name);
    await page.getByRole('option', { name }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Choose another').waitFor();
  };
};

const searching: Step = async (page) => {
  await click('Give permission')(page);
  await page.getByRole('listbox', { name: 'People, groups and bots' }).getByRole('option').first().waitFor();
};

const onADate: Step = async (page) => {
  await page.getByRole('checkbox', { name: 'Write' }).check();
  await page.getByRole('combobox', { name: 'It ends' }).selectOption('date');
};

/** Who may use a repository, in four actions. */
export const permissionsScreens: readonly Screen[] = [
  { name: 'permissions', scene: 'permissions', go: open(listed) },
  { name: 'permissions-many', scene: 'permissionsMany', go: open(listed) },
  { name: 'permissions-none', scene: 'permissionsNone', go: open() },
  { name: 'permissions-forbidden', scene: 'permissionsForbidden', go: open() },
  { name: 'permissions-failed', scene: 'permissionsListFails', go: open() },
  { name: 'permissions-search', scene: 'permissions', go: open(searching) },
  { name: 'permissions-search-many', scene: 'permissionsMany', go: open(searching) },
  { name: 'permissions-search-failed', scene: 'permissionsUnlisted', go: open(searching) },
  { name: 'permissions-by-email', scene: 'permissionsByEmail', go: open(searching) },
  { name: 'permissions-give', scene: 'permissions', go: open(choose('Sofia'), onADate) },
  { name: 'permissions-give-long', scene: 'permissionsMany', go: open(choose('Wilhelmina')) },
  {
    name: 'permissions-give-refused',
    scene: 'permissionsFail',
    go: open(choose('Sofia'), click('Give permission')),
  },
  { name: 'permissions-change', scene: 'permissions', go: open(click('acme/release')) },
  {
    name: 'permissions-change-refused',
    scene: 'permissionsFail',
    go: open(click('acme/release'), click('Save')),
  },
  {
    name: 'permissions-theirs',
    scene: 'permissionsTheirs',
    go: visit('Repositories', click('acme/web'), listed),
  },
  { name: 'repositories-theirs', scene: 'permissionsTheirs', go: visit('Repositories') },
];
