import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, tap, visit, type Step } from './steps.ts';

const dialog: Step = (page) => page.getByRole('dialog').waitFor();

const review = (...then: Step[]): Step =>
  visit('Permissions', async (page) => {
    await tap(page.getByRole('tab', { name: 'Review' }));
    for (const step of then) await step(page);
  });
const found: Step = (page) => page.getByRole('table').first().waitFor();
const select: Step = async (page) => {
  await tap(page.getByRole('checkbox', { name: 'Select all' }).first());
  await tap(page.getByRole('checkbox', { name: 'Select acme/api' }));
};
const added: Step = async (page) => {
  await select(page);
  await click('Add to pending changes')(page);
  await page.getByText(/changes? pending$/).waitFor();
};

const requests = (...then: Step[]): Step => visit(/^Requests/, ...then);
const open = (name: string | RegExp): Step => {
  return async (page) => {
    await tap(page.locator('[data-name]').filter({ hasText: name }).first());
    await page.getByRole('dialog').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Decline…' }).waitFor();
  };
};
const effect: Step = (page) => page.getByRole('list', { name: 'Gain access' }).waitFor();
const inDialog = (name: string): Step => {
  return (page) => tap(page.getByRole('dialog').getByRole('button', { name, exact: true }));
};
const choose = (field: string, label: string): Step => {
  return async (page: Page) => {
    await page
      .getByRole('dialog')
      .getByRole('combobox', { name: field, exact: true })
      .selectOption({ label });
  };
};
const alert: Step = (page) => page.getByRole('dialog').getByRole('alert').waitFor();

/** What is worth a look among permissions, and requests for access. */
export const requestsScreens: readonly Screen[] = [
  { name: 'review', scene: 'review', go: review(found) },
  { name: 'review-selected', scene: 'review', go: review(found, select) },
  { name: 'review-added', scene: 'review', go: review(found, added) },
  { name: 'review-many', scene: 'reviewMany', go: review(found) },
  { name: 'review-long', scene: 'reviewLong', go: review(found) },
  { name: 'review-none', scene: 'reviewNone', go: review() },
  { name: 'review-offline', scene: 'reviewOffline', go: review() },
  { name: 'review-loading', scene: 'reviewLoading', go: review() },
  { name: 'requests', scene: 'requests', go: requests(found) },
  {
    name: 'requests-large',
    scene: 'requests',
    window: { path: '/', width: 2560, height: 1440 },
    go: requests(found),
  },
  { name: 'requests-several', scene: 'requestsSeveral', go: requests(found) },
  { name: 'request', scene: 'requests', go: requests(found, open('jonas'), effect) },
  {
    name: 'request-less',
    scene: 'requests',
    go: requests(found, open('priya'), choose('Access', 'Pull'), choose('It ends', 'On a date…')),
  },
  { name: 'request-closed-account', scene: 'requests', go: requests(found, open('omar')) },
  { name: 'request-past', scene: 'requests', go: requests(found, open('rosa')) },
  { name: 'request-replaces', scene: 'requestsReplace', go: requests(found, open('jonas'), effect) },
  {
    name: 'request-changed',
    scene: 'requestsChanged',
    go: requests(found, open('jonas'), effect, inDialog('Approve'), alert),
  },
  {
    name: 'request-gone',
    scene: 'requestsGone',
    go: requests(found, open('jonas'), effect, inDialog('Approve'), alert),
  },
  {
    name: 'request-decline',
    scene: 'requests',
    go: requests(found, open('jonas'), inDialog('Decline…'), inDialog('Decline'), (page) =>
      page.getByText(/^Say in a few words/).waitFor(),
    ),
  },
  { name: 'request-long', scene: 'requestsLong', go: requests(found, open(/nordwest/)) },
  {
    name: 'request-decided',
    scene: 'requests',
    go: requests(found, open('jonas'), effect, inDialog('Approve'), (page) =>
      page.getByText(/^jonas has push/).waitFor(),
    ),
  },
  { name: 'requests-none', scene: 'requestsNone', go: requests() },
  { name: 'requests-own', scene: 'requestsOwnOnly', go: requests(found) },
  {
    name: 'requests-withdraw',
    scene: 'requestsOwnOnly',
    go: requests(found, click('Actions for acme/payments'), async (page) => {
      await tap(page.getByRole('menuitem', { name: 'Withdraw…' }));
      await dialog(page);
    }),
  },
  { name: 'requests-long', scene: 'requestsLong', go: requests(found) },
  { name: 'requests-offline', scene: 'requestsOffline', go: requests() },
  { name: 'requests-loading', scene: 'requestsLoading', go: requests() },
  {
    name: 'requests-ask',
    scene: 'requestsOwnOnly',
    go: requests(click('Ask for access'), dialog, async (page) => {
      await page.getByRole('dialog').locator('input').first().fill('acme/');
      await page.getByRole('option').first().waitFor();
    }),
  },
  {
    name: 'requests-ask-invalid',
    scene: 'requestsOwnOnly',
    go: requests(
      click('Ask for access'),
      dialog,
      choose('It ends', 'On a date…'),
      inDialog('Ask for access'),
    ),
  },
  {
    name: 'requests-ask-nothing-administered',
    scene: 'accessNone',
    go: visit('Permissions', click('Ask for access'), dialog),
  },
];
