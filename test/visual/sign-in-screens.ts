import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type as fill, visit, type Step, tap } from './steps.ts';

const findBy =
  (name: string | RegExp): Step =>
  async (page) => {
    await click('Add context')(page);
    await page.getByLabel('Service address').fill('registry.acme.example');
    await click('Find service')(page);
    await page.getByRole('heading', { name }).waitFor();
  };

const find = findBy('Acme Registry');

const byBrowser: Step = async (page) => {
  await find(page);
  await page.getByRole('radio', { name: 'In your browser' }).check();
};

/** Types a name and a password, and sends them. */
const signInWithPassword: Step = async (page) => {
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill('not to be guessed');
  await click('Sign in')(page);
};

const choosePassword: Step = async (page) => {
  await find(page);
  await signInWithPassword(page);
  await page.getByLabel('New password', { exact: true }).fill('chosen by herself');
};

const passwordAgain: Step = async (page) => {
  await meetEnd(page);
  await tap(page.getByRole('dialog').getByRole('button', { name: 'Sign in again' }));
  await page.getByRole('form', { name: 'Sign in with a password' }).waitFor();
};

const refusedBy =
  (words: string | RegExp, host: string | RegExp = 'Acme Registry'): Step =>
  async (page) => {
    await findBy(host)(page);
    await signInWithPassword(page);
    await page.getByText(words).waitFor();
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
  await tap(page.getByRole('dialog').getByRole('button', { name: 'Sign in again' }));
  await page.getByText('Waiting for your answer in the browser.').waitFor();
};

const signOut: Step = async (page) => {
  await click('Sign out…')(page);
  await click('Sign out')(page);
  await page.getByText(/not everything is revoked/).waitFor();
};

/** Signing in by the browser, sessions and API keys of contexts, and links from outside. */
const pasteInvitation: Step = async (page) => {
  await tap(page.getByRole('button', { name: 'Add context', exact: true }));
  await tap(page.getByRole('button', { name: 'I have an invitation link' }));
  await page.getByLabel('Invitation link').fill('https://registry.acme.example/invitations/half');
  await tap(page.getByRole('button', { name: 'Show invitation' }));
  await page.getByText('That is no invitation link.').waitFor();
};

export const signInScreens: readonly Screen[] = [
  { name: 'add-context-ways', scene: 'bothWays', go: find },
  { name: 'add-context-browser', scene: 'bothWays', go: byBrowser },
  { name: 'add-context-browser-only', scene: 'browserOnly', go: find },
  { name: 'add-context-password', scene: 'passwordForm', go: find },
  {
    name: 'password-wrong',
    scene: 'passwordWrong',
    go: refusedBy(/^The user name or the password is wrong/),
  },
  { name: 'password-limited', scene: 'passwordLong', go: refusedBy(/^Too many sign-ins/, /^very-long/) },
  { name: 'password-unavailable', scene: 'passwordUnavailable', go: refusedBy(/cannot check passwords now/) },
  { name: 'password-new', scene: 'passwordNew', go: choosePassword },
  {
    name: 'password-done',
    scene: 'passwordForm',
    go: async (page) => {
      await find(page);
      await signInWithPassword(page);
      await page.getByRole('heading', { level: 1, name: 'Signed in' }).waitFor();
    },
  },
  { name: 'form-password-again', scene: 'passwordEnded', go: passwordAgain },
  { name: 'signed-out-password', scene: 'signedOutPassword' },
  {
    name: 'signed-out-password-dialog',
    scene: 'signedOutPassword',
    go: click('Sign in with a password…'),
  },
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
