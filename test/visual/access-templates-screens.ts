import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, tap, visit, type Step } from './steps.ts';

const dialog: Step = (page) => page.getByRole('dialog').waitFor();
const tab = (name: string): Step => {
  return (page) => tap(page.getByRole('tab', { name }));
};
const open = (...then: Step[]): Step =>
  visit(
    'Permissions',
    tab('Templates'),
    (page) =>
      page
        .getByText(/^(Changed|Nothing:)/)
        .first()
        .waitFor(),
    ...then,
  );
const menuOf = (name: string, item: string): Step => {
  return async (page) => {
    await click(`Actions for ${name}`)(page);
    await tap(page.getByRole('menuitem', { name: item }));
    await dialog(page);
  };
};
const fields = async (page: Page): Promise<void> => {
  await page.getByLabel('Name', { exact: true }).fill('Nightly builds');
  await page.getByLabel('Repositories of line 1').fill('acme/api*');
  await click('Add line')(page);
  await page.getByLabel('Repositories of line 2').fill('acme/firmware-*');
};
const wrong: Step = async (page) => {
  await page.getByLabel('Repositories of line 1').fill('northwind/*');
  await page.getByLabel('Days of line 1').fill('soon');
  await click('Make template')(page);
  await page.getByText(/^It begins with/).waitFor();
};
const files = (item?: string): Step => {
  return async (page) => {
    await click('Export and import')(page);
    await page.getByRole('menuitem').first().waitFor();
    if (item !== undefined) await tap(page.getByRole('menuitem', { name: item }));
  };
};
const imported: Step = visit('Permissions', files('Import grants…'), dialog);
const level = (name: string, value: string): Step => {
  return async (page) => {
    await page.getByLabel(`What ${name} is given`).selectOption(value);
  };
};
const sheet = (name: string): Step => {
  return async (page) => {
    await click(name)(page);
    await page.getByRole('region', { name: 'What it can do' }).getByRole('row').first().waitFor();
  };
};
const why: Step = async (page) => {
  await page.getByRole('region', { name: 'What it can do' }).locator('[data-name]').nth(1).click();
  await page.getByRole('list', { name: 'Why' }).waitFor();
};
const scrolled: Step = async (page) => {
  await page.getByRole('region', { name: 'What it can do' }).scrollIntoViewIfNeeded();
};

/** Templates, what new repositories begin with, files of grants, and what API keys and tokens can do. */
export const accessTemplatesScreens: readonly Screen[] = [
  { name: 'templates', scene: 'accessTemplates', go: open() },
  { name: 'templates-none', scene: 'accessTemplatesNone', go: open() },
  { name: 'templates-read', scene: 'accessTemplatesRead', go: open() },
  { name: 'templates-long', scene: 'accessTemplatesLong', go: open() },
  { name: 'templates-fail', scene: 'accessTemplatesFail', go: visit('Permissions', tab('Templates')) },
  { name: 'templates-loading', scene: 'accessTemplatesLoading', go: visit('Permissions', tab('Templates')) },
  { name: 'templates-sheet', scene: 'accessTemplates', go: open(click('Release bot'), dialog) },
  {
    name: 'templates-sheet-read',
    scene: 'accessTemplatesRead',
    go: open(click('Release bot'), dialog, async (page) => {
      await page.locator('summary').first().click();
    }),
  },
  {
    name: 'templates-sheet-long',
    scene: 'accessTemplatesLong',
    go: open(click(/^Sachbearbeitung/), dialog),
  },
  { name: 'templates-new', scene: 'accessTemplates', go: open(click('New template'), dialog, fields) },
  { name: 'templates-new-wrong', scene: 'accessTemplates', go: open(click('New template'), dialog, wrong) },
  { name: 'templates-change', scene: 'accessTemplates', go: open(menuOf('Release bot', 'Change…')) },
  {
    name: 'templates-changed-meanwhile',
    scene: 'accessTemplatesChanged',
    go: open(menuOf('Release bot', 'Change…'), click('Save changes'), (page) =>
      page.getByText('Somebody else changed it meanwhile').waitFor(),
    ),
  },
  {
    name: 'templates-change-long',
    scene: 'accessTemplatesLong',
    go: open(click(/^Sachbearbeitung/), dialog, click('Change'), dialog),
  },
  { name: 'templates-use', scene: 'accessTemplates', go: open(menuOf('Release bot', 'Use on…')) },
  { name: 'templates-delete', scene: 'accessTemplates', go: open(menuOf('Contractor', 'Delete…')) },
  {
    name: 'templates-row',
    scene: 'accessTemplates',
    go: visit('Permissions', async (page) => {
      await page.getByRole('grid').focus();
      for (const key of ['ArrowDown', 'Home', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
      await tap(page.getByRole('menuitem', { name: 'Use a template…' }));
      await page.getByRole('option').first().waitFor();
    }),
  },
  { name: 'defaults-changed', scene: 'accessTemplates', go: open(level('developers', '7')) },
  { name: 'defaults-add', scene: 'accessTemplates', go: open(click('Add…'), dialog) },
  {
    name: 'defaults-changed-meanwhile',
    scene: 'accessTemplatesChanged',
    go: open(level('developers', '7'), click('Save'), (page) =>
      page.getByText('Somebody else changed it meanwhile').waitFor(),
    ),
  },
  { name: 'grant-files-menu', scene: 'accessImport', go: visit('Permissions', files()) },
  { name: 'grant-files-import', scene: 'accessImport', go: imported },
  {
    name: 'grant-files-import-problems',
    scene: 'accessImportProblems',
    go: async (page) => {
      await imported(page);
      await page.getByRole('checkbox').check();
    },
  },
  { name: 'grant-files-import-same', scene: 'accessImportSame', go: imported },
  {
    name: 'grant-files-import-fails',
    scene: 'accessImportFails',
    go: visit('Permissions', files('Import grants…'), (page) =>
      page.getByText('This is no file of grants').waitFor(),
    ),
  },
  {
    name: 'api-key-access',
    scene: 'apiKeyAccess',
    go: visit('API keys', sheet('Deploy from GitLab'), scrolled),
  },
  { name: 'api-key-why', scene: 'apiKeyAccess', go: visit('API keys', sheet('Deploy from GitLab'), why) },
  {
    name: 'api-token-access',
    scene: 'apiTokenAccess',
    go: visit('API tokens', sheet('Nightly build'), scrolled),
  },
];
