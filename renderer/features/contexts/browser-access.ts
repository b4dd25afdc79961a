import { browserAccessOf, type BrowserAccess } from '../../../contracts/domain/browser-access.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Option } from '../../ui/choice.tsx';

const words: Readonly<Record<BrowserAccess, Omit<Option<BrowserAccess>, 'value'>>> = {
  'api-key': {
    label: 'Stay signed in until I sign out',
    hint: 'The service makes an API key for this computer, kept in the vault. It ends when you sign out or revoke it.',
  },
  'token-pair': {
    label: 'As long as I use it',
    hint: 'The service begins a session that renews itself. It ends some days after its last use.',
  },
  session: {
    label: 'For 12 hours',
    hint: 'The service begins a session. After that you sign in again.',
  },
};

/** How long a sign-in by browser lasts, in a person's words. */
export function accessOptions(offered: readonly BrowserAccess[]): readonly Option<BrowserAccess>[] {
  return offered.map((value) => ({ value, ...words[value] }));
}

/**
 * What a context's service can let the app have by browser: API keys are made where Kisenon's API is, passwords taken where
 * Artifact Keeper's is.
 */
export function accessAt({ capabilities }: ContextSummary): BrowserAccess[] {
  return browserAccessOf({
    kisenon: capabilities.includes('api-keys'),
    artifactKeeper: capabilities.includes('passwords'),
  });
}

/** What is wanted, or else the longest that is offered. */
export function offeredOr(offered: readonly BrowserAccess[], wanted: BrowserAccess): BrowserAccess {
  return offered.includes(wanted) ? wanted : (offered[0] ?? wanted);
}
