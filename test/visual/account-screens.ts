import type { Screen } from './screens.ts';
import { visit } from './steps.ts';

const offer = /^Use this account: Production/;

/** Which account answers for a registry, wherever that is said. */
export const accountScreens: readonly Screen[] = [
  { name: 'registries-accounts', scene: 'labelled', go: visit('Registries') },
  {
    name: 'accounts-other',
    scene: 'accountOther',
    go: visit('Registries', (page) => page.getByRole('button', { name: offer }).waitFor()),
  },
  {
    name: 'accounts-none',
    scene: 'accountNone',
    go: visit('Registries', (page) => page.getByRole('button', { name: offer }).waitFor()),
  },
  {
    name: 'status-account-other',
    scene: 'accountOther',
    go: (page) => page.getByRole('button', { name: offer }).waitFor(),
  },
  {
    name: 'status-account-none',
    scene: 'accountNone',
    go: (page) => page.getByRole('button', { name: offer }).waitFor(),
  },
  {
    name: 'register-done-account-other',
    scene: 'accountRegistered',
    go: (page) => page.getByRole('button', { name: offer }).waitFor(),
  },
];
