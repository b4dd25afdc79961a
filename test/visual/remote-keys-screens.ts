import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type Step, tap, visit } from './steps.ts';

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb25hcyJ9.c2lnbmF0dXJl';

const list = 'Remote keys';

/** Opens a key's sheet. */
const open =
  (keyId: string): Step =>
  async (page) => {
    await tap(page.getByRole('button', { name: keyId, exact: true }));
    await page.getByRole('dialog', { name: keyId }).getByText('Use it').waitFor();
  };

const deed =
  (keyId: string, name: string): Step =>
  async (page) => {
    await open(keyId)(page);
    await tap(page.getByRole('dialog').getByRole('button', { name: `${name}…`, exact: true }));
    await page.getByRole('dialog', { name: new RegExp(`^${name} `) }).waitFor();
  };

const inDialog =
  (name: string): Step =>
  (page) =>
    tap(page.getByRole('dialog').getByRole('button', { name, exact: true }));

const fill =
  (label: string, text: string): Step =>
  (page) =>
    page.getByLabel(label, { exact: true }).fill(text);

const seen =
  (text: string | RegExp): Step =>
  (page) =>
    page.getByText(text).first().waitFor();

/** The reason of a button that is off, as the keyboard finds it. */
async function focusOff(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Decrypt…', exact: true }).focus();
  await page.getByRole('tooltip').waitFor();
}

const find =
  (name: string | RegExp): Step =>
  async (page) => {
    await click('Add context')(page);
    await page.getByLabel('Service address').fill('keeper.acme.example');
    await click('Find service')(page);
    await page.getByRole('heading', { name }).waitFor();
  };

const byToken: Step = async (page) => {
  await tap(page.getByRole('radio', { name: 'With a token' }));
  await fill('Token', token)(page);
  await page.getByRole('group', { name: 'What the token says' }).waitFor();
};

const signInAgain: Step = async (page) => {
  await tap(page.getByRole('button', { name: 'Sign in again' }).first());
  await page.getByRole('dialog').getByRole('radio', { name: 'With a token' }).waitFor();
};

