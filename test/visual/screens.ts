import type { Page } from '@playwright/test';
import type { scenes } from '../support/preview/scenes.ts';
import { accountScreens } from './account-screens.ts';
import { approvalScreens } from './approval-screens.ts';
import { backupScreens } from './backup-screens.ts';
import { doctorScreens } from './doctor-screens.ts';
import { organizationScreens } from './organization-screens.ts';
import { teamScreens } from './team-screens.ts';
import { click, openContexts, press, type, verdict, visit, tap } from './steps.ts';

export interface Screen {
  name: string;
  scene: keyof typeof scenes;
  /** A window of its own size, or of another page than the app's. */
  window?: { path: string; width: number; height: number };
  /** What the user does to get there. */
  go?: (page: Page) => Promise<void>;
}

function row(index: number): (page: Page) => Promise<void> {
  return (page) => tap(page.getByRole('table', { name: 'Keys' }).locator('[data-name]').nth(index));
}

async function pasteKey(page: Page): Promise<void> {
  await tap(page.getByText('Paste', { exact: true }));
  await page.getByLabel('Private key', { exact: true }).fill('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA');
  await page.getByLabel('Key label').fill('Old laptop');
  await page.getByLabel('Key’s passphrase', { exact: true }).fill('not the passphrase');
  await tap(page.getByRole('dialog').getByRole('button', { name: 'Import key' }));
}

async function createWith(page: Page, passphrase: string, repeat: string): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Repeat passphrase', { exact: true }).fill(repeat);
  await click('Create vault')(page);
}

/** Types a passphrase and waits for what the meter says of it. */
function weigh(word: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.getByLabel('Passphrase', { exact: true }).fill('a passphrase that was typed');
    await page.getByText(`${word}.`, { exact: true }).waitFor();
  };
}

/** Makes the vault and goes on with its recovery code. */
function withCode(...then: ((page: Page) => Promise<void>)[]): (page: Page) => Promise<void> {
  return async (page) => {
    await createWith(page, 'plum anchor velvet lantern', 'plum anchor velvet lantern');
    await page.getByRole('heading', { name: 'Store your recovery code' }).waitFor();
    for (const step of then) await step(page);
  };
}

async function mistypeCode(page: Page): Promise<void> {
  await click('Forgot passphrase?')(page);
  await type(page, 'Recovery code', '04HM-ASW9-NF6Y-Y093');
  await type(page, 'New passphrase', 'plum anchor velvet lantern');
  await type(page, 'Repeat new passphrase', 'plum anchor velvet lantern');
  await click('Open vault and set passphrase')(page);
  await page.getByRole('alert').waitFor();
}

async function changePassphrase(page: Page): Promise<void> {
  await click('Change…')(page);
  await type(page, 'Current passphrase', 'not the passphrase');
  await type(page, 'New passphrase', 'plum anchor velvet lantern');
  await type(page, 'Repeat new passphrase', 'plum anchor velvet lantern');
  await page.getByText('Strong.').waitFor();
}

async function makeCode(page: Page): Promise<void> {
  await click('Make a new code…')(page);
  await type(page, 'Passphrase', 'plum anchor velvet lantern');
  await click('Make code')(page);
}

async function unlock(page: Page): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill('not the passphrase');
  await page.keyboard.press('Enter');
}

async function addContext(page: Page): Promise<void> {
  await tap(page.getByRole('button', { name: /^Context: / }));
  await tap(page.getByRole('button', { name: 'Add context…' }));
}

async function findService(page: Page): Promise<void> {
  await addContext(page);
  await page.getByLabel('Service address').fill('registry.acme.example');
  await click('Find service')(page);
}

async function fillContext(page: Page): Promise<void> {
  await findService(page);
  await page.getByLabel('Your user id').fill('u_mfrggzdfmztwq2lk');
  await click('Make key and continue')(page);
}

function menuItem(name: string): (page: Page) => Promise<void> {
  return async (page) => {
    await tap(page.getByRole('button', { name: /^Context: / }));
    await tap(page.getByRole('button', { name }));
  };
}

