import type { BrowserAccess } from '../../../contracts/ipc/browser-sign-in.ts';
import type { Option } from '../../ui/choice.tsx';

/** How long a sign-in by browser lasts, in a person's words. */
export const accessOptions: readonly Option<BrowserAccess>[] = [
  {
    value: 'api-key',
    label: 'Stay signed in until I sign out',
    hint: 'The service makes an API key for this computer, kept in the vault. It ends when you sign out or revoke it.',
  },
  {
    value: 'session',
    label: 'For 12 hours',
    hint: 'The service begins a session. After that you sign in again.',
  },
];