/** Keys that a service keeps, and signing in at one that keeps some. */
export const remoteKeysScreens: readonly Screen[] = [
  { name: 'remote-keys', scene: 'remoteKeys', go: visit(list) },
  { name: 'remote-keys-many', scene: 'remoteKeysMany', go: visit(list) },
  { name: 'remote-keys-empty', scene: 'remoteKeysEmpty', go: visit(list) },
  {
    name: 'remote-keys-no-list',
    scene: 'remoteKeysNoList',
    go: visit(list, seen('There is no list of keys for you')),
  },
  {
    name: 'remote-keys-by-id',
    scene: 'remoteKeysNoList',
    go: visit(
      list,
      fill('Key id', 'custody-verkehrsinfrastruktur-berichtsdatenverarbeitung'),
      click('Open key'),
      seen('Use it'),
    ),
  },
  { name: 'remote-keys-sealed', scene: 'remoteKeysSealed', go: visit(list, seen('The keeper is sealed')) },
  {
    name: 'remote-keys-not-set-up',
    scene: 'remoteKeysNotSetUp',
    go: visit(list, seen('The keeper is not set up yet')),
  },
  {
    name: 'remote-keys-failed',
    scene: 'remoteKeysFail',
    go: visit(list, seen('The service cannot be reached')),
  },
  { name: 'remote-keys-loading', scene: 'remoteKeysLoading', go: visit(list) },
  { name: 'remote-keys-signed-out', scene: 'remoteKeysSignedOut', go: visit(list) },
  { name: 'remote-key', scene: 'remoteKeys', go: visit(list, open('custody-btc-prod')) },
  { name: 'remote-key-reason', scene: 'remoteKeys', go: visit(list, open('custody-btc-prod'), focusOff) },
  { name: 'remote-key-changed', scene: 'remoteKeys', go: visit(list, open('wallet-hot')) },
  { name: 'remote-key-later', scene: 'remoteKeys', go: visit(list, open('lattice-trial')) },
  {
    name: 'remote-key-long',
    scene: 'remoteKeysMany',
    go: visit(list, open('verkehrsinfrastruktur-003:berichtsdatenverarbeitung-legal')),
  },
  { name: 'remote-key-sign', scene: 'remoteKeys', go: visit(list, deed('custody-btc-prod', 'Sign')) },
  {
    name: 'remote-key-sign-file',
    scene: 'remoteKeys',
    go: visit(list, deed('releases', 'Sign'), (page) => tap(page.getByText('File', { exact: true }))),
  },
  {
    name: 'remote-key-signed',
    scene: 'remoteKeys',
    go: visit(
      list,
      deed('releases', 'Sign'),
      fill('Text that is signed', 'release 4.2 of 24 November'),
      inDialog('Sign'),
      seen(/^Signed by generation/),
    ),
  },
  {
    name: 'remote-key-sign-sealed',
    scene: 'remoteKeysDeedsFail',
    go: visit(list, deed('releases', 'Sign'), inDialog('Sign'), seen('The keeper is sealed')),
  },
  {
    name: 'remote-key-verified',
    scene: 'remoteKeys',
    go: visit(
      list,
      deed('releases', 'Verify'),
      fill('Text that is verified', 'release 4.2'),
      fill('Signature', btoa('releases\n12\nNONE\nrelease 4.2')),
      inDialog('Verify'),
      seen('The signature is genuine'),
    ),
  },
  {
    name: 'remote-key-not-verified',
    scene: 'remoteKeys',
    go: visit(
      list,
      deed('releases', 'Verify'),
      fill('Signature', 'bm90IHRoaXMgb25l'),
      inDialog('Verify'),
      seen('The signature does not fit'),
    ),
  },
  {
    name: 'remote-key-encrypted',
    scene: 'remoteKeys',
    go: visit(
      list,
      deed('archive-2026', 'Encrypt'),
      fill('Text that is encrypted', 'for the archive'),
      inDialog('Encrypt'),
      seen(/^Encrypted to generation/),
    ),
  },
  { name: 'remote-key-rotate', scene: 'remoteKeys', go: visit(list, deed('releases', 'Rotate')) },
  {
    name: 'remote-key-destroy',
    scene: 'remoteKeys',
    go: visit(
      list,
      open('releases'),
      inDialog('Destroy generation 11'),
      seen(/^What was encrypted to generation 11/),
    ),
  },
  {
    name: 'remote-key-new',
    scene: 'remoteKeys',
    go: visit(list, click('New key'), fill('Id', 'Custody.LTC')),
  },
  {
    name: 'remote-key-new-refused',
    scene: 'remoteKeysDeedsFail',
    go: visit(
      list,
      click('New key'),
      fill('Id', 'custody-ltc'),
      inDialog('Make key'),
      seen('The service refused'),
    ),
  },
  { name: 'status-keeper', scene: 'remoteKeys', go: seen('9 of 22 operations') },
  { name: 'status-keeper-sealed', scene: 'keeperSealed', go: seen('Sealed') },
  { name: 'status-keeper-unreached', scene: 'keeperUnreached', go: seen('Not known') },
  {
    name: 'status-keeper-ends-soon',
    scene: 'keeperEndsSoon',
    go: seen('The token of Custody ends in 10 min'),
  },
  { name: 'keeper-sign-in-again', scene: 'keeperEndsSoon', go: signInAgain },
  {
    name: 'keeper-sign-in-other-user',
    scene: 'keeperEndsSoon',
    go: async (page) => {
      await signInAgain(page);
      await byToken(page);
    },
  },
  { name: 'keeper-signed-out', scene: 'remoteKeysSignedOut' },
  {
    name: 'keeper-signed-out-sign-in',
    scene: 'remoteKeysSignedOut',
    go: async (page) => {
      await click('Sign in…')(page);
      await page.getByRole('dialog').getByRole('group', { name: 'What the service asks for' }).waitFor();
    },
  },
  { name: 'keeper-sign-in-again-long', scene: 'keeperEndsSoonLong', go: signInAgain },
  { name: 'add-context-provider-elsewhere', scene: 'keeperFoundLong', go: find(/^Schlüsselverwaltung/) },
  {
    name: 'provider-changed',
    scene: 'keeperFoundChanged',
    go: async (page) => {
      await find('Acme Custody')(page);
      await click('Open login.acme.example')(page);
      await seen('The service asks for something else now')(page);
    },
  },
  {
    name: 'provider-of-another',
    scene: 'keeperFoundOfAnother',
    go: async (page) => {
      await find('Acme Custody')(page);
      await click('Open login.acme.example')(page);
      await seen(/^Such tokens are for /)(page);
    },
  },
  {
    name: 'remote-key-renew-over',
    scene: 'remoteKeys',
    go: visit(list, deed('archive-2024', 'Rotate')),
  },
  {
    name: 'remote-key-long-missing',
    scene: 'remoteKeysNoList',
    go: visit(
      list,
      fill('Key id', 'custody-verkehrsinfrastruktur-berichtsdatenverarbeitung'),
      click('Open key'),
      seen('Your rules do not allow'),
    ),
  },
  { name: 'add-context-provider', scene: 'keeperFound', go: find('Acme Custody') },
  {
    name: 'add-context-token',
    scene: 'keeperFound',
    go: async (page) => {
      await find('Acme Custody')(page);
      await byToken(page);
    },
  },
  {
    name: 'add-context-token-long',
    scene: 'keeperFoundLong',
    go: async (page) => {
      await find(/^Schlüsselverwaltung/)(page);
      await byToken(page);
    },
  },
  {
    name: 'add-context-token-over',
    scene: 'keeperFoundOver',
    go: async (page) => {
      await find('Acme Custody')(page);
      await fill('Token', token)(page);
      await page.getByText(/^This token is over/).waitFor();
    },
  },
  { name: 'add-context-dev-token', scene: 'keeperFoundDev', go: find('Keyhold reference server') },
  { name: 'add-context-dev-elsewhere', scene: 'keeperFoundDevElsewhere', go: find('Acme Custody') },
  { name: 'provider-waiting', scene: 'keeperWaiting', go: click('Show') },
];
