import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type as fill, visit, type Step } from './steps.ts';

const find: Step = async (page) => {
  await click('Add context')(page);
  await page.getByLabel('Service address').fill('registry.acme.example');
  await click('Find service')(page);
  await page.getByRole('heading', { name: 'Acme Registry' }).waitFor();
};

const byBrowser: Step = async (page) => {
  await find(page);
  await page.getByRole('radio', { name: 'In your browser' }).check();
};

const show: Step = click('Show');

/** Sends a form that meets the end of a session. */
const meetEnd: Step = async (page) => {
  await visit('Bots', click('New bot'))(page);
  await fill(page, 'Name', 'release-build');
  await click('Make bot')(page);
  await page.getByRole('dialog').getByText('The session has ended').waitFor();
};

const signInAgain: Step = async (page: Page) => {
  await meetEnd(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in again' }).click();
  await page.getByText('Waiting for your answer in the browser.').waitFor();
};

const signOut: Step = async (page) => {
  await click('Sign out…')(page);
  await click('Sign out')(page);
  await page.getByText(/not everything is revoked/).waitFor();
};

/** Signing in by the browser, sessions and API keys of contexts, and links from outside. */
const pasteInvitation: Step = async (page) => {
  await page.getByRole('button', { name: 'Add context', exact: true }).click();
  await page.getByRole('button', { name: 'I have an invitation link' }).click();
  await page.getByLabel('Invitation link').fill('https://registry.acme.example/invitations/half');
  await page.getByRole('button', { name: 'Show invitation' }).click();
  await page.getByText('That is no invitation link.').waitFor();
};

export const signInScreens: readonly Screen[] = [
  { name: 'add-context-ways', scene: 'bothWays', go: find },
  { name: 'add-context-browser', scene: 'bothWays', go: byBrowser },
  { name: 'add-context-browser-only', scene: 'browserOnly', go: find },
  { name: 'browser-waiting', scene: 'browserWaiting', go: show },
  { name: 'browser-waiting-notice', scene: 'browserWaiting' },
  { name: 'browser-not-opened', scene: 'browserNotOpened', go: show },
  { name: 'browser-elsewhere', scene: 'browserElsewhere', go: show },
  { name: 'browser-exchanging', scene: 'browserExchanging', go: show },
  { name: 'browser-failed', scene: 'browserFailed', go: show },
  { name: 'browser-refused', scene: 'browserRefused', go: show },
  { name: 'browser-done', scene: 'browserDone', go: show },
  { name: 'browser-unconfirmed', scene: 'browserUnconfirmed', go: show },
  { name: 'status-session', scene: 'sessionLive' },
  { name: 'status-session-ended', scene: 'sessionEnded' },
  { name: 'status-api-key-refused', scene: 'apiKeyRefused' },
  { name: 'form-session-ended', scene: 'sessionEnded', go: meetEnd },
  { name: 'form-sign-in-again', scene: 'sessionEnded', go: signInAgain },
  { name: 'signed-out-browser', scene: 'signedOutBrowser' },
  { name: 'signed-out-browser-only', scene: 'signedOutBrowserOnly' },
  { name: 'signed-out-browser-dialog', scene: 'signedOutBrowser', go: click('Sign in by browser…') },
  { name: 'sign-out-left', scene: 'apiKeyLeft', go: signOut },
  { name: 'settings-unrevoked', scene: 'unrevoked', go: visit('Settings') },
  {
    name: 'settings-give-up',
    scene: 'unrevoked',
    go: visit('Settings', click(/^Give up: API key/)),
  },
  { name: 'invitation', scene: 'invited' },
  { name: 'invitation-paste', scene: 'empty', go: pasteInvitation },
  { name: 'invitation-elsewhere', scene: 'invitedElsewhere' },
  { name: 'invitation-notice', scene: 'invited', go: visit('Keys') },
  { name: 'link-unknown', scene: 'unknownLink' },
];
