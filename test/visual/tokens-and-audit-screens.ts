import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type Step, tap, type as fill, visit } from './steps.ts';

const inDialog = (name: string): Step => {
  return (page) => tap(page.getByRole('dialog').getByRole('button', { name, exact: true }));
};

const makeToken: Step = async (page) => {
  await click('Make API token')(page);
  await fill(page, 'Name', 'Nightly build');
  await page.getByLabel('Write', { exact: true }).check();
};

const someRepositories: Step = async (page) => {
  await makeToken(page);
  await tap(page.getByText('Some repositories', { exact: true }));
  await page.getByRole('table', { name: 'Repositories' }).waitFor();
};

const made: Step = async (page) => {
  await makeToken(page);
  await inDialog('Make API token')(page);
  await page.getByRole('button', { name: 'Reveal token' }).waitFor();
};

const failToMake: Step = async (page) => {
  await makeToken(page);
  await inDialog('Make API token')(page);
  await page.getByRole('alert').waitFor();
};

const events = (page: Page): Promise<void> => page.getByRole('table', { name: 'Events' }).waitFor();

/** The API tokens of a service's user. */
export const apiTokensScreens: readonly Screen[] = [
  { name: 'service-tokens', scene: 'users', go: visit('API tokens') },
  { name: 'service-tokens-empty', scene: 'apiTokensEmpty', go: visit('API tokens') },
  { name: 'service-tokens-many', scene: 'apiTokensMany', go: visit('API tokens') },
  { name: 'service-tokens-failed', scene: 'apiTokensFail', go: visit('API tokens') },
  { name: 'service-tokens-forbidden', scene: 'apiTokensForbidden', go: visit('API tokens') },
  { name: 'service-tokens-sheet', scene: 'users', go: visit('API tokens', click('Nightly build')) },
  { name: 'service-tokens-ended', scene: 'users', go: visit('API tokens', click('Old deploy')) },
  { name: 'service-tokens-make', scene: 'users', go: visit('API tokens', makeToken) },
  { name: 'service-tokens-make-user', scene: 'apiTokensUser', go: visit('API tokens', makeToken) },
  { name: 'service-tokens-make-some', scene: 'apiTokensMany', go: visit('API tokens', someRepositories) },
  { name: 'service-tokens-make-failed', scene: 'apiTokensDeedsFail', go: visit('API tokens', failToMake) },
  { name: 'service-tokens-made', scene: 'users', go: visit('API tokens', made) },
  { name: 'service-tokens-shown', scene: 'users', go: visit('API tokens', made, click('Reveal token')) },
  {
    name: 'service-tokens-revoke',
    scene: 'users',
    go: visit('API tokens', click('Nightly build'), click('Revoke token…')),
  },
];

/** The audit log of a service. */
export const auditScreens: readonly Screen[] = [
  { name: 'audit-log', scene: 'users', go: visit('Audit log', events) },
  { name: 'audit-log-empty', scene: 'auditEmpty', go: visit('Audit log') },
  { name: 'audit-log-many', scene: 'auditMany', go: visit('Audit log', events) },
  { name: 'audit-log-failed', scene: 'auditFails', go: visit('Audit log') },
  { name: 'audit-log-forbidden', scene: 'auditForbidden', go: visit('Audit log') },
  {
    name: 'audit-log-sheet',
    scene: 'auditMany',
    go: visit('Audit log', (page) => tap(page.locator('[data-name]').first())),
  },
  {
    name: 'audit-log-narrowed',
    scene: 'users',
    go: visit('Audit log', click('User role changed'), click('Only by maya'), events),
  },
  {
    name: 'audit-log-no-match',
    scene: 'users',
    go: visit('Audit log', events, async (page) => {
      await page.getByLabel('Action').selectOption('GROUP_DELETED');
      await page.getByText('No event fits the filter.').waitFor();
    }),
  },
  {
    name: 'audit-log-intact',
    scene: 'users',
    go: visit('Audit log', click('Verify log'), (page) => page.getByText(/finds its log intact/).waitFor()),
  },
  {
    name: 'audit-log-broken',
    scene: 'auditBroken',
    go: visit('Audit log', click('Verify log'), (page) => page.getByText(/was changed at event/).waitFor()),
  },
];
