import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, tap, visit, type Step } from './steps.ts';

const grid = (page: Page) => page.getByRole('grid', { name: 'Who may do what' });

/** The cells are read, and the keyboard is on the first of them. */
const read: Step = async (page) => {
  await grid(page).locator('[role=gridcell]:not([aria-label="not read yet"])').first().waitFor();
  await grid(page).focus();
};

const keys = (...pressed: string[]): Step => {
  return async (page) => {
    for (const key of pressed) await page.keyboard.press(key);
  };
};

const open = (...then: Step[]): Step => visit('Permissions', read, ...then);

/** Some changes of several kinds. */
const changed = keys(
  '2',
  'ArrowDown',
  '4',
  'ArrowRight',
  'Shift+ArrowRight',
  'Shift+ArrowDown',
  '1',
  'ArrowDown',
  '0',
);

const filters: Step = async (page) => {
  await click('Filters')(page);
  await page.getByLabel('Members of').waitFor();
};

const has = (value: string): Step => {
  return async (page) => {
    await filters(page);
    await page.getByLabel('With access that').selectOption(value);
    await page.keyboard.press('Escape');
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
  };
};

const rowMenu = (item?: string): Step => {
  return async (page) => {
    await keys('ArrowDown', 'Home', 'ArrowLeft', 'Enter')(page);
    await page.getByRole('menuitem').first().waitFor();
    if (item !== undefined) await tap(page.getByRole('menuitem', { name: item }));
  };
};

const dialog: Step = (page) => page.getByRole('dialog').waitFor();
const why: Step = async (page) => {
  await keys('w')(page);
  await page.getByRole('list', { name: 'Why' }).waitFor();
};
const review: Step = async (page) => {
  await click('Review')(page);
  await page.getByRole('dialog').getByRole('list').first().waitFor();
};

/** Permissions: the matrix, what is prepared in it, and what becomes of that. */
export const accessScreens: readonly Screen[] = [
  { name: 'access', scene: 'access', go: open() },
  {
    name: 'access-selected',
    scene: 'access',
    go: open(keys('ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowRight')),
  },
  { name: 'access-pending', scene: 'access', go: open(changed) },
  { name: 'access-limit', scene: 'access', go: open(keys('Control+ArrowDown', 'ArrowUp', '0')) },
  { name: 'access-review', scene: 'access', go: open(changed, review) },
  { name: 'access-review-refused', scene: 'accessRefused', go: open(changed, review) },
  { name: 'access-changed', scene: 'accessChanged', go: open(keys('2'), click('Apply'), dialog) },
  { name: 'access-unknown', scene: 'accessUnknown', go: open(keys('2'), click('Apply'), dialog) },
  {
    name: 'access-unknown-bar',
    scene: 'accessUnknown',
    go: open(keys('2'), click('Apply'), dialog, keys('Escape'), (page) =>
      page.getByText(/^Nobody knows/).waitFor(),
    ),
  },
  {
    name: 'access-applying',
    scene: 'accessHangs',
    go: open(keys('2'), click('Apply'), (page) => page.getByText(/^Making/).waitFor()),
  },
  {
    name: 'access-applied',
    scene: 'access',
    go: open(changed, click('Apply'), (page) => page.getByText(/changes? made$/).waitFor()),
  },
  { name: 'access-discard', scene: 'access', go: open(changed, click('Discard'), dialog) },
  {
    name: 'access-why',
    scene: 'access',
    go: open(keys('ArrowDown', 'ArrowDown', 'PageDown', 'ArrowRight'), why),
  },
  { name: 'access-why-pending', scene: 'access', go: open(keys('3'), why) },
  { name: 'access-end', scene: 'access', go: open(keys('Shift+ArrowDown', 'e'), dialog) },
  { name: 'access-row-menu', scene: 'access', go: open(rowMenu()) },
  { name: 'access-copy', scene: 'access', go: open(rowMenu('Copy access to…'), dialog) },
  {
    name: 'access-differs',
    scene: 'access',
    go: open(rowMenu('Differs from…'), dialog, keys('Enter'), (page) =>
      page.getByText(/differ\.$/).waitFor(),
    ),
  },
  { name: 'access-filters', scene: 'access', go: open(filters) },
  { name: 'access-writers', scene: 'access', go: open(has('push')) },
  { name: 'access-ends', scene: 'access', go: open(has('ends')) },
  { name: 'access-unused', scene: 'access', go: open(has('unused')) },
  { name: 'access-to-change', scene: 'access', go: open(changed, has('pending')) },
  { name: 'access-lock', scene: 'access', go: open(changed, click('Lock'), dialog) },
  {
    name: 'access-no-match',
    scene: 'access',
    go: open(async (page) => {
      await page.getByLabel('Filter repositories').fill('nothing like this');
      await page.getByText('Nothing matches the filters').waitFor();
    }),
  },
  { name: 'access-legend', scene: 'access', go: open(click('Signs and keys')) },
  { name: 'access-last-changes', scene: 'access', go: open(click('Last changes'), dialog) },
  { name: 'access-last-changes-none', scene: 'accessNoBatches', go: open(click('Last changes'), dialog) },
  {
    name: 'access-leave',
    scene: 'accessSeveral',
    go: open(changed, async (page) => {
      await page.getByRole('combobox', { name: 'Organization' }).selectOption('northwind');
      await dialog(page);
    }),
  },
  { name: 'access-long', scene: 'accessLong', go: open(changed) },
  { name: 'access-long-review', scene: 'accessLong', go: open(changed, review) },
  { name: 'access-long-why', scene: 'accessLong', go: open(why) },
  {
    name: 'access-large',
    scene: 'access',
    window: { path: '/', width: 2560, height: 1440 },
    go: open(changed),
  },
  { name: 'access-none', scene: 'accessNone', go: visit('Permissions') },
  { name: 'access-no-repositories', scene: 'accessNoRepositories', go: visit('Permissions') },
  { name: 'access-cut', scene: 'accessCut', go: open() },
  { name: 'access-offline', scene: 'accessOffline', go: visit('Permissions') },
  { name: 'access-forbidden', scene: 'accessForbidden', go: visit('Permissions') },
  { name: 'access-cells-failed', scene: 'accessCellsFail', go: visit('Permissions') },
  { name: 'access-loading', scene: 'accessLoading', go: visit('Permissions') },
];