async function signOutOfAll(page: Page): Promise<void> {
  await menuItem('Sign out of all…')(page);
  await click('Sign out of all')(page);
}

async function inspect(page: Page): Promise<void> {
  await tap(page.getByRole('tab', { name: 'Inspect' }));
  await page.getByLabel('Token', { exact: true }).fill('eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJ1XzQyIn0.c2ln');
  await click('Inspect token')(page);
}

async function lockOnSleep(page: Page): Promise<void> {
  await tap(page.getByText('Lock when the computer sleeps'));
  await page.getByRole('alert').waitFor();
}

async function openMany(page: Page): Promise<void> {
  await openContexts(page);
  await page.getByRole('option', { name: /^Cluster 5000/ }).waitFor();
}

/** Every screen of the window, with its empty, long and failed forms. */
export const screens: readonly Screen[] = [
  { name: 'create', scene: 'firstStart' },
  { name: 'create-too-short', scene: 'firstStart', go: (page) => createWith(page, 'short', 'short') },
  {
    name: 'create-differs',
    scene: 'firstStart',
    go: (page) => createWith(page, 'long enough to pass', 'another'),
  },
  { name: 'create-keychain', scene: 'firstStartKeychain', go: weigh('Good') },
  { name: 'create-weak', scene: 'weakPassphrase', go: weigh('Weak') },
  { name: 'create-fair', scene: 'fairPassphrase', go: weigh('Fair') },
  {
    name: 'create-refused',
    scene: 'weakPassphrase',
    go: (page) => createWith(page, 'password12', 'password12'),
  },
  { name: 'recovery-code', scene: 'firstStart', go: withCode() },
  { name: 'recovery-code-shown', scene: 'firstStart', go: withCode(click('Reveal recovery code')) },
  { name: 'recovery-code-saved', scene: 'firstStart', go: withCode(click('Save PDF')) },
  { name: 'recovery-code-failed', scene: 'sheetFails', go: withCode(click('Save picture')) },
  {
    name: 'recovery-code-skipped',
    scene: 'firstStart',
    go: withCode(click('Continue without a recovery code')),
  },
  { name: 'unlock-keychain', scene: 'lockedKeychain' },
  { name: 'unlock-keychain-asking', scene: 'askingKeychain' },
  { name: 'unlock-keychain-lost', scene: 'keychainLost' },
  { name: 'recover', scene: 'lockedKeychain', go: click('Forgot passphrase?') },
  { name: 'recover-mistyped', scene: 'codeMistyped', go: mistypeCode },
  { name: 'unlock', scene: 'locked' },
  { name: 'unlock-wrong', scene: 'wrongPassphrase', go: unlock },
  { name: 'unlock-busy', scene: 'unlocking', go: unlock },
  { name: 'vault-newer', scene: 'newer' },
  { name: 'vault-unreadable', scene: 'unreadable' },
  { name: 'no-context', scene: 'empty' },
  { name: 'no-context-registries', scene: 'empty', go: visit('Registries') },
  { name: 'add-context', scene: 'empty', go: addContext },
  { name: 'add-context-not-found', scene: 'noService', go: findService },
  { name: 'add-context-another-origin', scene: 'anotherOrigin', go: findService },
  { name: 'add-context-service', scene: 'active', go: findService },
  { name: 'add-context-clock', scene: 'skewed', go: findService },
  { name: 'add-context-no-keys', scene: 'nothingOffered', go: findService },
  {
    name: 'add-context-email',
    scene: 'active',
    go: async (page) => {
      await findService(page);
      await page.getByLabel('Your user id').pressSequentially('maya@example.com');
      await page.getByText(/^That is an email address/).waitFor();
    },
  },
  { name: 'add-context-name-taken', scene: 'nameTaken', go: fillContext },
  { name: 'register', scene: 'pending' },
  {
    name: 'register-correct-user',
    scene: 'pending',
    go: async (page) => {
      await click('Correct user id…')(page);
      await page.getByLabel('Your user id').fill('maya');
    },
  },
  {
    name: 'key-held-back',
    scene: 'empty',
    go: async (page) => {
      await addContext(page);
      await page.getByLabel('Service address').pressSequentially('registry');
      await page.keyboard.press('Control+2');
      await page.getByText(/would be lost/).waitFor();
    },
  },
  { name: 'register-revealed', scene: 'pending', go: click('Reveal registration token') },
  { name: 'register-copied', scene: 'pending', go: click('Copy token') },
  { name: 'register-claims', scene: 'pending', go: (page) => tap(page.getByText('What the token says')) },
  { name: 'register-expired', scene: 'expired' },
  { name: 'register-offline', scene: 'offline' },
  { name: 'register-stopped', scene: 'pending', go: click('Stop waiting') },
  { name: 'register-wrong-user', scene: 'wrongUser' },
  { name: 'register-done', scene: 'registered' },
  { name: 'register-done-podman-failed', scene: 'registeredPodmanFailed' },
  { name: 'register-done-undone', scene: 'registered', go: click('Undo Podman’s set-up') },
  { name: 'status', scene: 'active' },
  { name: 'status-revoked', scene: 'revoked' },
  { name: 'status-unreachable', scene: 'unreachable' },
  { name: 'status-clock', scene: 'skewed' },
  { name: 'status-long', scene: 'long' },
  { name: 'status-failed', scene: 'failing' },
  { name: 'status-loading', scene: 'loading' },
  { name: 'remove-context', scene: 'active', go: click('Remove context…') },
  {
    name: 'context-menu',
    scene: 'active',
    go: openContexts,
  },
  {
    name: 'context-menu-long',
    scene: 'long',
    go: openContexts,
  },
  { name: 'context-menu-many', scene: 'manyContexts', go: openMany },
  {
    name: 'context-menu-found',
    scene: 'manyContexts',
    go: async (page) => {
      await openMany(page);
      await page.getByLabel('Search contexts').fill('prod 99');
      await page.getByText(/ of 10,000/).waitFor();
    },
  },
  {
    name: 'context-menu-no-match',
    scene: 'manyContexts',
    go: async (page) => {
      await openMany(page);
      await page.getByLabel('Search contexts').fill('nothing like this');
      await page.getByText('No context has that in its name or host.').waitFor();
    },
  },
  {
    name: 'registries-many',
    scene: 'manyContexts',
    go: visit('Registries', (page) => page.getByRole('row', { name: /registry-7/ }).waitFor()),
  },
  { name: 'palette-many', scene: 'manyContexts', go: press('Control+K') },
  { name: 'status-labelled', scene: 'labelled' },
  { name: 'status-signed-out', scene: 'signedOut' },
  {
    name: 'context-menu-labelled',
    scene: 'labelled',
    go: openContexts,
  },
  { name: 'context-edit', scene: 'labelled', go: click('Edit') },
  { name: 'context-edit-long', scene: 'long', go: click('Edit') },
  {
    name: 'context-edit-taken',
    scene: 'editTaken',
    go: async (page) => {
      await click('Edit')(page);
      await click('Save')(page);
    },
  },
  { name: 'sign-out', scene: 'active', go: click('Sign out…') },
  { name: 'sign-out-all', scene: 'labelled', go: menuItem('Sign out of all…') },
  { name: 'sign-out-all-many', scene: 'manyContexts', go: menuItem('Sign out of all…') },
  { name: 'sign-out-done-many', scene: 'manyContexts', go: signOutOfAll },
  { name: 'sign-out-busy', scene: 'signOutHangs', go: signOutOfAll },
  { name: 'sign-out-done', scene: 'active', go: signOutOfAll },
  { name: 'sign-out-troubles', scene: 'signOutTroubles', go: signOutOfAll },
  { name: 'sign-out-stuck', scene: 'signOutStuck', go: signOutOfAll },
  { name: 'theme-menu', scene: 'active', go: click('Theme System') },
  { name: 'collapsed', scene: 'active', go: click('Collapse sidebar') },
  { name: 'keys', scene: 'twoKeys', go: visit('Keys') },
  { name: 'keys-sheet', scene: 'twoKeys', go: visit('Keys', click('This computer')) },
  { name: 'keys-many', scene: 'manyKeys', go: visit('Keys') },
  { name: 'keys-revoked-sheet', scene: 'manyKeys', go: visit('Keys', row(2)) },
  { name: 'keys-expiring', scene: 'expiring', go: visit(/^Keys/) },
  { name: 'keys-expired', scene: 'keyExpired', go: visit(/^Keys/) },
  { name: 'status-expiring', scene: 'expiringToday' },
  { name: 'status-key-expired', scene: 'keyExpired' },
  { name: 'status-rotation-stands', scene: 'rotationStands' },
  { name: 'keys-rotating', scene: 'rotating', go: visit('Keys') },
  { name: 'keys-rotation-stands', scene: 'rotationStands', go: visit('Keys') },
  { name: 'keys-rotation-retires', scene: 'rotationRetires', go: visit('Keys') },
  { name: 'keys-rotation-pasted', scene: 'rotationPasted', go: visit('Keys') },
  { name: 'keys-rotated', scene: 'rotated', go: visit('Keys') },
  { name: 'keys-rotate-failed', scene: 'rotateFails', go: visit('Keys', click('Rotate key')) },
  { name: 'keys-new', scene: 'active', go: visit('Keys', click('New key')) },
  { name: 'keys-import', scene: 'active', go: visit('Keys', click('Import key'), click('Choose file…')) },
  { name: 'keys-import-paste', scene: 'importFails', go: visit('Keys', click('Import key'), pasteKey) },
  { name: 'keys-import-several', scene: 'severalKeys', go: visit('Keys', click('Import key'), pasteKey) },
  {
    name: 'keys-revoke',
    scene: 'active',
    go: visit('Keys', click('This computer'), click('Revoke key…')),
  },
  {
    name: 'keys-revoke-failed',
    scene: 'revokeFails',
    go: visit('Keys', click('This computer'), click('Revoke key…'), click('Revoke key')),
  },
  { name: 'register-second', scene: 'twoKeys', go: visit('Keys', click('Register key')) },
  { name: 'keys-pending', scene: 'pending', go: visit('Keys') },
  { name: 'keys-failed', scene: 'failing', go: visit('Keys') },
  { name: 'keys-loading', scene: 'loading', go: visit('Keys') },
  { name: 'tokens', scene: 'active', go: visit('Tokens') },
  { name: 'tokens-pending', scene: 'pending', go: visit('Tokens') },
  { name: 'tokens-minted', scene: 'active', go: visit('Tokens', click('Mint token')) },
  { name: 'tokens-shown', scene: 'active', go: visit('Tokens', click('Mint token'), click('Reveal token')) },
  {
    name: 'tokens-wrong-life',
    scene: 'mintFails',
    go: visit('Tokens', (page) => tap(page.getByText('Other')), click('Mint token')),
  },
  { name: 'tokens-short-limit', scene: 'shortTokens', go: visit('Tokens') },
  { name: 'tokens-failed', scene: 'failing', go: visit('Tokens', click('Mint token')) },
  { name: 'security', scene: 'security', go: visit('Settings') },
  { name: 'security-plain', scene: 'active', go: visit('Settings') },
  { name: 'security-keychain-changed', scene: 'securityKeychainChanged', go: visit('Settings') },
  { name: 'security-failed', scene: 'failing', go: visit('Settings') },
  { name: 'security-loading', scene: 'loading', go: visit('Settings') },
  { name: 'change-passphrase', scene: 'security', go: visit('Settings', changePassphrase) },
  {
    name: 'change-passphrase-wrong',
    scene: 'securityKeychainChanged',
    go: visit('Settings', changePassphrase, click('Change passphrase')),
  },
  { name: 'rekey', scene: 'security', go: visit('Settings', click('Re-key vault…')) },
  { name: 'new-code', scene: 'security', go: visit('Settings', click('Make a new code…')) },
  {
    name: 'new-code-shown',
    scene: 'security',
    go: visit('Settings', makeCode, click('Reveal recovery code')),
  },
  { name: 'remove-code', scene: 'security', go: visit('Settings', click('Remove…')) },
  { name: 'tokens-recent', scene: 'recentTokens', go: visit('Tokens') },
  { name: 'tokens-signed-out', scene: 'signedOut', go: visit('Tokens') },
  {
    name: 'inspect',
    scene: 'active',
    go: visit('Tokens', (page) => tap(page.getByRole('tab', { name: 'Inspect' }))),
  },
  { name: 'inspect-genuine', scene: 'active', go: visit('Tokens', inspect) },
  { name: 'inspect-foreign', scene: 'inspectForeign', go: visit('Tokens', inspect) },
  { name: 'inspect-forged', scene: 'inspectForged', go: visit('Tokens', inspect) },
  { name: 'inspect-wrong', scene: 'inspectWrong', go: visit('Tokens', inspect) },
  { name: 'inspect-malformed', scene: 'inspectMalformed', go: visit('Tokens', inspect) },
  { name: 'registries', scene: 'active', go: visit('Registries') },
  { name: 'registries-troubles', scene: 'registryTroubles', go: visit('Registries') },
  {
    name: 'registries-preview',
    scene: 'active',
    go: visit('Registries', click('Set up Podman for registry.staging.acme.example')),
  },
  {
    name: 'registries-preview-new-file',
    scene: 'newAuthFile',
    go: visit('Registries', click('Set up Podman for registry.staging.acme.example')),
  },
  {
    name: 'registries-preview-refused',
    scene: 'registryTroubles',
    go: visit('Registries', click('Set up Podman for registry.acme.example')),
  },
  {
    name: 'registries-undone',
    scene: 'active',
    go: visit('Registries', click('Undo Podman’s set-up for registry.acme.example')),
  },
  { name: 'registries-failed', scene: 'failing', go: visit('Registries') },
  { name: 'palette', scene: 'active', go: press('Control+K') },
  {
    name: 'palette-no-match',
    scene: 'long',
    go: async (page) => {
      await press('Control+K')(page);
      await page.getByLabel('Search pages, contexts and actions').fill('nothing like this');
      await page.getByText('Nothing of that name.').waitFor();
    },
  },
  { name: 'shortcuts', scene: 'active', go: press('Control+/') },
  { name: 'activity', scene: 'active', go: visit('Activity') },
  { name: 'activity-long', scene: 'longLog', go: visit('Activity', click('Load more')) },
  {
    name: 'activity-filtered',
    scene: 'active',
    go: visit('Activity', async (page) => {
      await page.getByLabel('Subject').selectOption('warnings');
    }),
  },
  {
    name: 'activity-no-match',
    scene: 'active',
    go: visit('Activity', async (page) => {
      await page.getByLabel('Filter by context or detail').fill('nothing like this');
      await page.getByText('No entry matches the filter.').waitFor();
    }),
  },
  { name: 'activity-export', scene: 'active', go: visit('Activity', click('Export')) },
  { name: 'activity-intact', scene: 'active', go: visit('Activity', click('Verify log'), verdict) },
  { name: 'activity-broken', scene: 'brokenLog', go: visit('Activity', click('Verify log'), verdict) },
  { name: 'activity-failed', scene: 'failing', go: visit('Activity') },
  { name: 'settings', scene: 'active', go: visit('Settings') },
  { name: 'settings-no-tray', scene: 'noTray', go: visit('Settings') },
  { name: 'settings-set-aside', scene: 'settingsSetAside', go: visit('Settings') },
  { name: 'settings-not-saved', scene: 'settingsNotSaved', go: visit('Settings', lockOnSleep) },
  { name: 'settings-failed', scene: 'failing', go: visit('Settings') },
  { name: 'settings-loading', scene: 'loading', go: visit('Settings') },
  { name: 'activity-loading', scene: 'loading', go: visit('Activity') },
  ...backupScreens,
  ...doctorScreens,
  ...organizationScreens,
  ...teamScreens,
  ...accountScreens,
  ...approvalScreens,
];
