import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type Step, type as fill, visit, tap } from './steps.ts';

async function typeNew(page: Page): Promise<void> {
  await fill(page, 'Backup passphrase', 'seven quiet lanterns drift');
  await fill(page, 'Repeat backup passphrase', 'seven quiet lanterns drift');
  await page.getByText('Strong.').waitFor();
}

async function choose(page: Page): Promise<void> {
  await click('Restore…')(page);
  await click('Choose file…')(page);
}

async function open(page: Page): Promise<void> {
  await choose(page);
  await fill(page, 'Backup passphrase', 'seven quiet lanterns drift');
  await click('Open backup')(page);
}

async function opened(page: Page): Promise<void> {
  await open(page);
  await page.getByRole('region', { name: 'Contexts in the backup' }).waitFor();
}

const replace: Step = async (page) => {
  await opened(page);
  await tap(page.getByText('Replace everything', { exact: true }).first());
};

/** The section at the end of a long page, so that the picture shows it. */
const scrolled: Step = (page) =>
  page.getByRole('group', { name: 'Copies on this computer' }).scrollIntoViewIfNeeded();

export const backupScreens: readonly Screen[] = [
  { name: 'vault-damaged', scene: 'damaged', go: (page) => page.getByText('Copy of 23 Nov 2026').waitFor() },
  {
    name: 'vault-damaged-no-copy',
    scene: 'damagedNoCopy',
    go: (page) => page.getByText('There is no copy').waitFor(),
  },
  { name: 'vault-damaged-stuck', scene: 'damagedStuck', go: click('Set aside and use this copy') },
  {
    name: 'vault-damaged-anew',
    scene: 'damaged',
    go: (page) => fill(page, 'Type start anew to confirm', 'start anew'),
  },
  { name: 'create-restoring', scene: 'firstStart', go: click('Restore from a backup') },
  {
    name: 'create-copies',
    scene: 'vaultGone',
    go: (page) => page.getByText('Use a copy of the earlier vault').waitFor(),
  },
  {
    name: 'copies',
    scene: 'vaultGone',
    go: async (page) => {
      await click('Use a copy of the earlier vault')(page);
      await page.getByText('Copy of 23 Nov 2026').waitFor();
    },
  },
  { name: 'backup', scene: 'active', go: visit('Settings', scrolled) },
  { name: 'backup-due', scene: 'backupDue', go: visit('Settings', scrolled) },
  { name: 'backup-delete-copies', scene: 'active', go: visit('Settings', click('Delete copies…')) },
  { name: 'backup-save', scene: 'active', go: visit('Settings', click('Save backup…'), typeNew) },
  {
    name: 'backup-saving',
    scene: 'backupSaving',
    go: visit('Settings', click('Save backup…'), typeNew, click('Choose where…')),
  },
  {
    name: 'backup-save-failed',
    scene: 'backupTooLarge',
    go: visit('Settings', click('Save backup…'), typeNew, click('Choose where…')),
  },
  { name: 'restore', scene: 'active', go: visit('Settings', click('Restore…')) },
  { name: 'restore-damaged', scene: 'backupDamaged', go: visit('Settings', choose) },
  { name: 'restore-wrong', scene: 'backupWrong', go: visit('Settings', open) },
  { name: 'restore-preview', scene: 'active', go: visit('Settings', opened) },
  { name: 'restore-preview-long', scene: 'backupLong', go: visit('Settings', opened) },
  { name: 'restore-replace', scene: 'active', go: visit('Settings', replace) },
  { name: 'restore-replace-long', scene: 'backupLong', go: visit('Settings', replace) },
  { name: 'restore-nothing-new', scene: 'backupNothingNew', go: visit('Settings', opened) },
  { name: 'restore-failed', scene: 'restoreFails', go: visit('Settings', opened, click('Restore')) },
  { name: 'restore-done', scene: 'active', go: visit('Settings', opened, click('Restore')) },
];
