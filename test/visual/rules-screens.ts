import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, tap, visit, type Step } from './steps.ts';

const rules = (page: Page) => page.getByRole('textbox', { name: 'Rules, one a line' });

const looked: Step = (page) => page.getByRole('list', { name: 'Findings' }).waitFor();

function tab(name: string): Step {
  return (page) => tap(page.getByRole('tab', { name }));
}

function type(text: string): Step {
  return async (page) => {
    await rules(page).press('Control+End');
    await rules(page).pressSequentially(text);
  };
}

function deed(role: string, name: string): Step {
  return async (page) => {
    await click(`Actions for ${role}`)(page);
    await tap(page.getByRole('menuitem', { name }));
  };
}

const paste: Step = async (page) => {
  await click('Paste a token…')(page);
  await page.getByLabel('Token', { exact: true }).fill('not a token');
  await click('Read token')(page);
  await page.getByText(/^That is no JWT/).waitFor();
};

function ask(key: string): Step {
  return (page) => page.getByRole('combobox', { name: 'Key' }).fill(key);
}

const tryLine: Step = async (page) => {
  await page.getByRole('textbox', { name: 'One more line' }).fill('-tkeeper.key.wallet-*.*');
  await page.getByRole('region', { name: 'Lost' }).waitFor();
  await page.getByRole('grid', { name: 'Operations by keys' }).focus();
};

/** Rules that say who may use a keeper's keys. */
export const rulesScreens: readonly Screen[] = [
  { name: 'rules', scene: 'rules', go: visit('Rules', (page) => rules(page).waitFor()) },
  {
    name: 'rules-large',
    scene: 'rulesTroubled',
    window: { path: '/', width: 2560, height: 1440 },
    go: visit('Rules', looked),
  },
  {
    name: 'rules-simulator-large',
    scene: 'rulesMany',
    window: { path: '/', width: 2560, height: 1440 },
    go: visit('Rules', tab('Simulator')),
  },
  { name: 'rules-empty', scene: 'rulesEmpty', go: visit('Rules') },
  { name: 'rules-new', scene: 'rulesEmpty', go: visit('Rules', click('New role')) },
  { name: 'rules-failed', scene: 'rulesFail', go: visit('Rules') },
  { name: 'rules-troubled', scene: 'rulesTroubled', go: visit('Rules', looked) },
  { name: 'rules-many', scene: 'rulesMany', go: visit('Rules', looked) },
  { name: 'rules-unlisted', scene: 'rulesUnlisted', go: visit('Rules', (page) => rules(page).waitFor()) },
  { name: 'rules-signed-out', scene: 'rulesSignedOut', go: visit('Rules', (page) => rules(page).waitFor()) },
  { name: 'rules-completing', scene: 'rules', go: visit('Rules', type('\ntkeeper.key.cust')) },
  {
    name: 'rules-unsaved',
    scene: 'rules',
    go: visit('Rules', type('\ntkeeper.key.*.sign'), (page) =>
      page
        .getByText(/^Granted by/)
        .first()
        .waitFor(),
    ),
  },
  {
    name: 'rules-save-failing',
    scene: 'rules',
    go: visit('Rules', type('\ntkeeper.key.*.sign'), click('Save')),
  },
  { name: 'rules-menu', scene: 'rules', go: visit('Rules', click('Actions for Auditor')) },
  { name: 'rules-rename', scene: 'rules', go: visit('Rules', deed('Auditor', 'Rename…')) },
  { name: 'rules-delete', scene: 'rules', go: visit('Rules', deed('Auditor', 'Delete…')) },
  { name: 'rules-simulator', scene: 'rules', go: visit('Rules', tab('Simulator'), ask('wallet-hot')) },
  {
    name: 'rules-simulator-denied',
    scene: 'rules',
    go: visit('Rules', tab('Simulator'), ask('wallet-hot-eu')),
  },
  {
    name: 'rules-simulator-missing',
    scene: 'rules',
    go: visit('Rules', tab('Simulator'), ask('master-root')),
  },
  {
    name: 'rules-simulator-line',
    scene: 'rules',
    go: visit('Rules', tab('Simulator'), ask('wallet-hot'), tryLine),
  },
  { name: 'rules-simulator-many', scene: 'rulesMany', go: visit('Rules', tab('Simulator')) },
  { name: 'rules-simulator-unreachable', scene: 'rulesUnreachable', go: visit('Rules', tab('Simulator')) },
  {
    name: 'rules-simulator-signs',
    scene: 'rules',
    go: visit('Rules', tab('Simulator'), click('Signs and keys')),
  },
  { name: 'rules-paste', scene: 'rules', go: visit('Rules', tab('Simulator'), paste) },
  { name: 'rules-compare', scene: 'rules', go: visit('Rules', tab('Compare')) },
  { name: 'rules-compare-one', scene: 'rulesTroubled', go: visit('Rules', tab('Compare')) },
  { name: 'rules-compare-many', scene: 'rulesMany', go: visit('Rules', tab('Compare')) },
];
