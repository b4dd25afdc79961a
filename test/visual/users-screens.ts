import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type Step, tap, type as fill, visit } from './steps.ts';

function menu(row: string, item: string): Step {
  return async (page) => {
    await click(`Actions for ${row}`)(page);
    await tap(page.getByRole('menuitem', { name: item }));
  };
}

const newUser: Step = async (page) => {
  await click('New user')(page);
  await fill(page, 'User name', 'tomas');
  await fill(page, 'Email', 'tomas@acme.example');
  await fill(page, 'Name', 'Tomas Lindgren');
};

const made: Step = async (page) => {
  await newUser(page);
  await click('Make user')(page);
  await page.getByRole('button', { name: 'Reveal password' }).waitFor();
};

const listed = (page: Page): Promise<void> => page.getByRole('table', { name: 'Users' }).waitFor();

/** The users of a service. */
export const usersScreens: readonly Screen[] = [
  { name: 'users', scene: 'users', go: visit('Users', listed) },
  { name: 'users-alone', scene: 'usersAlone', go: visit('Users', listed) },
  { name: 'users-many', scene: 'usersMany', go: visit('Users', listed) },
  {
    name: 'users-no-match',
    scene: 'users',
    go: visit('Users', async (page) => {
      await page.getByLabel('Role').selectOption('viewer');
      await page.getByLabel('State').selectOption('disabled');
    }),
  },
  { name: 'users-failed', scene: 'usersFail', go: visit('Users') },
  { name: 'users-loading', scene: 'usersLoading', go: visit('Users') },
  { name: 'users-sheet', scene: 'users', go: visit('Users', click('Lena Brandt')) },
  { name: 'users-sheet-self', scene: 'users', go: visit('Users', click('Maya Chen')) },
  { name: 'users-sheet-disabled', scene: 'users', go: visit('Users', click('Omar Haddad')) },
  {
    name: 'users-change-refused',
    scene: 'usersDeedsFail',
    go: visit('Users', click('Jonas Weber'), async (page) => {
      await fill(page, 'Email', 'maya@acme.example');
      await click('Save changes')(page);
      await page.getByText(/belongs to another user/).waitFor();
    }),
  },
  { name: 'users-new', scene: 'users', go: visit('Users', newUser) },
  {
    name: 'users-new-taken',
    scene: 'users',
    go: visit('Users', click('New user'), async (page) => {
      await fill(page, 'User name', 'jonas');
      await fill(page, 'Email', 'jonas.weber@acme.example');
      await click('Make user')(page);
      await page.getByText(/^That user name is taken/).waitFor();
    }),
  },
  { name: 'users-made', scene: 'users', go: visit('Users', made) },
  { name: 'users-made-shown', scene: 'users', go: visit('Users', made, click('Reveal password')) },
  { name: 'users-disable', scene: 'users', go: visit('Users', menu('Jonas Weber', 'Disable…')) },
  { name: 'users-reset', scene: 'users', go: visit('Users', menu('Jonas Weber', 'Reset password…')) },
  {
    name: 'users-reset-refused',
    scene: 'usersDeedsFail',
    go: visit('Users', menu('Jonas Weber', 'Reset password…'), click('Reset password'), (page) =>
      page.getByRole('alert').waitFor(),
    ),
  },
  {
    name: 'users-force',
    scene: 'users',
    go: visit('Users', menu('Jonas Weber', 'Have the password changed…')),
  },
];
