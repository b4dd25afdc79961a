import type { Screen } from './screens.ts';
import { click, openContexts, visit, tap } from './steps.ts';

/** The smallest window at a zoom of 150 %: what is left of it for the page. */
const zoomed = { path: '/', width: 533, height: 373 };

/** States, their age, and what ends with a key. */
export const stateScreens: readonly Screen[] = [
  { name: 'status-stale', scene: 'everyState' },
  {
    name: 'context-menu-states',
    scene: 'everyState',
    go: openContexts,
  },
  { name: 'status-by-session', scene: 'session' },
  { name: 'status-by-session-ended', scene: 'signedSessionEnded' },
  { name: 'status-api-key', scene: 'apiKey' },
  { name: 'sign-out-api-key', scene: 'apiKey', go: click('Sign out…') },
  { name: 'keys-otherwise', scene: 'session', go: visit('Keys') },
  { name: 'status-zoomed', scene: 'everyState', window: zoomed },
  { name: 'status-kept-open', scene: 'keptOpen' },
  { name: 'settings-kept-open', scene: 'keptOpen', go: visit('Settings') },
  { name: 'registries-zoomed', scene: 'accountOther', window: zoomed, go: visit('Registries') },
  { name: 'keys-refused', scene: 'revoked', go: visit('Keys') },
  { name: 'keys-rotate', scene: 'liveTokens', go: visit('Keys', click('Rotate key')) },
  {
    name: 'keys-revoke-live',
    scene: 'liveTokens',
    go: visit('Keys', click('This computer'), click('Revoke key…')),
  },
  { name: 'sign-out-live', scene: 'liveTokens', go: click('Sign out…') },
  { name: 'remove-context-live', scene: 'liveTokens', go: click('Remove context…') },
  { name: 'tokens-session', scene: 'session', go: visit('Tokens') },
  { name: 'tokens-api-key', scene: 'apiKey', go: visit('Tokens') },
  { name: 'tokens-ended', scene: 'tokensEnded', go: visit('Tokens') },
  {
    name: 'inspect-revoked',
    scene: 'inspectRevoked',
    go: visit('Tokens', async (page) => {
      await tap(page.getByRole('tab', { name: 'Inspect' }));
      await page.getByLabel('Token', { exact: true }).fill('eyJh.eyJz.c2ln');
      await tap(page.getByRole('button', { name: 'Inspect token' }));
      await page.getByText('Genuine, but its key is revoked').waitFor();
    }),
  },
  { name: 'registries-spoilt', scene: 'registriesSpoilt', go: visit('Registries') },
  { name: 'repositories-pending', scene: 'pending', go: visit('Repositories') },
  { name: 'bots-pending', scene: 'pending', go: visit('Bots') },
];
