import { credentialNames, type CredentialKind } from '../../../contracts/domain/credential.ts';

/** What signing out of a context, and removing it, do to the credential that signs it in. */
interface LossWords {
  /** What the service is asked, or why it is not. */
  asked: (service: string) => string;
  deleted: string;
  /** What is deleted with the context, within a sentence. */
  removed: string;
  /** What the service still has once it is removed only, after the service's name. */
  kept: string;
}

const words: Readonly<Record<CredentialKind, LossWords>> = {
  key: {
    asked: (service) => `${service} is asked to revoke the key.`,
    deleted: 'The private key is deleted from this computer and cannot be brought back.',
    removed: 'the private key of this context, which cannot be brought back',
    kept: 'keeps the public key on record. Sign out first to have it revoked, or revoke it on the dashboard’s keys page.',
  },
  'api-key': {
    asked: (service) =>
      `${service} is asked to revoke the API key. It is refused then wherever else it is used.`,
    deleted: 'The API key is deleted from this computer.',
    removed: 'the API key of this context, which nobody can show again',
    kept: 'goes on accepting the API key. Sign out first to have it revoked, or revoke it on the API keys page.',
  },
  session: {
    asked: (service) => `${service} is asked to end the session.`,
    deleted: 'What signed in is deleted from this computer.',
    removed: 'what signs this context in',
    kept: 'keeps the session until it ends by itself. Sign out first to end it at once.',
  },
  pasted: {
    asked: (service) =>
      `Nothing ends a token at ${service} before its time: whoever has a copy can use it until then.`,
    deleted: 'The token is deleted from this computer.',
    removed: 'the token of this context',
    kept: 'goes on accepting the token until it ends by itself, wherever there is a copy of it.',
  },
};

/** For contexts that sign in by credentials of several kinds. */
function mixedLoss(withTokens: boolean): Pick<LossWords, 'asked' | 'deleted'> {
  const tokens = withTokens ? ' Nothing ends a token before its time.' : '';
  return {
    asked: (service) => `${service} is asked to revoke the key or API key, or to end the session.${tokens}`,
    deleted: 'What signed in is deleted from this computer and cannot be brought back.',
  };
}

/** What is lost with a context's credential. */
export function lossOf(credential: CredentialKind | null): LossWords {
  return words[credential ?? 'key'];
}

/** What is lost with the credentials of many contexts. */
export function lossOfAll(
  credentials: readonly (CredentialKind | null)[],
): Pick<LossWords, 'asked' | 'deleted'> {
  const [first = null, ...others] = new Set(credentials);
  return others.length === 0 ? lossOf(first) : mixedLoss(credentials.includes('pasted'));
}

/** What signing out does, in a sentence. */
export function signOutWords(credential: CredentialKind | null): string {
  if (credential === 'session') return 'Signing out ends the session.';
  if (credential === 'pasted') return 'Signing out deletes the token here; it ends by itself at the service.';
  return `Signing out revokes and deletes the ${credentialNames[credential ?? 'key']}.`;
}
